"""Entering and leaving the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from tests.fakes.pages import Paged, paged


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Paged]:
    async with paged(tmp_path) as running:
        yield running


async def test_the_key_of_the_link_becomes_a_cookie_that_no_script_and_no_other_page_can_use(page: Paged) -> None:
    key = (await page.page.link()).partition("#key=")[2]
    async with page.anonymous(Origin=page.url) as client:
        entered = await client.post("/api/page/enter", json={"key": key})
        assert (entered.status_code, entered.content) == (204, b"")
        (cookie,) = SimpleCookie(entered.headers["set-cookie"]).values()
        assert cookie["httponly"] and cookie["samesite"] == "strict" and cookie["path"] == "/"
        assert not cookie["domain"] and not cookie["secure"] and key not in cookie.value
        assert (await client.get("/api/page/me")).json()["owner"] is True
        assert (await client.post("/api/page/enter", json={"key": key})).status_code == 401


async def test_behind_a_proxy_with_tls_the_cookie_is_for_tls_only(tmp_path: Path) -> None:
    async with paged(tmp_path, web__public_url="https://mynah.example.org") as page:
        key = (await page.page.link()).partition("#key=")[2]
        async with page.anonymous(Host="mynah.example.org") as client:
            entered = await client.post("/api/page/enter", json={"key": key})
        (cookie,) = SimpleCookie(entered.headers["set-cookie"]).values()
        assert cookie["secure"]


async def test_somebody_with_a_token_enters_as_themselves(page: Paged) -> None:
    async with page.browser(await page.token()) as ada:
        me = (await ada.client.get("/api/page/me")).json()
        assert (me["name"], me["owner"]) == ("Ada", False)


async def test_whoever_leaves_is_out(page: Paged) -> None:
    async with page.owner() as visit:
        cookie = visit.cookie
        left = await visit.client.post("/api/page/leave")
        assert left.status_code == 204 and not visit.client.cookies
        again = await visit.client.get("/api/page/me", headers={"Cookie": cookie})
        assert again.status_code == 401


async def test_what_is_no_key_is_refused(page: Paged) -> None:
    async with page.anonymous() as client:
        wrong: list[object] = [{}, {"key": ""}, {"key": 7}, {"key": "x" * 201}, [], "x"]
        for sent in wrong:
            assert (await client.post("/api/page/enter", json=sent)).status_code == 422


async def test_a_key_that_opens_nothing_is_refused_and_a_page_of_elsewhere_cannot_try(page: Paged) -> None:
    async with page.anonymous() as client:
        answer = await client.post("/api/page/enter", json={"key": "x" * 50})
        assert answer.status_code == 401 and "set-cookie" not in answer.headers
        foreign = await client.post("/api/page/enter", json={"key": "x"}, headers={"Origin": "https://evil.org"})
        assert foreign.status_code == 403
