"""Orders: what people ask for, and the place in the line that it gets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from storage import deliveries, events, history, jobs, places, quota
from storage import line as lines
from storage.database import Transaction
from storage.jobs import Job, State
from storage.metrics import Charge, Metric
from storage.quota import Allowances

ATTEMPTS = 3
"""How often a job is tried when it goes wrong; being interrupted does not count."""


class LostJob(Exception):
    """The job is not what it was taken for: cancelled meanwhile, or another attempt has it. Nothing was changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """A request that may be done, as the queue keeps it."""

    event_id: str
    """The platform's id of what happened; the same id twice is one job. Empty: it cannot happen twice."""
    user_id: int
    """Who asks."""
    place_id: int
    """Where they ask."""
    roles: tuple[str, ...]
    """The roles that they have there, the best first."""
    unlimited: bool
    """Whether limits do not hold for them."""
    platform: str
    """On which platform they ask, and are answered."""
    rank: int
    """The most that they may do there: 0 a member, 1 an admin, 2 an owner."""
    command: str
    """What they ask for: the command's words, separated by blanks."""
    signature: str
    """The fingerprint of the command's parameters."""
    values: str
    """With which values, in their stored form; a JSON object."""
    text: str | None
    """What is to be said, where it was typed."""
    address: str
    """Where the answer goes, in the platform's own terms; a JSON object."""
    lane: int
    """Where it waits; lower goes first."""
    inputs: int
    """How many files are still to come before it can be done."""
    charges: tuple[Charge, ...]
    """What is set aside for it."""
    characters: int
    """How many characters are to be said."""
    file_id: int | None
    """A file that answers already: nothing is done, and nothing is charged."""
    allowances: Allowances
    """The limits that hold where nobody has set others."""
    reply: str = ""
    """What is answered where a file answers already, in the form in which the outbox keeps it."""
    run_at: int = 0
    """Not before this time, in ms."""
    attempts: int = ATTEMPTS
    """How often it is tried when it goes wrong; being interrupted does not count."""
    settings: str = "{}"
    """How it is to sound; a JSON object."""
    format: str = ""
    """The format of the file that is asked for; empty: the platform's own."""
    tags: tuple[str, ...] = ()
    """What the person files it under."""
    project: str = ""
    """What it belongs to; empty for nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """What a person gets for an order."""

    job_id: int
    """The job's number."""
    state: State
    """How far it is."""
    place: int
    """How many jobs go before it, 50 standing for more; 0: it is next, or waits no longer."""
    eta_ms: int | None
    """How long until it is done as far as one can tell, in ms; None: nobody can tell."""
    again: bool
    """Whether it was ordered before, by the same event."""


def submit(tx: Transaction, order: Order, *, pace: float = 0.0) -> Ticket:
    """Take an order: what it costs is set aside, and the job waits; `pace` is ms a character, 0 where nobody knows.

    An event that was told before gets the ticket that it got then. Where a file answers already, the job has
    succeeded, its delivery is in the outbox, and what it is filed under is put on what made the file.

    Raises:
        Shortage: A limit stands in the way; let it rise, so that the whole transaction is undone.
    """
    event = events.seen(tx, order.platform, order.event_id)
    if event is not None:
        assert event.job_id is not None, "what was answered at once does not come to the queue"
        return ticket(tx, event.job_id, pace=pace)
    state: State = "succeeded" if order.file_id is not None else "pending" if order.inputs else "ready"
    where, turn = _look(tx, order)
    job_id = _insert(tx, order, state, turn)
    events.note(tx, order.platform, order.event_id, order.user_id, job_id=job_id)
    if order.file_id is not None:
        history.file_too(tx, order.user_id, order.file_id, order.tags, order.project)
        deliveries.queue(
            tx,
            job_id=job_id,
            user_id=order.user_id,
            platform=order.platform,
            address=order.address,
            reply=order.reply,
        )
        return Ticket(job_id=job_id, state=state, place=0, eta_ms=0, again=False)
    quota.reserve(
        tx,
        job_id=job_id,
        user_id=order.user_id,
        place=where,
        roles=order.roles,
        charges=order.charges,
        allowances=order.allowances,
        unlimited=order.unlimited,
    )
    place = lines.place(tx, order.lane, turn, job_id)
    eta = _eta(tx, order.lane, turn, job_id, order.characters, pace)
    return Ticket(job_id=job_id, state=state, place=place, eta_ms=eta, again=False)


def ticket(tx: Transaction, job_id: int, *, pace: float = 0.0) -> Ticket:
    """Return the ticket of a job that was ordered before.

    Raises:
        LostJob: There is no such job.
    """
    job = tx.one("SELECT * FROM jobs WHERE id = :job_id", job_id=job_id)
    if job is None:
        raise LostJob
    place, eta = 0, None
    if job["state"] in ("pending", "ready"):
        place = lines.place(tx, job["lane"], job["turn"], job_id)
        eta = _eta(tx, job["lane"], job["turn"], job_id, job["characters"], pace)
    elif job["state"] == "running" and job["eta_at"] is not None:
        eta = max(0, job["eta_at"] - tx.now)
    return Ticket(job_id=job_id, state=job["state"], place=place, eta_ms=eta, again=True)


def line(tx: Transaction, job_id: int) -> tuple[int, int]:
    """Return how many jobs go before one that waits (50 standing for more), and how many characters those have."""
    job = tx.one("SELECT lane, turn FROM jobs WHERE id = :job_id AND state IN ('pending', 'ready')", job_id=job_id)
    if job is None:
        return 0, 0
    return lines.place(tx, job["lane"], job["turn"], job_id), lines.characters(tx, job["lane"], job["turn"], job_id)


