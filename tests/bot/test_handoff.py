"""A one-shot hands its request to the Mynah that runs on the same data folder."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app import App
from bot.cli_adapter.inputs import attachment
from bot.cli_adapter.terminal import Terminal
from bot.cli_adapter.there import There, connect
from bot.config import load
from bot.handoff import open_to_others
from bot.lines import LONGEST_PATH, NOTE, SOCKET, VERSION, Gone, has_sockets, heard, say
from commands.core.reply import Reply
from commands.core.request import Request
from storage.queue import Ticket
from tests.fakes.running import every
from tests.fakes.tricks import Tricks
from tests.fakes.waiting import until

SOCKETS = has_sockets(Path("x"))
WAYS = [pytest.param(True, marks=pytest.mark.skipif(not SOCKETS, reason="this system has no such sockets")), False]


class Paper:
    """A screen that keeps what is shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[Reply, Sequence[Path]]] = []
        self.came = asyncio.Event()

    def answer(self, reply: Reply, paths: Sequence[Path]) -> None:
        """Keep an answer."""
        self.shown.append((reply, paths))
        self.came.set()


@asynccontextmanager
async def serving(folder: Path, sockets: bool | None = None) -> AsyncIterator[tuple[App, Paper, Tricks]]:
    """A Mynah that others may hand requests to, with a screen of its own."""
    told = {
        "MYNAH_FILES__LEAST_FREE_MB": "1",
        "MYNAH_ENGINE__NAME": "espeak",
        "MYNAH_JOBS__DRAIN_SECONDS": "0",
        "MYNAH_DATA": str(folder / "data"),
    }
    loaded, screen, tricks = load(None, told, folder), Paper(), Tricks()
    terminal = Terminal(loaded.data, screen)
    async with (
        App.open(loaded, make=[lambda _: terminal], every=every(tricks)) as app,
        open_to_others(app, terminal, sockets=sockets),
    ):
        yield app, screen, tricks


@asynccontextmanager
async def visiting(data: Path) -> AsyncIterator[tuple[There, Paper]]:
    """A one-shot that hands its request in."""
    screen = Paper()
    there = await connect(data, screen)
    assert there is not None
    try:
        yield there, screen
    finally:
        await there.close()


async def ticket(there: There, command: str, **values: object) -> int:
    answer = await there.ask(Request(command=command, values=values))
    assert isinstance(answer, Ticket), answer
    return answer.job_id


@pytest.mark.parametrize("sockets", WAYS, ids=["socket", "loopback"])
async def test_what_is_asked_is_done_there_and_answered_here(tmp_path: Path, sockets: bool) -> None:
    async with serving(tmp_path, sockets) as (app, screen, _), visiting(app.data) as (there, here):
        asked = Request(command="speak", values={"text": "Hello."}, address={"output": str(tmp_path / "hello.wav")})
        answer = await there.ask(asked)
        assert isinstance(answer, Ticket)
        async with asyncio.timeout(20):
            await there.finish(answer.job_id)
        ((reply, paths),) = here.shown
        assert not reply.error and paths == [tmp_path / "hello.wav"] and paths[0].is_file()
        assert screen.shown == []
        quick = await there.ask(Request(command="jobs show", values={"job": answer.job_id}))
        assert isinstance(quick, Reply) and quick.data["state"] == "succeeded"


@pytest.mark.parametrize("sockets", WAYS, ids=["socket", "loopback"])
async def test_only_the_owner_can_come_near_it_and_it_goes_with_the_mynah(tmp_path: Path, sockets: bool) -> None:
    async with serving(tmp_path, sockets) as (app, _, _):
        door = app.data / (SOCKET if sockets else NOTE)
        if os.name == "posix":
            assert stat.S_IMODE(door.stat().st_mode) == 0o600
    assert not door.exists()
    assert await connect(app.data, Paper()) is None


async def test_without_the_secret_nobody_is_heard_at_the_port(tmp_path: Path) -> None:
    async with serving(tmp_path, sockets=False) as (app, _, _):
        note = json.loads((app.data / NOTE).read_text())
        for secret in ("", "wrong", note["secret"][:-1]):
            reader, writer = await asyncio.open_connection("127.0.0.1", note["port"])
            say(writer, {"secret": secret})
            say(writer, {"do": "ask", "command": "jobs list", "values": {}, "address": {}})
            with pytest.raises(Gone):
                async with asyncio.timeout(5):
                    await heard(reader)
            writer.close()


