"""The addresses of the conversation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import tokens
from tests.fakes.pages import Paged, paged


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Paged]:
    async with paged(tmp_path) as running:
        yield running


async def test_me_says_who_is_there_and_what_with(page: Paged) -> None:
    async with page.owner() as visit:
        me = (await visit.client.get("/api/page/me")).json()
        assert set(me) == {"name", "owner", "version", "engines", "upload_bytes", "cursor"}
        assert me["owner"] and me["upload_bytes"] == 200_000_000 and me["cursor"] == 0
        assert me["engines"] and me["engines"][0].startswith("espeak ")
        told = await visit.ask("about")
        assert (await visit.client.get("/api/page/me")).json()["cursor"] == told["id"]


async def test_the_owner_is_told_of_more_commands_than_others(page: Paged) -> None:
    async with page.owner() as visit, page.program(await page.token()) as ada:
        mine = {each["name"] for each in (await visit.client.get("/api/page/commands")).json()}
        hers = {each["name"] for each in (await ada.client.get("/api/page/commands")).json()}
        assert {"speak", "token make", "quota set"} <= mine
        assert "speak" in hers and not hers & {"token make", "quota set"}
        assert (await ada.ask("token make", {"name": "x"}))["error"] == "NotAllowed"


async def test_values_are_completed(page: Paged) -> None:
    async with page.owner() as visit:
        asked = {"command": "speak", "param": "voice", "typed": "en-u"}
        assert "en-us" in (await visit.client.get("/api/page/suggest", params=asked)).json()
        nothing = {"command": "no such", "param": "voice"}
        assert (await visit.client.get("/api/page/suggest", params=nothing)).json() == []


async def test_history_is_turned_back_page_by_page(page: Paged) -> None:
    async with page.owner() as visit:
        for _ in range(3):
            await visit.ask("about")
        every = await visit.history()
        last = (await visit.client.get("/api/page/history", params={"limit": 4})).json()
        assert last["messages"] == every[2:] and last["more"] is True
        before = {"limit": 4, "before": last["messages"][0]["id"]}
        first = (await visit.client.get("/api/page/history", params=before)).json()
        assert first["messages"] == every[:2] and first["more"] is False


async def test_nobody_sees_what_others_asked(page: Paged) -> None:
    async with page.owner() as visit, page.program(await page.token()) as ada:
        await visit.ask("about")
        assert await ada.history() == []
        async with ada.listening(after=0) as tab:
            await visit.ask("about")
            await ada.ask("help")
            assert (await tab("message"))["ask"]["command"] == "help"


async def test_without_a_token_nothing_is_told_and_nothing_done(page: Paged) -> None:
    async with page.anonymous() as client:
        for path in ("me", "commands", "suggest?command=speak&param=voice", "history", "events"):
            assert (await client.get(f"/api/page/{path}")).status_code == 401
        for path in ("ask", "drafts/abcdefgh", "uploads?name=x", "leave"):
            assert (await client.post(f"/api/page/{path}", json={"event": "event-00"})).status_code == 401


async def test_a_stream_is_one_that_nothing_keeps(page: Paged) -> None:
    async with page.owner() as visit, visit.client.stream("GET", "/api/page/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"


async def test_a_stream_ends_soon_after_its_token_was_revoked(page: Paged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web_adapter.conversation.BEAT", 0.05)
    secret = await page.token()
    async with page.program(secret) as ada, ada.client.stream("GET", "/api/page/events") as stream:
        lines = stream.aiter_lines()
        while "still here" not in await anext(lines):
            pass
        found = await page.app.database.read(lambda tx: tokens.find(tx, secret))
        assert found is not None
        await page.app.database.write(lambda tx: tokens.revoke(tx, found.id))
        assert not [line async for line in lines if "event" in line]


async def test_what_is_no_request_is_refused_with_a_sentence(page: Paged) -> None:
    async with page.owner() as visit:
        answer = await visit.client.post("/api/page/ask", json={"command": "about"})
        assert answer.status_code == 422 and "event" in answer.json()["error"]["message"]
