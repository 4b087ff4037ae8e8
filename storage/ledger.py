"""The ledger: why each balance is what it is, line by line. Lines are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple

from storage.database import Transaction, Value
from storage.metrics import Metric, Period
from storage.table import Person, Step, Table

Kind = Literal["reserve", "settle", "refund", "grant", "reset", "carry", "take", "release"]
Holder = Literal["member", "place", "everywhere"]


class Slot(NamedTuple):
    """Which of the balances that a request touches; for a person, a place and a moment it names one row."""

    holder: Holder
    """Whose it is: the member's in the place, the place's own, or the person's everywhere."""
    metric: Metric
    """What it counts."""
    period: Period
    """Over which time."""

    @property
    def key(self) -> str:
        """The five columns that name the row, in SQL, over the parameters of `balances.values_at`."""
        return f"{self.owner}, {self.matter}"

    @property
    def owner(self) -> str:
        """The first two of them: `who` is 'place' in a place's own, and `place_id` is 0 in what counts everywhere."""
        return {"member": ":who, :place_id", "place": "'place', :place_id", "everywhere": ":who, 0"}[self.holder]

    @property
    def matter(self) -> str:
        """The last three of them: metric, period and term."""
        zone = "utc_" if self.holder == "everywhere" else ""
        term = "''" if self.period is Period.HELD else f":{zone}{self.period.value}"
        return f"'{self.metric.value}', '{self.period.value}', {term}"


Slots = tuple[Slot, ...]
Values = Mapping[str, Value]

TABLE = Table(
    name="ledger",
    people={"who": Person.PSEUDONYM, "by_user_id": Person.ANONYMISE},
    words={"by_user_id": ()},
    places=("place_id",),
    steps=(
        Step(
            180,
            """
            CREATE TABLE ledger (
                id {id},
                job_id INTEGER REFERENCES jobs (id) ON DELETE SET NULL,
                who TEXT NOT NULL,
                place_id INTEGER NOT NULL,
                metric TEXT NOT NULL,
                period TEXT NOT NULL,
                term TEXT NOT NULL,
                kind TEXT NOT NULL CHECK (kind IN
                    ('reserve', 'settle', 'refund', 'grant', 'reset', 'carry', 'take', 'release')),
                used INTEGER NOT NULL DEFAULT 0,
                reserved INTEGER NOT NULL DEFAULT 0,
                granted INTEGER NOT NULL DEFAULT 0,
                by_user_id INTEGER REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                at INTEGER NOT NULL,
                CHECK (used <> 0 OR reserved <> 0 OR granted <> 0)
            ) STRICT
            """,
        ),
        Step(181, "CREATE INDEX ledger_of_job ON ledger (job_id) WHERE job_id IS NOT NULL"),
        # A person's other lines are found by their jobs: an index over all would cost each job more than the lines do.
        Step(182, "CREATE INDEX ledger_without_job ON ledger (who) WHERE job_id IS NULL"),
        Step(183, "CREATE INDEX ledger_by_user ON ledger (by_user_id) WHERE by_user_id IS NOT NULL"),
    ),
)


def note_all(tx: Transaction, kind: Literal["reserve", "take"], slots: Slots, values: Values) -> None:
    """Note that something was set aside or taken; each metric's amount is the value of its name."""
    tx.run(_noting(kind, slots), **values)


def note(
    tx: Transaction,
    kind: Kind,
    slot: Slot,
    values: Values,
    *,
    used: int = 0,
    reserved: int = 0,
    granted: int = 0,
    job_id: int | None = None,
    by: int | None = None,
) -> None:
    """Note a change of one balance."""
    line = {"line_job": job_id, "line_used": used, "line_reserved": reserved, "line_granted": granted, "line_by": by}
    tx.run(
        f"""
        INSERT INTO ledger (job_id, who, place_id, metric, period, term, kind, used, reserved, granted, by_user_id, at)
        VALUES (:line_job, {slot.key}, '{kind}', :line_used, :line_reserved, :line_granted, :line_by, :now)
        """,
        **values,
        **line,
    )


@cache
def _noting(kind: Literal["reserve", "take"], slots: Slots) -> str:
    column = "reserved" if kind == "reserve" else "used"
    lines = ", ".join(f"(:job_id, {slot.key}, '{kind}', :{slot.metric.value}, :now)" for slot in slots)
    return f"INSERT INTO ledger (job_id, who, place_id, metric, period, term, kind, {column}, at) VALUES {lines}"


