"""Streaming: the sound of a job goes out while it is said, and the job goes when nobody listens any more."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Mapping
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.refusals import Stopping
from bot.runner import Runner
from bot.uncut import uncut
from commands.core.errors import MynahError
from commands.core.reply import Reply
from commands.core.threads import off_loop
from commands.core.words import excerpt
from engine.encoding import Tags
from engine.encoding.streamed import Kind, Streamed, streamed
from engine.engine import EngineError
from engine.recode import Original
from engine.tap import Tap
from storage import files, jobs
from storage.database import Database, Transaction
from storage.files import File
from storage.jobs import Job

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = logging.getLogger("mynah.web")

STALLED = 60.0
"""Seconds in which a client has to take what it was sent; one that does not has gone."""
Close = Callable[[], Coroutine[Any, Any, None]]
"""async () -> None: lets go of what an answer was made from."""


class NotSaid(Exception):
    """The job has ended without a sound."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.text)
        self.reply = reply
        """Why, as its person is told."""


BROKEN = (NotSaid, MynahError, EngineError, TimeoutError)
"""What breaks an answer off that has begun, and is no fault of the server's."""


class Voicing:
    """The sound of one job, from its first sentence on."""

    def __init__(self, *, database: Database, runner: Runner, data: Path, tap: Tap, job_id: int) -> None:
        """Take what is remembered, what performs jobs, the data folder, what is heard of the job, and its number."""
        self._database = database
        self._runner = runner
        self._data = data
        self._tap = tap
        self._job_id = job_id
        self.over = False
        """Whether all of it has been heard, so that nothing is spared by cancelling it."""

    async def sound(self, kind: Kind) -> AsyncGenerator[bytes, None]:
        """Yield it as the bytes of a kind, a sentence or so at a time.

        Raises:
            NotSaid: The job failed, or was cancelled.
            Stopping: Mynah is being stopped; the job is left for its next run.
            MynahError: What has answered it is gone, or it was said anew and does not go with what was heard.
        """
        encoder: Streamed | None = None
        async with aclosing(self._blocks()) as blocks:
            async for rate, pcm in blocks:
                if encoder is None:
                    job = await self._job()
                    encoder = await off_loop(partial(streamed, kind, rate, _tags(job)))
                if made := await off_loop(partial(encoder.feed, pcm)):
                    yield made
        if encoder is not None and (made := await off_loop(encoder.end)):
            yield made

    async def _blocks(self) -> AsyncGenerator[tuple[int, NDArray[np.int16]], None]:
        """Yield the samples with their rate in Hz."""
        watching = asyncio.create_task(self._watch())
        try:
            while (pcm := await self._tap.read()) is not None:
                yield self._tap.rate, pcm
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        if self._tap.whole:
            self.over = True
            return
        if self._tap.broken:
            raise MynahError
        job = await self._job()
        if job.finished_at is None:
            raise Stopping
        self.over = True
        if job.state != "succeeded":
            why = job.error or "The job was cancelled; nothing was charged."
            raise NotSaid(Reply(text=why, error=job.error_key or "Cancelled"))
        async for rate, pcm in self._from_file(job):  # what was said before is not said again
            yield rate, pcm

    async def _watch(self) -> None:
        """Wait until the job has ended, in whatever way."""
        try:
            async for _ in self._runner.watch(self._job_id):
                pass
        finally:
            self._tap.give_up()

    async def _job(self) -> Job:
        job = await self._database.read(lambda tx: jobs.get(tx, self._job_id))
        if job is None:
            raise MynahError
        return job

    async def _from_file(self, job: Job) -> AsyncIterator[tuple[int, NDArray[np.int16]]]:
        def look(tx: Transaction) -> File | None:
            return files.get(tx, job.file_id) if job.file_id is not None else None

        file = await self._database.read(look)
        if file is None:
            raise MynahError
        try:
            original = await off_loop(partial(Original, self._data / file.path))
        except EngineError as error:
            raise MynahError from error
        try:
            blocks = original.blocks()
            while (pcm := await off_loop(lambda: next(blocks, None))) is not None:
                yield original.rate, pcm
        finally:
            await off_loop(original.close)


class Live(Response):
    """An answer that grows: what comes after its first bytes is sent as it comes, until the client has gone."""

    def __init__(
        self,
        first: bytes,
        rest: AsyncGenerator[bytes, None],
        close: Close,
        *,
        media_type: str,
        headers: Mapping[str, str],
    ) -> None:
        """`close` is called once, when all was sent or nobody reads any more."""
        super().__init__(status_code=200, media_type=media_type, headers=headers)
        del self.headers["content-length"]
        self._first, self._rest, self._close = first, rest, close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        sending = asyncio.create_task(self._send(send))
        gone = asyncio.create_task(until_gone(receive))
        try:
            await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            if not sending.done():
                sending.cancel()
            await asyncio.gather(sending, gone, return_exceptions=True)
            await self._rest.aclose()
            await uncut(self._close())
        if not sending.cancelled() and (error := sending.exception()):
            if not isinstance(error, BROKEN):
                raise error
            log.info("an answer was broken off: %s", error or type(error).__name__)
        # What has no end is broken off by the server, so that nobody takes a part for the whole.

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await self._pass(send, self._first)
        async for part in self._rest:
            await self._pass(send, part)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _pass(self, send: Send, part: bytes) -> None:
        """Send a part, to a client that takes it."""
        async with asyncio.timeout(STALLED):
            await send({"type": "http.response.body", "body": part, "more_body": True})


async def until_gone(receive: Receive) -> None:
    """Wait until the client has gone; its body has been read before."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def first_of(parts: AsyncGenerator[bytes, None], receive: Receive) -> bytes | None:
    """Return the first of some parts, or None where the client has gone before it came."""
    coming = asyncio.ensure_future(anext(parts, b""))
    gone = asyncio.create_task(until_gone(receive))
    try:
        await asyncio.wait((coming, gone), return_when=asyncio.FIRST_COMPLETED)
        return await coming if coming.done() else None
    finally:
        for task in (coming, gone):
            task.cancel()
        await asyncio.gather(coming, gone, return_exceptions=True)


def _tags(job: Job) -> Tags:
    return Tags(title=excerpt(job.text or ""), voice=str(json.loads(job.settings).get("voice", "")))
