"""Messages: the conversation on the page, as it is shown again after a reload."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from engine.value import value
from storage.database import Row, Transaction
from storage.table import Person, Step, Table

Kind = Literal["asked", "ticket", "answer"]

KEPT = 1_000
"""How many messages of a person are kept; older ones go."""


def _make_room(tx: Transaction, kept: int, gone: int) -> None:
    """Let go of what one event would have twice; a client's ids are random, so that hardly happens."""
    tx.run(
        """
        DELETE FROM messages WHERE user_id = :gone AND event IS NOT NULL AND EXISTS (
            SELECT 1 FROM messages other
            WHERE other.user_id = :kept AND other.event = messages.event AND other.kind = messages.kind)
        """,
        kept=kept,
        gone=gone,
    )


TABLE = Table(
    name="messages",
    people={"user_id": Person.ERASE},
    join_people=_make_room,
    steps=(
        Step(
            547,
            """
            CREATE TABLE messages (
                id {id},
                user_id INTEGER NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                kind TEXT NOT NULL CHECK (kind IN ('asked', 'ticket', 'answer')),
                event TEXT CHECK (event <> ''),
                job_id INTEGER REFERENCES jobs (id) ON DELETE SET NULL,
                delivery_id INTEGER UNIQUE,
                body TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                UNIQUE (user_id, kind, event)
            ) STRICT
            """,
        ),
        Step(548, "CREATE INDEX messages_of_user ON messages (user_id, id)"),
        Step(549, "CREATE INDEX messages_of_job ON messages (job_id) WHERE job_id IS NOT NULL"),
    ),
)


@value
class Message:
    """One message of a conversation."""

    id: int
    """Its number; later messages have higher ones. 0: it is shown once, and not kept."""
    user_id: int
    """Whose conversation it is in."""
    kind: Kind
    """Whether it was asked, is the ticket of a job, or an answer."""
    event: str | None
    """The client's own id of what was asked, with the question and with what was said to it at once."""
    job_id: int | None
    """The job that it is about."""
    delivery_id: int | None
    """The delivery that brought it."""
    body: str
    """What was asked, or the reply in the form in which the outbox keeps it; JSON."""
    created_at: int
    """When it was written, in ms."""


def add(
    tx: Transaction, *, user_id: int, kind: Kind, body: str, event: str | None = None, job_id: int | None = None
) -> Message | None:
    """Write a message down; the same kind of one event twice is the first.

    Where there is no such person any more, nothing is kept, and None returned.
    """
    row = tx.one(
        """
        INSERT INTO messages (user_id, kind, event, job_id, body, created_at)
        SELECT :user_id, :kind, :event, (SELECT id FROM jobs WHERE id = :job_id), :body, :now
        FROM users WHERE id = :user_id
        ON CONFLICT (user_id, kind, event) DO NOTHING
        RETURNING *
        """,
        user_id=user_id,
        kind=kind,
        event=event or None,
        job_id=job_id,
        body=body,
        now=tx.now,
    )
    if row is not None:
        _prune(tx, user_id)
        return Message(**dict(row))
    return of_event(tx, user_id, kind, event) if event else None


def ticket(tx: Transaction, *, user_id: int, event: str, job_id: int) -> Message | None:
    """Write down that a job has now what was asked; as `add` does."""
    tx.run(
        """
        UPDATE messages SET job_id = (SELECT id FROM jobs WHERE id = :job_id)
        WHERE user_id = :user_id AND kind = 'asked' AND event = :event
        """,
        user_id=user_id,
        event=event,
        job_id=job_id,
    )
    return add(tx, user_id=user_id, kind="ticket", body="{}", event=event, job_id=job_id)


