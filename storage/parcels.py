"""Parcels: files that somebody has given on the page, until a request takes them or their hour is over.

A row comes before the file that it names, so that the sweep never takes a file which is just being written.
"""

from __future__ import annotations

import secrets

from engine.value import value
from storage.clock import HOUR
from storage.database import Row, Transaction
from storage.table import Person, Step, Table

LIFE = HOUR
"""How long one is kept, in ms."""
MOST = 12
"""How many of one person are kept at a time; the oldest goes."""

TABLE = Table(
    name="parcels",
    people={"user_id": Person.ERASE},
    paths=("path",),
    exported=False,
    steps=(
        Step(
            550,
            """
            CREATE TABLE parcels (
                id {id},
                user_id INTEGER NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                code TEXT NOT NULL UNIQUE CHECK (length(code) >= 16),
                name TEXT NOT NULL,
                content_type TEXT NOT NULL,
                path TEXT NOT NULL,
                bytes INTEGER NOT NULL DEFAULT 0 CHECK (bytes >= 0),
                whole INTEGER NOT NULL DEFAULT 0 CHECK (whole IN (0, 1)),
                expires_at INTEGER NOT NULL,
                created_at INTEGER NOT NULL
            ) STRICT
            """,
        ),
        Step(551, "CREATE INDEX parcels_of_user ON parcels (user_id)"),
    ),
)


@value
class Parcel:
    """A file that somebody has given."""

    id: int
    """Its number."""
    user_id: int
    """Who gave it, and alone may use it."""
    code: str
    """By which a request names it."""
    name: str
    """What the person called it; not to be trusted."""
    content_type: str
    """What their browser takes it for; not to be trusted."""
    path: str
    """Where it lies, relative to the data folder."""
    bytes: int
    """Its size, in bytes."""
    whole: bool
    """Whether all of it has come."""
    expires_at: int
    """When it goes, in ms."""
    created_at: int
    """When it was begun, in ms."""


def begin(tx: Transaction, user_id: int, name: str, content_type: str) -> tuple[Parcel, tuple[str, ...]]:
    """Note that a file comes; return it, and the paths of those that had to go for it, to be unlinked after this."""
    gone = tx.all(
        """
        DELETE FROM parcels WHERE user_id = :user_id AND id <= COALESCE((
            SELECT id FROM parcels WHERE user_id = :user_id ORDER BY id DESC LIMIT 1 OFFSET :kept), 0)
        RETURNING path
        """,
        user_id=user_id,
        kept=MOST - 1,
    )
    code = secrets.token_urlsafe(18)
    row = tx.one(
        """
        INSERT INTO parcels (user_id, code, name, content_type, path, expires_at, created_at)
        VALUES (:user_id, :code, :name, :content_type, :path, :expires_at, :now)
        RETURNING *
        """,
        user_id=user_id,
        code=code,
        name=name,
        content_type=content_type,
        path=f"staging/parcel-{code}",
        expires_at=tx.now + LIFE,
        now=tx.now,
    )
    assert row is not None, "it was just written"
    return _parcel(row), tuple(str(each["path"]) for each in gone)


def finish(tx: Transaction, id: int, bytes: int) -> bool:
    """Note that all of it has come; False where it is not wanted any more."""
    return tx.run("UPDATE parcels SET bytes = :bytes, whole = 1 WHERE id = :id", id=id, bytes=bytes) > 0


def find(tx: Transaction, user_id: int, code: str) -> Parcel | None:
    """Return a person's own file by its code, if it is whole and its time is not over; others' look like none."""
    row = tx.one(
        "SELECT * FROM parcels WHERE code = :code AND user_id = :user_id AND whole = 1 AND expires_at > :now",
        code=code,
        user_id=user_id,
        now=tx.now,
    )
    return _parcel(row) if row else None


def remove(tx: Transaction, id: int) -> None:
    """Drop the row of a file that did not come whole, or is used up."""
    tx.run("DELETE FROM parcels WHERE id = :id", id=id)


def expire(tx: Transaction) -> int:
    """Drop those whose time is over, whose files the next sweep removes; return how many."""
    return tx.run("DELETE FROM parcels WHERE expires_at <= :now", now=tx.now)


def _parcel(row: Row) -> Parcel:
    return Parcel(**{**dict(row), "whole": bool(row["whole"])})
