"""Rows to begin a test with, made the way the product makes them where it can."""

from __future__ import annotations

from storage import identities, places
from storage.database import Transaction, Value

KEY = bytes(range(32))


def person(tx: Transaction, account: str = "1", name: str = "Ada") -> int:
    """Let somebody come, and return their number."""
    return identities.ensure(tx, "discord", account, name, KEY)


def place(tx: Transaction, key: str = "42") -> int:
    """Note a server, and return its number."""
    return places.ensure(tx, "discord", key, "server", "The Aviary").id


def insert(tx: Transaction, table: str, **values: Value) -> int:
    """Put a row into a table as it stands, and return its number."""
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    return int(tx.value(f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING id", **values))


def job(tx: Transaction, user_id: int, state: str = "ready", **values: Value) -> int:
    """Put a job into a state as the queue would leave it there, and return its number."""
    row: dict[str, Value] = {
        "user_id": user_id,
        "place_id": place(tx),
        "platform": "discord",
        "command": "speak",
        "signature": "0123456789abcdef",
        "lane": 0,
        "state": state,
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    if state == "pending":
        row |= {"inputs": 1}
    if state == "running":
        row |= {"attempt": 1, "started_at": tx.now, "boot": "this one"}
    if state in ("succeeded", "failed", "cancelled"):
        row |= {"finished_at": tx.now, "finished_by": "runner"}
    if state == "failed":
        row |= {"error_key": "Failed", "error": "That did not work."}
    return insert(tx, "jobs", **row | values)
