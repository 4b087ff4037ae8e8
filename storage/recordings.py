"""Recordings: what people gave to make voices from."""

from __future__ import annotations

from storage.table import Person, Step, Table

TABLE = Table(
    name="recordings",
    people={"user_id": Person.ERASE},
    paths=("path",),
    steps=(
        Step(
            60,
            """
            CREATE TABLE recordings (
                id {id},
                user_id INTEGER NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                name TEXT NOT NULL,
                status TEXT NOT NULL CHECK (status IN ('uploaded', 'processing', 'ready', 'failed')),
                path TEXT NOT NULL,
                sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
                bytes INTEGER NOT NULL CHECK (bytes >= 0),
                seconds REAL CHECK (seconds >= 0),
                rate INTEGER CHECK (rate > 0),
                figures TEXT NOT NULL DEFAULT '{}',
                transcript TEXT,
                error TEXT,
                created_at INTEGER NOT NULL,
                CHECK (status <> 'ready' OR (seconds IS NOT NULL AND rate IS NOT NULL)),
                CHECK ((error IS NOT NULL) = (status = 'failed'))
            ) STRICT
            """,
        ),
        Step(61, "CREATE INDEX recordings_of_user ON recordings (user_id)"),
    ),
)
