"""Speakers: the identities that engines have built in, or have learned from recordings.

A voice that was made of recordings has one of each engine that has learned it; it is spoken by the best that is open.
What an engine has learned lies in a file of its own, `speakers/<engine>/<key>.safetensors` (`storage/voice_folder.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field

from engine.speech import Speaker
from engine.value import value
from storage import levels, voice_folder
from storage.database import Transaction
from storage.table import Person, Step, Table

TABLE = Table(
    name="speakers",
    people={"user_id": Person.ERASE, "spoken_by": Person.ERASE},
    paths=("path",),
    steps=(
        Step(
            70,
            """
            CREATE TABLE speakers (
                id {id},
                engine TEXT NOT NULL,
                key TEXT NOT NULL,
                name TEXT NOT NULL,
                language TEXT NOT NULL,
                sex TEXT NOT NULL DEFAULT '' CHECK (sex IN ('female', 'male', '')),
                notes TEXT NOT NULL DEFAULT '',
                recording_id INTEGER REFERENCES recordings (id) ON DELETE CASCADE,
                user_id INTEGER REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                model TEXT,
                embedding BLOB CHECK (length(embedding) > 0 AND length(embedding) % 4 = 0),
                embedding_seconds REAL CHECK (embedding_seconds > 0),
                created_at INTEGER NOT NULL,
                UNIQUE (engine, key),
                CHECK ((recording_id IS NOT NULL) = (user_id IS NOT NULL)),
                CHECK ((embedding IS NOT NULL) = (model IS NOT NULL)),
                CHECK ((embedding IS NOT NULL) = (embedding_seconds IS NOT NULL))
            ) STRICT
            """,
        ),
        Step(71, "CREATE INDEX speakers_of_user ON speakers (user_id, model) WHERE user_id IS NOT NULL"),
        Step(72, "CREATE INDEX speakers_of_recording ON speakers (recording_id) WHERE recording_id IS NOT NULL"),
        # Anew, because a row that has a file must not go by a cascade, and one may be learned from several recordings.
        Step(
            494,
            """
            CREATE TABLE speakers_new (
                id {id},
                engine TEXT NOT NULL,
                key TEXT NOT NULL,
                name TEXT NOT NULL,
                language TEXT NOT NULL,
                sex TEXT NOT NULL DEFAULT '' CHECK (sex IN ('female', 'male', '')),
                notes TEXT NOT NULL DEFAULT '',
                recording_id INTEGER REFERENCES recordings (id) ON DELETE SET NULL,
                user_id INTEGER REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                spoken_by INTEGER REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                path TEXT,
                figures TEXT NOT NULL DEFAULT '{}',
                model TEXT,
                embedding BLOB CHECK (length(embedding) > 0 AND length(embedding) % 4 = 0),
                embedding_seconds REAL CHECK (embedding_seconds > 0),
                created_at INTEGER NOT NULL,
                UNIQUE (engine, key),
                CHECK (user_id IS NOT NULL OR (recording_id IS NULL AND spoken_by IS NULL AND path IS NULL)),
                CHECK ((embedding IS NOT NULL) = (model IS NOT NULL)),
                CHECK ((embedding IS NOT NULL) = (embedding_seconds IS NOT NULL))
            ) STRICT
            """,
        ),
        Step(
            495,
            """
            INSERT INTO speakers_new (id, engine, key, name, language, sex, notes, recording_id, user_id, model,
                embedding, embedding_seconds, created_at)
            SELECT id, engine, key, name, language, sex, notes, recording_id, user_id, model, embedding,
                embedding_seconds, created_at FROM speakers
            """,
        ),
        Step(496, "DROP TABLE speakers"),
        Step(497, "ALTER TABLE speakers_new RENAME TO speakers"),
        Step(498, "CREATE INDEX speakers_of_user ON speakers (user_id, model) WHERE user_id IS NOT NULL"),
        Step(499, "CREATE INDEX speakers_of_recording ON speakers (recording_id) WHERE recording_id IS NOT NULL"),
        Step(500, "CREATE INDEX speakers_spoken_by ON speakers (spoken_by) WHERE spoken_by IS NOT NULL"),
        Step(535, "ALTER TABLE speakers ADD COLUMN voice_id INTEGER REFERENCES voices (id) ON DELETE SET NULL"),
        Step(
            536,
            """
            UPDATE speakers SET voice_id = (
                SELECT MIN(v.id) FROM voices v WHERE v.speaker_id = speakers.id AND v.kind = 'clone'
            ) WHERE user_id IS NOT NULL
            """,
        ),
        Step(
            537,
            "CREATE UNIQUE INDEX speakers_of_voice ON speakers (voice_id, engine) WHERE voice_id IS NOT NULL",
        ),
        Step(538, "ALTER TABLE speakers ADD COLUMN licence TEXT NOT NULL DEFAULT ''"),
    ),
)


@value
class Learned:
    """A speaker that an engine has learned for a voice."""

    id: int
    """Its number."""
    engine: str
    """Which engine."""
    key: str
    """How that engine calls it."""
    licence: str
    """The licence of what it is spoken with, as an SPDX expression; empty: the engine's."""
    figures: Mapping[str, object] = field(default_factory=dict, hash=False)
    """What it reached, and what it was made of: 'similarity', 'recordings' and so on."""


