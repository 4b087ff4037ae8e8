"""There: the Mynah that runs already, as a one-shot sees it, which hands its request to it (`bot/handoff.py`)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bot.lines import LONGEST, NOTE, PATIENCE, SOCKET, VERSION, Gone, has_sockets, heard, packed, say
from commands.core.reply import Json, Progress, Reply
from commands.core.request import Request
from storage.queue import Ticket

if TYPE_CHECKING:
    from bot.cli_adapter.terminal import Screen


class There:
    """The road to it (`bot.cli_adapter.road.Road`)."""

    goes_on = True
    """Whether a job goes on when the one-shot is told to stop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, screen: Screen) -> None:
        self._reader = reader
        self._writer = writer
        self._screen = screen
        self._said: asyncio.Queue[Mapping[str, Json] | None] = asyncio.Queue()
        self._progress: asyncio.Queue[Progress | None] = asyncio.Queue()
        self._ended: dict[int, asyncio.Event] = {}
        self._listening = asyncio.create_task(self._listen(), name="the running Mynah")

    async def ask(self, request: Request) -> Reply | Ticket:
        """Ask as the host, and return the answer or the ticket.

        Raises:
            Gone: The running Mynah has stopped.
        """
        values = {name: packed(value) for name, value in request.values.items()}
        said = await self._exchange(
            {"do": "ask", "command": request.command, "values": values, "address": dict(request.address)}
        )
        return Reply.from_json(said["reply"]) if "reply" in said else Ticket(**said["ticket"])

    async def catch_up(self, job: int) -> None:
        """Nothing is left over: whoever runs has delivered it, or does so now."""

    async def finish(self, job: int) -> None:
        """Wait until a job has ended and its answer is delivered.

        Raises:
            Gone: The running Mynah has stopped.
        """
        ended = self._ended.setdefault(job, asyncio.Event())
        say(self._writer, {"do": "follow", "job": job})
        await self._until(ended)

    async def watch(self, job: int) -> AsyncIterator[Progress]:
        """Tell how a job comes on, until it ends."""
        while progress := await self._progress.get():
            yield progress

    async def vouch(self, name: str, consent: str) -> None:
        """Note the host's word for a voice of theirs."""
        await self._exchange({"do": "vouch", "name": name, "consent": consent})

    async def close(self) -> None:
        """Leave."""
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def _exchange(self, said: Mapping[str, Json]) -> Mapping[str, Json]:
        say(self._writer, said)
        answer = await self._said.get()
        if answer is None:
            raise Gone
        return answer

    async def _until(self, ended: asyncio.Event) -> None:
        waiting = asyncio.create_task(ended.wait())
        try:
            await asyncio.wait((waiting, self._listening), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if not ended.is_set():
            raise Gone

    async def _listen(self) -> None:
        """Sort what the running Mynah says."""
        try:
            while True:
                said = await heard(self._reader)
                if "progress" in said:
                    self._progress.put_nowait(Progress(**said["progress"]))
                elif "answer" in said:
                    self._screen.answer(Reply.from_json(said["answer"]), [Path(each) for each in said["paths"]])
                elif "ended" in said:
                    self._ended.setdefault(int(said["ended"]), asyncio.Event()).set()
                else:
                    self._said.put_nowait(said)
        except (Gone, OSError):
            self._said.put_nowait(None)
        finally:
            self._progress.put_nowait(None)


async def connect(data: Path, screen: Screen) -> There | None:
    """Return the Mynah that runs on a data folder and takes requests; None where there is none, or another version."""
    for way in (_by_socket, _by_port):
        try:
            reader, writer, secret = await asyncio.wait_for(way(data), PATIENCE)
        except (OSError, ValueError, KeyError, TimeoutError):
            continue
        try:
            say(writer, {"secret": secret})
            hello = await asyncio.wait_for(heard(reader), PATIENCE)
        except (Gone, OSError, TimeoutError):
            writer.close()
            continue
        if hello.get("mynah") == VERSION:
            return There(reader, writer, screen)
        writer.close()
    return None


async def _by_socket(data: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, str]:
    if not has_sockets(data / SOCKET):
        raise FileNotFoundError
    reader, writer = await asyncio.open_unix_connection(str(data / SOCKET), limit=LONGEST)
    return reader, writer, ""


async def _by_port(data: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, str]:
    note = json.loads((data / NOTE).read_text("ascii"))
    reader, writer = await asyncio.open_connection("127.0.0.1", int(note["port"]), limit=LONGEST)
    return reader, writer, str(note["secret"])
