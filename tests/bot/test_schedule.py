"""Housekeeping: what is over goes, what is due is done, and nothing else is touched."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot import schedule
from storage import backups, drafts
from storage.clock import DAY, HOUR, SetClock
from storage.database import Transaction
from tests.fakes.running import running
from tests.fakes.waiting import until
from tests.storage import making


async def test_files_go_when_their_time_is_over_with_their_bytes(tmp_path: Path, clock: SetClock) -> None:
    async with running(tmp_path, clock=clock, files__days=3) as mynah:
        for text in ("One.", "Two.", "Three."):
            await mynah.ended(await mynah.ticket("speak", {"text": text}))
        await mynah.app.database.write(lambda tx: tx.run("UPDATE files SET kept = 1, expires_at = NULL WHERE id = 2"))
        keeping, generations = mynah.app.housekeeping, mynah.folder / "generations"
        clock.turn(3 * DAY - 1)
        assert await keeping.expire_files() == 0
        clock.turn(1)
        assert await keeping.expire_files() == 2
        assert [path.name for path in generations.iterdir()] == ["2.wav"]
        kept = (generations / "2.wav").stat().st_size
        assert (await mynah.charged("bytes")) == (kept, 0)


async def test_more_files_than_fit_one_transaction_go_too(
    tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "BATCH", 2)
    async with running(tmp_path, clock=clock) as mynah:
        for name in ("Ada", "Bob", "Cy", "Dee", "Eve"):
            await mynah.ended(await mynah.ticket("speak", {"text": f"Hello, {name}."}))
        clock.turn(30 * DAY)
        assert await mynah.app.housekeeping.expire_files() == 5


async def test_what_is_remembered_for_a_while_is_dropped_after_it(tmp_path: Path, clock: SetClock) -> None:
    async with running(tmp_path, clock=clock) as mynah:
        await mynah.ended(await mynah.ticket("speak", {"text": "Hello."}, event_id="e1"))
        await mynah.app.database.write(
            lambda tx: drafts.leave(
                tx, user_id=1, place_id=1, command="speak", signature="", values={}, missing="text", address={}
            )
        )
        counts = "SELECT (SELECT COUNT(*) FROM events) || ' ' || (SELECT COUNT(*) FROM deliveries) || ' ' || \
            (SELECT COUNT(*) FROM drafts) || ' ' || (SELECT COUNT(*) FROM balances WHERE period <> 'held')"
        expected = {0: "1 1 1 6", 2: "1 1 0 6", 8: "0 1 0 6", 31: "0 0 0 6", 130: "0 0 0 0"}
        today = 0
        for day, left in expected.items():
            clock.turn((day - today) * DAY)
            today = day
            await mynah.app.housekeeping.expire_rows()
            assert await mynah.value(counts) == left, f"after {day} days"


async def test_a_recording_to_which_nobody_has_agreed_in_time_goes_with_its_voice(
    tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "BATCH", 2)
    async with running(tmp_path, clock=clock) as mynah:
        await mynah.ended(await mynah.ticket("speak", {"text": "Hello."}))

        def begin(tx: Transaction) -> None:
            making.clone(tx, 1, "agreed")
            for name in ("one", "two", "three"):
                making.recorded(tx, 1, name)

        await mynah.app.database.write(begin)
        audio = mynah.folder / "audio"
        for row in await mynah.app.database.read(lambda tx: tx.all("SELECT path FROM recordings")):
            (mynah.folder / row["path"]).parent.mkdir(parents=True)
            (mynah.folder / row["path"]).write_bytes(b"RIFF")
        clock.turn(schedule.CONSENT_AWAITED)
        assert await mynah.app.housekeeping.expire_voices() == 0
        clock.turn(1)
        assert await mynah.app.housekeeping.expire_voices() == 3
        assert await mynah.value("SELECT group_concat(name) FROM voices WHERE kind = 'clone'") == "agreed"
        assert len(list(audio.iterdir())) == 1


async def test_the_sweep_removes_what_belongs_to_nothing_and_tells_what_is_missing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(tmp_path) as mynah:
        await mynah.ended(await mynah.ticket("speak", {"text": "Hello."}))
        stray = [mynah.folder / "generations" / "99.wav", mynah.folder / "spool" / "98-1.wav"]
        for path in stray:
            path.write_bytes(b"?")
        await mynah.app.housekeeping.sweep()
        assert not any(path.exists() for path in stray)
        assert not [record for record in caplog.records if record.levelname == "ERROR"]
        (mynah.folder / "generations" / "1.wav").unlink()
        await mynah.app.housekeeping.sweep()
        assert "1 files are missing: generations/1.wav" in caplog.text


async def test_the_database_is_copied_now_and_then_and_old_copies_go(tmp_path: Path, clock: SetClock) -> None:
    async with running(tmp_path, clock=clock, once=True, copies__hours=12, copies__keep=3) as mynah:
        copies = mynah.folder / "copies"
        made = []
        for _ in range(16):
            made.append(await mynah.app.housekeeping.copy())
            clock.turn(4 * HOUR)
        assert made == [True, False, False] * 5 + [True]
        assert len(list(copies.iterdir())) == 3
        assert backups.latest(copies) == clock.now() - 4 * HOUR


async def test_a_disk_that_is_nearly_full_is_told_to_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with running(tmp_path, files__least_free_mb=9_999_999) as mynah:
        assert not await mynah.app.housekeeping.check_disk()
        assert "no new work is taken" in caplog.text
    async with running(tmp_path) as mynah:
        assert await mynah.app.housekeeping.check_disk()


async def test_a_clock_that_is_turned_is_noticed(tmp_path: Path, clock: SetClock) -> None:
    async with running(tmp_path, clock=clock) as mynah:
        await mynah.ended(await mynah.ticket("speak", {"text": "Hello."}))
        job = await mynah.ticket("trick wait")
        await mynah.until("SELECT state FROM jobs WHERE id = :id", "running", id=job)
        parked = "UPDATE jobs SET state = 'ready', run_at = :at WHERE id = :id"
        at = clock.now() + HOUR
        await mynah.app.runner.stop(job)
        await mynah.app.database.write(lambda tx: tx.run(parked, id=job, at=at))
        mynah.tricks.go_on.set()
        clock.turn(HOUR)
        await mynah.app.housekeeping.wake()
        await mynah.ended(job)


async def test_the_schedule_ticks_until_it_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "MINUTE", 1_000)
    ticked = asyncio.Event()
    async with running(tmp_path, prepare=lambda app: None, once=True) as mynah:

        async def tick() -> None:
            ticked.set()

        monkeypatch.setattr(mynah.app.housekeeping, "wake", tick)
        ticks = schedule.Schedule(mynah.app.housekeeping)
        ticks.start()
        async with asyncio.timeout(5):
            await ticked.wait()
        await ticks.stop()


@pytest.mark.parametrize("once", [False, True], ids=["run for a moment", "a one-shot"])
async def test_whoever_never_runs_long_is_tidied_up_after_too(tmp_path: Path, clock: SetClock, once: bool) -> None:
    async with running(tmp_path, clock=clock, files__days=3) as mynah:
        await mynah.ended(await mynah.ticket("speak", {"text": "Hello."}))
    clock.turn(4 * DAY)
    copies = len(list((tmp_path / "data" / "copies").iterdir()))
    async with running(tmp_path, clock=clock, once=once) as mynah:
        if not once:
            await mynah.until("SELECT COUNT(*) FROM files", 0)
            await until(lambda: not list((tmp_path / "data" / "generations").iterdir()))  # it goes after its row
    assert list((tmp_path / "data" / "generations").iterdir()) == []
    if once:
        assert len(list((tmp_path / "data" / "copies").iterdir())) == copies + 1
