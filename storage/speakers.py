"""Speakers: the identities that engines have built in, or have computed from recordings."""

from __future__ import annotations

from storage.table import Person, Step, Table

TABLE = Table(
    name="speakers",
    people={"user_id": Person.ERASE},
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
    ),
)
