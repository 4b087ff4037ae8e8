"""Sounds that are known again: what Mynah has made itself, and what people have given to be cloned or to agree by.

A fingerprint is some 80 bytes for a second (`engine/fingerprint.py`). Those of what was made name nobody and stay when
the file goes, for whoever has a copy of it can send that; what people gave goes with them, and with the voice.
"""

from __future__ import annotations

from typing import Literal

from engine.value import value
from storage.database import Transaction
from storage.table import Person, Step, Table

Kind = Literal["made", "given"]

KEPT = 200_000
"""How many fingerprints of what was made are kept, the latest."""
_TIDIED = 1_000
"""After how many sounds the oldest are let go."""

TABLE = Table(
    name="sounds",
    people={"user_id": Person.ERASE},
    steps=(
        Step(
            520,
            """
            CREATE TABLE sounds (
                id {id},
                kind TEXT NOT NULL CHECK (kind IN ('made', 'given')),
                user_id INTEGER REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                voice_id INTEGER REFERENCES voices (id) ON DELETE CASCADE,
                fingerprint BLOB NOT NULL,
                created_at INTEGER NOT NULL,
                CHECK ((kind = 'given') = (user_id IS NOT NULL)),
                CHECK (kind = 'given' OR voice_id IS NULL)
            ) STRICT
            """,
        ),
        Step(521, "CREATE INDEX sounds_of_user ON sounds (user_id) WHERE user_id IS NOT NULL"),
        Step(522, "CREATE INDEX sounds_of_voice ON sounds (voice_id) WHERE voice_id IS NOT NULL"),
    ),
)


@value
class Known:
    """A sound that is known."""

    id: int
    """Its number; later ones are higher."""
    kind: Kind
    """Whether Mynah has made it, or somebody has given it."""
    fingerprint: bytes
    """What it is known by."""


def note_made(tx: Transaction, fingerprint: bytes) -> int:
    """Note what Mynah has made, and return its number; the oldest of more than `KEPT` go."""
    id = _add(tx, "made", fingerprint)
    if id % _TIDIED == 0:
        tx.run("DELETE FROM sounds WHERE id <= :oldest AND kind = 'made'", oldest=id - KEPT)
    return id


def note_given(tx: Transaction, fingerprint: bytes, *, user_id: int, voice_id: int) -> int:
    """Note what somebody has given for a voice, a recording or an answer, and return its number."""
    return _add(tx, "given", fingerprint, user_id, voice_id)


def after(tx: Transaction, id: int, limit: int) -> list[Known]:
    """Return the sounds that were noted after that one, in their order."""
    rows = tx.all(
        "SELECT id, kind, fingerprint FROM sounds WHERE id > :id ORDER BY id LIMIT :limit", id=id, limit=limit
    )
    return [Known(id=row["id"], kind=row["kind"], fingerprint=row["fingerprint"]) for row in rows]


def is_there(tx: Transaction, id: int) -> bool:
    """Whether a sound is known still."""
    return tx.value("SELECT 1 FROM sounds WHERE id = :id", id=id) is not None


def _add(
    tx: Transaction, kind: Kind, fingerprint: bytes, user_id: int | None = None, voice_id: int | None = None
) -> int:
    return int(
        tx.value(
            """
            INSERT INTO sounds (kind, user_id, voice_id, fingerprint, created_at)
            VALUES (:kind, :user_id, :voice_id, :fingerprint, :now) RETURNING id
            """,
            kind=kind,
            user_id=user_id,
            voice_id=voice_id,
            fingerprint=fingerprint,
            now=tx.now,
        )
    )
