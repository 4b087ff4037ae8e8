"""The sound of a job as bytes that go out while it is said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.refusals import Stopping
from bot.web_adapter import streaming
from bot.web_adapter.streaming import Live, NotSaid, Voicing, first_of, until_gone
from commands.core.errors import MynahError
from commands.core.reply import Reply
from commands.core.request import Request
from engine.encoding.streamed import Kind
from engine.tap import Tap
from storage.queue import Ticket
from tests.fakes.running import ADA, Running, running

TEXT = "One sentence is said. Another one follows it. This is the third."


@pytest.fixture
async def mynah(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as made:
        yield made


async def asked(mynah: Running, tap: str, command: str = "speak", **values: object) -> int:
    """Ask for something that is listened to by a key, and return the job's number."""
    request = Request(command=command, values=values, address={"to": "ada", "tap": tap})
    ticket = await mynah.app.desk.ask(ADA, request)
    assert isinstance(ticket, Ticket), ticket
    return ticket.job_id


def voicing(mynah: Running, tap: Tap, job_id: int) -> Voicing:
    return Voicing(database=mynah.app.database, runner=mynah.app.runner, data=mynah.app.data, tap=tap, job_id=job_id)


async def all_of(parts: AsyncGenerator[bytes, None]) -> bytes:
    async with asyncio.timeout(20):
        return b"".join([part async for part in parts])


async def test_what_is_heard_is_what_the_file_has(mynah: Running) -> None:
    with mynah.app.runner.listen("key") as tap:
        sound = voicing(mynah, tap, await asked(mynah, "key", text=TEXT, format="wav"))
        heard = await all_of(sound.sound(Kind.PCM))
        assert sound.over
    await mynah.ended(1)
    seconds = await mynah.value("SELECT seconds FROM jobs")
    assert len(heard) / 2 / 24_000 == pytest.approx(seconds, abs=0.01)


async def test_nobody_hears_the_job_of_another_key(mynah: Running) -> None:
    with mynah.app.runner.listen("key") as tap:
        await mynah.ended(await asked(mynah, "another", text=TEXT))
        assert tap.samples == 0


async def test_what_a_file_answers_is_heard_from_the_file(mynah: Running) -> None:
    for _ in range(2):
        with mynah.app.runner.listen("key") as tap:
            job = await asked(mynah, "key", text=TEXT, format="flac")
            heard = await all_of(voicing(mynah, tap, job).sound(Kind.PCM))
            await mynah.ended(job)
    assert await mynah.value("SELECT cached FROM jobs WHERE id = 2") == 1
    assert len(heard) / 2 / 24_000 == pytest.approx(
        await mynah.value("SELECT seconds FROM jobs WHERE id = 1"), abs=0.01
    )


@pytest.mark.parametrize(("command", "key"), [("trick refuse", "Failed"), ("trick wait", "Cancelled")])
async def test_a_job_without_a_sound_says_why(mynah: Running, command: str, key: str) -> None:
    with mynah.app.runner.listen("key") as tap:
        job = await asked(mynah, "key", command)
        hearing = asyncio.create_task(all_of(voicing(mynah, tap, job).sound(Kind.MP3)))
        if key == "Cancelled":
            await mynah.until("SELECT state FROM jobs", "running")
            await mynah.reply("jobs cancel", {"job": job})
        with pytest.raises(NotSaid) as told:
            await hearing
    assert told.value.reply.text.endswith(".") and told.value.reply.error


async def test_where_what_is_said_does_not_go_with_what_was_heard_the_answer_is_broken_off(mynah: Running) -> None:
    with mynah.app.runner.listen("key") as tap:
        tap.put(0, np.full(800, 9_000, np.int16), 8_000)  # as an earlier attempt would, with another engine
        sound = voicing(mynah, tap, await asked(mynah, "key", text=TEXT, format="wav"))
        await mynah.ended(1)
        with pytest.raises(MynahError):
            await all_of(sound.sound(Kind.PCM))
        assert not sound.over and await mynah.value("SELECT state FROM jobs") == "succeeded"


async def test_when_mynah_stops_the_listener_is_told_so(mynah: Running) -> None:
    with mynah.app.runner.listen("key") as tap:
        hearing = asyncio.create_task(
            all_of(voicing(mynah, tap, await asked(mynah, "key", "trick wait")).sound(Kind.MP3))
        )
        await mynah.until("SELECT state FROM jobs", "running")
        await asyncio.sleep(0.05)
        await mynah.app.runner.drain(0)
        with pytest.raises(Stopping):
            await hearing


class Client:
    """Somebody at the other end, who goes when they are told to."""

    def __init__(self) -> None:
        self.went = asyncio.Event()
        self.enough = asyncio.Event()
        self.heard: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        await self.went.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.heard.append(message)
        if len(self.heard) >= 5:
            self.enough.set()


async def endless(closed: list[bool]) -> AsyncGenerator[bytes, None]:
    try:
        while True:
            yield b"sound"
            await asyncio.sleep(0.001)
    finally:
        closed.append(True)


async def two() -> AsyncGenerator[bytes, None]:
    yield b"one"
    yield b"two"


async def test_an_answer_is_sent_part_by_part_and_let_go_of_once() -> None:
    client, closed = Client(), []

    async def close() -> None:
        closed.append(True)

    answer = Live(b"zero", two(), close, media_type="audio/wav", headers={"X-Mynah-Job": "1"})
    await answer({"type": "http"}, client.receive, client.send)
    assert [each.get("body") for each in client.heard] == [None, b"zero", b"one", b"two", b""]
    assert (b"x-mynah-job", b"1") in client.heard[0]["headers"] and client.heard[-1]["more_body"] is False
    assert closed == [True]


async def test_when_the_client_goes_nothing_more_is_made() -> None:
    client, ended, closed = Client(), list[bool](), list[bool]()

    async def close() -> None:
        closed.append(True)

    answer = Live(b"zero", endless(ended), close, media_type="audio/wav", headers={})
    sending = asyncio.create_task(answer({"type": "http"}, client.receive, client.send))
    async with asyncio.timeout(5):
        await client.enough.wait()
        client.went.set()
        await sending
    assert ended == closed == [True]


async def test_an_answer_that_breaks_in_the_middle_is_no_whole_one() -> None:
    async def breaks() -> AsyncGenerator[bytes, None]:
        yield b"one"
        raise NotSaid(Reply(text="It broke.", error="Broke"))

    async def close() -> None:
        return None

    client = Client()
    await Live(b"", breaks(), close, media_type="audio/wav", headers={})({}, client.receive, client.send)
    assert [each.get("body") for each in client.heard] == [None, b"", b"one"]
    assert all(each.get("more_body", True) for each in client.heard)


async def test_a_client_that_takes_nothing_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "STALLED", 0.05)
    ended: list[bool] = []

    async def close() -> None:
        ended.append(True)

    async def stuck(message: Any) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    answer = Live(b"zero", two(), close, media_type="audio/wav", headers={})
    async with asyncio.timeout(5):
        await answer({"type": "http"}, Client().receive, stuck)
    assert ended == [True]


async def test_the_first_part_is_waited_for_as_long_as_the_client_is_there() -> None:
    client, parts = Client(), two()
    assert await first_of(parts, client.receive) == b"one"
    assert await anext(parts) == b"two"

    async def never() -> AsyncGenerator[bytes, None]:
        await asyncio.Event().wait()
        yield b""

    client.went.set()
    async with asyncio.timeout(5):
        await until_gone(client.receive)
        assert await first_of(never(), client.receive) is None
