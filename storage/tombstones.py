"""Tombstones: what the forgotten had used of a quota, kept under a keyed hash until the period has ended.

So nobody begins afresh by being forgotten, and nobody who reads the database can tell who it was.
"""

from __future__ import annotations

import secrets

from storage import balances, identities, quota
from storage.database import Row, Transaction
from storage.metrics import Charge, Metric, Period
from storage.table import Step, Table
from storage.terms import terms

TABLE = Table(
    name="tombstones",
    steps=(
        Step(
            190,
            """
            CREATE TABLE tombstones (
                account_hash TEXT PRIMARY KEY CHECK (length(account_hash) = 64),
                who TEXT NOT NULL CHECK (who LIKE 'gone:%'),
                expires_at INTEGER NOT NULL
            ) STRICT
            """,
        ),
        Step(191, "CREATE INDEX tombstones_of_who ON tombstones (who)"),
        Step(192, "CREATE INDEX tombstones_by_end ON tombstones (expires_at)"),
    ),
)


def bury(tx: Transaction, user_id: int, key: bytes) -> None:
    """Put what a person has used under a hash of their accounts; what they held, and what is over, goes at once.

    Their jobs and their accounts are still there; what an unfinished job has set aside is given back.
    """
    who = balances.of_user(user_id)
    _let_go(tx, user_id, who)
    kept = {row: end for row in balances.whole(tx, who) if (end := _end(tx, row)) is not None}
    balances.keep_only(tx, who, list(kept))
    accounts = tx.all("SELECT platform, account FROM identities WHERE user_id = :user_id", user_id=user_id)
    gone = f"gone:{secrets.token_hex(8)}"
    for account in accounts if kept else ():
        hashed = identities.account_hash(account["platform"], account["account"], key)
        _forget_earlier(tx, hashed)
        tx.run(
            "INSERT INTO tombstones (account_hash, who, expires_at) VALUES (:hashed, :gone, :end)",
            hashed=hashed,
            gone=gone,
            end=max(kept.values()),
        )
    if accounts:
        balances.move(tx, who, gone)
    else:
        balances.keep_only(tx, who, [])


def claim(tx: Transaction, account_hash: str, user_id: int) -> bool:
    """Give what stands under an account's hash to the person who came back with it; False where nothing does.

    Each account of one who had several brings all of it: else they would begin afresh with the second one.
    """
    row = tx.one("DELETE FROM tombstones WHERE account_hash = :account_hash RETURNING who", account_hash=account_hash)
    if row is None:
        return False
    if tx.value("SELECT COUNT(*) FROM tombstones WHERE who = :who", who=row["who"]):
        balances.copy(tx, row["who"], balances.of_user(user_id))
    else:
        balances.move(tx, row["who"], balances.of_user(user_id))
    return True


def expire(tx: Transaction) -> int:
    """Drop the tombstones whose periods have ended, with what stands under them; return how many."""
    rows = tx.all("SELECT account_hash FROM tombstones WHERE expires_at <= :now", now=tx.now)
    for row in rows:
        _forget_earlier(tx, row["account_hash"])
    return len(rows)


def _let_go(tx: Transaction, user_id: int, who: str) -> None:
    jobs = tx.all(
        """
        SELECT id FROM jobs WHERE user_id = :user_id AND state IN ('pending', 'ready')
        UNION ALL SELECT id FROM jobs WHERE user_id = :user_id AND state = 'running'
        """,
        user_id=user_id,
    )
    for job in jobs:
        quota.refund(tx, job["id"])
    for row in balances.whole(tx, who):
        if row["period"] == "held" and row["place_id"]:
            charge = Charge(metric=Metric(row["metric"]), amount=row["used"])
            quota.release(tx, user_id=user_id, place_id=row["place_id"], charge=charge)


def _end(tx: Transaction, row: Row) -> int | None:
    """When the term of a balance ends, in ms; None: it has ended, it has none, or nothing is counted."""
    period = Period(row["period"])
    here = terms(row["time_zone"], tx.now)
    matters = row["used"] or row["reserved"] or row["granted"]
    return here.ends(period) if matters and row["term"] >= here.name(period) else None


def _forget_earlier(tx: Transaction, account_hash: str) -> None:
    row = tx.one("DELETE FROM tombstones WHERE account_hash = :hashed RETURNING who", hashed=account_hash)
    if row and not tx.value("SELECT COUNT(*) FROM tombstones WHERE who = :who", who=row["who"]):
        balances.keep_only(tx, row["who"], [])
