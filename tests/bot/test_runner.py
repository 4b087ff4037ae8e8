"""The runner: performs jobs so many at a time, tries again, stops, and leaves nothing half done."""

from __future__ import annotations

import asyncio
import sqlite3
import time
import wave
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot import attempt, runner
from commands.core.reply import Progress
from engine.audio import Sound
from engine.spool import Spool
from storage.clock import HOUR
from storage.queue import Ticket
from tests.fakes.running import BOB, Running, running

LONG = " ".join(f"This is sentence number {n} of a text that takes a while to be said." for n in range(120))


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once, not after seconds."""
    monkeypatch.setattr(attempt, "FIRST_PAUSE", 0.01)


async def test_so_many_run_at_once_and_so_many_of_one_person(tmp_path: Path) -> None:
    async with running(tmp_path, jobs__running=3, jobs__per_user=2) as mynah:
        jobs = [await mynah.ticket("trick wait") for _ in range(4)]
        jobs += [await mynah.ticket("trick wait", caller=BOB) for _ in range(2)]
        await mynah.until("SELECT COUNT(*) FROM jobs WHERE state = 'running'", 3)
        assert sorted(mynah.tricks.begun) == [jobs[0], jobs[1], jobs[4]]
        mynah.tricks.go_on.set()
        for job in jobs:
            await mynah.ended(job)
        assert len(mynah.tricks.begun) == 6


async def test_a_cancelled_job_stops_and_nothing_is_charged_or_left(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        job = await mynah.ticket("speak", {"text": LONG})
        seen = [progress async for progress in _first(mynah, job, 2)]
        assert 0 < seen[-1].done < 1
        assert not (await mynah.reply("jobs cancel", {"job": job})).error
        assert (await mynah.job(job))["state"] == "cancelled"
        assert await mynah.charged() == (0, 0) and await mynah.charged("bytes") == (0, 0)
        assert mynah.litter() == [] and mynah.post.sent == []
        await mynah.ended(await mynah.ticket("speak", {"text": "Next."}))


async def test_who_cancels_and_asks_again_at_once_gets_the_answer_and_pays_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = Spool.append

    def slowly(spool: Spool, sound: Sound) -> None:
        time.sleep(0.02)
        append(spool, sound)

    monkeypatch.setattr(Spool, "append", slowly)
    async with running(tmp_path) as mynah:
        for number in range(3):
            job = await mynah.ticket("speak", {"text": f"{number}. {LONG}"})
            await mynah.until("SELECT COUNT(*) FROM jobs WHERE id = :id AND state = 'running'", 1, id=job)
            await asyncio.sleep(0.1)
            cancelled = asyncio.create_task(mynah.reply("jobs cancel", {"job": job}))
            await mynah.until("SELECT state FROM jobs WHERE id = :id", "cancelled", id=job)
            assert not (await mynah.reply("jobs retry", {"job": job})).error
            assert not (await cancelled).error
            await mynah.ended(job)
            row = await mynah.job(job)
            assert (row["state"], row["attempts_left"]) == ("succeeded", 2), "no attempt was lost"
        assert await mynah.charged() == (3, 0) and mynah.litter() == []


async def test_a_cancelled_job_that_waits_for_its_next_attempt_leaves_no_spool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt, "FIRST_PAUSE", 100.0)
    async with running(tmp_path) as mynah:
        job = await mynah.ticket("trick stumble")
        await mynah.until("SELECT state FROM jobs WHERE id = :id AND attempt = 1", "ready", id=job)
        (mynah.folder / "spool" / f"{job}-1.wav").write_bytes(b"")
        await mynah.reply("jobs cancel", {"job": job})
        assert mynah.litter() == []


async def test_watching_tells_of_progress_and_ends_with_the_job(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        job = await mynah.ticket("speak", {"text": LONG})
        seen = [progress async for progress in mynah.app.runner.watch(job)]
        shares = [progress.done for progress in seen]
        assert len(shares) > 3 and shares == sorted(shares) and shares[-1] == pytest.approx(1)
        assert all(progress.left is None or progress.left >= 0 for progress in seen)
        assert [progress async for progress in mynah.app.runner.watch(job)] == []
        assert [progress async for progress in mynah.app.runner.watch(job + 1)] == []


async def test_the_platform_shows_progress_at_its_own_pace(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        await mynah.ended(await mynah.ticket("speak", {"text": "Short."}))
        assert mynah.post.shown == []
        await mynah.ended(await mynah.ticket("speak", {"text": LONG}))
        assert 1 <= len(mynah.post.shown) < 120


async def test_when_mynah_stops_a_job_is_put_back_and_goes_on_where_it_was(tmp_path: Path) -> None:
    async with running(tmp_path, jobs__drain_seconds=0) as mynah:
        job = await mynah.ticket("speak", {"text": LONG})
        [_ async for _ in _first(mynah, job, 8)]
    async with running(tmp_path) as mynah:
        first = await anext(mynah.app.runner.watch(job))
        assert first.done > 0.02, "it went on with what had been said"
        await mynah.ended(job)
        row = await mynah.job(job)
        assert (row["attempt"], row["attempts_left"]) == (2, 2), "being stopped does not count"
        assert await mynah.charged() == (1, 0) and mynah.litter() == []
        with wave.open(mynah.post.sent[0]["reply"]["files"][0]["path"]) as sound:
            assert sound.getnframes() / sound.getframerate() > 120


async def test_when_mynah_stops_a_running_job_may_finish_in_time(tmp_path: Path) -> None:
    async with running(tmp_path, jobs__drain_seconds=30) as mynah:
        job = await mynah.ticket("speak", {"text": LONG})
        [_ async for _ in _first(mynah, job, 1)]
    assert [message["reply"]["data"]["id"] for message in mynah.post.sent] == [job]


async def test_one_job_can_be_run_and_no_other(tmp_path: Path) -> None:
    async with running(tmp_path, once=True) as mynah:
        other, job = [await mynah.ticket("trick stumble", {"times": 1}) for _ in range(2)]
        assert await mynah.app.runner.run_one(job)
        assert (await mynah.job(job))["state"] == "succeeded"
        assert (await mynah.job(other))["finished_at"] is None
        assert not await mynah.app.runner.run_one(job)
        await mynah.app.courier.send(job)
        assert [message["reply"]["data"]["id"] for message in mynah.post.sent] == [job]
    async with running(tmp_path) as mynah:
        await mynah.ended(other)


async def test_a_job_whose_time_has_not_come_waits_for_it_without_a_tick(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        job = await mynah.ticket("trick wait", {})
        mynah.tricks.go_on.set()
        await mynah.ended(job)
        later = "UPDATE jobs SET run_at = :at WHERE id = :id"
        waiting = await _parked(mynah, "trick wait")
        at = mynah.app.database.clock.now() + 60
        await mynah.app.database.write(lambda tx: tx.run(later, at=at, id=waiting))
        mynah.app.runner.wake()
        await mynah.ended(waiting)
        assert (await mynah.job(waiting))["started_at"] >= at


async def _first(mynah: Running, job: int, n: int) -> AsyncIterator[Progress]:
    async for progress in mynah.app.runner.watch(job):
        yield progress
        n -= 1
        if n <= 0:
            return


async def _parked(mynah: Running, command: str) -> int:
    """Ask for a job that is not claimed yet."""
    far = mynah.app.database.clock.now() + HOUR
    await mynah.app.database.write(
        lambda tx: tx.run(
            f"CREATE TRIGGER park AFTER INSERT ON jobs BEGIN UPDATE jobs SET run_at = {far} WHERE id = NEW.id; END"
        )
    )
    job = await mynah.ticket(command)
    await mynah.app.database.write(lambda tx: tx.run("DROP TRIGGER park"))
    return job


async def test_what_cannot_be_put_back_does_not_keep_mynah_from_stopping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "LAST_TRY", 0.01)
    async with asyncio.timeout(10), running(tmp_path, jobs__drain_seconds=0) as mynah:
        job = await mynah.ticket("trick wait")
        await mynah.until("SELECT state FROM jobs WHERE id = :id", "running", id=job)
        forbid = "CREATE TRIGGER full BEFORE UPDATE OF state ON jobs BEGIN \
            SELECT RAISE(ABORT, 'database or disk is full'); END"
        await mynah.app.database.write(lambda tx: tx.run(forbid))
    with closing(sqlite3.connect(tmp_path / "data" / "mynah.db")) as database:
        assert database.execute("SELECT state FROM jobs").fetchone() == ("running",)
        database.execute("DROP TRIGGER full")
        database.commit()
    async with running(tmp_path) as mynah:
        mynah.tricks.go_on.set()
        await mynah.ended(job)


async def test_who_asks_is_told_how_long_it_takes_as_soon_as_that_is_known(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        first = await mynah.ask("speak", {"text": LONG})
        assert isinstance(first, Ticket) and first.eta_ms is None
        await mynah.ended(first.job_id)
        second = await mynah.ask("speak", {"text": f"{LONG} The end."})
        assert isinstance(second, Ticket) and second.eta_ms is not None and 10 < second.eta_ms < 60_000
        await mynah.ended(second.job_id)