def deliver(tx: Transaction, delivery_id: int, body: str) -> Message | None:
    """Write down what a delivery brings, in place of the job's ticket; the same delivery twice is one message.

    Whose it is, the delivery itself says by now: people become one, and are forgotten. None: it is nobody's any more.
    """
    row = tx.one(
        """
        INSERT INTO messages (user_id, kind, job_id, delivery_id, body, created_at)
        SELECT d.user_id, 'answer', d.job_id, d.id, :body, :now
        FROM deliveries d JOIN users u ON u.id = d.user_id WHERE d.id = :delivery_id
        ON CONFLICT (delivery_id) DO NOTHING
        RETURNING *
        """,
        delivery_id=delivery_id,
        body=body,
        now=tx.now,
    )
    row = row or tx.one("SELECT * FROM messages WHERE delivery_id = :delivery_id", delivery_id=delivery_id)
    if row is None:
        return None
    if row["job_id"] is not None:
        tx.run("DELETE FROM messages WHERE job_id = :job_id AND kind = 'ticket'", job_id=row["job_id"])
    _prune(tx, row["user_id"])
    return Message(**dict(row))


def of_event(tx: Transaction, user_id: int, kind: Kind, event: str) -> Message | None:
    """Return a person's message of that kind and event."""
    row = tx.one(
        "SELECT * FROM messages WHERE user_id = :user_id AND kind = :kind AND event = :event",
        user_id=user_id,
        kind=kind,
        event=event,
    )
    return Message(**dict(row)) if row else None


def answer_of(tx: Transaction, user_id: int, job_id: int) -> Message | None:
    """Return the latest answer to a person's job that has been delivered."""
    row = tx.one(
        """
        SELECT * FROM messages
        WHERE user_id = :user_id AND job_id = :job_id AND kind = 'answer' AND delivery_id IS NOT NULL
        ORDER BY id DESC LIMIT 1
        """,
        user_id=user_id,
        job_id=job_id,
    )
    return Message(**dict(row)) if row else None


def before(tx: Transaction, user_id: int, id: int | None, limit: int) -> list[Message]:
    """Return a person's messages before that of a number (None: the latest), the oldest first."""
    rows = tx.all(
        """
        SELECT * FROM messages WHERE user_id = :user_id AND (:id IS NULL OR id < :id)
        ORDER BY id DESC LIMIT :limit
        """,
        user_id=user_id,
        id=id,
        limit=limit,
    )
    return _messages(reversed(rows))


def after(tx: Transaction, user_id: int, id: int, limit: int) -> list[Message]:
    """Return a person's messages after that of a number, the oldest first."""
    rows = tx.all(
        "SELECT * FROM messages WHERE user_id = :user_id AND id > :id ORDER BY id LIMIT :limit",
        user_id=user_id,
        id=id,
        limit=limit,
    )
    return _messages(rows)


def open_tickets(tx: Transaction, user_id: int) -> list[int]:
    """Return the jobs on a person's page that have no answer yet and have not ended."""
    rows = tx.all(
        """
        SELECT DISTINCT m.job_id FROM messages m JOIN jobs j ON j.id = m.job_id
        WHERE m.user_id = :user_id AND m.kind = 'ticket' AND j.finished_at IS NULL ORDER BY m.job_id
        """,
        user_id=user_id,
    )
    return [int(row["job_id"]) for row in rows]


def last(tx: Transaction, user_id: int) -> int:
    """Return the number of a person's latest message; 0 where there is none."""
    return int(tx.value("SELECT MAX(id) FROM messages WHERE user_id = :user_id", user_id=user_id) or 0)


def drop(tx: Transaction, job_id: int) -> int:
    """Drop what was asked and answered about a job; return how many messages."""
    return tx.run("DELETE FROM messages WHERE job_id = :job_id", job_id=job_id)


def drop_replies(tx: Transaction, user_id: int) -> int:
    """Drop what was answered at once to a person, which may tell of what is gone; return how many messages."""
    return tx.run(
        "DELETE FROM messages WHERE user_id = :user_id AND kind = 'answer' AND job_id IS NULL", user_id=user_id
    )


def _prune(tx: Transaction, user_id: int) -> None:
    tx.run(
        """
        DELETE FROM messages WHERE user_id = :user_id AND id <= COALESCE((
            SELECT id FROM messages WHERE user_id = :user_id ORDER BY id DESC LIMIT 1 OFFSET :kept), 0)
        """,
        user_id=user_id,
        kept=KEPT,
    )


def _messages(rows: Iterable[Row]) -> list[Message]:
    return [Message(**dict(row)) for row in rows]
