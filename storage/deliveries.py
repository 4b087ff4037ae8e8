"""Deliveries: the outbox. A reply lies here from the transaction that decided it until its platform has it.

    queued → sending → sent | unknown | undeliverable,   and sending → queued to try again

Whoever moves a delivery names the attempt at which they hold it; who has lost it changes nothing.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from engine.value import value
from storage.database import Row, Transaction, Value
from storage.table import Person, Step, Table

TABLE = Table(
    name="deliveries",
    people={"user_id": Person.ERASE},
    steps=(
        Step(
            120,
            """
            CREATE TABLE deliveries (
                id {id},
                job_id INTEGER REFERENCES jobs (id) ON DELETE SET NULL,
                user_id INTEGER NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                platform TEXT NOT NULL,
                address TEXT NOT NULL,
                reply TEXT NOT NULL,
                nonce TEXT NOT NULL UNIQUE CHECK (length(nonce) >= 16),
                state TEXT NOT NULL DEFAULT 'queued'
                    CHECK (state IN ('queued', 'sending', 'sent', 'unknown', 'undeliverable')),
                attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
                next_at INTEGER NOT NULL CHECK (next_at >= 0),
                reference TEXT,
                error TEXT,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                CHECK (state = 'queued' OR attempts >= 1),
                CHECK ((reference IS NOT NULL) = (state = 'sent')),
                CHECK (state NOT IN ('unknown', 'undeliverable') OR error IS NOT NULL)
            ) STRICT
            """,
        ),
        Step(121, "CREATE INDEX deliveries_queued ON deliveries (next_at, id) WHERE state = 'queued'"),
        Step(122, "CREATE INDEX deliveries_sending ON deliveries (id) WHERE state = 'sending'"),
        Step(123, "CREATE INDEX deliveries_of_user ON deliveries (user_id)"),
        Step(124, "CREATE INDEX deliveries_of_job ON deliveries (job_id) WHERE job_id IS NOT NULL"),
    ),
)


@value
class Delivery:
    """A reply on its way to a person."""

    id: int
    """Its number."""
    job_id: int | None
    """The job that it answers."""
    user_id: int
    """Who gets it."""
    platform: str
    """Who carries it."""
    address: dict[str, Any]
    """Where it goes, in the platform's own terms."""
    reply: str
    """What is said, as `Reply.to_json` writes it."""
    nonce: str
    """The same at every attempt, so that a platform can tell a repetition; 24 characters."""
    attempts: int
    """How often it was tried, this time included."""
    since: int
    """When this attempt began, in ms."""


def queue(
    tx: Transaction,
    *,
    job_id: int | None,
    user_id: int,
    platform: str,
    address: Mapping[str, object] | str,
    reply: str,
    at: int | None = None,
) -> int:
    """Put a reply in the outbox, to be sent now or `at` a time (ms); return the delivery's number."""
    return int(
        tx.value(
            """
            INSERT INTO deliveries (job_id, user_id, platform, address, reply, nonce, next_at, created_at, updated_at)
            VALUES (:job_id, :user_id, :platform, :address, :reply, :nonce, :next_at, :now, :now)
            RETURNING id
            """,
            job_id=job_id,
            user_id=user_id,
            platform=platform,
            address=address if isinstance(address, str) else json.dumps(dict(address), ensure_ascii=False),
            reply=reply,
            nonce=secrets.token_hex(12),
            next_at=tx.now if at is None else at,
            now=tx.now,
        )
    )


def claim(tx: Transaction, platforms: Sequence[str], limit: int, job_id: int | None = None) -> list[Delivery]:
    """Take what is due for these platforms, the longest due first; with `job_id`, only what answers that job."""
    names = {f"p{i}": name for i, name in enumerate(platforms)}
    rows = tx.all(
        f"""
        UPDATE deliveries SET state = 'sending', attempts = attempts + 1, updated_at = :now
        WHERE id IN (
            SELECT id FROM deliveries
            WHERE state = 'queued' AND next_at <= :now AND platform IN ({", ".join(f":{p}" for p in names)})
                AND (:job_id IS NULL OR job_id = :job_id)
            ORDER BY next_at, id LIMIT :limit
        )
        RETURNING *
        """,
        now=tx.now,
        limit=limit,
        job_id=job_id,
        **names,
    )
    return [_delivery(row) for row in sorted(rows, key=lambda row: (row["next_at"], row["id"]))]


