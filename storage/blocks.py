"""Blocks: people whom a place, or this whole Mynah, does not serve."""

from __future__ import annotations

from engine.value import value
from storage.database import Transaction
from storage.table import Person, Step, Table

TABLE = Table(
    name="blocks",
    people={"user_id": Person.ERASE, "by_user_id": Person.ANONYMISE},
    words={"by_user_id": ()},  # the reason is about the person who is blocked
    places=("place_id",),
    once=("user_id", "place_id"),
    steps=(
        Step(
            40,
            """
            CREATE TABLE blocks (
                id {id},
                place_id INTEGER REFERENCES places (id),
                user_id INTEGER NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                by_user_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
                reason TEXT NOT NULL DEFAULT '',
                created_at INTEGER NOT NULL
            ) STRICT
            """,
        ),
        Step(41, "CREATE UNIQUE INDEX blocks_of_user ON blocks (user_id, COALESCE(place_id, 0))"),
        Step(42, "CREATE INDEX blocks_by_user ON blocks (by_user_id) WHERE by_user_id IS NOT NULL"),
    ),
)


@value
class Block:
    """A person who is not served."""

    place_id: int | None
    """Where; None: everywhere."""
    user_id: int
    """Who."""
    reason: str
    """Why, in the words of the admin; may be empty."""
    created_at: int
    """Since when, in ms."""


def find(tx: Transaction, user_id: int, place_id: int) -> Block | None:
    """Return the block that stands between a person and a place, the one for everywhere first."""
    row = tx.one(
        """
        SELECT place_id, user_id, reason, created_at FROM blocks
        WHERE user_id = :user_id AND (place_id = :place_id OR place_id IS NULL)
        ORDER BY place_id IS NOT NULL LIMIT 1
        """,
        user_id=user_id,
        place_id=place_id,
    )
    return Block(**dict(row)) if row else None


def add(tx: Transaction, user_id: int, place_id: int | None, by_user_id: int | None, reason: str = "") -> None:
    """Stop serving a person in a place, or everywhere; a block that stands already gets the new reason."""
    lift(tx, user_id, place_id)
    tx.run(
        """
        INSERT INTO blocks (place_id, user_id, by_user_id, reason, created_at)
        VALUES (:place_id, :user_id, :by_user_id, :reason, :now)
        """,
        place_id=place_id,
        user_id=user_id,
        by_user_id=by_user_id,
        reason=reason,
        now=tx.now,
    )


def lift(tx: Transaction, user_id: int, place_id: int | None) -> bool:
    """Serve a person again in a place, or everywhere; False where they were not blocked there."""
    lifted = tx.run(
        "DELETE FROM blocks WHERE user_id = :user_id AND COALESCE(place_id, 0) = COALESCE(:place_id, 0)",
        user_id=user_id,
        place_id=place_id,
    )
    return lifted == 1
