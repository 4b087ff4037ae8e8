"""Who asks: by a token in the header before the cookie; and without any only where the host wants that."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import Request

from bot.web_adapter.who import address_of, secret_of
from tests.fakes.pages import paged


def request(**headers: str) -> Request:
    given = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": given, "client": ("10.0.0.7", 5)})


@pytest.mark.parametrize(
    ("headers", "secret"),
    [
        ({"authorization": "Bearer  one "}, "one"),
        ({"authorization": "bearer one", "cookie": "mynah=two"}, "one"),
        ({"authorization": "Basic abc", "cookie": "a=b; mynah=two"}, "two"),
        ({"authorization": "Bearer "}, ""),
        ({"cookie": "other=two"}, ""),
        ({}, ""),
    ],
)
def test_a_token_goes_before_the_cookie(headers: dict[str, str], secret: str) -> None:
    assert secret_of(request(**headers)) == secret


def test_the_address_is_the_connections_and_never_what_a_header_says() -> None:
    assert address_of(request(**{"x-forwarded-for": "1.2.3.4"})) == "10.0.0.7"
    assert address_of(Request({"type": "http", "headers": []})) == ""


async def test_without_a_token_nothing_is_answered_unless_the_host_wants_it(tmp_path: Path) -> None:
    async with paged(tmp_path) as page, page.anonymous() as client:
        assert (await client.get("/v1/models")).status_code == 401
        assert (await client.get("/v1/models", headers={"Authorization": "Bearer sk-any"})).status_code == 401


async def test_any_key_is_for_programs_on_this_machine_and_their_api_alone(tmp_path: Path) -> None:
    async with paged(tmp_path, web__any_key_from_loopback="yes") as page, page.anonymous() as client:
        assert (await client.get("/v1/models")).status_code == 200
        assert (await client.get("/v1/models", headers={"Authorization": "Bearer sk-any"})).status_code == 200
        assert (await client.get("/api/page/me")).status_code == 401
        for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
            assert (await client.get("/v1/models", headers={header: "1.2.3.4"})).status_code == 401
        foreign = {"Origin": "https://evil.org"}
        assert (await client.post("/v1/audio/speech", headers=foreign, json={})).status_code == 403
        hidden = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
        assert (await client.get("/v1/models", headers=hidden)).status_code == 403


async def test_the_owners_addresses_are_not_for_others(tmp_path: Path) -> None:
    async with paged(tmp_path) as page, page.program(await page.token()) as ada:
        answer = await ada.client.get("/api/v1/owner/overview")
        assert answer.status_code == 403 and answer.json()["error"]["code"] == "NotAllowed"
