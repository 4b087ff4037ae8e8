"""Events: what platforms told us, remembered for a while so that what is told twice is done once."""

from __future__ import annotations

from engine.value import value
from storage.database import Transaction
from storage.table import Person, Step, Table

TABLE = Table(
    name="events",
    people={"user_id": Person.ERASE},
    steps=(
        Step(
            140,
            """
            CREATE TABLE events (
                platform TEXT NOT NULL CHECK (platform <> ''),
                event_id TEXT NOT NULL CHECK (event_id <> ''),
                user_id INTEGER NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                job_id INTEGER REFERENCES jobs (id) ON DELETE CASCADE,
                reply TEXT,
                created_at INTEGER NOT NULL,
                PRIMARY KEY (platform, event_id)
            ) STRICT, WITHOUT ROWID
            """,
        ),
        Step(141, "CREATE INDEX events_of_user ON events (user_id)"),
        Step(142, "CREATE INDEX events_of_job ON events (job_id) WHERE job_id IS NOT NULL"),
    ),
)


@value
class Event:
    """Something that a platform told us, and what came of it."""

    platform: str
    """Who told us."""
    event_id: str
    """The platform's id of it."""
    user_id: int
    """Whose request it was."""
    job_id: int | None
    """The job that came of it; None: it was answered at once."""
    reply: str | None
    """What was answered at once, as the outbox would keep it."""
    created_at: int
    """When we were told first, in ms."""


def seen(tx: Transaction, platform: str, event_id: str) -> Event | None:
    """Return what came of an event, if we were told of it before; an empty id was never seen."""
    if not event_id:
        return None
    row = tx.one(
        "SELECT * FROM events WHERE platform = :platform AND event_id = :event_id",
        platform=platform,
        event_id=event_id,
    )
    return Event(**dict(row)) if row else None


def note(
    tx: Transaction, platform: str, event_id: str, user_id: int, *, job_id: int | None = None, reply: str | None = None
) -> None:
    """Remember what came of an event; one with an empty id cannot come twice, and is not kept.

    Nor is one by which its person was forgotten.
    """
    if event_id:
        tx.run(
            """
            INSERT INTO events (platform, event_id, user_id, job_id, reply, created_at)
            SELECT :platform, :event_id, id, :job_id, :reply, :now FROM users WHERE id = :user_id
            """,
            platform=platform,
            event_id=event_id,
            user_id=user_id,
            job_id=job_id,
            reply=reply,
            now=tx.now,
        )


def answer(tx: Transaction, platform: str, event_id: str, reply: str) -> None:
    """Keep what was answered to an event that was noted when it was seen to."""
    tx.run(
        "UPDATE events SET reply = :reply WHERE platform = :platform AND event_id = :event_id",
        platform=platform,
        event_id=event_id,
        reply=reply,
    )


def drop_replies(tx: Transaction, user_id: int) -> int:
    """Drop what was answered at once to a person, but not that it was; return to how many events."""
    return tx.run("UPDATE events SET reply = NULL WHERE user_id = :user_id AND reply IS NOT NULL", user_id=user_id)


def expire(tx: Transaction, before: int) -> int:
    """Drop the events that were told before that time (ms), which no platform tells again; return how many."""
    return tx.run("DELETE FROM events WHERE created_at < :before", before=before)
