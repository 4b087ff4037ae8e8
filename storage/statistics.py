"""Statistics: what those who run Mynah see of all of it: counts and times, and nobody's texts.

Nothing is kept for it: everything is reckoned from the rows that there are, so what is forgotten is not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from engine.value import value
from storage import balances, jobs
from storage.clock import DAY
from storage.database import Transaction
from storage.jobs import Job
from storage.limits import Allowances
from storage.metrics import Metric, Period
from storage.terms import UTC, terms

SOME = 200
"""How many rows of each kind are told at most."""


@value
class Waiting:
    """A job that has not ended, and whose it is."""

    job: Job
    """The job."""
    person: str
    """What its person is called."""


@value
class Failure:
    """A reason for which jobs have failed."""

    key: str
    """The reason, for programs."""
    reason: str
    """What its latest person was told."""
    job_id: int
    """That person's job."""
    at: int
    """When that was, in ms."""
    count: int
    """How many jobs have failed for it."""


@value
class Stored:
    """What is kept on disk, as the rows have it."""

    files: int
    """How many files were made and are there."""
    file_bytes: int
    """How large they are, in bytes."""
    recordings: int
    """How many recordings people have given."""
    recording_bytes: int
    """How large those are, in bytes."""


@value
class PersonUse:
    """A person, and what they use."""

    user_id: int
    """Mynah's own number for them."""
    name: str
    """What they are called."""
    platform: str
    """Where they came first; empty where no account of theirs is known."""
    used: Mapping[str, int]
    """What they have used and set aside in the current terms, everywhere together: 'characters_day', 'bytes' …"""
    limits: Mapping[str, int]
    """What holds for them where no place says otherwise, by the same names; -1 is as much as they like."""
    blocked: bool
    """Whether they are not answered, here or there."""
    seen_at: int
    """When they were here last, in ms."""


@value
class PlaceUse:
    """A place, and how much goes on there."""

    id: int
    """Mynah's own number for it."""
    name: str
    """What it is called."""
    platform: str
    """Where it is."""
    kind: str
    """'server', 'group' or 'direct'."""
    jobs: int
    """How many jobs were asked for there since midnight, by UTC."""


@value
class DayUse:
    """What was done in a day, by UTC."""

    day: str
    """'2026-11-27'."""
    generations: int
    """How many jobs succeeded."""
    seconds: float
    """How much sound they made, in seconds."""
    wait_p50: float
    """How long half of them waited at most, in seconds."""
    wait_p90: float
    """How long nine of ten waited at most, in seconds."""


def waiting(tx: Transaction, limit: int = SOME) -> list[Waiting]:
    """Return the jobs that have not ended: what runs, then what waits, in the order of its turns."""
    rows = tx.all(
        """
        SELECT u.*, p.name AS person FROM (
            SELECT * FROM jobs WHERE state = 'running'
            UNION ALL SELECT * FROM jobs WHERE state IN ('pending', 'ready')
        ) AS u JOIN users p ON p.id = u.user_id
        ORDER BY CASE u.state WHEN 'running' THEN 0 ELSE 1 END, u.lane, u.turn, u.id LIMIT :limit
        """,
        limit=limit,
    )
    return [Waiting(job=jobs.from_row(row, but=("person",)), person=row["person"]) for row in rows]


def failures(tx: Transaction, limit: int = SOME) -> list[Failure]:
    """Return why jobs have failed, the reason that came last first."""
    rows = tx.all(
        """
        SELECT j.error_key, j.error, j.id, j.finished_at, f.times FROM jobs j JOIN (
            SELECT error_key, MAX(id) AS last, COUNT(*) AS times FROM jobs WHERE state = 'failed' GROUP BY error_key
        ) AS f ON f.last = j.id
        ORDER BY j.id DESC LIMIT :limit
        """,
        limit=limit,
    )
    return [
        Failure(key=row["error_key"], reason=row["error"], job_id=row["id"], at=row["finished_at"], count=row["times"])
        for row in rows
    ]


def stored(tx: Transaction) -> Stored:
    """Return what is kept on disk."""
    made = tx.one("SELECT COUNT(*) AS n, COALESCE(SUM(bytes), 0) AS size FROM files")
    given = tx.one("SELECT COUNT(*) AS n, COALESCE(SUM(bytes), 0) AS size FROM recordings")
    assert made is not None and given is not None, "a count is always there"
    return Stored(files=made["n"], file_bytes=made["size"], recordings=given["n"], recording_bytes=given["size"])


