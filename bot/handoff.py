"""Handing off: a one-shot in the terminal gives its request to the Mynah that runs on the same data folder.

The two speak over a socket in that folder which only its owner can open; where the system has no such sockets, or the
folder's path is too long for one, over loopback, with a secret that only its owner can read. It is no part of the HTTP
API: it is there where no page is, and neither side has to import what serves that.

A line is a JSON object. The one-shot says what to `do`; the other answers with `reply` or `ticket`, then, as they
come, with `progress`, with what is delivered (`answer`), and with the number of a job that has `ended`. This file is
the running Mynah's side; `bot/cli_adapter/there.py` is the one-shot's, and `bot/lines.py` what they have in common.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.lines import LONGEST, NOTE, PATIENCE, SOCKET, VERSION, Gone, has_sockets, heard, say, unpacked
from commands.core.reply import Json, Reply
from commands.core.request import Request
from storage import disk

if TYPE_CHECKING:
    from bot.app import App
    from bot.cli_adapter.terminal import Terminal

log = logging.getLogger("mynah.handoff")

RETRY = "jobs retry"


@asynccontextmanager
async def open_to_others(app: App, terminal: Terminal, *, sockets: bool | None = None) -> AsyncIterator[None]:
    """Take requests of one-shots as long as the block lasts; `sockets` says by which way, None: the best there is.

    Where neither way can be had, one-shots are refused as long as this Mynah runs, and the log says why.
    """
    way = app.data / SOCKET
    counter = _Counter(app, terminal)
    async with AsyncExitStack() as stack:
        try:
            if has_sockets(way) if sockets is None else sockets:
                await stack.enter_async_context(_at_socket(way, counter))
            else:
                await stack.enter_async_context(_at_port(app.data / NOTE, counter))
        except OSError as error:
            log.warning("commands in a shell are refused while this runs: %s", error)
        stack.push_async_callback(counter.close)
        yield


@asynccontextmanager
async def _at_socket(path: Path, counter: _Counter) -> AsyncIterator[None]:
    server = await asyncio.start_unix_server(counter.serve, sock=_bound(path), limit=LONGEST)
    try:
        yield
    finally:
        _drop(path)
        server.close()


@asynccontextmanager
async def _at_port(note: Path, counter: _Counter) -> AsyncIterator[None]:
    counter.secret = secrets.token_hex(32)
    server = await asyncio.start_server(counter.serve, "127.0.0.1", 0, limit=LONGEST)
    port = server.sockets[0].getsockname()[1]
    try:
        disk.write(note, json.dumps({"port": port, "secret": counter.secret}).encode(), mode=0o600)
        yield
    finally:
        _drop(note)
        server.close()


def _bound(path: Path) -> socket.socket:
    """Return a socket that only its owner can connect to."""
    _drop(path)  # whoever has left it held the folder before us
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listening.bind(str(path))
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(before)
    return listening


def _drop(path: Path) -> None:
    path.unlink(missing_ok=True)


class _Counter:
    """Where one-shots hand their requests in."""

    def __init__(self, app: App, terminal: Terminal) -> None:
        self._app = app
        self._terminal = terminal
        self._under_way: set[asyncio.Task[Any]] = set()
        self.secret = ""
        """What they have to know; empty: that they could connect says it."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Do what one of them asks for, until it goes."""
        task = asyncio.current_task()
        assert task is not None, "it runs as a task"
        self._under_way.add(task)
        try:
            hello = await asyncio.wait_for(heard(reader), PATIENCE)
            if hmac.compare_digest(str(hello.get("secret", "")).encode(), self.secret.encode()):
                say(writer, {"mynah": VERSION})
                await _Visit(self._app, self._terminal, reader, writer).stay()
        except (Gone, TimeoutError, OSError):
            pass
        except asyncio.CancelledError:  # Mynah stops
            pass
        finally:
            self._under_way.discard(task)
            writer.close()

    async def close(self) -> None:
        """Let all of them go."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)


class _Visit:
    """One one-shot; it is a screen of the terminal's for what is delivered to it."""

    def __init__(
        self, app: App, terminal: Terminal, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._app = app
        self._terminal = terminal
        self._reader = reader
        self._writer = writer
        self._key = secrets.token_hex(8)
        self._following: set[asyncio.Task[None]] = set()

    async def stay(self) -> None:
        """Do one thing after another, as they are asked for."""
        self._terminal.guests[self._key] = self
        try:
            while True:
                said = await heard(self._reader)
                match said.get("do"):
                    case "ask":
                        await self._ask(said)
                    case "follow":
                        self._follow(int(said["job"]))
                    case "vouch":
                        await self._vouch(str(said["name"]), str(said["consent"]))
        finally:
            self._terminal.forget(self)
            for task in self._following:
                task.cancel()
            await asyncio.gather(*self._following, return_exceptions=True)

    def answer(self, reply: Reply, paths: Sequence[Path]) -> None:
        """Pass an answer on; whether anybody reads it has nothing to do with its delivery."""
        say(self._writer, {"answer": reply.to_json(), "paths": [str(path) for path in paths]})

    async def _ask(self, said: Mapping[str, Json]) -> None:
        from bot.cli_adapter.inputs import fetch
        from bot.cli_adapter.terminal import HOST

        request = Request(
            command=str(said["command"]),
            values={name: unpacked(value) for name, value in said["values"].items()},
            address={**said["address"], "handed": self._key},
        )
        if request.command == RETRY:  # what it answers goes to an address of its own, which is an earlier one's
            self._terminal.guests[f"job {request.values.get('job')}"] = self
        answer = await self._app.desk.ask(HOST, request, fetch=fetch)
        if isinstance(answer, Reply):
            say(self._writer, {"reply": answer.to_json()})
        else:
            say(self._writer, {"ticket": asdict(answer)})

    def _follow(self, job: int) -> None:
        task = asyncio.create_task(self._until_ended(job), name=f"job {job} for a shell")
        self._following.add(task)
        task.add_done_callback(self._following.discard)

    async def _until_ended(self, job: int) -> None:
        self._terminal.guests[f"job {job}"] = (
            self  # an earlier request's answer comes here too, where it is tried again
        )
        async for progress in self._app.runner.watch(job):
            say(self._writer, {"progress": asdict(progress)})
        await self._app.courier.send(job)
        say(self._writer, {"ended": job})

    async def _vouch(self, name: str, consent: str) -> None:
        from bot.cli_adapter.clone import vouch

        await self._app.database.write(lambda tx: vouch(tx, self._app.key, name, consent))
        say(self._writer, {"vouched": name})
