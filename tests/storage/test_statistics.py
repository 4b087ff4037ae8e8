"""What those who run Mynah see of all of it."""

from __future__ import annotations

import pytest

from storage import blocks, places, quota, recordings, statistics
from storage.clock import DAY, MINUTE, SECOND
from storage.database import Database, Transaction
from storage.limits import Allowances
from storage.metrics import Charge, Metric, Period
from tests.storage import making
from tests.storage.test_files import add

SHIPPED = Allowances(member={(Metric.CHARACTERS, Period.DAY): 1_000})


def done(tx: Transaction, user_id: int, *, waited: int, seconds: float = 2.0, ago: int = 0) -> int:
    """A job that has succeeded some time ago, after it had waited."""
    end = tx.now - ago
    return making.job(
        tx, user_id, "succeeded", created_at=end - waited, started_at=end, finished_at=end, seconds=seconds
    )


async def test_the_queue_is_what_runs_and_then_what_waits_with_names(database: Database) -> None:
    def work(tx: Transaction) -> list[tuple[int, str]]:
        ada, bob = making.person(tx), making.person(tx, "2", "Bob")
        ready, running = making.job(tx, ada, turn=1), making.job(tx, bob, "running")
        making.job(tx, ada, "succeeded")
        assert [each.job.id for each in statistics.waiting(tx)] == [running, ready]
        return [(each.job.id, each.person) for each in statistics.waiting(tx, limit=1)]

    ((_, person),) = await database.write(work)
    assert person == "Bob"


async def test_each_reason_is_told_once_with_its_latest_job(database: Database) -> None:
    def work(tx: Transaction) -> list[statistics.Failure]:
        ada = making.person(tx)
        making.job(tx, ada, "failed", error_key="Full", error="The disk was full.")
        making.job(tx, ada, "failed")
        last = making.job(tx, ada, "failed", error="That did not work either.")
        found = statistics.failures(tx)
        assert found[0].job_id == last
        return found

    found = await database.write(work)
    assert [(each.key, each.reason, each.count) for each in found] == [
        ("Failed", "That did not work either.", 2),
        ("Full", "The disk was full.", 1),
    ]


async def test_what_is_stored_is_counted(database: Database) -> None:
    def work(tx: Transaction) -> tuple[statistics.Stored, int]:
        ada = making.person(tx)
        sizes = sum(add(tx, ada).bytes for _ in range(2))
        making.recorded(tx, ada, "Ada")
        assert [each.name for each in recordings.of_user(tx, ada)] == ["Ada.ogg"]
        assert recordings.of_user(tx, ada, offset=1) == []
        return statistics.stored(tx), sizes

    stored, sizes = await database.write(work)
    assert (stored.files, stored.file_bytes, stored.recordings, stored.recording_bytes) == (2, sizes, 1, 9)


async def test_people_are_told_with_what_they_use_and_may_use(database: Database) -> None:
    def work(tx: Transaction) -> list[statistics.PersonUse]:
        ada, bob = making.person(tx), making.person(tx, "2", "Bob")
        place_id = making.place(tx)
        for where in (place_id, making.place(tx, "43")):
            charge = Charge(metric=Metric.CHARACTERS, amount=40)
            place = places.get(tx, where)
            quota.take(tx, user_id=ada, place=place, roles=(), charge=charge, allowances=SHIPPED, unlimited=False)
        quota.set_limit(
            tx, scope="everywhere", place=None, user_id=bob, role=None, metric=Metric.CLONES, period=Period.DAY,
            amount=0, by_user_id=ada,
        )  # fmt: skip
        blocks.add(tx, bob, None, ada)
        return statistics.people(tx, SHIPPED)

    bob, ada = await database.write(work)
    assert (ada.name, ada.platform, ada.blocked, bob.blocked) == ("Ada", "discord", False, True)
    assert ada.used["characters_day"] == ada.used["characters_month"] == 80
    assert ada.limits == {"characters_day": 1_000}
    assert bob.limits == {"characters_day": 1_000, "clones_day": 0} and not bob.used


async def test_places_are_told_the_busiest_of_today_first(database: Database) -> None:
    def work(tx: Transaction) -> list[tuple[int, int]]:
        ada = making.person(tx)
        quiet, busy = making.place(tx, "7"), making.place(tx)
        making.job(tx, ada, place_id=busy)
        making.job(tx, ada, place_id=quiet, created_at=tx.now - DAY)
        found = [(each.id, each.jobs) for each in statistics.places(tx)]
        assert found[0] == (busy, 1)
        return found

    assert (await database.write(work))[1][1] == 0


async def test_days_tell_how_much_was_done_and_how_long_it_waited(database: Database) -> None:
    def work(tx: Transaction) -> list[statistics.DayUse]:
        ada = making.person(tx)
        for waited in range(1, 11):
            done(tx, ada, waited=waited * SECOND)
        done(tx, ada, waited=MINUTE, ago=DAY)
        done(tx, ada, waited=MINUTE, ago=9 * DAY)
        making.job(tx, ada, "failed")
        return statistics.days(tx, 3)

    before, yesterday, today = await database.write(work)
    assert (before.generations, yesterday.generations, today.generations) == (0, 1, 10)
    assert (today.seconds, today.wait_p50, today.wait_p90) == (20.0, 6.0, 10.0)
    assert yesterday.wait_p50 == 60.0 and yesterday.day < today.day


async def test_states_are_counted(database: Database) -> None:
    def work(tx: Transaction) -> dict[str, int]:
        ada = making.person(tx)
        for state in ("ready", "ready", "failed"):
            making.job(tx, ada, state)
        return statistics.states(tx)

    assert await database.write(work) == {"ready": 2, "failed": 1}


@pytest.mark.parametrize(("share", "found"), [(0.0, 1.0), (0.5, 6.0), (0.99, 10.0), (1.0, 10.0)])
def test_a_percentile_is_one_of_the_numbers(share: float, found: float) -> None:
    assert statistics.percentile(range(10, 0, -1), share) == found
    assert statistics.percentile([], share) == 0.0
