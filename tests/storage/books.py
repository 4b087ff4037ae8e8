"""A database in memory, run without a loop: quick enough to queue ten thousand jobs, or to let hypothesis loose on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from storage import files, identities, jobs, places, queue, quota
from storage.clock import SetClock
from storage.database import Row, Transaction, Value
from storage.jobs import Job
from storage.limits import Scope
from storage.metrics import Charge, Metric, Period
from storage.places import Place
from storage.queue import Order, Ticket
from storage.quota import Allowances, Shortage, Standing

T = TypeVar("T")

KEY = bytes(range(32))
NOW = 1_800_000_000_000
"""2027-01-15, 08:00 UTC."""
FREE = Allowances(member={})
"""No limits at all."""


def allow(**amounts: int) -> Allowances:
    """The host's limits, such as `generations_day=10`."""
    named = ((name.split("_"), amount) for name, amount in amounts.items())
    return Allowances(member={(Metric(metric), Period(period)): amount for (metric, period), amount in named})


def charge(**amounts: int) -> tuple[Charge, ...]:
    """What something costs, such as `generations=1`."""
    return tuple(Charge(metric=Metric(name), amount=amount) for name, amount in amounts.items())


SPEECH = charge(generations=1, characters=60, seconds=6, bytes=1_000)
"""What speaking a short text costs."""


def order(user_id: int, place_id: int, **changes: Any) -> Order:
    """An order of a short text that costs one generation."""
    plain = Order(
        event_id="",
        user_id=user_id,
        place_id=place_id,
        roles=(),
        unlimited=False,
        platform="discord",
        rank=0,
        command="speak",
        signature="0123456789abcdef",
        values='{"text": "Hello"}',
        text="Hello",
        address='{"channel": 7}',
        lane=0,
        inputs=0,
        charges=charge(generations=1),
        characters=5,
        file_id=None,
        allowances=FREE,
    )
    return replace(plain, **changes)


class Books:
    """Everything that is remembered, with a clock that can be turned."""

    def __init__(self, template: Path, now: int = NOW) -> None:
        self.clock = SetClock(now)
        self.connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=256)
        source = sqlite3.connect(template)
        source.backup(self.connection)
        source.close()
        self.connection.row_factory = sqlite3.Row
        self.connection.execute("PRAGMA foreign_keys = ON")

    def close(self) -> None:
        self.connection.close()

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run a transaction as the database's writer does."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(Transaction(self.connection, self.clock.now()))
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        return result

    def rows(self, sql: str, **values: Value) -> list[Row]:
        return Transaction(self.connection, self.clock.now()).all(sql, **values)

    def value(self, sql: str, **values: Value) -> Any:
        return Transaction(self.connection, self.clock.now()).value(sql, **values)

    def person(self, account: str = "ada") -> int:
        return self.write(lambda tx: identities.ensure(tx, "discord", account, account, KEY))

    def place(self, key: str = "42", zone: str = "UTC") -> Place:
        def work(tx: Transaction) -> Place:
            found = places.ensure(tx, "discord", key, "server", "The Aviary")
            places.set_time_zone(tx, found.id, zone)
            return places.get(tx, found.id)

        return self.write(work)

    def submit(self, user_id: int, place_id: int, **changes: Any) -> int:
        """Order something, and return the job's number."""
        return self.write(lambda tx: queue.submit(tx, order(user_id, place_id, **changes))).job_id

    def claim(self, boot: str = "now", per_user: int = 10, job_id: int | None = None) -> Job:
        claimed = self.write(
            lambda tx: queue.claim(tx, boot=boot, lanes=(0, 1, 2, 3), per_user=per_user, job_id=job_id)
        )
        assert claimed is not None, "nothing can be claimed"
        return claimed

    def finish(self, job: Job, **used: int) -> int:
        real = {Metric(name): amount for name, amount in used.items()}
        return self.write(
            lambda tx: queue.finish(tx, job.id, job.attempt, used=real, seconds=1.5, reply='{"text": "Done."}')
        )

    def fail(self, job: Job) -> int:
        return self.write(
            lambda tx: queue.fail(tx, job.id, job.attempt, key="Failed", sentence="It broke.", reply='{"text": "No."}')
        )

    def retry(self, job: Job, after: int) -> None:
        """Put a job back to be tried again in so many ms."""
        self.write(lambda tx: queue.retry_later(tx, job.id, job.attempt, tx.now + after))

    def put_back(self, job: Job) -> None:
        self.write(lambda tx: queue.put_back(tx, job.id, job.attempt))

    def renew(self, job_id: int, allowances: Allowances = FREE, **party: Any) -> Ticket:
        return self.write(lambda tx: queue.renew(tx, job_id, allowances=allowances, **party))

    def cancel(self, job_id: int) -> bool:
        return self.write(lambda tx: queue.cancel(tx, job_id, by="user"))

    def job(self, job_id: int) -> Job:
        found = jobs.get(Transaction(self.connection, self.clock.now()), job_id)
        assert found is not None
        return found

    def balance(self, who: str, place_id: int, metric: str, period: str = "day") -> tuple[int, int, int]:
        """What is used, reserved and granted, over all terms."""
        (row,) = self.rows(
            """
            SELECT COALESCE(SUM(used), 0), COALESCE(SUM(reserved), 0), COALESCE(SUM(granted), 0) FROM balances
            WHERE who = :who AND place_id = :place_id AND metric = :metric AND period = :period
            """,
            who=who,
            place_id=place_id,
            metric=metric,
            period=period,
        )
        return tuple(row)

    def check(self) -> None:
        """What must hold at any moment, whatever has happened."""
        assert self.rows(_UNBALANCED) == []
        assert self.rows(_OPEN) == []
        assert self.rows("PRAGMA foreign_key_check") == []
        for row in self.rows(_ENDED_JOBS):
            if row["settled"]:
                assert (row["state"], row["settled"]) == ("succeeded", 1), dict(row)
                assert row["used"] <= row["last_reserved"], dict(row)
            else:  # given back; a job that was renewed has been charged in another term
                assert row["refunded"] >= 1 and row["used"] == 0, dict(row)


