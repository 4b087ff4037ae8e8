"""Drafts: requests that wait for a person to add what is missing. They hold no slot and cost nothing."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from engine.value import value
from storage.clock import HOUR
from storage.database import Row, Transaction
from storage.table import Person, Step, Table

LIFE = 24 * HOUR
"""How long a draft waits, in ms, where nobody says otherwise."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_LENGTH = 8

TABLE = Table(
    name="drafts",
    people={"user_id": Person.ERASE},
    places=("place_id",),
    steps=(
        Step(
            130,
            """
            CREATE TABLE drafts (
                id {id},
                code TEXT NOT NULL UNIQUE CHECK (length(code) >= 6),
                user_id INTEGER NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                place_id INTEGER NOT NULL REFERENCES places (id),
                command TEXT NOT NULL,
                signature TEXT NOT NULL,
                vals TEXT NOT NULL DEFAULT '{}',
                missing TEXT NOT NULL,
                reason TEXT NOT NULL DEFAULT '',
                address TEXT NOT NULL DEFAULT '{}',
                expires_at INTEGER NOT NULL,
                created_at INTEGER NOT NULL,
                CHECK (expires_at > created_at)
            ) STRICT
            """,
        ),
        Step(131, "CREATE INDEX drafts_of_user ON drafts (user_id)"),
        Step(132, "CREATE INDEX drafts_by_end ON drafts (expires_at)"),
    ),
)


@value
class Draft:
    """A request to which something is missing."""

    code: str
    """By which the answer names it; nobody can guess it while it lives."""
    user_id: int
    """Who may complete it."""
    place_id: int
    """Where it was asked."""
    command: str
    """What was asked: the command's words, separated by blanks."""
    signature: str
    """The fingerprint of that command's parameters then."""
    values: Mapping[str, Any]
    """What was given, in its stored form."""
    missing: str
    """The parameter, or the consent, that is missing."""
    reason: str
    """Why it is asked for, as a sentence for the person."""
    address: Mapping[str, Any]
    """Where the answer goes, in the platform's own terms."""
    expires_at: int
    """Until when it waits, in ms."""


def leave(
    tx: Transaction,
    *,
    user_id: int,
    place_id: int,
    command: str,
    signature: str,
    values: Mapping[str, object],
    missing: str,
    reason: str = "",
    address: Mapping[str, object],
    life: int = LIFE,
) -> Draft:
    """Leave a request until its person adds what is missing, for `life` ms."""
    row = tx.one(
        """
        INSERT INTO drafts (code, user_id, place_id, command, signature, vals, missing, reason, address,
            expires_at, created_at)
        VALUES (:code, :user_id, :place_id, :command, :signature, :vals, :missing, :reason, :address,
            :expires_at, :now)
        RETURNING *
        """,
        code="".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)),
        user_id=user_id,
        place_id=place_id,
        command=command,
        signature=signature,
        vals=json.dumps(dict(values), ensure_ascii=False),
        missing=missing,
        reason=reason,
        address=json.dumps(dict(address), ensure_ascii=False),
        expires_at=tx.now + life,
        now=tx.now,
    )
    assert row is not None
    return _draft(row)


def take(tx: Transaction, code: str, user_id: int) -> Draft | None:
    """Take a draft to complete it: once, in time, and only the person who left it."""
    row = tx.one(
        "DELETE FROM drafts WHERE code = :code AND user_id = :user_id AND expires_at > :now RETURNING *",
        code=code.strip().lower(),
        user_id=user_id,
        now=tx.now,
    )
    return _draft(row) if row else None


def open_of(tx: Transaction, user_id: int, place_id: int, command: str = "", missing: str = "") -> Draft | None:
    """Return the latest draft that a person has left in a place where they are asked by a message, if it waits still.

    Of one command and lacking one value, where these are given. One without an address is completed by its code only.
    """
    row = tx.one(
        """
        SELECT * FROM drafts
        WHERE user_id = :user_id AND place_id = :place_id AND address <> '{}' AND expires_at > :now
            AND :command IN ('', command) AND :missing IN ('', missing)
        ORDER BY id DESC LIMIT 1
        """,
        user_id=user_id,
        place_id=place_id,
        command=command,
        missing=missing,
        now=tx.now,
    )
    return _draft(row) if row else None


def redeem(tx: Transaction, code: str, command: str) -> Draft | None:
    """Take a draft of that command whosoever it is: for codes that are handed on; once, and in time."""
    row = tx.one(
        "DELETE FROM drafts WHERE code = :code AND command = :command AND expires_at > :now RETURNING *",
        code=code.strip().lower(),
        command=command,
        now=tx.now,
    )
    return _draft(row) if row else None


def peek(tx: Transaction, code: str, command: str) -> Draft | None:
    """Return what `redeem` would take, and leave it."""
    row = tx.one(
        "SELECT * FROM drafts WHERE code = :code AND command = :command AND expires_at > :now",
        code=code.strip().lower(),
        command=command,
        now=tx.now,
    )
    return _draft(row) if row else None


def drop(tx: Transaction, user_id: int, command: str) -> int:
    """Drop the drafts of a command that a person has left, so that a new one takes their place; return how many."""
    return tx.run(
        "DELETE FROM drafts WHERE user_id = :user_id AND command = :command", user_id=user_id, command=command
    )


def expire(tx: Transaction) -> int:
    """Drop the drafts whose time is over, and return how many there were."""
    return tx.run("DELETE FROM drafts WHERE expires_at <= :now", now=tx.now)


def _draft(row: Row) -> Draft:
    return Draft(
        code=row["code"],
        user_id=row["user_id"],
        place_id=row["place_id"],
        command=row["command"],
        signature=row["signature"],
        values=json.loads(row["vals"]),
        missing=row["missing"],
        reason=row["reason"],
        address=json.loads(row["address"]),
        expires_at=row["expires_at"],
    )
