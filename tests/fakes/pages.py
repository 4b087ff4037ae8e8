"""A whole Mynah with its page, asked over real connections as browsers and programs ask."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bot.app import App
from bot.web_adapter import Web
from bot.web_adapter.adapter import TOKEN_FILE
from storage import identities, tokens
from storage.clock import Clock
from storage.database import Transaction
from tests.fakes.running import Running, running

PATIENCE = 60.0
"""Seconds after which what has not come will not come, on a machine that has much else to do."""


@dataclass
class Visit:
    """Somebody at the page, with a browser's cookie or a program's token."""

    client: httpx.AsyncClient
    events: int = field(default=0)

    @property
    def cookie(self) -> str:
        """The only cookie that the browser has, as it is sent: 'name=secret'."""
        ((name, secret),) = self.client.cookies.items()
        return f"{name}={secret}"

    async def ask(self, command: str = "", values: dict[str, Any] | None = None, *, line: str = "") -> Any:
        """Ask for something and return the message that answers it."""
        self.events += 1
        sent = {"event": f"event-{id(self)}-{self.events}", "command": command, "values": values or {}, "line": line}
        answer = await self.client.post("/api/page/ask", json=sent)
        assert answer.status_code in (200, 202), answer.text
        return answer.json()

    async def spoken(self, text: str, **values: Any) -> Any:
        """Have something said, and return the message that brings it."""
        asked = await self.ask("speak", {"text": text, **values})
        return await self.answer(asked["job"]) if asked["ticket"] else asked

    async def answer(self, job: int) -> Any:
        """Wait for the message that answers a job."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for each in await self.history():
                    if each["job"] == job and each["from"] == "mynah" and not each["ticket"]:
                        return each
                await asyncio.sleep(0.02)

    async def history(self) -> list[Any]:
        """What stands on the page."""
        answer = await self.client.get("/api/page/history", params={"limit": 200})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["messages"])

    @asynccontextmanager
    async def listening(self, after: int | None = None) -> AsyncIterator[Callable[[str], Any]]:
        """Listen to what happens; what is given waits for the next event of a kind and returns its data."""
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        async with self.client.stream("GET", "/api/page/events", headers=headers) as stream:
            assert stream.status_code == 200, await stream.aread()
            lines = stream.aiter_lines()

            async def heard(kind: str) -> Any:
                async with asyncio.timeout(PATIENCE):
                    event = ""
                    async for line in lines:
                        if line.startswith("event: "):
                            event = line.removeprefix("event: ")
                        elif line.startswith("data: ") and event == kind:
                            return json.loads(line.removeprefix("data: "))
                raise AssertionError(f"the stream ended before there was a {kind}")

            async with asyncio.timeout(PATIENCE):
                assert (await anext(lines)).startswith(":")
            yield heard


@dataclass
class Paged:
    """A Mynah whose page listens."""

    mynah: Running
    page: Web

    @property
    def url(self) -> str:
        """Where the page is."""
        return self.page.address

    @property
    def app(self) -> App:
        """The Mynah behind it."""
        return self.mynah.app

    @asynccontextmanager
    async def anonymous(self, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
        """Somebody who brings nothing."""
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=PATIENCE, trust_env=False) as client:
            yield client

    @asynccontextmanager
    async def owner(self) -> AsyncIterator[Visit]:
        """The owner in a browser, who has opened the printed link."""
        async with self.browser((await self.page.link()).partition("#key=")[2]) as visit:
            yield visit

    @asynccontextmanager
    async def browser(self, key: str) -> AsyncIterator[Visit]:
        """Somebody in a browser, who enters with a key or a token."""
        async with self.anonymous(Origin=self.url) as client:
            entered = await client.post("/api/page/enter", json={"key": key})
            assert entered.status_code == 204, entered.text
            yield Visit(client)

    @asynccontextmanager
    async def program(self, token: str) -> AsyncIterator[Visit]:
        """A program with a token."""
        async with self.anonymous(Authorization=f"Bearer {token}") as client:
            yield Visit(client)

    async def token(self, name: str = "Ada", account: str = "1") -> str:
        """Make a token for somebody who is known from elsewhere."""
        secret = tokens.new()

        def make(tx: Transaction) -> None:
            user_id = identities.ensure(tx, "discord", account, name, self.app.key)
            tokens.add(tx, user_id=user_id, kind="api", secret=secret, name=f"{name}'s program")

        await self.app.database.write(make)
        return secret

    @property
    def owners_token(self) -> str:
        """The owner's own token, from its file."""
        return (self.mynah.folder / TOKEN_FILE).read_text("utf-8").strip()


@asynccontextmanager
async def paged(tmp_path: Path, *, clock: Clock | None = None, **settings: Any) -> AsyncIterator[Paged]:
    """Run Mynah with its page on `tmp_path/data`; settings are given as `web__upload_mb=2`."""
    made: list[Web] = []

    def make(desk: Any) -> Web:
        made.append(Web(desk, desk.insides.settings.web))
        return made[0]

    given: dict[str, Any] = {"web__port": 0, **settings}
    async with running(tmp_path, clock=clock, make=[make], **given) as mynah:
        yield Paged(mynah, made[0])
