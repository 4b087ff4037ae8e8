"""Marks: what an adapter has to know of its platform when Mynah starts again, such as which commands it has told it."""

from __future__ import annotations

from storage.database import Transaction
from storage.table import Step, Table

TABLE = Table(
    name="marks",
    people={},  # an adapter keeps nothing about a person here
    steps=(
        Step(
            450,
            """
            CREATE TABLE marks (
                platform TEXT NOT NULL CHECK (platform <> ''),
                name TEXT NOT NULL CHECK (name <> ''),
                value TEXT NOT NULL,
                updated_at INTEGER NOT NULL,
                PRIMARY KEY (platform, name)
            ) STRICT, WITHOUT ROWID
            """,
        ),
    ),
)


def get(tx: Transaction, platform: str, name: str) -> str:
    """Return what an adapter has marked under a name; empty where it has not."""
    return str(
        tx.value("SELECT value FROM marks WHERE platform = :platform AND name = :name", platform=platform, name=name)
        or ""
    )


def put(tx: Transaction, platform: str, name: str, value: str) -> None:
    """Mark something under a name, in place of what stood there."""
    tx.run(
        """
        INSERT INTO marks (platform, name, value, updated_at) VALUES (:platform, :name, :value, :now)
        ON CONFLICT (platform, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
        """,
        platform=platform,
        name=name,
        value=value,
        now=tx.now,
    )
