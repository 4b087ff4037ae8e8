"""Wrong values: a sentence that names what was sent as it was written, and says what is expected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from bot.web_adapter.routes.speech import Speech
from bot.web_adapter.wrong import ELSEWISE, EXPECTED, NOT_JSON, UNREADABLE, sentence
from tests.fakes.programs import programs

TOO_LONG = "x" * 101
WRONG: list[tuple[object, str]] = [
    ({"voice": "ada"}, "'input' is missing."),
    ({"input": ""}, "'input' may not be empty."),
    ({"input": 7}, "'input' has to be a text."),
    ({"input": "x", "voice": 7}, "'voice' has to be a text."),
    ({"input": "x", "voice": TOO_LONG}, "'voice' may have 100 characters at most."),
    ({"input": "x", "voice": {"id": TOO_LONG}}, "'voice.id' may have 100 characters at most."),
    ({"input": "x", "voice": {"name": "ada"}}, "'voice.id' is missing."),
    ({"input": "x", "speed": "fast"}, "'speed' has to be a number."),
    ({"input": "x", "speed": 9}, "'speed' has to be 4 or less."),
    ({"input": "x", "speed": 0.1}, "'speed' has to be 0.25 or more."),
    ({"input": "x", "response_format": "m4a"}, "'response_format' has to be mp3, opus, aac, flac, wav or pcm."),
    ([1], NOT_JSON),
]


def faults_of(given: object) -> list[ErrorDetails]:
    """What pydantic finds wrong with a request for speech, at the places that FastAPI tells."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Speech).validate_python(given)
    return [{**each, "loc": ("body", *each["loc"])} for each in caught.value.errors()]


@pytest.mark.parametrize(("given", "words"), WRONG, ids=[words for _, words in WRONG])
def test_a_value_is_named_as_it_was_written(given: object, words: str) -> None:
    assert sentence(faults_of(given), given) == words


def test_what_cannot_be_read_is_said_to_be_so() -> None:
    assert sentence([], None) == UNREADABLE
    assert sentence([{"type": "json_invalid", "loc": ("body", 3), "ctx": {"error": "Expecting"}}], None) == UNREADABLE
    assert sentence([{"type": "url_parsing", "loc": ("query", "where")}], None) == "'where' cannot be read."


def test_a_place_within_a_list_is_counted_and_names_of_types_are_left_out() -> None:
    fault = {"type": "string_type", "loc": ("body", "names", "list[str]", 1)}
    assert sentence([fault], {"names": ["Ada", 7]}) == "'names.1' has to be a text."


def test_every_kind_of_fault_in_the_table_is_one_that_pydantic_has() -> None:
    assert set(EXPECTED) <= set(get_args(ErrorType))


PLAIN = re.compile(r"'[\w.-]+' (?:is|has|may|cannot) [\w ,.-]+\.")
"""A sentence about a value, without brackets, quotes and names of types."""
VALUES: dict[str, list[object]] = {
    "string": [7, ["x"]],
    "integer": ["many", 1.5],
    "number": ["many"],
    "boolean": ["perhaps"],
    "object": ["x"],
}
"""By the type that a value has to have, some of other types."""


def misfits(schema: dict[str, Any]) -> Iterator[object]:
    """Yield values that a schema does not take."""
    for form in schema.get("anyOf", [schema]):
        yield from VALUES.get(form.get("type", ""), [])
        yield from ["x" * (form["maxLength"] + 1)] if "maxLength" in form else []
        yield from [""] if form.get("minLength") else []
        yield from [form["minimum"] - 1] if "minimum" in form else []
        yield from [form["maximum"] * 2] if "maximum" in form else []
        yield from ["none of these"] if "enum" in form else []


def misfitting(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield requests with values that an address does not take: the method, the path, and what goes with it."""
    shapes = document["components"]["schemas"]

    def meant(schema: dict[str, Any]) -> dict[str, Any]:
        return dict(shapes[schema["$ref"].rpartition("/")[2]]) if "$ref" in schema else schema

    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for given in operation.get("parameters", []):
                for misfit in misfits(meant(given["schema"])):
                    if given["in"] == "query":
                        yield method, path.replace("{id}", "1"), {"params": {given["name"]: misfit}}
                    elif given["in"] == "path" and misfit != "":
                        yield method, path.replace("{id}", str(misfit)), {}
                    elif isinstance(misfit, str):
                        yield method, path, {"headers": {given["name"]: misfit}, "json": {}}
            if "requestBody" in operation:
                shape = meant(operation["requestBody"]["content"]["application/json"]["schema"])
                right = {name: "x" for name in shape.get("required", ())}
                for name, schema in shape["properties"].items():
                    for misfit in misfits(meant(schema)):
                        yield method, path.replace("{id}", "1"), {"json": {**right, name: misfit}}
                yield method, path.replace("{id}", "1"), {"json": {}}


async def test_no_address_answers_a_wrong_value_in_pydantics_words(tmp_path: Path) -> None:
    told: set[str] = set()
    async with programs(tmp_path, web__requests_minute=100_000) as there:
        document = (await there.owner.get("/api/openapi.json")).json()
        for method, path, given in misfitting(document):
            answer = await there.owner.request(method, path, **given)
            assert answer.status_code < 500, (method, path, given)
            if answer.status_code == 422 and answer.json()["error"]["code"] == "BadRequest":
                words = answer.json()["error"]["message"]
                assert PLAIN.fullmatch(words) and ELSEWISE not in words, (method, path, given, words)
                told.add(words)
    assert {words.split("' ")[1].split()[0] for words in told} == {"is", "has", "may"}
