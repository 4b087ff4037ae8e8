"""Users: a person, however many chat accounts they have."""

from __future__ import annotations

from engine.value import value
from storage.database import Transaction
from storage.table import Person, Step, Table


def _bring_together(tx: Transaction, kept: int, gone: int) -> None:
    """Let a person who is kept be here as long as either was, with their own choice of a voice before the other's."""
    tx.run(
        """
        UPDATE users SET default_voice_id = COALESCE(users.default_voice_id, other.default_voice_id),
            created_at = CASE WHEN other.created_at < users.created_at THEN other.created_at ELSE users.created_at END,
            seen_at = CASE WHEN other.seen_at > users.seen_at THEN other.seen_at ELSE users.seen_at END
        FROM (SELECT * FROM users WHERE id = :gone) AS other WHERE users.id = :kept
        """,
        kept=kept,
        gone=gone,
    )


TABLE = Table(
    name="users",
    people={"id": Person.ERASE},
    join_people=_bring_together,
    steps=(
        Step(
            10,
            """
            CREATE TABLE users (
                id {id},
                name TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                seen_at INTEGER NOT NULL
            ) STRICT
            """,
        ),
        Step(83, "ALTER TABLE users ADD COLUMN default_voice_id INTEGER REFERENCES voices (id) ON DELETE SET NULL"),
        Step(84, "CREATE INDEX users_of_voice ON users (default_voice_id) WHERE default_voice_id IS NOT NULL"),
    ),
)


@value
class User:
    """A person."""

    id: int
    """Mynah's own number for them."""
    name: str
    """What they were called when they came first; for people to read, never for decisions."""
    default_voice_id: int | None
    """The voice that speaks for them where they name none."""
    created_at: int
    """When they came first, in ms."""
    seen_at: int
    """When they were here last, in ms; to the hour."""


def get(tx: Transaction, user_id: int) -> User | None:
    """Return the person of that number."""
    row = tx.one("SELECT * FROM users WHERE id = :user_id", user_id=user_id)
    return User(**dict(row)) if row else None


def set_default_voice(tx: Transaction, user_id: int, voice_id: int | None) -> None:
    """Choose the voice that speaks for a person where they name none; None: the place's or the host's."""
    tx.run("UPDATE users SET default_voice_id = :voice_id WHERE id = :user_id", user_id=user_id, voice_id=voice_id)