def people(tx: Transaction, allowances: Allowances, limit: int = SOME) -> list[PersonUse]:
    """Return people with what they use, who was here last first."""
    rows = tx.all(
        """
        SELECT u.id, u.name, u.seen_at,
            COALESCE((SELECT platform FROM identities i WHERE i.user_id = u.id ORDER BY created_at, platform LIMIT 1),
                '') AS platform,
            EXISTS (SELECT 1 FROM blocks b WHERE b.user_id = u.id) AS blocked
        FROM users u ORDER BY u.seen_at DESC, u.id DESC LIMIT :limit
        """,
        limit=limit,
    )
    used, everywhere = _used(tx), _everywhere(tx)
    shipped = {_name(metric, period): amount for (metric, period), amount in allowances.member.items()}
    return [
        PersonUse(
            user_id=row["id"],
            name=row["name"],
            platform=row["platform"],
            used=used.get(balances.of_user(row["id"]), {}),
            limits={**shipped, **everywhere.get(row["id"], {})},
            blocked=bool(row["blocked"]),
            seen_at=row["seen_at"],
        )
        for row in rows
    ]


def places(tx: Transaction, limit: int = SOME) -> list[PlaceUse]:
    """Return the places in which Mynah is used, the busiest of today first."""
    rows = tx.all(
        """
        SELECT p.id, p.name, p.platform, p.kind, COUNT(j.id) AS jobs FROM places p
        LEFT JOIN jobs j ON j.place_id = p.id AND j.created_at >= :midnight
        GROUP BY p.id, p.name, p.platform, p.kind ORDER BY jobs DESC, p.id DESC LIMIT :limit
        """,
        midnight=tx.now // DAY * DAY,
        limit=limit,
    )
    return [PlaceUse(**dict(row)) for row in rows]


def days(tx: Transaction, count: int = 30) -> list[DayUse]:
    """Return what was done on each of the last days, today as the last; days without anything are there too."""
    today = tx.now // DAY
    rows = tx.all(
        """
        SELECT finished_at, started_at - created_at AS wait, COALESCE(seconds, 0) AS seconds FROM jobs
        WHERE state = 'succeeded' AND finished_at >= :since
        """,
        since=(today - count + 1) * DAY,
    )
    waits: dict[int, list[int]] = defaultdict(list)
    done: dict[int, int] = defaultdict(int)
    seconds: dict[int, float] = defaultdict(float)
    for row in rows:
        day = row["finished_at"] // DAY
        done[day] += 1
        seconds[day] += row["seconds"]
        if row["wait"] is not None:  # what a file has answered was never begun
            waits[day].append(row["wait"])
    return [
        DayUse(
            day=terms(UTC, day * DAY).day,
            generations=done[day],
            seconds=round(seconds[day], 1),
            wait_p50=percentile(waits[day], 0.5) / 1_000,
            wait_p90=percentile(waits[day], 0.9) / 1_000,
        )
        for day in range(today - count + 1, today + 1)
    ]


def states(tx: Transaction) -> dict[str, int]:
    """Return how many jobs are in each state."""
    return {row["state"]: row["n"] for row in tx.all("SELECT state, COUNT(*) AS n FROM jobs GROUP BY state")}


def percentile(numbers: Sequence[int], share: float) -> float:
    """Return the least of some numbers that so large a share of them does not exceed; 0 where there are none."""
    ordered = sorted(numbers)
    return float(ordered[min(len(ordered) - 1, int(share * len(ordered)))]) if ordered else 0.0


def _used(tx: Transaction) -> dict[str, dict[str, int]]:
    """What each holder of balances uses in the terms that run now, by each place's own clock."""
    rows = tx.all(
        """
        SELECT b.who, b.metric, b.period, b.term, b.used + b.reserved AS amount, p.time_zone FROM balances b
        JOIN places p ON p.id = b.place_id WHERE b.who LIKE 'user:%'
        """
    )
    now = {zone: terms(zone, tx.now) for zone in {row["time_zone"] for row in rows}}
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        metric, period = Metric(row["metric"]), Period(row["period"])
        here = now[row["time_zone"]]
        if row["term"] == here.name(period):
            name = _name(metric, period)
            found[row["who"]][name] = found[row["who"]].get(name, 0) + row["amount"]
    return found


def _everywhere(tx: Transaction) -> dict[int, dict[str, int]]:
    """The limits that were set for people everywhere."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for row in tx.all("SELECT user_id, metric, period, amount FROM limits WHERE scope = 'everywhere'"):
        found[row["user_id"]][_name(Metric(row["metric"]), Period(row["period"]))] = row["amount"]
    return found


def _name(metric: Metric, period: Period) -> str:
    """'characters_day'; what is held goes by the metric alone, as it does in the settings."""
    return metric.value if period is Period.HELD else f"{metric.value}_{period.value}"
