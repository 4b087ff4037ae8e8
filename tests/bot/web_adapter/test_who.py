"""Who asks: by a token in the header before the cookie; and without any only where the host wants that."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request

from bot.web_adapter.who import address_of, cookie_name, secret_of
from tests.fakes.pages import paged

SITE = FastAPI()
SITE.state.cookie = "mynah-here"


def request(**headers: str) -> Request:
    given = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": given, "client": ("10.0.0.7", 5), "app": SITE})


@pytest.mark.parametrize(
    ("headers", "secret"),
    [
        ({"authorization": "Bearer  one "}, "one"),
        ({"authorization": "bearer one", "cookie": "mynah-here=two"}, "one"),
        ({"authorization": "Basic abc", "cookie": "a=b; mynah-here=two"}, "two"),
        ({"authorization": "Bearer "}, ""),
        ({"cookie": "mynah-elsewhere=two"}, ""),
        ({}, ""),
    ],
)
def test_a_token_goes_before_the_cookie(headers: dict[str, str], secret: str) -> None:
    assert secret_of(request(**headers)) == secret


def test_the_address_is_the_connections_and_never_what_a_header_says() -> None:
    assert address_of(request(**{"x-forwarded-for": "1.2.3.4"})) == "10.0.0.7"
    assert address_of(Request({"type": "http", "headers": []})) == ""


def test_the_cookies_name_is_the_folders_own_and_tells_nothing_of_its_key() -> None:
    one, other = (cookie_name(bytes([each] * 32)) for each in (1, 2))
    assert one == cookie_name(bytes([1] * 32)) != other
    assert one.startswith("mynah-") and bytes([1] * 4).hex() not in one


async def test_two_mynahs_on_one_machine_let_one_browser_in_side_by_side(tmp_path: Path) -> None:
    async with paged(tmp_path / "one") as one, paged(tmp_path / "other") as other, one.anonymous() as browser:
        for page in (one, other):
            key = (await page.page.link()).partition("#key=")[2]
            entered = await browser.post(f"{page.url}/api/page/enter", json={"key": key}, headers={"Origin": page.url})
            assert entered.status_code == 204
        assert len(browser.cookies) == 2  # browsers, and this one, do not tell ports apart
        assert await _owns(browser, one.url) and await _owns(browser, other.url)
        await browser.post(f"{other.url}/api/page/leave", headers={"Origin": other.url})
        assert await _owns(browser, one.url) and not await _owns(browser, other.url)


async def _owns(browser: httpx.AsyncClient, url: str) -> bool:
    return (await browser.get(f"{url}/api/page/me")).status_code == 200


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


async def test_what_watches_over_mynah_needs_the_owners_token_or_one_that_is_made_for_it(tmp_path: Path) -> None:
    async with paged(tmp_path) as page, page.program(await page.token()) as ada, page.owner() as owner:
        made = await owner.ask("token make", {"name": "Prometheus", "member": "web:metrics"})
        token = re.search(r"mynah_[\w-]+", made["text"])
        assert token is not None
        async with page.program(token.group()) as prometheus:
            for path in ("/metrics", "/readyz"):
                assert (await prometheus.client.get(path)).status_code == 200
                assert (await owner.client.get(path)).status_code == 200
                refused = await ada.client.get(path)
                assert refused.status_code == 403 and "web:metrics" in refused.json()["error"]["message"]
            assert (await prometheus.client.get("/api/v1/owner/overview")).status_code == 403
