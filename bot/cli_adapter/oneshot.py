"""One command, asked and answered: `mynah speak "Hello" --output hello.wav`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from bot.cli_adapter import signals, streams
from bot.cli_adapter.history import forget_with
from bot.cli_adapter.inputs import resolve
from bot.cli_adapter.output import address_of, formatted
from bot.cli_adapter.parser import Typed
from bot.cli_adapter.progress import Bar
from bot.cli_adapter.render import Renderer, for_program
from bot.cli_adapter.road import Here, Road, reply_of
from bot.cli_adapter.there import There, connect
from bot.config import Loaded
from bot.lines import Gone
from commands.core.command import Command
from commands.core.reply import Reply
from commands.core.request import Request
from storage.queue import Ticket

FAILED, USAGE, INTERRUPTED, STOPPED = 1, 2, 130, 143
"""The exit statuses that tell of something: refused or failed, not understood, Ctrl-C, told to stop; 0 is all well."""
STATUSES = {"UsageError": USAGE, "Cancelled": INTERRUPTED, "Stopped": STOPPED}
"""The exit status that goes with an error, where it is not FAILED."""
LEFT = "Mynah was told to stop. 'mynah jobs retry {job}' finishes this, and so does 'mynah run'."
"""What is said where a job is left in the middle."""
GOES_ON = "The Mynah that runs goes on with this; 'mynah jobs show {job}' tells how far it is."
"""What is said where it is not."""
CUT_OFF = "The Mynah that ran was stopped in the middle; what was under way goes on when 'mynah run' is started again."
"""What is said where the other one is stopped."""


class OneShot:
    """A one-shot under way; it is its own screen."""

    def __init__(self, typed: Typed, command: Command, renderer: Renderer, bar: Bar) -> None:
        self._typed = typed
        self._command = command
        self._renderer = renderer
        self._bar = bar
        self._answers: list[tuple[Reply, Sequence[Path]]] = []
        self._signal = 0
        self._signalled = asyncio.Event()
        self._opening: asyncio.Task[int] | None = None

    def prepare(self) -> Request:
        """Read what is piped in, and check where the file goes; nothing has been started by then.

        Raises:
            Refused: It makes no sense as it was typed.
        """
        return Request(
            command=self._command.name,
            values=formatted(self._typed.output, self._command, resolve(self._command, self._typed.values, piped=True)),
            address=address_of(self._typed.output, self._command),
        )

    async def run(self, loaded: Loaded, request: Request) -> int:
        """Do it, show the answer and return the exit status.

        Raises:
            StorageError: The data folder cannot be used.
            EngineError: No engine can speak on this machine.
        """
        self._opening = asyncio.current_task()
        with (
            signals.on(lambda: self._stop(INTERRUPTED), "SIGINT"),
            signals.on(lambda: self._stop(STOPPED), "SIGTERM", "SIGHUP"),
        ):
            try:
                return await self._perform(loaded, request)
            except asyncio.CancelledError:
                if not self._signal:
                    raise
                return self._signal

    def answer(self, reply: Reply, paths: Sequence[Path]) -> None:
        """Keep an answer until all is done; whether anybody reads it has nothing to do with its delivery."""
        self._answers.append((reply, paths))

    async def _perform(self, loaded: Loaded, request: Request) -> int:
        there = await connect(loaded.data, self)
        if there is not None:
            return await self._hand_off(there, loaded, request)
        from bot.app import App  # only here: who hands it off need not wait for it
        from bot.cli_adapter.terminal import Terminal

        async with App.open(loaded, make=[lambda desk: Terminal(loaded.data, self)], once=True) as app:
            await self._do(Here(app), loaded, request)
        return self._tell()

    async def _hand_off(self, there: There, loaded: Loaded, request: Request) -> int:
        """Have the Mynah that runs already do it; what is under way when that stops goes on at its next start."""
        try:
            await self._do(there, loaded, request)
        except Gone:
            if not self._answers:
                self.answer(Reply(text=CUT_OFF, error="Stopped"), ())
        finally:
            await there.close()
        return self._tell()

    async def _do(self, road: Road, loaded: Loaded, request: Request) -> None:
        self._opening = None  # from here on a signal finds something to undo, so the task is not just cut
        if (job := _retried(request)) is not None:
            await road.catch_up(job)  # it may be done, and only its answer have been cut off
        if not self._answers:
            await self._ask(road, loaded, request)

    async def _ask(self, road: Road, loaded: Loaded, request: Request) -> None:
        """Ask, and see a job to its end."""
        answer = await road.ask(request)
        job = answer.job_id if isinstance(answer, Ticket) else answer.job
        if job is not None and not (isinstance(answer, Reply) and answer.error):
            await self._follow(road, job)
        if not self._answers and isinstance(answer, Reply):
            forget_with(self._command, request.values, answer, loaded.data)
            self.answer(answer, [loaded.data / file.path for file in answer.files])
        if not self._answers and job is not None:
            self.answer(await reply_of(road, "jobs show", job), ())

    def _tell(self) -> int:
        """Show what was answered, and return the exit status that goes with it."""
        reply, paths = self._answers[-1]
        if self._typed.json:
            streams.say(for_program(reply, paths))
        else:
            streams.say(self._renderer.reply(reply, paths), aside=bool(reply.error))
        return STATUSES.get(reply.error, FAILED if reply.error else 0)

    def _stop(self, status: int) -> None:
        self._signal = status
        self._signalled.set()
        if self._opening is not None:
            self._opening.cancel()

    async def _follow(self, road: Road, job: int) -> None:
        """See the job to its end, or until a signal comes."""
        watching = asyncio.create_task(self._watch(road, job))
        running = asyncio.create_task(road.finish(job))
        signalled = asyncio.create_task(self._signalled.wait())
        try:
            await asyncio.wait((running, signalled), return_when=asyncio.FIRST_COMPLETED)
            if self._signal == INTERRUPTED and not running.done():
                await self._cancel(road, job)
            elif self._signal == STOPPED and not running.done():
                sentence = GOES_ON if road.goes_on else LEFT
                self.answer(Reply(text=sentence.format(job=job), error="Stopped"), ())
                return
            await running
        finally:
            for task in (watching, running, signalled):
                task.cancel()
            await asyncio.gather(watching, running, signalled, return_exceptions=True)
            self._bar.clear()

    async def _cancel(self, road: Road, job: int) -> None:
        reply = await reply_of(road, "jobs cancel", job)
        if not reply.error:  # else it was done just before, and is answered as if nobody had meddled
            self.answer(Reply(text=reply.text, error="Cancelled"), ())

    async def _watch(self, road: Road, job: int) -> None:
        async for progress in road.watch(job):
            self._bar.show(progress)


def _retried(request: Request) -> int | None:
    """The job that is to be tried again."""
    job = str(request.values.get("job", ""))
    return int(job) if request.command == "jobs retry" and job.isdecimal() else None
