"""Levels: by how much each speaker is made louder or softer, so that all sound equally loud."""

from __future__ import annotations

from storage.database import Transaction
from storage.table import Step, Table

TABLE = Table(
    name="levels",
    people={},
    steps=(
        Step(
            202,
            """
            CREATE TABLE levels (
                engine TEXT NOT NULL CHECK (engine <> ''),
                speaker TEXT NOT NULL CHECK (speaker <> ''),
                version TEXT NOT NULL,
                gain REAL NOT NULL CHECK (gain > 0),
                measured_at INTEGER NOT NULL,
                PRIMARY KEY (engine, speaker)
            ) STRICT
            """,
        ),
    ),
)


def gain(tx: Transaction, engine: str, speaker: str, version: str) -> float | None:
    """Return how many times as loud a speaker is made; None where that version of its engine was never measured."""
    found = tx.value(
        "SELECT gain FROM levels WHERE engine = :engine AND speaker = :speaker AND version = :version",
        engine=engine,
        speaker=speaker,
        version=version,
    )
    return None if found is None else float(found)


def note(tx: Transaction, engine: str, speaker: str, version: str, gain: float) -> None:
    """Note how many times as loud a speaker is made from now on."""
    tx.run(
        """
        INSERT INTO levels (engine, speaker, version, gain, measured_at)
        VALUES (:engine, :speaker, :version, :gain, :now)
        ON CONFLICT (engine, speaker)
        DO UPDATE SET version = excluded.version, gain = excluded.gain, measured_at = excluded.measured_at
        """,
        engine=engine,
        speaker=speaker,
        version=version,
        gain=gain,
        now=tx.now,
    )


def drop(tx: Transaction, engine: str, speaker: str) -> None:
    """Forget how loud a speaker was."""
    tx.run("DELETE FROM levels WHERE engine = :engine AND speaker = :speaker", engine=engine, speaker=speaker)
