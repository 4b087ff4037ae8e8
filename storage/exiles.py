"""Exiles: blocks of people who were forgotten, under a keyed hash of their accounts.

So nobody is served again by being forgotten and coming back, and nobody who reads the database can tell who it was.
"""

from __future__ import annotations

from storage import blocks
from storage.database import Transaction
from storage.table import Step, Table

TABLE = Table(
    name="exiles",
    places=("place_id",),
    once=("account_hash", "place_id"),
    steps=(
        Step(
            410,
            """
            CREATE TABLE exiles (
                id {id},
                account_hash TEXT NOT NULL CHECK (length(account_hash) = 64),
                place_id INTEGER REFERENCES places (id),
                created_at INTEGER NOT NULL
            ) STRICT
            """,
        ),
        Step(411, "CREATE UNIQUE INDEX exiles_of_account ON exiles (account_hash, COALESCE(place_id, 0))"),
    ),
)


def bury(tx: Transaction, user_id: int, account_hashes: list[str]) -> int:
    """Keep the blocks of a person who is about to be forgotten, without the reasons; return how many there are."""
    rows = tx.all("SELECT place_id, created_at FROM blocks WHERE user_id = :user_id", user_id=user_id)
    return tx.run_many(
        """
        INSERT INTO exiles (account_hash, place_id, created_at) VALUES (:hashed, :place_id, :created_at)
        ON CONFLICT DO NOTHING
        """,
        [{"hashed": hashed, **dict(row)} for hashed in account_hashes for row in rows],
    )


def claim(tx: Transaction, account_hash: str, user_id: int) -> int:
    """Block the person who came back with an account where it was blocked before; return in how many places."""
    rows = tx.all("DELETE FROM exiles WHERE account_hash = :hashed RETURNING place_id", hashed=account_hash)
    for row in rows:
        blocks.add(tx, user_id, row["place_id"], None)
    return len(rows)


def lift(tx: Transaction, account_hash: str, place_id: int | None) -> bool:
    """Let an account be served again in a place, or everywhere, when it comes back; False where it was not blocked."""
    lifted = tx.run(
        "DELETE FROM exiles WHERE account_hash = :hashed AND COALESCE(place_id, 0) = COALESCE(:place_id, 0)",
        hashed=account_hash,
        place_id=place_id,
    )
    return lifted == 1