async def test_a_file_is_taken_from_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("Some words on a page.")
    async with serving(tmp_path) as (app, _, _), visiting(app.data) as (there, here):
        job = await ticket(there, "speak", file=attachment(str(tmp_path / "page.txt")))
        async with asyncio.timeout(20):
            await there.finish(job)
        assert [reply.error for reply, _ in here.shown] == [""]


async def test_progress_is_told_until_the_job_ends(tmp_path: Path) -> None:
    async with serving(tmp_path) as (app, _, _), visiting(app.data) as (there, here):
        job = await ticket(there, "speak", text="A sentence that is said. " * 100, timestamps="words")
        told: list[float] = []

        async def watch() -> None:
            async for progress in there.watch(job):
                told.append(progress.done)

        watching = asyncio.create_task(watch())
        async with asyncio.timeout(30):
            await there.finish(job)
        assert here.shown and told and told == sorted(told)
        await there.close()
        async with asyncio.timeout(5):
            await watching


async def test_a_job_that_is_cancelled_from_here_ends_there(tmp_path: Path) -> None:
    async with serving(tmp_path) as (app, _, tricks), visiting(app.data) as (there, here):
        job = await ticket(there, "trick wait")
        finishing = asyncio.create_task(there.finish(job))
        await until(lambda: tricks.begun == [job])
        reply = await there.ask(Request(command="jobs cancel", values={"job": job}))
        assert isinstance(reply, Reply) and not reply.error
        async with asyncio.timeout(10):
            await finishing
        assert here.shown == []


async def test_who_has_gone_finds_the_answer_on_the_screen_there(tmp_path: Path) -> None:
    async with serving(tmp_path) as (app, screen, tricks):
        async with visiting(app.data) as (there, here):
            await ticket(there, "trick wait")
            await until(lambda: bool(tricks.begun))
        async with asyncio.timeout(10):
            await asyncio.sleep(0.05)  # it is seen there that the visitor has gone
            tricks.go_on.set()
            await screen.came.wait()
        assert here.shown == [] and screen.shown[0][0].text == "Waited."


async def test_what_is_tried_again_is_answered_where_it_is_tried_again(tmp_path: Path) -> None:
    async with serving(tmp_path) as (app, screen, tricks):
        async with visiting(app.data) as (there, _):
            job = await ticket(there, "trick wait")
            await there.ask(Request(command="jobs cancel", values={"job": job}))
        tricks.go_on.set()
        async with visiting(app.data) as (there, here):
            reply = await there.ask(Request(command="jobs retry", values={"job": job}))
            assert isinstance(reply, Reply) and reply.job == job
            async with asyncio.timeout(10):
                await there.finish(job)
            assert [reply.text for reply, _ in here.shown] == ["Waited."] and screen.shown == []


async def test_when_the_mynah_stops_in_the_middle_the_one_shot_hears_of_it(tmp_path: Path) -> None:
    async with serving(tmp_path) as (app, _, _):
        there = await connect(app.data, Paper())
        assert there is not None
        job = await ticket(there, "trick wait")
        finishing = asyncio.create_task(there.finish(job))
        await asyncio.sleep(0.05)
    with pytest.raises(Gone):
        async with asyncio.timeout(10):
            await finishing
    with pytest.raises(Gone):
        async with asyncio.timeout(10):
            await there.ask(Request(command="jobs list"))
    await there.close()


async def test_a_socket_that_a_killed_mynah_has_left_is_no_mynah(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / SOCKET).touch()
    (data / NOTE).write_text('{"port": 9, "secret": "x"}')
    assert await connect(data, Paper()) is None
    async with serving(tmp_path) as (app, _, _), visiting(app.data) as (there, _):
        assert isinstance(await there.ask(Request(command="jobs list")), Reply)


async def test_a_path_too_long_for_a_socket_goes_by_loopback(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * LONGEST_PATH)
    deep.mkdir()
    async with serving(deep) as (app, _, _), visiting(app.data) as (there, _):
        assert (app.data / NOTE).exists() and not (app.data / SOCKET).exists()
        assert isinstance(await there.ask(Request(command="jobs list")), Reply)


async def test_another_version_is_not_spoken_to(tmp_path: Path) -> None:
    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await heard(reader)
        say(writer, {"mynah": VERSION + 1})
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(other, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    (tmp_path / NOTE).write_text(json.dumps({"port": port, "secret": "x"}))
    assert await connect(tmp_path, Paper()) is None
    server.close()
    await server.wait_closed()