def snapshot(books: Books) -> Mapping[str, list[tuple[object, ...]]]:
    """Everything that a late attempt must not change."""
    tables = ("jobs", "balances", "ledger", "deliveries", "files", "events")
    return {table: [tuple(row) for row in books.rows(f"SELECT * FROM {table}")] for table in tables}


def values_of(job: Job) -> Any:
    return json.loads(job.vals)


_KEY = "who, place_id, metric, period, term"

_UNBALANCED = f"""
    SELECT {_KEY}, SUM(used) AS used, SUM(reserved) AS reserved, SUM(granted) AS granted FROM (
        SELECT {_KEY}, used, reserved, granted FROM balances
        UNION ALL SELECT {_KEY}, -used, -reserved, -granted FROM ledger
    ) GROUP BY {_KEY} HAVING SUM(used) <> 0 OR SUM(reserved) <> 0 OR SUM(granted) <> 0
"""
"""Balances that are not the sums of their lines."""

_OPEN = """
    SELECT j.id, j.state, SUM(l.reserved) FROM jobs j JOIN ledger l ON l.job_id = j.id
    WHERE j.state IN ('succeeded', 'failed', 'cancelled') GROUP BY j.id HAVING SUM(l.reserved) <> 0
    UNION ALL
    SELECT NULL, 'none', SUM(reserved) FROM ledger WHERE job_id IS NULL HAVING SUM(reserved) <> 0
"""
"""Reservations that no unfinished job has."""

_ENDED_JOBS = """
    SELECT j.id, j.state, l.who, l.place_id, l.metric, l.period, l.term,
        SUM(l.kind = 'settle') AS settled, SUM(l.kind = 'refund') AS refunded,
        SUM(CASE WHEN l.kind = 'settle' THEN l.used ELSE 0 END) AS used,
        SUM(CASE WHEN l.kind IN ('reserve', 'carry', 'refund') THEN l.reserved ELSE 0 END) AS last_reserved
    FROM jobs j JOIN ledger l ON l.job_id = j.id
    WHERE j.state IN ('succeeded', 'failed', 'cancelled')
    GROUP BY j.id, j.state, l.who, l.place_id, l.metric, l.period, l.term
"""


def a_file(tx: Transaction, user_id: int, job_id: int | None = None) -> int:
    """Note a file."""
    return files.add(
        tx,
        user_id=user_id,
        job_id=job_id,
        name="hello.wav",
        format="wav",
        sha256="0" * 64,
        bytes=10,
        seconds=1.5,
        rate=22_050,
        expires_at=None,
    )


def replies(books: Books) -> list[tuple[int, str]]:
    """What people are told, by job."""
    return [(row["job_id"], row["reply"]) for row in books.rows("SELECT job_id, reply FROM deliveries ORDER BY id")]


def who(user_id: int) -> str:
    """The `who` of a person's balances."""
    return f"user:{user_id}"


def set_limit(
    books: Books,
    place: Place | None,
    scope: Scope,
    amount: int,
    *,
    metric: Metric = Metric.GENERATIONS,
    period: Period = Period.DAY,
    user_id: int | None = None,
    role: str | None = None,
) -> None:
    """Set a limit, of generations by the day where nothing else is said."""
    books.write(
        lambda tx: quota.set_limit(
            tx,
            scope=scope,
            place=place,
            user_id=user_id,
            role=role,
            metric=metric,
            period=period,
            amount=amount,
            by_user_id=None,
        )
    )


def shortage(books: Books, user_id: int, place: Place, **changes: Any) -> Shortage:
    """Order something that is refused."""
    with pytest.raises(Shortage) as caught:
        books.submit(user_id, place.id, **changes)
    return caught.value


def standing(
    books: Books,
    user_id: int,
    place: Place,
    metric: Metric,
    period: Period = Period.DAY,
    *,
    roles: tuple[str, ...] = (),
    allowances: Allowances = FREE,
    unlimited: bool = False,
) -> list[Standing]:
    """How a person stands with a metric: the member's limit first, then the place's and theirs everywhere."""
    found = books.write(lambda tx: quota.standing(tx, user_id, place, roles, allowances, unlimited))
    return [each for each in found if (each.metric, each.period) == (metric, period)]
