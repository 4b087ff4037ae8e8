"""Balances: how much of each metric a person has used, and set aside, in a place and a term.

Every change is one statement that the database itself can refuse, with a line of the ledger beside it in the
same transaction: for each balance, the lines' sums are its row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal

from storage import ledger
from storage.clock import DAY
from storage.database import Row, Transaction, Value
from storage.ledger import Kind, Slot, Slots, Values
from storage.metrics import Metric, Period
from storage.table import Person, Step, Table
from storage.terms import UTC, of_both, terms


def _join_people(tx: Transaction, kept: int, gone: int) -> None:
    """Add up what two people who become one have used."""
    rows = tx.all(
        """
        SELECT metric, period, MIN(user_id) AS limited FROM limits
        WHERE scope = 'everywhere' AND user_id IN (:kept, :gone) GROUP BY metric, period HAVING COUNT(*) = 1
        """,
        kept=kept,
        gone=gone,
    )
    for row in rows:  # what the other one used counts from now on, as if the limit had been set for them too
        other = kept if row["limited"] == gone else gone
        slot = Slot("everywhere", Metric(row["metric"]), Period(row["period"]))
        sum_up(tx, slot, values_at(tx, other, 0, UTC))
    move(tx, of_user(gone), of_user(kept))


def _join_places(tx: Transaction, kept: int, gone: int) -> None:
    """Add up what was used in two places that become one."""
    rows = tx.all(
        """
        SELECT metric, period, MIN(place_id) AS limited FROM limits
        WHERE scope = 'place_cap' AND place_id IN (:kept, :gone) GROUP BY metric, period HAVING COUNT(*) = 1
        """,
        kept=kept,
        gone=gone,
    )
    zones = {row["id"]: row["time_zone"] for row in tx.all(_ZONES, kept=kept, gone=gone)}
    for row in rows:
        other = kept if row["limited"] == gone else gone
        slot = Slot("place", Metric(row["metric"]), Period(row["period"]))
        sum_up(tx, slot, values_at(tx, 0, other, of_both(zones[kept], zones[gone])))
    tx.run(
        f"""
        INSERT INTO balances (who, place_id, metric, period, term, used, reserved, granted, allowed)
        SELECT who, :kept, metric, period, term, used, reserved, granted, -1 FROM balances WHERE place_id = :gone
        {_ADD}
        """,
        kept=kept,
        gone=gone,
    )
    tx.run("DELETE FROM balances WHERE place_id = :gone", gone=gone)


TABLE = Table(
    name="balances",
    people={"who": Person.PSEUDONYM},
    places=("place_id",),
    join_people=_join_people,
    join_places=_join_places,
    steps=(
        Step(
            170,
            """
            CREATE TABLE balances (
                who TEXT NOT NULL CHECK (who <> ''),
                place_id INTEGER NOT NULL,
                metric TEXT NOT NULL
                    CHECK (metric IN ('generations', 'characters', 'seconds', 'clones', 'voices', 'bytes')),
                period TEXT NOT NULL CHECK (period IN ('day', 'month', 'held')),
                term TEXT NOT NULL,
                used INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0),
                reserved INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0),
                granted INTEGER NOT NULL DEFAULT 0 CHECK (granted >= 0),
                allowed INTEGER NOT NULL DEFAULT -1 CHECK (allowed >= -1),
                PRIMARY KEY (who, place_id, metric, period, term),
                CHECK ((period = 'held') = (metric IN ('voices', 'bytes'))),
                CHECK ((period = 'held') = (term = '')),
                CHECK (allowed = -1 OR used + reserved <= allowed + granted)
            ) STRICT, WITHOUT ROWID
            """,
        ),
        Step(171, "CREATE INDEX balances_of_place ON balances (place_id, metric, period, term)"),
    ),
)
# `allowed` is the limit under which the row was raised last, so that nothing can ever raise it above that. The table
# lies in the order of its key, so that all rows of a request are in one place on disk.


def of_user(user_id: int) -> str:
    """Return the `who` of a person's balances."""
    return f"user:{user_id}"


def values_at(tx: Transaction, user_id: int, place_id: int, zone: str) -> dict[str, Value]:
    """Return what names the rows that a person touches in a place now, as `Slot.key` wants it.

    Days and months end by the clocks of `zone` in the place, and by UTC in what counts everywhere.
    """
    here = terms(zone, tx.now)
    utc = terms(UTC, tx.now)
    return {
        "who": of_user(user_id),
        "place_id": place_id,
        "now": tx.now,
        "day": here.day,
        "month": here.month,
        "utc_day": utc.day,
        "utc_month": utc.month,
    }