def add_learned(
    tx: Transaction,
    *,
    speaker: Speaker,
    recording_id: int,
    user_id: int,
    spoken_by: int | None,
    figures: Mapping[str, object],
    model: str | None = None,
    embedding: bytes | None = None,
    embedding_seconds: float | None = None,
) -> int:
    """Note a speaker that an engine has learned, and return its number.

    Args:
        tx: The transaction.
        speaker: The speaker, as its engine tells it.
        recording_id: The recording that it was learned from, or the first of several.
        user_id: Whose voice it speaks for.
        spoken_by: The person whose voice it is; None where the host vouches for somebody Mynah does not know.
        figures: What it reached; what JSON can hold.
        model: What computed its embedding; None where there is none.
        embedding: Whose voice it is: float32, little-endian, of length 1.
        embedding_seconds: From how much speech that was computed, in seconds.
    """
    return int(
        tx.value(
            """
            INSERT INTO speakers (engine, key, name, language, sex, notes, licence, recording_id, user_id, spoken_by,
                path, figures, model, embedding, embedding_seconds, created_at)
            VALUES (:engine, :key, :name, :language, :sex, :notes, :licence, :recording_id, :user_id, :spoken_by,
                :path, :figures, :model, :embedding, :embedding_seconds, :now)
            RETURNING id
            """,
            engine=speaker.engine,
            key=speaker.key,
            name=speaker.name,
            language=speaker.language,
            sex=speaker.sex,
            notes=speaker.notes,
            licence=speaker.licence,
            recording_id=recording_id,
            user_id=user_id,
            spoken_by=spoken_by,
            path=voice_folder.speaker(speaker.engine, speaker.key),
            figures=json.dumps(dict(figures), ensure_ascii=False),
            model=model,
            embedding=embedding,
            embedding_seconds=embedding_seconds,
            now=tx.now,
        )
    )


def give(tx: Transaction, id: int, voice_id: int) -> tuple[str, ...]:
    """Let a speaker that was learned belong to a voice, in place of the one that the same engine had learned for it.

    Returns:
        The file of that one, to be unlinked once this is committed.
    """
    before = tx.all(
        """
        SELECT id FROM speakers WHERE voice_id = :voice_id AND id <> :id
            AND engine = (SELECT engine FROM speakers WHERE id = :id)
        """,
        id=id,
        voice_id=voice_id,
    )
    gone = [path for row in before if (path := remove_learned(tx, row["id"])) is not None]
    tx.run("UPDATE speakers SET voice_id = :voice_id WHERE id = :id AND user_id IS NOT NULL", id=id, voice_id=voice_id)
    return tuple(gone)


def of_voice(tx: Transaction, voice_id: int) -> list[Learned]:
    """Return the speakers that were learned for a voice, one of an engine, in the order in which they were."""
    rows = tx.all(
        "SELECT id, engine, key, licence, figures FROM speakers WHERE voice_id = :voice_id ORDER BY id",
        voice_id=voice_id,
    )
    return [Learned(**{**dict(row), "figures": json.loads(row["figures"])}) for row in rows]


def remove_learned(tx: Transaction, id: int) -> str | None:
    """Drop a speaker that was learned, with its level; return its file, to be unlinked once this is committed.

    One that an engine has built in stays.
    """
    row = tx.one("DELETE FROM speakers WHERE id = :id AND user_id IS NOT NULL RETURNING engine, key, path", id=id)
    if row is None:
        return None
    levels.drop(tx, row["engine"], row["key"])
    return None if row["path"] is None else str(row["path"])


def is_learned(tx: Transaction, engine: str, key: str) -> bool:
    """Whether an engine has learned a speaker that some voice speaks as, under that key."""
    sql = "SELECT 1 FROM speakers WHERE engine = :engine AND key = :key AND user_id IS NOT NULL"
    return tx.value(sql, engine=engine, key=key) is not None


def voices_learned_by(tx: Transaction, engine: str) -> list[str]:
    """Return the names of the voices that an engine has learned, everybody's."""
    sql = "SELECT name FROM voices WHERE id IN (SELECT voice_id FROM speakers WHERE engine = :engine) ORDER BY folded"
    return [str(row["name"]) for row in tx.all(sql, engine=engine)]
