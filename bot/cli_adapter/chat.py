"""The chat in the terminal: a line is spoken, a command is done, and more can be typed while work goes on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Protocol

from bot.app import App
from bot.cli_adapter.history import forget_with
from bot.cli_adapter.inputs import fetch, resolve
from bot.cli_adapter.line import LEAVE, read_line
from bot.cli_adapter.manual import manual
from bot.cli_adapter.output import address_of, formatted
from bot.cli_adapter.play import Playlist
from bot.cli_adapter.render import Renderer
from bot.cli_adapter.terminal import HOST
from commands.core.errors import MynahError
from commands.core.reply import Progress, Reply
from commands.core.request import Request, tell
from storage.queue import Ticket

log = logging.getLogger("mynah.terminal")

WELCOME = "Type what you want to hear. Commands begin with a slash; /help shows them."
IDLE = "/help shows what Mynah can do. Ctrl-D leaves."
PACE = 0.1
"""Seconds from one drawing of the bar to the next; a quick engine tells of progress hundreds of times a second."""


class Prompt(Protocol):
    """Where lines are typed."""

    async def line(self) -> str:
        """Return the next line.

        Raises:
            EOFError: No more will come.
        """

    def refresh(self) -> None:
        """Show again what stands below the line."""

    def forget(self) -> None:
        """Remember nothing of what was typed."""


class Chat:
    """A conversation; it is its own screen."""

    def __init__(self, renderer: Renderer, playlist: Playlist) -> None:
        self._renderer = renderer
        self._playlist = playlist
        self._work: dict[int, Progress] = {}
        self._cancelling: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._lines: asyncio.Queue[str] = asyncio.Queue()
        self._prompt: Prompt | None = None

    async def talk(self, app: App, prompt: Prompt) -> None:
        """Take lines until no more will come, or one says to leave."""
        self._prompt = prompt
        self._start(self._work_off(app))
        print(WELCOME, flush=True)
        while True:
            try:
                line = (await prompt.line()).strip()
            except EOFError:
                break
            if line.lower() in (f"/{word}" for word in LEAVE):
                break
            if line:
                self._lines.put_nowait(line)
        await self._lines.join()
        if self._work:
            jobs = " and ".join(map(str, self._work))
            print(f"Not done yet: job {jobs}. What is left of it goes on when Mynah runs again.", flush=True)

    async def close(self) -> None:
        """Let go of everything that goes on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._playlist.close()

    async def settled(self) -> None:
        """Wait until all that was typed is answered and no job is under way."""
        await self._lines.join()
        while self._work:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    def answer(self, reply: Reply, paths: Sequence[Path]) -> None:
        """Show an answer, and play what can be heard of it."""
        print(self._renderer.reply(reply, paths), flush=True)
        for file, path in zip(reply.files, paths, strict=False):
            if file.seconds:
                self._playlist.add(path)

    def standing(self) -> str:
        """Say on one line what is under way."""
        if not self._work:
            return IDLE
        shown = self._shown()
        more = len(self._work) - 1
        waiting = f"   {more} more" if more else ""
        return f"Job {shown.job}  {self._renderer.progress(shown)}   Ctrl-C cancels{waiting}"

    def interrupt(self, app: App) -> bool:
        """Cancel the job that is shown, else stop what is heard; False where there is neither."""
        if self._work:
            shown = self._shown()
            if shown.job not in self._cancelling:
                self._cancelling.add(shown.job)
                self._start(self._cancel(app, shown.job))
        elif self._playlist.playing:
            self._playlist.hush()
        else:
            return False
        return True

    def _shown(self) -> Progress:
        """Return the job that the line below is about: the first that has begun and is not being cancelled."""
        wanted = [p for p in self._work.values() if p.job not in self._cancelling] or list(self._work.values())
        return next((p for p in wanted if p.done > 0), wanted[0])

    async def _work_off(self, app: App) -> None:
        while True:
            line = await self._lines.get()
            try:
                await self._take(app, line)
            except MynahError as error:
                self.answer(tell(error), ())
            except Exception:
                log.exception("a line could not be taken")
                self.answer(tell(MynahError()), ())
            finally:
                self._lines.task_done()

    async def _take(self, app: App, line: str) -> None:
        typed = read_line(line, app.commands)
        if typed.command is None:
            print(manual(typed.about, app.commands, chat=True), flush=True)
            return
        values = formatted(typed.output, typed.command, resolve(typed.command, typed.values, piped=False))
        request = Request(command=typed.command.name, values=values, address=address_of(typed.output, typed.command))
        answer = await app.desk.ask(HOST, request, fetch=fetch)
        if isinstance(answer, Ticket):
            self._follow(app, answer.job_id)
            return
        self.answer(answer, [app.data / file.path for file in answer.files])
        if forget_with(typed.command, values, answer, app.data) and self._prompt is not None:
            self._prompt.forget()
        if answer.job is not None:
            self._follow(app, answer.job)

    async def _cancel(self, app: App, job: int) -> None:
        answer = await app.desk.ask(HOST, Request(command="jobs cancel", values={"job": job}))
        self._cancelling.discard(job)
        if isinstance(answer, Reply) and not answer.error:  # else it ended just before, and its answer comes
            self.answer(answer, ())

    def _follow(self, app: App, job: int) -> None:
        self._work[job] = Progress(job=job, done=0.0)
        self._start(self._watch(app, job))

    async def _watch(self, app: App, job: int) -> None:
        now = asyncio.get_running_loop().time
        drawn = now()
        try:
            async for progress in app.runner.watch(job):
                self._work[job] = progress
                if now() - drawn > PACE:
                    drawn = now()
                    self._refresh()
            await app.courier.send(job)  # the bar goes when the answer is there
        finally:
            self._work.pop(job, None)
            self._refresh()

    def _refresh(self) -> None:
        if self._prompt is not None:
            self._prompt.refresh()

    def _start(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