def add(tx: Transaction, kind: Literal["reserve", "take"], slots: Slots, values: Values) -> bool:
    """Set aside what a job will take at most, or take it at once: all of it or, where a limit forbids it, nothing.

    `values` are those of `values_at`, with `job_id`, each metric's amount under the metric's name, and the limit of
    the n-th slot (-1: none) under `ceiling_<n>`.
    """
    raise_all = _raising("reserved" if kind == "reserve" else "used", slots)
    tx.run("SAVEPOINT before_add")
    if tx.run(raise_all, **values) < len(slots):
        tx.run("ROLLBACK TO before_add")
        tx.run(_opening(slots), **values)  # a row that is not there cannot be raised
        if tx.run(raise_all, **values) < len(slots):
            tx.run("ROLLBACK TO before_add")
            tx.run("RELEASE before_add")
            return False
    tx.run("RELEASE before_add")
    ledger.note_all(tx, kind, slots, values)
    return True


def open_row(tx: Transaction, slot: Slot, values: Values) -> None:
    """Make sure that the slot's row is there."""
    tx.run(_opening((slot,)), **values)


def settle(tx: Transaction, job_id: int, used: Mapping[Metric, int]) -> int:
    """Charge what a job has set aside, or less of a metric where `used` says so; return how many balances changed."""
    return _end(tx, job_id, "settle", {metric.value: max(0, used[metric]) for metric in used})


def refund(tx: Transaction, job_id: int) -> int:
    """Give back what a job has set aside, to the terms it came from; return how many balances changed."""
    return _end(tx, job_id, "refund", {metric.value: 0 for metric in Metric})


def change(
    tx: Transaction,
    kind: Kind,
    slot: Slot,
    values: Values,
    *,
    used: int = 0,
    granted: int = 0,
    job_id: int | None = None,
    by: int | None = None,
) -> None:
    """Change a balance that is there by so much, up or down."""
    if not used and not granted:
        return
    changed = tx.run(
        f"""
        UPDATE balances SET used = used + :plus_used, granted = granted + :plus_granted
        WHERE (who, place_id, metric, period, term) = ({slot.key})
        """,
        **values,
        plus_used=used,
        plus_granted=granted,
    )
    assert changed == 1, f"there is no balance for {slot}"
    ledger.note(tx, kind, slot, values, used=used, granted=granted, job_id=job_id, by=by)


def carry(tx: Transaction, slot: Slot, values: Values, *, used: int, reserved: Mapping[int, int]) -> None:
    """Bring a balance to what was counted elsewhere: `used` more or less, and what each of these jobs has set aside."""
    open_row(tx, slot, values)
    tx.run(
        f"""
        UPDATE balances SET used = used + :plus_used, reserved = reserved + :plus_reserved, allowed = -1
        WHERE (who, place_id, metric, period, term) = ({slot.key})
        """,
        **values,
        plus_used=used,
        plus_reserved=sum(reserved.values()),
    )
    if used:
        ledger.note(tx, "carry", slot, values, used=used)
    for job_id, amount in reserved.items():
        ledger.note(tx, "carry", slot, values, reserved=amount, job_id=job_id)


def used(tx: Transaction, slot: Slot, values: Values) -> int:
    """Return how much is used."""
    row = tx.one(f"SELECT used FROM balances WHERE (who, place_id, metric, period, term) = ({slot.key})", **values)
    return row["used"] if row else 0


def used_by_parts(tx: Transaction, slot: Slot, values: Values) -> int:
    """Return how much is used in the balances that this one sums up: members' in a place, a person's in all places."""
    return int(
        tx.value(
            f"""
            SELECT COALESCE(SUM(used), 0) FROM balances
            WHERE {ledger.SUMMED_UP[slot.holder]} AND (who, place_id) <> ({slot.owner})
                AND (metric, period, term) = ({slot.matter})
            """,
            **values,
        )
    )


def current(tx: Transaction, values: Values) -> dict[Slot, Row]:
    """Return the rows, as far as there are any, of all slots of a person in a place."""
    rows = tx.all(
        f"""
        SELECT {_HOLDER} AS holder, metric, period, used, reserved, granted FROM balances
        WHERE (who = :who AND place_id = :place_id AND term IN (:day, :month, ''))
            OR (who = 'place' AND place_id = :place_id AND term IN (:day, :month, ''))
            OR (who = :who AND place_id = 0 AND term IN (:utc_day, :utc_month, ''))
        """,
        **values,
    )
    return {Slot(row["holder"], Metric(row["metric"]), Period(row["period"])): row for row in rows}


def whole(tx: Transaction, who: str) -> list[Row]:
    """Return every row of a person, each with the time zone of its place."""
    return tx.all(
        """
        SELECT b.*, COALESCE(p.time_zone, 'UTC') AS time_zone
        FROM balances b LEFT JOIN places p ON p.id = b.place_id
        WHERE b.who = :who
        """,
        who=who,
    )