def held(tx: Transaction, slot: Slot, values: Values, job_id: int) -> int:
    """Return how much a balance still counts for a job that has ended."""
    return int(
        tx.value(
            f"""
            SELECT COALESCE(SUM(used), 0) FROM ledger
            WHERE job_id = :held_job AND (who, place_id, metric, period, term) = ({slot.key})
            """,
            **values,
            held_job=job_id,
        )
    )


def uncounted(tx: Transaction, slot: Slot, values: Values) -> dict[int, int]:
    """Return what each unfinished job has set aside in the balances that this one sums up, and not in this one."""
    rows = tx.all(
        f"""
        SELECT l.job_id,
            SUM(CASE WHEN (l.who, l.place_id) = ({slot.owner}) THEN -l.reserved ELSE l.reserved END) AS amount
        FROM (
            SELECT id FROM jobs WHERE state IN ('pending', 'ready')
            UNION ALL SELECT id FROM jobs WHERE state = 'running'
        ) AS unfinished JOIN ledger l ON l.job_id = unfinished.id
        WHERE (l.metric, l.period, l.term) = ({slot.matter}) AND {SUMMED_UP[slot.holder]}
        GROUP BY l.job_id
        """,
        **values,
    )
    return {row["job_id"]: row["amount"] for row in rows if row["amount"]}


def drop_unbalanced(tx: Transaction, who: str) -> None:
    """Drop a person's lines whose balance is gone."""
    tx.run(f"DELETE FROM ledger WHERE ({_THEIRS}) AND NOT EXISTS ({_BALANCE})", who=who, user_id=_user_id(who))


def move(tx: Transaction, who: str, to: str) -> None:
    """Put a person's lines on another's account."""
    tx.run(f"UPDATE ledger SET who = :to WHERE {_THEIRS}", who=who, to=to, user_id=_user_id(who))


def copy(tx: Transaction, who: str, to: str) -> None:
    """Put lines on another's account that say the same as those of somebody who was forgotten, and who has no jobs."""
    tx.run(
        """
        INSERT INTO ledger (who, place_id, metric, period, term, kind, used, reserved, granted, by_user_id, at)
        SELECT :to, place_id, metric, period, term, kind, used, reserved, granted, by_user_id, at FROM ledger
        WHERE who = :who AND job_id IS NULL
        """,
        who=who,
        to=to,
    )


def drop_ended(tx: Transaction, last_day: str, last_month: str) -> None:
    """Drop the lines of terms before these whose balance is gone."""
    tx.run(f"DELETE FROM ledger WHERE {ENDED} AND NOT EXISTS ({_BALANCE})", last_day=last_day, last_month=last_month)


def _user_id(who: str) -> int | None:
    kind, _, number = who.partition(":")
    return int(number) if kind == "user" else None  # the jobs of the forgotten are gone


_THEIRS = """
    (who = :who AND job_id IS NULL)
    OR (who = :who AND job_id IN (SELECT id FROM jobs WHERE user_id = :user_id))
"""

ENDED = "((period = 'day' AND term < :last_day) OR (period = 'month' AND term < :last_month))"
"""Which terms have ended."""

_BALANCE = """
    SELECT 1 FROM balances b WHERE b.who = ledger.who AND b.place_id = ledger.place_id
        AND b.metric = ledger.metric AND b.period = ledger.period AND b.term = ledger.term
"""

SUMMED_UP: Mapping[Holder, str] = {"member": "1 = 0", "place": "place_id = :place_id", "everywhere": "who = :who"}
"""Which balances a balance sums up, itself among them: a place's its members', a person's those of all places."""

DUE = """
    SELECT who, place_id, metric, period, term, amount,
        CASE WHEN actual < amount THEN actual ELSE amount END AS charge
    FROM (
        SELECT who, place_id, metric, period, term, SUM(reserved) AS amount,
            CASE metric WHEN 'generations' THEN :generations WHEN 'characters' THEN :characters
                WHEN 'seconds' THEN :seconds WHEN 'clones' THEN :clones WHEN 'voices' THEN :voices
                WHEN 'bytes' THEN :bytes END AS actual
        FROM ledger WHERE job_id = :job_id
        GROUP BY who, place_id, metric, period, term
        HAVING SUM(reserved) > 0
    ) AS held
"""
"""What a job has set aside and not yet settled, and what of it is charged; all of it where the actual use is NULL."""

END = f"""
    INSERT INTO ledger (job_id, who, place_id, metric, period, term, kind, used, reserved, at)
    SELECT :job_id, who, place_id, metric, period, term, :kind, charge, -amount, :now FROM ({DUE}) AS due
"""
"""Notes that a job's reservations have come to their end."""