def waiting(tx: Transaction, user_id: int) -> int:
    """Return how many of a person's jobs wait."""
    return int(
        tx.value(
            "SELECT COUNT(*) FROM jobs WHERE user_id = :user_id AND state IN ('pending', 'ready')", user_id=user_id
        )
    )


def renew(
    tx: Transaction,
    job_id: int,
    *,
    allowances: Allowances,
    user_id: int | None = None,
    roles: Sequence[str] | None = None,
    unlimited: bool | None = None,
    address: str | None = None,
    attempts: int = ATTEMPTS,
    pace: float = 0.0,
) -> Ticket:
    """Have a job that failed or was cancelled done after all: the same is set aside anew, and it waits at the end.

    Args:
        tx: The transaction.
        job_id: The job.
        allowances: The limits that hold where nobody has set others.
        user_id: Whose it has to be; None: anybody's.
        roles: The roles that they have by now; None: those that they had.
        unlimited: Whether limits hold for them by now; None: as they did.
        address: Where the answer goes, a JSON object; None: where it would have gone.
        attempts: How often it is tried when it goes wrong.
        pace: ms a character, 0 where nobody knows.

    Raises:
        LostJob: It has not ended like that, is not theirs, or its files never came.
        Shortage: A limit stands in the way; let it rise, so that the whole transaction is undone.
    """
    job = jobs.get(tx, job_id)
    if job is None or user_id not in (None, job.user_id):
        raise LostJob
    turn = lines.next_turn(tx, job.user_id, job.lane)
    changed = tx.run(
        """
        UPDATE jobs SET state = 'ready', turn = :turn, run_at = 0, attempts_left = :attempts, progress = 0,
            error_key = NULL, error = NULL, updated_at = :now, finished_at = NULL, finished_by = NULL,
            address = :address
        WHERE id = :id AND state IN ('failed', 'cancelled') AND inputs = 0 AND attempt = :attempt
        """,
        id=job_id,
        attempts=attempts,
        turn=turn,
        now=tx.now,
        address=job.address if address is None else address,
        attempt=job.attempt,
    )
    if changed != 1:
        raise LostJob
    quota.reserve(
        tx,
        job_id=job_id,
        user_id=job.user_id,
        place=places.get(tx, job.place_id),
        roles=json.loads(job.roles) if roles is None else roles,
        charges=_charges(job),
        allowances=allowances,
        unlimited=job.unlimited if unlimited is None else unlimited,
    )
    return replace(ticket(tx, job_id, pace=pace), again=False)


class _Where(NamedTuple):
    id: int
    time_zone: str


def _look(tx: Transaction, order: Order) -> tuple[_Where, int]:
    """Return the place, and the job's turn: asked together, for every request asks."""
    row = tx.one(
        f"SELECT time_zone, {lines.TURNS} FROM places WHERE id = :place_id",
        place_id=order.place_id,
        user_id=order.user_id,
        lane=order.lane,
        now=tx.now,
    )
    assert row is not None, f"there is no place {order.place_id}"
    turn = lines.NO_TURN if order.run_at > tx.now else lines.behind(row["served"], row["last"])
    return _Where(order.place_id, row["time_zone"]), turn


def _insert(tx: Transaction, order: Order, state: State, turn: int) -> int:
    text = order.text
    ended = tx.now if state == "succeeded" else None
    return int(
        tx.value(
            _INSERT,
            user_id=order.user_id,
            place_id=order.place_id,
            platform=order.platform,
            command=order.command,
            signature=order.signature,
            vals=order.values,
            text_from="none" if text is None else "typed",
            text=text,
            text_hash=None if text is None else hashlib.sha256(text.encode()).hexdigest(),
            settings=order.settings,
            format=order.format,
            lane=order.lane,
            turn=turn,
            state=state,
            inputs=order.inputs if state == "pending" else 0,
            run_at=order.run_at,
            progress=0.0 if ended is None else 1.0,
            cached=int(state == "succeeded"),
            file_id=order.file_id,
            address=order.address,
            roles=_json(order.roles),
            rank=order.rank,
            unlimited=int(order.unlimited),
            tags=_json(order.tags),
            project=order.project,
            characters=order.characters,
            charges=_json({metric.value: amount for metric, amount in quota.total(order.charges).items()}),
            attempts=order.attempts,
            ended=ended,
            ended_by=None if ended is None else "runner",
            now=tx.now,
        )
    )


def _charges(job: Job) -> list[Charge]:
    return [Charge(metric=Metric(name), amount=amount) for name, amount in json.loads(job.charges).items()]


def _eta(tx: Transaction, lane: int, turn: int, job_id: int, characters: int, pace: float) -> int | None:
    return round(pace * (characters + lines.characters(tx, lane, turn, job_id))) if pace else None


_json = json.JSONEncoder(ensure_ascii=False).encode

_COLUMNS = """
    user_id, place_id, platform, command, signature, vals, text_from, text, text_hash, settings, format, lane, turn,
    state, inputs, run_at, progress, cached, file_id, address, roles, rank, unlimited, tags, project, characters,
    charges
"""

_INSERT = f"""
    INSERT INTO jobs ({_COLUMNS}, attempts_left, created_at, updated_at, finished_at, finished_by)
    VALUES ({", ".join(f":{column.strip()}" for column in _COLUMNS.split(","))},
        :attempts, :now, :now, :ended, :ended_by)
    RETURNING id
"""
