"""How the database goes about what happens all the time: by its indexes, never through all the jobs there ever were."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pytest

from storage import (
    clones,
    consents,
    files,
    jobs,
    likeness,
    line,
    queue,
    quota,
    recordings,
    sounds,
    tombstones,
    voices,
    withdrawal,
)
from storage.database import Row, Transaction, Value
from storage.jobs import Job
from storage.metrics import Charge, Metric, Period
from storage.places import Place
from tests.storage import making
from tests.storage.books import KEY, SPEECH, Books, allow, order, set_limit
from tests.storage.test_queue import LOST, WORN_OUT

GROWING = (
    *("jobs", "ledger", "balances", "events", "deliveries", "files"),
    *("recordings", "consents", "speakers", "voices", "uploads", "sounds"),
)
"""The tables that only ever grow, more or less."""


class Watched(Transaction):
    """A transaction that remembers what it was asked."""

    asked: list[tuple[str, Mapping[str, Value]]]

    @classmethod
    def over(cls, tx: Transaction) -> Watched:
        watched = cls(tx._connection, tx.now)
        watched.asked = []
        return watched

    def run(self, sql: str, **values: Value) -> int:
        self.asked.append((sql, values))
        return super().run(sql, **values)

    def run_many(self, sql: str, rows: Iterable[Mapping[str, Value]]) -> int:
        found = list(rows)
        self.asked += [(sql, row) for row in found[:1]]
        return super().run_many(sql, found)

    def one(self, sql: str, **values: Value) -> Row | None:
        self.asked.append((sql, values))
        return super().one(sql, **values)

    def all(self, sql: str, **values: Value) -> list[Row]:
        self.asked.append((sql, values))
        return super().all(sql, **values)


def plans(books: Books, work: Callable[[Transaction], object]) -> list[str]:
    """Do something, and return how the database went about every statement of it."""

    def watched(tx: Transaction) -> list[str]:
        watcher = Watched.over(tx)
        work(watcher)
        return [
            row["detail"]
            for sql, values in watcher.asked
            if sql.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE")
            for row in tx.all(f"EXPLAIN QUERY PLAN {sql}", **values)
        ]

    return books.write(watched)


@pytest.fixture
def busy(books: Books, ada: int, place: Place) -> Books:
    """Books with a limit of every scope, a line, something running and something done, and no statistics."""
    set_limit(books, place, "place_cap", 900)
    set_limit(books, None, "everywhere", 900, user_id=ada)
    set_limit(books, place, "role", 900, role="r")
    for _ in range(6):
        books.submit(ada, place.id, charges=SPEECH)
    books.finish(books.claim())
    books.claim()
    return books


def walks(found: list[str]) -> list[str]:
    """The steps that go through all rows of a table that grows, rather than through an index of what waits or runs."""
    return [
        step
        for step in found
        if step.startswith("SCAN")
        and step.split()[1] in (*GROWING, "v", "s")  # the last two are voices and speakers
        and not step.endswith(("jobs_running", "jobs_waiting", "jobs_ready"))
    ]


def running(books: Books) -> Job:
    (row,) = books.rows("SELECT id FROM jobs WHERE state = 'running'")
    return books.job(row["id"])


DEEDS: dict[str, Callable[[Books, int, Place], Callable[[Transaction], object]]] = {
    "submit": lambda books, ada, place: (
        lambda tx: queue.submit(
            tx, order(ada, place.id, event_id="e", charges=SPEECH, allowances=allow(generations_day=99)), pace=1.0
        )
    ),
    "submit in another lane": lambda books, ada, place: lambda tx: queue.submit(tx, order(ada, place.id, lane=2)),
    "ticket": lambda books, ada, place: lambda tx: queue.ticket(tx, 6, pace=1.0),
    "line": lambda books, ada, place: lambda tx: queue.line(tx, 6),
    "waiting": lambda books, ada, place: lambda tx: queue.waiting(tx, ada),
    "in_place": lambda books, ada, place: lambda tx: jobs.in_place(tx, place.id),
    "open_of": lambda books, ada, place: lambda tx: jobs.open_of(tx, ada, place.id),
    "failures": lambda books, ada, place: lambda tx: jobs.failures(tx, place.id),
    "reasons": lambda books, ada, place: lambda tx: jobs.reasons(tx, place.id),
    "last_rank": lambda books, ada, place: lambda tx: jobs.last_rank(tx, ada, place.id),
    "stage": lambda books, ada, place: lambda tx: queue.stage(tx, 3, "a", "{}"),
    "claim": lambda books, ada, place: lambda tx: queue.claim(tx, boot="b", lanes=(0, 1, 2, 3), per_user=5),
    "claim one": lambda books, ada, place: lambda tx: queue.claim(tx, boot="b", lanes=(), per_user=5, job_id=4),
    "hold": lambda books, ada, place: lambda tx: queue.hold(tx, running(books).id, 1),
    "finish": lambda books, ada, place: (
        lambda tx: queue.finish(tx, running(books).id, 1, used={Metric.SECONDS: 2}, seconds=2.0, reply="{}")
    ),
    "fail": lambda books, ada, place: (
        lambda tx: queue.fail(tx, running(books).id, 1, key="Failed", sentence="No.", reply="{}")
    ),
    "retry_later": lambda books, ada, place: lambda tx: queue.retry_later(tx, running(books).id, 1, tx.now),
    "put_back": lambda books, ada, place: lambda tx: queue.put_back(tx, running(books).id, 1),
    "cancel": lambda books, ada, place: lambda tx: queue.cancel(tx, 5, by="user", user_id=ada),
    "recover": lambda books, ada, place: lambda tx: queue.recover(tx, "next", LOST, WORN_OUT),
    "standing": lambda books, ada, place: lambda tx: quota.standing(tx, ada, place, ("r",), allow(), False),
    "reset": lambda books, ada, place: lambda tx: quota.reset(tx, user_id=ada, place=place, by_user_id=None),
    "release": lambda books, ada, place: (
        lambda tx: quota.release(
            tx, user_id=ada, place_id=place.id, charge=Charge(metric=Metric.BYTES, amount=5), job_id=1
        )
    ),
    "set a cap": lambda books, ada, place: (
        lambda tx: quota.set_limit(
            tx,
            scope="place_cap",
            place=place,
            metric=Metric.CHARACTERS,
            period=Period.DAY,
            amount=1,
            by_user_id=None,
        )
    ),
    "set a limit everywhere": lambda books, ada, place: (
        lambda tx: quota.set_limit(
            tx,
            scope="everywhere",
            place=None,
            user_id=ada,
            metric=Metric.CHARACTERS,
            period=Period.DAY,
            amount=1,
            by_user_id=None,
        )
    ),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_walks_through_a_table_that_grows(busy: Books, ada: int, place: Place, deed: str) -> None:
    found = plans(busy, DEEDS[deed](busy, ada, place))
    assert found
    assert walks(found) == []


def test_renewing_a_job_and_forgetting_a_person_go_by_indexes_too(busy: Books, ada: int, place: Place) -> None:
    busy.cancel(3)
    assert walks(plans(busy, lambda tx: queue.renew(tx, 3, allowances=allow()))) == []
    assert walks(plans(busy, lambda tx: tombstones.bury(tx, ada, KEY))) == []


CLONES: dict[str, Callable[[Books, int, Place], Callable[[Transaction], object]]] = {
    "of_voice": lambda books, ada, place: lambda tx: recordings.of_voice(tx, 1),
    "by_digest": lambda books, ada, place: lambda tx: recordings.by_digest(tx, "0" * 64),
    "recent": lambda books, ada, place: lambda tx: recordings.recent(tx, ada, 0),
    "files of a voice": lambda books, ada, place: lambda tx: files.of_voice(tx, 1),
    "a file by its digest": lambda books, ada, place: lambda tx: files.by_digest(tx, "0" * 64),
    "own": lambda books, ada, place: lambda tx: clones.own(tx, ada, "Ada"),
    "of_user": lambda books, ada, place: lambda tx: clones.of_user(tx, ada),
    "spoken_by": lambda books, ada, place: lambda tx: clones.spoken_by(tx, ada),
    "share": lambda books, ada, place: lambda tx: clones.share(tx, 1, "public"),
    "rename": lambda books, ada, place: lambda tx: clones.rename(tx, 1, "Countess"),
    "agree and build": lambda books, ada, place: lambda tx: making.clone(tx, ada, "another"),
    "of_code": lambda books, ada, place: lambda tx: consents.of_code(tx, "k3v9x2mq"),
    "give": lambda books, ada, place: (
        lambda tx: consents.give(tx, "k3v9x2mq", person_id=ada, statement="", words=(), platform="discord", life=1)
    ),
    "open_for": lambda books, ada, place: lambda tx: consents.open_for(tx, ada),
    "asked_since": lambda books, ada, place: lambda tx: consents.asked_since(tx, ada, 0),
    "answers_since": lambda books, ada, place: lambda tx: consents.answers_since(tx, ada, 0),
    "what nobody has agreed to": lambda books, ada, place: lambda tx: withdrawal.not_agreed(tx, tx.now, limit=9),
    "answered_with": lambda books, ada, place: lambda tx: consents.answered_with(tx, "0" * 64),
    "of_person": lambda books, ada, place: lambda tx: consents.of_person(tx, ada),
    "consents of a voice": lambda books, ada, place: lambda tx: consents.of_voice(tx, 1),
    "consents that end": lambda books, ada, place: consents.expire,
    "the likeness that has changed": lambda books, ada, place: (
        lambda tx: tx.all(f"{likeness._TOLD} AND v.change > :seen ORDER BY v.change LIMIT 9", seen=1)
    ),
    "sounds that were noted since": lambda books, ada, place: lambda tx: sounds.after(tx, 1, limit=9),
    "withdraw": lambda books, ada, place: lambda tx: withdrawal.withdraw(tx, 1, KEY),
    "those of somebody who is forgotten": lambda books, ada, place: lambda tx: withdrawal.take_along(tx, ada, KEY),
}


@pytest.mark.parametrize("deed", CLONES)
def test_nothing_of_clones_walks_through_a_table_that_grows(busy: Books, ada: int, place: Place, deed: str) -> None:
    busy.write(lambda tx: making.clone(tx, ada, "Ada"))
    assert busy.write(lambda tx: voices.get(tx, 1)) is not None
    found = plans(busy, CLONES[deed](busy, ada, place))
    assert found
    assert walks(found) == []


def test_what_an_admin_has_to_decide_is_found_in_an_index_of_nothing_else(busy: Books) -> None:
    assert plans(busy, consents.waiting) == ["SCAN consents USING INDEX consents_unsure"]


def test_a_claim_takes_the_next_job_from_the_index_of_ready_ones_without_sorting(busy: Books) -> None:
    found = plans(busy, lambda tx: queue.claim(tx, boot="b", lanes=(0,), per_user=5))
    found = found[found.index("SEARCH jobs USING INTEGER PRIMARY KEY (rowid=?)") :]
    assert not [step for step in found if "TEMP B-TREE" in step]
    assert any("INDEX jobs_ready (lane=? AND turn<?)" in step for step in found)
    assert any("jobs_running" in step for step in found)


def test_a_submit_finds_its_turn_at_the_ends_of_two_indexes(busy: Books, ada: int) -> None:
    found = plans(busy, lambda tx: line.next_turn(tx, ada, 0))
    assert any("jobs_ready (lane=? AND turn<?)" in step for step in found)
    assert any("jobs_waiting (user_id=? AND lane=? AND turn<?)" in step for step in found)


def test_a_walk_would_be_noticed(busy: Books) -> None:
    assert walks(plans(busy, lambda tx: tx.all("SELECT * FROM jobs WHERE state = 'failed'")))
    assert walks(plans(busy, lambda tx: tx.all("SELECT * FROM ledger WHERE who = 'user:1'")))
