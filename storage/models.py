"""Models: the weights that engines speak with, where they lie and whether the host accepted their licence."""

from __future__ import annotations

from storage.table import Step, Table

TABLE = Table(
    name="models",
    paths=("path",),
    steps=(
        Step(
            50,
            """
            CREATE TABLE models (
                id {id},
                engine TEXT NOT NULL,
                name TEXT NOT NULL UNIQUE,
                languages TEXT NOT NULL DEFAULT '[]',
                licence TEXT NOT NULL,
                path TEXT,
                bytes INTEGER CHECK (bytes >= 0),
                sha256 TEXT CHECK (length(sha256) = 64),
                status TEXT NOT NULL CHECK (status IN ('absent', 'fetching', 'ready', 'broken')),
                notes TEXT NOT NULL DEFAULT '',
                accepted_at INTEGER,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                CHECK (status <> 'ready' OR (path IS NOT NULL AND bytes IS NOT NULL))
            ) STRICT
            """,
        ),
    ),
)
