"""What a job's row tells, and that nobody reads the whole table to find the next one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from storage import deliveries, drafts, events, files, identities, jobs, queue, voices
from storage.database import Database, Row, Transaction, Value
from storage.metrics import Charge, Metric
from storage.quota import Allowances
from tests.storage import making


@pytest.fixture
async def ada(database: Database) -> int:
    return await database.write(making.person)


async def test_a_job_is_read_as_its_row_has_it(database: Database, ada: int) -> None:
    id = await database.write(lambda tx: making.job(tx, ada, "failed", text_from="typed", text="Hello", unlimited=1))
    job = await database.read(lambda tx: jobs.get(tx, id))
    assert job is not None
    assert (job.id, job.user_id, job.state, job.text, job.error) == (id, ada, "failed", "Hello", "That did not work.")
    assert (job.unlimited, job.cached, job.finished_by) == (True, False, "runner")
    assert await database.read(lambda tx: jobs.get(tx, id + 1)) is None


async def test_its_dataclass_has_every_column_of_the_table(database: Database) -> None:
    there = await database.read(lambda tx: [row["name"] for row in tx.all("PRAGMA table_info(jobs)")])
    assert list(jobs.Job.__dataclass_fields__) == there


async def test_people_see_their_own_jobs_latest_first(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> tuple[int, int, int]:
        making.job(tx, making.person(tx, "2", "Bob"))
        return making.job(tx, ada, "ready"), making.job(tx, ada, "cancelled"), making.job(tx, ada, "ready")

    first, second, third = await database.write(work)

    def look(tx: Transaction) -> None:
        assert [job.id for job in jobs.of_user(tx, ada)] == [third, second, first]
        assert [job.id for job in jobs.of_user(tx, ada, "ready")] == [third, first]
        assert [job.id for job in jobs.of_user(tx, ada, limit=1, offset=1)] == [second]

    await database.read(look)


@pytest.mark.parametrize(
    ("attempt", "state", "noted"), [(1, "running", True), (2, "running", False), (1, "ready", False)]
)
async def test_only_the_attempt_that_has_a_job_notes_its_progress(
    database: Database, ada: int, attempt: int, state: str, noted: bool
) -> None:
    id = await database.write(lambda tx: making.job(tx, ada, state))
    assert await database.write(lambda tx: jobs.set_progress(tx, id, attempt, 0.5, 9)) == noted
    job = await database.read(lambda tx: jobs.get(tx, id))
    assert job is not None and (job.progress, job.eta_at) == ((0.5, 9) if noted else (0.0, None))


@pytest.mark.parametrize(("said", "kept"), [(1.0000001, 1.0), (-0.1, 0.0)])
async def test_progress_stays_between_nothing_and_all(database: Database, ada: int, said: float, kept: float) -> None:
    id = await database.write(lambda tx: making.job(tx, ada, "running"))
    await database.write(lambda tx: jobs.set_progress(tx, id, 1, said, None))
    job = await database.read(lambda tx: jobs.get(tx, id))
    assert job is not None and job.progress == kept


class Watched(Transaction):
    """A transaction that keeps how the database goes about each statement."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx._connection, tx.now)
        self.plans: list[tuple[str, str]] = []

    def _watch(self, sql: str, values: dict[str, Value]) -> None:
        plan = self._connection.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
        self.plans += [(row["detail"], sql) for row in plan]

    def run(self, sql: str, **values: Value) -> int:
        self._watch(sql, values)
        return super().run(sql, **values)

    def one(self, sql: str, **values: Value) -> Row | None:
        self._watch(sql, values)
        return super().one(sql, **values)

    def all(self, sql: str, **values: Value) -> list[Row]:
        self._watch(sql, values)
        return super().all(sql, **values)


def order(user_id: int, event_id: str = "77") -> queue.Order:
    return queue.Order(
        event_id=event_id, user_id=user_id, place_id=1, roles=("9",), unlimited=False, platform="discord", rank=0,
        command="speak", signature="s", values="{}", text="Hello", address="{}", lane=0, inputs=0,
        charges=(Charge(metric=Metric.CHARACTERS, amount=5), Charge(metric=Metric.BYTES, amount=100)), characters=5,
        file_id=None, allowances=Allowances(member={}),
    )  # fmt: skip


def submit(tx: Transaction) -> None:
    queue.submit(tx, order(1, "78"))


def claim(tx: Transaction) -> None:
    assert queue.claim(tx, boot="b", lanes=(0, 1, 2, 3), per_user=2)


def finish(tx: Transaction) -> None:
    job = queue.claim(tx, boot="b", lanes=(0,), per_user=2)
    assert job
    queue.finish(tx, job.id, job.attempt, used={}, seconds=1.0, reply="{}")


def send(tx: Transaction) -> None:
    deliveries.next_at(tx)
    [one, two] = deliveries.claim(tx, ["discord"], 2)
    deliveries.recover(tx)
    deliveries.sent(tx, one.id, 1, "m")
    deliveries.again(tx, two.id, 1, 9)


def housekeeping(tx: Transaction) -> None:
    files.expired(tx, 10)
    drafts.expire(tx)