def keep_only(tx: Transaction, who: str, rows: Sequence[Row]) -> None:
    """Drop every row of a person but these, and the lines of the ledger with them."""
    kept = {_key(row) for row in rows}
    gone = [_key(row) for row in whole(tx, who) if _key(row) not in kept]
    tx.run_many(
        """
        DELETE FROM balances WHERE (who, place_id, metric, period, term) = (:who, :place_id, :metric, :period, :term)
        """,
        [dict(zip(("who", "place_id", "metric", "period", "term"), key, strict=True)) for key in gone],
    )
    ledger.drop_unbalanced(tx, who)


def move(tx: Transaction, who: str, to: str) -> None:
    """Put all that is one's on another's account, where there may be something already."""
    _add(tx, who, to)
    tx.run("DELETE FROM balances WHERE who = :who", who=who)
    ledger.move(tx, who, to)


def copy(tx: Transaction, who: str, to: str) -> None:
    """Put as much on another's account as one has, who keeps it."""
    _add(tx, who, to)
    ledger.copy(tx, who, to)


def _add(tx: Transaction, who: str, to: str) -> None:
    tx.run(
        f"""
        INSERT INTO balances (who, place_id, metric, period, term, used, reserved, granted, allowed)
        SELECT :to, place_id, metric, period, term, used, reserved, granted, -1 FROM balances WHERE who = :who
        {_ADD}
        """,
        who=who,
        to=to,
    )


def sum_up(tx: Transaction, slot: Slot, values: Values) -> None:
    """Bring a balance to what is counted in those that it sums up, when a cap or a limit everywhere begins to hold."""
    more = used_by_parts(tx, slot, values) - used(tx, slot, values)
    carry(tx, slot, values, used=more, reserved=ledger.uncounted(tx, slot, values))


def expire(tx: Transaction, before: int) -> int:
    """Drop the terms that ended before that time (ms) with nothing left to settle; return how many rows went."""
    last = terms(UTC, before - DAY)  # what ended by then has ended in every zone
    dropped = tx.run(
        f"DELETE FROM balances WHERE reserved = 0 AND {ledger.ENDED}", last_day=last.day, last_month=last.month
    )
    if dropped:
        ledger.drop_ended(tx, last.day, last.month)
    return dropped


def _key(row: Row) -> tuple[Value, ...]:
    return tuple(row[column] for column in ("who", "place_id", "metric", "period", "term"))


@cache
def _opening(slots: Slots) -> str:
    keys = ", ".join(f"({slot.key})" for slot in slots)
    return f"INSERT INTO balances (who, place_id, metric, period, term) VALUES {keys} ON CONFLICT DO NOTHING"


@cache
def _raising(column: Literal["used", "reserved"], slots: Slots) -> str:
    # An upsert would say the same, but checks every constraint of every row as if it were new: twice the time.
    rows = ", ".join(f"({slot.key}, :{slot.metric.value}, :ceiling_{n})" for n, slot in enumerate(slots))
    return f"""
        UPDATE balances SET {column} = balances.{column} + due.amount, allowed = due.most
        FROM (
            WITH due (who, place_id, metric, period, term, amount, most) AS (VALUES {rows}) SELECT * FROM due
        ) AS due
        WHERE balances.who = due.who AND balances.place_id = due.place_id AND balances.metric = due.metric
            AND balances.period = due.period AND balances.term = due.term
            AND (due.most = -1 OR balances.used + balances.reserved + due.amount <= due.most + balances.granted)
    """


def _end(tx: Transaction, job_id: int, kind: Kind, used: Mapping[str, int]) -> int:
    values = {**_ALL_OF_IT, **used}
    changed = tx.run(_END, job_id=job_id, **values)
    if changed:
        tx.run(ledger.END, job_id=job_id, kind=kind, now=tx.now, **values)
    return changed


_ZONES = "SELECT id, time_zone FROM places WHERE id IN (:kept, :gone)"

_ADD = """
    ON CONFLICT (who, place_id, metric, period, term) DO UPDATE SET used = balances.used + excluded.used,
        reserved = balances.reserved + excluded.reserved, granted = balances.granted + excluded.granted, allowed = -1
"""

_HOLDER = "CASE WHEN who = 'place' THEN 'place' WHEN place_id = 0 THEN 'everywhere' ELSE 'member' END"

_ALL_OF_IT: Mapping[str, int | None] = {metric.value: None for metric in Metric}

_END = f"""
    UPDATE balances SET reserved = balances.reserved - due.amount, used = balances.used + due.charge
    FROM ({ledger.DUE}) AS due
    WHERE balances.who = due.who AND balances.place_id = due.place_id AND balances.metric = due.metric
        AND balances.period = due.period AND balances.term = due.term
"""
