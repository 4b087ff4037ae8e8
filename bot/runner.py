"""The runner: claims jobs, performs them, and ends each in one transaction."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from weakref import WeakSet

from bot.alarm import Alarm
from bot.attempt import Attempt, Tools, clear
from bot.pace import Pace
from bot.settings import Jobs
from bot.uncut import uncut
from commands.core.command import Audience, Lane
from commands.core.context import Asker
from commands.core.reply import Progress
from engine.tap import Tap
from storage import jobs, places, queue, users
from storage.clock import SECOND
from storage.database import Transaction, Work
from storage.jobs import Job
from storage.queue import Ticket

log = logging.getLogger("mynah.runner")

NAMES = 10_000
"""How many people's names are kept in mind; each takes some 150 bytes."""
LAST_TRY = 2.0
"""Seconds in which a job that is cut has to be put back; else the next start does it."""
LANES = tuple(int(lane) for lane in Lane)


class Runner:
    """Performs the jobs of one data folder, so many at a time."""

    def __init__(self, tools: Tools, settings: Jobs, boot: str, solo: bool) -> None:
        """`boot` names this run of the process; `solo`: it is for one request, and performs what `run_one` says."""
        self._tools = tools
        self._settings = settings
        self._boot = boot
        self._alarm = Alarm(self._round, name="runner")
        self._tasks: dict[int, asyncio.Task[int | None]] = {}
        self._solo = solo
        self._held: dict[int, Attempt] = {}
        self._attempts: dict[int, Attempt] = {}
        self._stopped: WeakSet[Attempt] = WeakSet()
        self._names: dict[int, str] = {}  # a person's does not change, and their number is never given again
        self._spoken_for = 0
        self._closing = False
        self.pace = Pace()
        """How long a character takes of late."""

    def start(self) -> None:
        """Begin to claim jobs: now, whenever woken, and when the next one's time has come."""
        self._alarm.start()

    def wake(self) -> None:
        """Say that there may be something to claim."""
        self._alarm.ring()

    def watch(self, job_id: int) -> AsyncIterator[Progress]:
        """Tell how a job comes on, from now until it ends in whatever way (`async for`); the latest, not every step."""
        return self._tools.reporter.watch(job_id)

    def listen(self, key: str) -> AbstractContextManager[Tap]:
        """Hear, as long as the block lasts, what is said for the job whose address has that key as its 'tap'."""
        return self._tools.reporter.listen(key)

    async def submit(self, work: Work[Ticket], prepared: object = None) -> Ticket:
        """Run `work`, which puts a job in the queue, and claim one in the same transaction if there is a slot.

        If it is this very job, it gets what its quote has `prepared`.
        """
        return await uncut(self._submit(work, prepared))

    @property
    def is_busy(self) -> bool:
        """Whether it performs a job."""
        return bool(self._tasks)

    async def run_one(self, job_id: int) -> bool:
        """Perform this job and no other, retries included, to its end; False where there was nothing to perform."""
        performed = False
        while attempt := self._held.pop(job_id, None) or await self._claim(job_id):
            performed = True
            run_at = await asyncio.shield(self._begin(attempt))
            if run_at is None:
                break
            await asyncio.sleep(max(0.0, (run_at - self._now()) / SECOND))
        return performed

    async def stop(self, job_id: int) -> None:
        """Make the attempt at a job stop that has lost it, and remove what it left; its row was taken care of before.

        Where the person has changed their mind meanwhile and the job runs anew, that attempt is left alone.
        """
        self._held.pop(job_id, None)
        attempt, task = self._attempts.get(job_id), self._tasks.get(job_id)
        if attempt and task and not await self._tools.database.read(lambda tx: jobs.is_at(tx, job_id, attempt.number)):
            self._stopped.add(attempt)
            task.cancel()
            await asyncio.wait([task])
        if job_id not in self._tasks:
            clear(self._tools.folder, job_id)
            self._tools.reporter.end(job_id)

    async def drain(self, seconds: float) -> None:
        """Claim no more, let what runs go on for so long, then put the rest back into the queue."""
        self._closing = True
        await self._alarm.stop()
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()), timeout=seconds)
        for attempt in self._held.values():
            await attempt.put_back()
        while tasks := list(self._tasks.values()):
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=LAST_TRY)  # what cannot be written is given up, not waited for
        self._tools.reporter.end_all()

    async def _round(self) -> float | None:
        while self._has_room:
            self._spoken_for += 1
            try:
                attempt, due = await self._tools.database.write(self._take)
            finally:
                self._spoken_for -= 1
            if attempt is None:
                return None if due is None else max(0.0, (due - self._now()) / SECOND)
            self._begin(attempt)
        return None  # a job that ends claims the next one, or asks for a round

    @property
    def _has_room(self) -> bool:
        return not self._closing and len(self._tasks) + self._spoken_for < self._settings.running

    async def _submit(self, work: Work[Ticket], prepared: object) -> Ticket:
        if self._solo:
            ticket, attempt = await self._tools.database.write(lambda tx: self._submit_and_hold(tx, work))
            if attempt is not None:
                attempt.prepared = prepared
                self._held[ticket.job_id] = attempt
            return ticket
        if not self._has_room or not self._alarm.is_on:
            return await self._tools.database.write(work)
        self._spoken_for += 1
        try:
            ticket, (attempt, due) = await self._tools.database.write(lambda tx: (work(tx), self._take(tx)))
        finally:
            self._spoken_for -= 1
        if attempt is not None and attempt.job.id == ticket.job_id:
            attempt.prepared = prepared
        self._go_on(attempt, due)
        return ticket

    def _submit_and_hold(self, tx: Transaction, work: Work[Ticket]) -> tuple[Ticket, Attempt | None]:
        ticket = work(tx)
        mine = ticket.state == "ready" and not ticket.again
        return ticket, self._take(tx, ticket.job_id)[0] if mine else None

    async def _end(self, job: Job, work: Work[None]) -> None:
        """Write how an attempt ended; its delivery and the next job are claimed in the same transaction."""
        if self._closing or not self._alarm.is_on:
            await self._tools.courier.commit(job, work)
            return

        def both(tx: Transaction) -> tuple[Attempt | None, int | None]:
            work(tx)
            return self._take(tx)

        self._go_on(*await self._tools.courier.commit(job, both))

    def _go_on(self, attempt: Attempt | None, due: int | None) -> None:
        if attempt is not None:
            self._begin(attempt)
        elif due is not None:
            self._alarm.ring_in(max(0.0, (due - self._now()) / SECOND))

    async def _claim(self, job_id: int) -> Attempt | None:
        attempt, _ = await self._tools.database.write(lambda tx: self._take(tx, job_id))
        return attempt

    def _take(self, tx: Transaction, job_id: int | None = None) -> tuple[Attempt | None, int | None]:
        """Claim a job, or tell when the next one's time comes."""
        if not jobs.any_ready(tx):
            return None, None
        per_user = self._settings.per_user
        job = queue.claim(tx, boot=self._boot, lanes=LANES, per_user=per_user, job_id=job_id)
        if job is None:
            return None, jobs.next_run_at(tx)
        return Attempt(self._tools, job, self._asker(tx, job), self._end), None

    def _asker(self, tx: Transaction, job: Job) -> Asker:
        if job.user_id not in self._names:
            if len(self._names) >= NAMES:
                self._names.clear()
            user = users.get(tx, job.user_id)
            self._names[job.user_id] = user.name if user else ""
        return Asker(
            user_id=job.user_id,
            name=self._names[job.user_id],
            platform=job.platform,
            place=places.get(tx, job.place_id),
            rank=Audience(job.rank),
            roles=tuple(json.loads(job.roles)),
        )

    def _begin(self, attempt: Attempt) -> asyncio.Task[int | None]:
        job_id = attempt.job.id
        task = asyncio.create_task(self._work(attempt, self._tasks.get(job_id)), name=f"job {job_id}")
        self._tasks[job_id], self._attempts[job_id] = task, attempt
        task.add_done_callback(lambda task: self._done(task, attempt))
        return task

    def _done(self, task: asyncio.Task[int | None], attempt: Attempt) -> None:
        job_id = attempt.job.id
        if self._tasks.get(job_id) is task:  # else it was claimed again already
            del self._tasks[job_id], self._attempts[job_id]
            if attempt.lost:
                clear(self._tools.folder, job_id)
        if not task.cancelled() and (error := task.exception()):
            log.error("job %d was left as it is", job_id, exc_info=error)
        if attempt.took:
            self.pace.learn(attempt.took, attempt.job.characters)
        if not attempt.written:
            self._alarm.ring()

    async def _work(self, attempt: Attempt, earlier: asyncio.Task[int | None] | None) -> int | None:
        try:
            if earlier is not None:  # it has lost the job, and two may not write into one spool
                earlier.cancel()
                await asyncio.wait([earlier])
            return await attempt.run()
        except asyncio.CancelledError:
            if not attempt.ended and attempt not in self._stopped:
                await attempt.put_back()
            return None
        finally:
            if attempt.ended:
                self._tools.reporter.end(attempt.job.id)

    def _now(self) -> int:
        return self._tools.database.clock.now()
