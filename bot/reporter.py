"""The reporter: tells how jobs come on, to those who watch at once, to platforms and to the database now and then."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bot.adapter import Adapter
from commands.core.reply import Progress
from engine.tap import Tap
from storage import jobs
from storage.clock import SECOND
from storage.database import Database
from storage.jobs import Job

log = logging.getLogger("mynah.reporter")

STORE = 2.0
"""Seconds between two notes of a job's progress in the database; a job that is quicker leaves none."""


class Watcher:
    """Somebody who watches a job; sees the latest there is, not every step."""

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self._latest: Progress | None = None
        self._over = False

    def tell(self, progress: Progress) -> None:
        """Put the latest in place of what has not been read."""
        self._latest = progress
        self._news.set()

    def end(self) -> None:
        """There will be no more."""
        self._over = True
        self._news.set()

    async def next(self) -> Progress | None:
        """Wait for news; None when it is over."""
        await self._news.wait()
        self._news.clear()
        latest, self._latest = self._latest, None
        if self._over:
            self._news.set()
        return latest


class Reporter:
    """Tells how jobs come on."""

    def __init__(self, database: Database, adapters: Mapping[str, Adapter]) -> None:
        self._database = database
        self._adapters = adapters
        self._watchers: dict[int, set[Watcher]] = {}
        self._taps: dict[str, Tap] = {}

    @contextmanager
    def listen(self, key: str) -> Iterator[Tap]:
        """Hear what is said for the job whose address has that key as its 'tap', as long as the block lasts.

        It is there before the job is, so that nothing is missed.
        """
        tap = self._taps[key] = Tap()
        try:
            yield tap
        finally:
            del self._taps[key]
            tap.close()

    def tap(self, job: Job) -> Tap | None:
        """Return who listens to what is said for a job, if anybody does."""
        return self._taps.get(str(json.loads(job.address).get("tap", ""))) if self._taps else None

    async def watch(self, job_id: int) -> AsyncIterator[Progress]:
        """Tell how a job comes on, from now until it ends in whatever way."""
        watcher = Watcher()
        self._watchers.setdefault(job_id, set()).add(watcher)
        try:
            job = await self._database.read(lambda tx: jobs.get(tx, job_id))
            if job is None or job.finished_at is not None:
                return
            while progress := await watcher.next():
                yield progress
        finally:
            watchers = self._watchers.get(job_id, set())
            watchers.discard(watcher)
            if not watchers:
                self._watchers.pop(job_id, None)

    def begin(self, job: Job) -> Report:
        """Return what tells of an attempt at a job."""
        return Report(self, job)

    def end(self, job_id: int) -> None:
        """Say that a job has ended, in whatever way."""
        for watcher in self._watchers.get(job_id, ()):
            watcher.end()

    def end_all(self) -> None:
        """Say that nothing more will be told of any job."""
        for job_id in list(self._watchers):
            self.end(job_id)

    def adapter(self, platform: str) -> Adapter | None:
        """Return the adapter of a platform, if it runs by now: jobs go on at a start before platforms are there."""
        return self._adapters.get(platform)

    def tell(self, progress: Progress) -> None:
        """Tell those who watch."""
        for watcher in self._watchers.get(progress.job, ()):
            watcher.tell(progress)

    async def store(self, job: Job, progress: Progress) -> None:
        """Note it in the database."""
        now = self._database.clock.now()
        eta_at = None if progress.left is None else now + round(progress.left * SECOND)
        await self._database.note(lambda tx: jobs.set_progress(tx, job.id, job.attempt, progress.done, eta_at))


class Report:
    """Tells of one attempt at a job; calling it says how much is done, from 0 to 1."""

    def __init__(self, reporter: Reporter, job: Job) -> None:
        self._reporter = reporter
        self._job = job
        self._first: tuple[float, float] | None = None
        loop = asyncio.get_running_loop()
        self._now = loop.time
        self._stored_at = self._shown_at = loop.time()
        self._noted = ""
        self._storing: asyncio.Task[None] | None = None
        self._showing: asyncio.Task[None] | None = None

    def __call__(self, done: float) -> None:
        now = self._now()
        if self._first is None:
            self._first = (now, done)  # a retry does not begin at nothing
        progress = Progress(job=self._job.id, done=done, left=self._left(now, done))
        self._reporter.tell(progress)
        if now - self._stored_at >= STORE and _idle(self._storing):
            self._stored_at = now
            self._storing = asyncio.create_task(self._reporter.store(self._job, progress))
            self._storing.add_done_callback(_log)
        adapter = self._reporter.adapter(self._job.platform)
        if adapter and now - self._shown_at >= adapter.pace and _idle(self._showing):
            self._shown_at = now
            self._showing = asyncio.create_task(adapter.show(json.loads(self._job.address), progress))
            self._showing.add_done_callback(_log)

    def note(self, words: str) -> None:
        """Say what is waited for before anything is done, in a few words: at once, and again as often as it is told."""
        progress = Progress(job=self._job.id, done=0.0, note=words)
        self._reporter.tell(progress)
        adapter = self._reporter.adapter(self._job.platform)
        now, first = self._now(), words != self._noted
        if adapter and (first or now - self._shown_at >= adapter.pace) and _idle(self._showing):
            self._shown_at, self._noted = now, words
            self._showing = asyncio.create_task(adapter.show(json.loads(self._job.address), progress))
            self._showing.add_done_callback(_log)

    async def close(self) -> None:
        """Tell no more, and wait until nothing is being told: no late word of progress may follow the answer."""
        if self._showing:
            self._showing.cancel()
        under_way = [task for task in (self._showing, self._storing) if task and not task.done()]
        if under_way:
            await asyncio.wait(under_way)

    def _left(self, now: float, done: float) -> float | None:
        if self._first is None or done <= self._first[1]:
            return None
        return (now - self._first[0]) * (1.0 - done) / (done - self._first[1])


def _idle(task: asyncio.Task[Any] | None) -> bool:
    return task is None or task.done()


def _log(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.info("progress could not be told", exc_info=error)
