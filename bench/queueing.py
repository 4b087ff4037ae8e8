"""What the queue costs: an order against a bare transaction of the same durability, and rates over many rows."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

from bench.measure import Case, table, take_turns
from storage import identities, places, queue
from storage.clock import SystemClock
from storage.database import Database, Transaction
from storage.limits import Allowances
from storage.metrics import Charge, Metric, Period
from storage.migrations import migrate
from storage.table import Step, Table, tables

ROWS = 100_000
"""Finished jobs that are in the table already."""
PEOPLE = 50
"""People who ask by turns."""
FLOOR = 3.0
"""The most that an order may take, as a multiple of the bare transaction."""
TEXT = "The quick brown fox jumps over the lazy dog near the river bank."

BARE = Table(
    name="bench_orders",
    steps=(Step(9_000, "CREATE TABLE bench_orders (id {id}, text TEXT NOT NULL, at INTEGER NOT NULL) STRICT"),),
)
"""What a bare transaction writes a row into."""
BARE_ROW = "INSERT INTO bench_orders (text, at) VALUES (:text, :now)"

_FILL = """
    INSERT INTO jobs (user_id, place_id, platform, command, signature, vals, text_from, text, lane, state, progress,
        attempt, characters, created_at, updated_at, started_at, finished_at, finished_by, boot)
    SELECT :first + value % :people, :place_id, 'bench', 'speak', 'x', '{}', 'typed', :text, 0, 'succeeded', 1,
        1, 64, :now, :now, :now, :now, 'runner', 'earlier'
    FROM generate_series
"""


class Bench:
    """A database with many finished jobs, and people who ask for more."""

    def __init__(self, database: Database, orders: list[queue.Order]) -> None:
        self._database = database
        self._orders = itertools.cycle(orders)

    @classmethod
    async def open(cls, folder: Path) -> Bench:
        """Make the database."""
        clock = SystemClock()
        migrate(folder / "mynah.db", [*tables(), BARE], folder / "copies", clock.now())
        database = await Database.open(folder / "mynah.db", clock)
        return cls(database, await database.write(_people))

    async def close(self) -> None:
        """Let go of the database."""
        await self._database.close()

    async def bare(self) -> None:
        """One row, one commit: the least that anything durable costs."""
        await self._database.write(lambda tx: tx.run(BARE_ROW, text=TEXT, now=tx.now))

    async def enqueue(self) -> None:
        """One order: quota reserved, job queued, durable."""
        order = next(self._orders)
        await self._database.write(lambda tx: queue.submit(tx, order))

    async def finish_one(self) -> None:
        """Claim a job and finish it: two transactions."""
        job = await self._database.write(lambda tx: queue.claim(tx, boot="bench", lanes=(0, 1), per_user=2))
        assert job is not None, "there are fewer jobs than are finished"
        await self._database.write(
            lambda tx: queue.finish(
                tx, job.id, job.attempt, used={Metric.SECONDS: 4, Metric.BYTES: 176_444}, seconds=4.0, reply="{}"
            )
        )


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the tables."""
    bench = await Bench.open(folder)
    try:
        cases = [
            Case(name="bare transaction, one row", run=bench.bare, repeats=100),
            Case(name="enqueue: quota, job, durable", run=bench.enqueue, repeats=100),
            Case(name="claim + finish: settle, delivery", run=bench.finish_one, repeats=50),
        ]
        await take_turns(cases, turns)
    finally:
        await bench.close()
    bare = cases[0]
    floors = ("", f"<= {FLOOR:g} x", "")
    rows = [
        (
            case.name,
            f"{case.cpu * 1e6:.0f}",
            f"{case.wall * 1e6:.0f}",
            f"{case.cpu / bare.cpu:.2f} x",
            f"{case.wall / bare.wall:.2f} x",
            floor,
            f"{1 / case.wall:.0f}",
        )
        for case, floor in zip(cases, floors, strict=True)
    ]
    head = ("case", "CPU µs", "wall µs", "CPU ratio", "wall ratio", "floor", "a second")
    return table(f"The queue, with {ROWS:,} finished jobs in the table", head, rows)


def _people(tx: Transaction) -> list[queue.Order]:
    place = places.ensure(tx, "bench", "direct", "direct", "Direct messages")
    people = [identities.ensure(tx, "bench", str(n), f"Person {n}", b"k" * 32) for n in range(PEOPLE)]
    series = "WITH RECURSIVE generate_series (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM generate_series "
    tx.run(
        f"{series} WHERE value < {ROWS}) {_FILL}",
        first=min(people),
        people=PEOPLE,
        place_id=place.id,
        text=TEXT,
        now=tx.now,
    )
    generous = {(m, p): 10**9 for m in Metric if not m.is_stock for p in (Period.DAY, Period.MONTH)}
    allowances = Allowances(member={**generous, (Metric.BYTES, Period.HELD): 10**15, (Metric.VOICES, Period.HELD): 10})
    order = queue.Order(
        event_id="",
        user_id=0,
        place_id=place.id,
        roles=(),
        unlimited=False,
        platform="bench",
        rank=0,
        command="speak",
        signature="x",
        values=json.dumps({"text": TEXT}),
        text=TEXT,
        address="{}",
        lane=0,
        inputs=0,
        charges=(
            Charge(metric=Metric.GENERATIONS, amount=1),
            Charge(metric=Metric.CHARACTERS, amount=len(TEXT)),
            Charge(metric=Metric.SECONDS, amount=10),
            Charge(metric=Metric.BYTES, amount=450_000),
        ),
        characters=len(TEXT),
        file_id=None,
        allowances=allowances,
    )
    return [replace(order, user_id=user_id) for user_id in people]