def look(tx: Transaction) -> None:
    jobs.of_user(tx, 1)
    files.of_user(tx, 1)
    events.seen(tx, "discord", "77")
    identities.ensure(tx, "discord", "1", "Ada", making.KEY)
    voices.named(tx, "en", user_id=1, place_id=1)
    voices.get(tx, 1)


HOT: list[tuple[Callable[[Transaction], None], set[str]]] = [
    (submit, {"jobs_ready", "jobs_waiting"}),
    (claim, {"jobs_ready", "jobs_running"}),
    (finish, {"jobs_ready", "ledger_of_job"}),
    (send, {"deliveries_queued", "deliveries_sending"}),
    (housekeeping, {"files_by_end", "drafts_by_end"}),
    (look, {"jobs_of_user", "files_of_user", "voices_by_name"}),
]


@pytest.mark.parametrize(("work", "indexes"), HOT)
async def test_what_happens_all_the_time_reads_no_table_whole(
    database: Database, ada: int, work: Callable[[Transaction], None], indexes: set[str]
) -> None:
    def watched(tx: Transaction) -> list[tuple[str, str]]:
        making.place(tx)
        queue.submit(tx, order(ada))
        for _ in range(2):
            deliveries.queue(tx, job_id=None, user_id=ada, platform="discord", address={}, reply="{}")
        watching = Watched(tx)
        work(watching)
        return watching.plans

    plans = await database.write(watched)

    grow = {"jobs", "deliveries", "events", "files", "ledger", "balances", "drafts", "users", "identities", "voices"}
    for plan, sql in plans:
        words = plan.split()
        assert not (words[0] == "SCAN" and words[1] in grow and "INDEX" not in words), f"{plan}: {sql}"
    used = {word for plan, _ in plans for word in plan.split()}
    assert indexes <= used


async def test_a_places_jobs_are_told_as_they_will_be_done(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> tuple[list[int], list[int], list[int]]:
        here, there = making.place(tx), making.place(tx, "43")
        making.job(tx, ada, "succeeded")
        elsewhere = making.job(tx, ada, place_id=there)
        book = making.job(tx, ada, lane=2)
        later, soon = making.job(tx, ada, turn=2), making.job(tx, ada, "pending", turn=1)
        running = making.job(tx, ada, "running", turn=9)
        order = [running, soon, later, book]
        assert [job.id for job in jobs.in_place(tx, there)] == [elsewhere]
        return order, [job.id for job in jobs.in_place(tx, here)], [job.id for job in jobs.in_place(tx, here, 2, 1)]

    order, found, page = await database.write(work)
    assert found == order
    assert page == order[1:3]


async def test_what_a_person_waits_for_or_has_under_way_is_told_for_a_place_or_for_all(
    database: Database, ada: int
) -> None:
    def work(tx: Transaction) -> tuple[list[int], list[int], list[int]]:
        bob, there = making.person(tx, "2", "Bob"), making.place(tx, "43")
        making.job(tx, bob)
        making.job(tx, ada, "succeeded")
        wanted = [making.job(tx, ada, "running"), making.job(tx, ada, "pending"), making.job(tx, ada, place_id=there)]
        here = [job.id for job in jobs.open_of(tx, ada, making.place(tx))]
        return wanted, here, [job.id for job in jobs.open_of(tx, ada)]

    wanted, here, everywhere = await database.write(work)
    assert (here, everywhere) == (wanted[:2], wanted)


async def test_failures_are_told_the_latest_first_and_counted_by_reason(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> tuple[list[str], dict[str, int], list[str]]:
        here, there = making.place(tx), making.place(tx, "43")
        for key in ("Failed", "GaveUp", "Failed"):
            making.job(tx, ada, "failed", error_key=key, error=f"{key}.")
        making.job(tx, ada, "failed", place_id=there, error_key="Elsewhere")
        making.job(tx, ada, "succeeded")
        found = [str(job.error) for job in jobs.failures(tx, here)]
        return found, jobs.reasons(tx, here), [str(job.error) for job in jobs.failures(tx, here, 1, 1)]

    found, reasons, page = await database.write(work)
    assert found == ["Failed.", "GaveUp.", "Failed."]
    assert list(reasons.items()) == [("Failed", 2), ("GaveUp", 1)]
    assert page == ["GaveUp."]


async def test_the_pace_is_that_of_the_latest_jobs_that_were_really_done(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> list[float]:
        paces = [jobs.pace(tx)]
        for characters, ms, cached in ((10, 100, 0), (10, 300, 0), (100, 1, 1)):
            started = tx.now - ms
            making.job(tx, ada, "succeeded", characters=characters, cached=cached, started_at=started)
            paces.append(jobs.pace(tx))
        return [*paces, jobs.pace(tx, among=1)]

    assert await database.write(work) == [0.0, 10.0, 20.0, 20.0, 30.0]


async def test_what_somebody_might_do_when_they_asked_last_is_known(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> list[int]:
        here, there = making.place(tx), making.place(tx, "43")
        ranks = [jobs.last_rank(tx, ada, here)]
        for rank in (2, 1):
            making.job(tx, ada, rank=rank)
            ranks.append(jobs.last_rank(tx, ada, here))
        return [*ranks, jobs.last_rank(tx, ada, there)]

    assert await database.write(work) == [0, 2, 1, 0]
