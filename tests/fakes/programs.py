"""A whole Mynah with its API, and three programs that use it: the owner's, Ada's and Bob's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import httpx

from tests.fakes.pages import Paged, paged
from tests.fakes.running import Running


@dataclass
class Programs:
    """What there is to ask with, and to look at."""

    pages: Paged
    owner: httpx.AsyncClient
    ada: httpx.AsyncClient
    bob: httpx.AsyncClient
    token: str
    """Ada's."""

    @property
    def url(self) -> str:
        """Where the API is."""
        return self.pages.url

    @property
    def mynah(self) -> Running:
        """The Mynah behind it."""
        return self.pages.mynah

    async def job(self, command: str, values: Mapping[str, object], **headers: str) -> dict[str, Any]:
        """Have Ada ask for a job, and return it when it has ended."""
        answer = await self.ada.post("/api/v1/jobs", json={"command": command, "values": values}, headers=headers)
        assert answer.status_code == 202, answer.text
        return await self.ended(answer.json()["id"])

    async def ended(self, id: int) -> dict[str, Any]:
        """Wait until a job of Ada's has ended, and return it."""
        await self.mynah.until("SELECT finished_at IS NOT NULL FROM jobs WHERE id = :id", 1, id=id)
        shown = await self.ada.get(f"/api/v1/jobs/{id}")
        assert shown.status_code == 200, shown.text
        return dict(shown.json())

    async def said(self, text: str = "Hello, I am Mynah.", **values: object) -> dict[str, Any]:
        """Have Ada's program say something, and return the file of it."""
        job = await self.job("speak", {"text": text, **values})
        assert job["state"] == "succeeded", job
        return dict(job["files"][0])


def seconds_of(content: bytes) -> float:
    """How long a sound file lasts, of whatever kind."""
    with av.open(BytesIO(content), "r") as container:
        stream = container.streams.audio[0]
        return sum(int(frame.samples) for frame in container.decode(stream)) / float(stream.rate)


@asynccontextmanager
async def programs(tmp_path: Path, **settings: Any) -> AsyncIterator[Programs]:
    """Run Mynah with its API on `tmp_path/data`; settings are given as `jobs__running=2`."""
    async with paged(tmp_path, **settings) as pages:
        token, bobs = await pages.token(), await pages.token("Bob", "2")
        async with pages.program(token) as ada, pages.program(bobs) as bob:
            await ada.client.get("/healthz")  # the first to come has it built, which makes the owner's token
            async with pages.program(pages.owners_token) as owner:
                yield Programs(pages, owner.client, ada.client, bob.client, token)
