"""Files that are given on the page: whole or not at all, for their person alone, and gone after an hour."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from storage.clock import SetClock
from storage.parcels import LIFE, MOST
from tests.fakes.pages import Paged, Visit, paged
from tests.fakes.waiting import until

TEXT = b"These are the words of the file."
NAMES = {
    "../../key": "key",
    "C:\\x\\a.wav": "a.wav",
    "a\x00\nb.wav": "ab.wav",
    "/": "file",
    "é" * 300: "é" * 200,
}
"""What a client calls a file, and what is kept of it."""


@pytest.fixture
async def page(tmp_path: Path, clock: SetClock) -> AsyncIterator[Paged]:
    async with paged(tmp_path, clock=clock, web__upload_mb=1) as running:
        yield running


async def give(visit: Visit, content: Any = TEXT, name: str = "words.txt") -> Any:
    answer = await visit.client.post("/api/page/uploads", params={"name": name}, content=content)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_file_that_was_given_is_spoken(page: Paged) -> None:
    async with page.owner() as visit:
        given = await give(visit)
        assert (given["name"], given["bytes"], given["seconds"]) == ("words.txt", len(TEXT), None)
        asked = await visit.ask("speak", {"file": {"upload": given["upload"]}})
        assert "These are the words" in (await visit.answer(asked["job"]))["text"]


async def test_a_name_is_only_what_the_person_reads(page: Paged) -> None:
    async with page.owner() as visit:
        for name, kept in NAMES.items():
            assert (await give(visit, name=name))["name"] == kept
    assert all(each.startswith("parcel-") for each in (path.rpartition("/")[2] for path in page.mynah.litter()))


async def test_others_cannot_use_it(page: Paged) -> None:
    async with page.owner() as visit, page.program(await page.token()) as ada:
        given = await give(visit)
        assert (await ada.ask("speak", {"file": {"upload": given["upload"]}}))["error"] == "UploadGone"


async def test_after_an_hour_it_is_gone(page: Paged, clock: SetClock) -> None:
    async with page.owner() as visit:
        given = await give(visit)
        await page.app.housekeeping.sweep()
        assert len(page.mynah.litter()) == 1
        clock.turn(LIFE)
        assert (await visit.ask("speak", {"file": {"upload": given["upload"]}}))["error"] == "UploadGone"
        await page.app.housekeeping.expire_rows()
        await page.app.housekeeping.sweep()
        assert page.mynah.litter() == []


async def test_what_is_too_large_is_refused_before_and_while_it_comes_and_leaves_nothing(page: Paged) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 100_000
            await asyncio.sleep(0)

    async with page.owner() as visit:
        said = await visit.client.post("/api/page/uploads?name=x", content=b"x" * 1_000_001)
        assert said.status_code == 413
        streamed = await visit.client.post("/api/page/uploads?name=x", content=endless())
        assert streamed.status_code == 413
    await until(lambda: page.mynah.litter() == [])  # the answer comes first
    assert await page.mynah.value("SELECT COUNT(*) FROM parcels") == 0


async def test_a_file_that_breaks_off_leaves_nothing(page: Paged) -> None:
    async with page.owner() as visit:
        reader, writer = await asyncio.open_connection("127.0.0.1", page.page.port)
        cookie = visit.cookie
        head = f"POST /api/page/uploads?name=x HTTP/1.1\r\nHost: 127.0.0.1:{page.page.port}\r\nOrigin: {page.url}\r\n"
        writer.write(f"{head}Cookie: {cookie}\r\nContent-Length: 1000\r\n\r\n".encode() + b"half of it")
        await writer.drain()
        await page.mynah.until("SELECT COUNT(*) FROM parcels", 1)
        writer.close()
        await page.mynah.until("SELECT COUNT(*) FROM parcels", 0)
        assert reader is not None
    await until(lambda: page.mynah.litter() == [])


async def test_an_empty_file_is_refused(page: Paged) -> None:
    async with page.owner() as visit:
        answer = await visit.client.post("/api/page/uploads?name=x", content=b"")
        assert answer.status_code == 422 and page.mynah.litter() == []


async def test_of_many_the_oldest_goes(page: Paged) -> None:
    async with page.owner() as visit:
        first = await give(visit)
        for _ in range(MOST):
            last = await give(visit)
        assert (await visit.ask("speak", {"file": {"upload": first["upload"]}}))["error"] == "UploadGone"
        assert (await visit.ask("speak", {"file": {"upload": last["upload"]}}))["error"] == ""
    assert await page.mynah.value("SELECT COUNT(*) FROM parcels") == MOST
