"""The OpenAPI document: it is true, and nothing that fits it makes the server stumble."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from tests.fakes.programs import Programs, programs

EACH = 3
"""How many requests of each kind, right and wrong, every operation is given."""
OURS = ("/v1/", "/api/v1/", "/healthz", "/readyz", "/metrics")


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Programs]:
    async with programs(tmp_path, web__requests_minute=100_000) as made:
        yield made


async def test_whatever_fits_the_document_is_answered_as_it_says_and_never_with_an_error_of_ours(
    there: Programs,
) -> None:
    await there.said("Something that is there.", timestamps="words")
    document = (await there.ada.get("/api/openapi.json")).json()
    found: Any = schemathesis.openapi.from_dict(document).get_all_operations()
    operations = [each.ok() for each in found]
    asked = {(each.method.upper(), each.path): 0 for each in operations}

    def ask(operation: Any, mode: GenerationMode) -> None:
        @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
        @hypothesis.settings(
            max_examples=EACH, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
        )
        def once(case: Any) -> None:
            answer = case.call(base_url=there.url, headers={"Authorization": f"Bearer {there.token}"}, timeout=20)
            asked[operation.method.upper(), operation.path] += 1
            case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])

        once()

    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                await asyncio.to_thread(ask, operation, mode)
            except hypothesis.errors.Unsatisfiable:  # nothing can be wrong with a request that takes nothing
                continue
    assert len(asked) > 20 and min(asked.values()) > 0


async def test_it_names_every_address_and_how_to_be_let_in(there: Programs) -> None:
    document = (await there.ada.get("/api/openapi.json")).json()
    paths = set(document["paths"])
    assert {"/v1/audio/speech", "/v1/models", "/v1/voices", "/healthz", "/readyz", "/metrics"} <= paths
    for noun in ("profiles", "recordings", "jobs", "files"):
        assert {f"/api/v1/{noun}", f"/api/v1/{noun}/{{id}}"} <= paths
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    assert all(each.get("description") for each in operations)
    assert len({each["operationId"] for each in operations}) == len(operations)
    async with there.pages.anonymous() as nobody:
        assert (await nobody.get("/api/openapi.json")).status_code == 401


async def test_the_page_tells_the_same_to_people_without_a_script(there: Programs) -> None:
    page = (await there.ada.get("/api/docs")).text
    read = Read()
    read.feed(page)
    assert "script" not in read.tags and "POST /v1/audio/speech" in read.words
    for path in (await there.ada.get("/api/openapi.json")).json()["paths"]:
        assert path in read.words


class Read(HTMLParser):
    """What stands on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.words += data
