"""The schedule: what is done by the clock, so that nothing piles up and nothing is forgotten."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from bot.settings import Settings
from bot.uncut import uncut
from storage import (
    backups,
    consents,
    deliveries,
    drafts,
    events,
    files,
    parcels,
    quota,
    tokens,
    tombstones,
    voice_folder,
    withdrawal,
)
from storage.clock import DAY, HOUR, MINUTE, SECOND
from storage.database import Database, Transaction
from storage.files import File
from storage.folder import Folder

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]  # it has no types

log = logging.getLogger("mynah.schedule")

Task = Callable[[], Awaitable[object]]

MB = 1_000_000
BATCH = 200
"""Files that go in one transaction."""
EVENTS_KEPT = 7 * DAY
"""How long an event is remembered, in ms; platforms repeat theirs for a day at most."""
DELIVERIES_KEPT = 30 * DAY
"""How long it is remembered what became of a delivery, in ms."""
BALANCES_KEPT = 62 * DAY
"""How long it is remembered what was used in a day or a month that has ended, in ms."""


CONSENT_AWAITED = 30 * DAY
"""How long a recording waits for somebody to agree to a voice, in ms: it may be of a person who knows nothing of it."""


class Housekeeping:
    """What is to be done now and then; each task can be done at any time, and does only what is due."""

    def __init__(self, *, database: Database, folder: Folder, settings: Settings, ring: Callable[[], None]) -> None:
        """`ring` says that there may be work to claim or something to deliver."""
        self._database = database
        self._folder = folder
        self._settings = settings
        self._ring = ring

    async def expire_files(self) -> int:
        """Let the files go whose time is over, and return how many did."""
        gone = 0
        while batch := await self._database.write(_take_expired):
            for file in batch:
                # After the row: a kill in between leaves a file without a row, which the sweep removes.
                (self._folder.path / file.path).unlink(missing_ok=True)
            gone += len(batch)
        return gone

    async def expire_voices(self) -> int:
        """Let voices go to which nobody has agreed in time, with their recordings, and return how many did."""
        before, gone = self._database.clock.now() - CONSENT_AWAITED, 0
        while ids := await self._database.read(lambda tx: withdrawal.not_agreed(tx, before, BATCH)):
            for voice_id in ids:
                let_go = partial(withdrawal.withdraw, voice_id=voice_id, key=self._folder.key(), by="host")
                withdrawn = await self._database.write(let_go)
                await asyncio.to_thread(voice_folder.remove, self._folder.path, withdrawn.paths)
            gone += len(ids)
        return gone

    async def expire_rows(self) -> None:
        """Drop what is remembered for a while only: drafts, events, deliveries, balances of past terms."""

        def work(tx: Transaction) -> None:
            drafts.expire(tx)
            consents.expire(tx)
            events.expire(tx, tx.now - EVENTS_KEPT)
            deliveries.expire(tx, tx.now - DELIVERIES_KEPT)
            quota.expire(tx, tx.now - BALANCES_KEPT)
            tombstones.expire(tx)
            tokens.expire(tx)
            parcels.expire(tx)

        await self._database.write(work)

    async def sweep(self) -> None:
        """Remove temporary files without a job, and say which files are missing."""
        swept = await self._folder.sweep(self._database)
        if swept.removed:
            log.info("%d stray files are gone: %s", len(swept.removed), ", ".join(swept.removed[:5]))
        if swept.missing:
            log.error("%d files are missing: %s", len(swept.missing), ", ".join(swept.missing[:5]))

    async def copy(self) -> bool:
        """Copy the database if the latest copy is old enough; whether it did."""
        now = self._database.clock.now()
        latest = backups.latest(self._folder.copies)
        if latest is not None and 0 <= now - latest < self._settings.copies.hours * HOUR:
            return False
        keep = self._settings.copies.keep
        await uncut(asyncio.to_thread(backups.copy, self._folder.database, self._folder.copies, keep, now))
        return True

    async def scrub(self) -> None:
        """Make good a clean-up after somebody was forgotten, where that was cut off or the disk was full."""
        await self._database.scrub()

    async def catch_up(self) -> None:
        """Do what came due while nobody ran Mynah: for one-shots, which never run long enough to be ticked."""
        await self.expire_files()
        await self.expire_voices()
        await self.copy()

    async def check_disk(self) -> bool:
        """Tell the log where the disk is too full for new work; whether there is room."""
        free, least = self._folder.free_bytes() // MB, self._settings.files.least_free_mb
        if free < least:
            log.error(
                "no new work is taken: %d MB are free on the disk of %s, %d MB is the least",
                free,
                self._folder.path,
                least,
            )
        return free >= least

    async def wake(self) -> None:
        """Look after jobs and deliveries whose time may have come while the clock was changed."""
        self._ring()


class Schedule:
    """Ticks the housekeeping."""

    def __init__(self, keeping: Housekeeping) -> None:
        self._keeping = keeping
        self._scheduler: AsyncIOScheduler | None = None
        self._under_way: set[asyncio.Task[object]] = set()

    def start(self) -> None:
        """Begin to tick."""
        from datetime import UTC, datetime

        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        keeping = self._keeping
        later: list[tuple[Task, int]] = [(keeping.wake, MINUTE), (keeping.sweep, HOUR)]
        at_once: list[tuple[Task, int]] = [  # many run Mynah for minutes only
            (keeping.check_disk, 10 * MINUTE),
            (keeping.expire_files, 10 * MINUTE),
            (keeping.expire_voices, HOUR),
            (keeping.expire_rows, HOUR),
            (keeping.copy, HOUR),
            (keeping.scrub, HOUR),
        ]
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        for task, period in later:
            self._scheduler.add_job(self._do, "interval", [task], seconds=period // SECOND)
        for task, period in at_once:
            now = datetime.now(UTC)
            self._scheduler.add_job(self._do, "interval", [task], seconds=period // SECOND, next_run_time=now)
        self._scheduler.start()

    async def stop(self) -> None:
        """Tick no more; what is being done is cut off, and is over when this returns."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _do(self, task: Task) -> None:
        current = asyncio.current_task()
        assert current is not None, "the scheduler runs this in a task"
        self._under_way.add(current)
        current.add_done_callback(self._under_way.discard)
        with suppress(asyncio.CancelledError):  # only `stop` does that; the scheduler would log it as a failure
            await task()


def _take_expired(tx: Transaction) -> list[File]:
    expired = files.expired(tx, BATCH)
    for file in expired:
        files.remove(tx, file.id)
    return expired