def sent(tx: Transaction, id: int, attempt: int, reference: str) -> bool:
    """Note that the platform has it, under a reference of its own; False where the attempt no longer holds it."""
    return _move(tx, id, attempt, "state = 'sent', reference = :reference, error = NULL", reference=reference)


def again(tx: Transaction, id: int, attempt: int, next_at: int, error: str | None = None) -> bool:
    """Put it back, to be tried again at `next_at` (ms); False where the attempt no longer holds it."""
    return _move(tx, id, attempt, "state = 'queued', next_at = :next_at, error = :error", next_at=next_at, error=error)


def put_off(tx: Transaction, id: int, attempt: int, next_at: int) -> bool:
    """Put it back until `next_at` (ms) as if it had not been tried; False where the attempt no longer holds it."""
    return _move(tx, id, attempt, "state = 'queued', next_at = :next_at, attempts = attempts - 1", next_at=next_at)


def undeliverable(tx: Transaction, id: int, attempt: int, error: str) -> bool:
    """Note that its address will never take it, and why; False where the attempt no longer holds it."""
    return _move(tx, id, attempt, "state = 'undeliverable', error = :error", error=error)


def unknown(tx: Transaction, id: int, attempt: int, error: str) -> bool:
    """Note that nobody knows whether it arrived, and why; False where the attempt no longer holds it."""
    return _move(tx, id, attempt, "state = 'unknown', error = :error", error=error)


def recover(tx: Transaction) -> list[Delivery]:
    """Return what an earlier run of the process was sending when it ended, for the courier to judge."""
    return [_delivery(row) for row in tx.all("SELECT * FROM deliveries WHERE state = 'sending' ORDER BY id")]


def next_at(tx: Transaction, platforms: Sequence[str] | None = None) -> int | None:
    """Return when the next delivery is due, in ms; None where nothing waits. With `platforms`, only for these."""
    names = {f"p{i}": name for i, name in enumerate(platforms or ())}
    among = "" if platforms is None else f"AND platform IN ({', '.join(f':{p}' for p in names)})"
    found = tx.value(
        f"SELECT next_at FROM deliveries WHERE state = 'queued' {among} ORDER BY next_at, id LIMIT 1", **names
    )
    return None if found is None else int(found)


def expire(tx: Transaction, before: int) -> int:
    """Drop what arrived, or never will, and has not changed since that time (ms); return how many."""
    return tx.run(
        "DELETE FROM deliveries WHERE state IN ('sent', 'undeliverable', 'unknown') AND updated_at < :before",
        before=before,
    )


def drop(tx: Transaction, job_id: int) -> int:
    """Drop what answers a job, sent or not, for its person wants nothing of it to be left; return how many."""
    return tx.run("DELETE FROM deliveries WHERE job_id = :job_id", job_id=job_id)


def _move(tx: Transaction, id: int, attempt: int, change: str, **values: Value) -> bool:
    changed = tx.run(
        f"""
        UPDATE deliveries SET {change}, updated_at = :now
        WHERE id = :id AND state = 'sending' AND attempts = :attempt
        """,
        id=id,
        attempt=attempt,
        now=tx.now,
        **values,
    )
    return changed == 1


def _delivery(row: Row) -> Delivery:
    return Delivery(
        id=row["id"],
        job_id=row["job_id"],
        user_id=row["user_id"],
        platform=row["platform"],
        address=json.loads(row["address"]),
        reply=row["reply"],
        nonce=row["nonce"],
        attempts=row["attempts"],
        since=row["updated_at"],
    )
