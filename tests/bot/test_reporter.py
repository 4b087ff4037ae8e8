"""Progress is told at once to who watches, at its pace to the platform, now and then to the database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot import reporter
from bot.reporter import Reporter, Watcher
from commands.core.reply import Json, Progress
from storage import jobs
from tests.fakes.durable import DurableAdapter
from tests.fakes.running import Running, running


def progress(done: float) -> Progress:
    return Progress(job=1, done=done)


async def test_a_watcher_sees_the_latest_and_then_the_end() -> None:
    watcher = Watcher()
    watcher.tell(progress(0.1))
    watcher.tell(progress(0.2))
    assert await watcher.next() == progress(0.2)
    watcher.tell(progress(0.9))
    watcher.end()
    assert await watcher.next() == progress(0.9)
    assert await watcher.next() is None
    assert await watcher.next() is None


async def running_job(mynah: Running) -> jobs.Job:
    """A job that runs and waits."""
    id = await mynah.ticket("trick wait")
    await mynah.until("SELECT state FROM jobs WHERE id = :id", "running", id=id)
    job = await mynah.app.database.read(lambda tx: jobs.get(tx, id))
    assert job
    return job


async def test_the_database_hears_of_it_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporter, "STORE", 0.01)
    async with running(tmp_path) as mynah:
        job = await running_job(mynah)
        report = Reporter(mynah.app.database, {}).begin(job)
        report(0.25)
        await report.close()
        assert (await mynah.job(job.id))["progress"] == 0
        await asyncio.sleep(0.02)
        report(0.5)
        report(0.75)
        await report.close()
        row = await mynah.job(job.id)
        assert row["progress"] == 0.5 and row["eta_at"] >= row["started_at"]
        mynah.tricks.go_on.set()
        await mynah.ended(job.id)


class Slow(DurableAdapter):
    """A platform that takes its time to show something, and fails then."""

    pace = 0.0
    finished = 0

    async def show(self, address: Mapping[str, Json], progress: Progress) -> None:
        await super().show(address, progress)
        await asyncio.sleep(0.05)
        self.finished += 1
        raise ConnectionError("no")


async def test_no_late_word_follows_the_answer_and_a_failure_to_show_is_none_of_the_job(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(tmp_path, jobs__drain_seconds=0) as mynah:
        job = await running_job(mynah)
        slow = Slow(tmp_path / "slow")
        report = Reporter(mynah.app.database, {"durable": slow}).begin(job)
        report(0.1)
        await asyncio.sleep(0)
        report(0.2)
        await asyncio.sleep(0.06)
        assert [each.done for each in slow.shown] == [0.1] and slow.finished == 1
        report(0.3)
        await asyncio.sleep(0)
        await report.close()
        assert [each.done for each in slow.shown] == [0.1, 0.3] and slow.finished == 1


async def test_what_is_left_is_reckoned_from_this_attempts_own_pace(tmp_path: Path) -> None:
    async with running(tmp_path, jobs__drain_seconds=0) as mynah:
        job = await running_job(mynah)
        teller = Reporter(mynah.app.database, {})
        watching = asyncio.create_task(_all(teller, job.id))
        await asyncio.sleep(0.01)
        report = teller.begin(job)
        told: list[Progress] = []
        for done in (0.5, 0.75):  # it went on with half of it done
            report(done)
            await asyncio.sleep(0.1)
        teller.end_all()
        told = await watching
        assert told[0].left is None
        assert told[1].left is not None and 0.05 < told[1].left < 0.5


async def _all(teller: Reporter, job_id: int) -> list[Progress]:
    return [progress async for progress in teller.watch(job_id)]


async def test_what_is_waited_for_is_shown_at_once_and_again_at_the_platforms_pace(tmp_path: Path) -> None:
    class Showing(DurableAdapter):
        pace = 0.2

    async with running(tmp_path) as mynah:
        job = await running_job(mynah)
        post = Showing(tmp_path / "other")
        report = Reporter(mynah.app.database, {job.platform: post}).begin(job)
        for _ in range(3):
            report.note("coqui is being loaded")
            await asyncio.sleep(0.01)
        assert [each.note for each in post.shown] == ["coqui is being loaded"]
        await asyncio.sleep(0.2)
        report.note("coqui is being loaded")
        await asyncio.sleep(0.01)
        assert [each.note for each in post.shown] == ["coqui is being loaded"] * 2
        await report.close()
        mynah.tricks.go_on.set()
        await mynah.ended(job.id)
