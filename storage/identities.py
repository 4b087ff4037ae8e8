"""Identities: the chat accounts by which a person is known."""

from __future__ import annotations

import hashlib
import hmac

from engine.value import value
from storage import exiles, tombstones
from storage.clock import HOUR
from storage.database import Transaction
from storage.table import Person, Step, Table

MOST = 8
"""The most accounts that one person may have."""

TABLE = Table(
    name="identities",
    people={"user_id": Person.ERASE},
    steps=(
        Step(
            20,
            """
            CREATE TABLE identities (
                platform TEXT NOT NULL CHECK (platform <> '' AND platform NOT LIKE '%:%'),
                account TEXT NOT NULL CHECK (account <> ''),
                user_id INTEGER NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                name TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                PRIMARY KEY (platform, account)
            ) STRICT
            """,
        ),
        Step(21, "CREATE INDEX identities_of_user ON identities (user_id)"),
    ),
)


@value
class Identity:
    """A chat account of a person."""

    platform: str
    """Where it is."""
    account: str
    """The platform's id of it."""
    name: str
    """What its person is called there; for people to read."""


def ensure(tx: Transaction, platform: str, account: str, name: str, key: bytes) -> int:
    """Return whose account this is; a person who comes for the first time gets a number.

    Somebody who was forgotten and comes back within a quota's period finds what they had used of it, and is blocked
    where they were.
    """
    row = tx.one(
        """
        SELECT i.user_id, i.name, u.seen_at FROM identities i JOIN users u ON u.id = i.user_id
        WHERE i.platform = :platform AND i.account = :account
        """,
        platform=platform,
        account=account,
    )
    if row is None:
        return _welcome(tx, platform, account, name, key)
    if row["name"] != name:
        tx.run(
            "UPDATE identities SET name = :name WHERE platform = :platform AND account = :account",
            platform=platform,
            account=account,
            name=name,
        )
    if abs(tx.now - row["seen_at"]) >= HOUR:
        tx.run("UPDATE users SET seen_at = :now WHERE id = :user_id", user_id=row["user_id"], now=tx.now)
    return int(row["user_id"])


def find(tx: Transaction, ref: str) -> int | None:
    """Return who is meant by 'discord:8035', or by Mynah's own number; None where nobody is."""
    platform, colon, account = ref.strip().partition(":")
    if colon:
        found = tx.value(
            "SELECT user_id FROM identities WHERE platform = :platform AND account = :account",
            platform=platform.strip().lower(),
            account=account.strip(),
        )
    elif platform.isascii() and platform.isdigit() and len(platform) < 19:
        found = tx.value("SELECT id FROM users WHERE id = :id", id=int(platform))
    else:
        found = None
    return None if found is None else int(found)


def of(tx: Transaction, user_id: int) -> list[Identity]:
    """Return the accounts of a person, the oldest first."""
    rows = tx.all(
        """
        SELECT platform, account, name FROM identities WHERE user_id = :user_id
        ORDER BY created_at, platform, account
        """,
        user_id=user_id,
    )
    return [Identity(**dict(row)) for row in rows]


def is_theirs(tx: Transaction, user_id: int, hashed: str, key: bytes) -> bool:
    """Whether a person has the account that `account_hash` stands for."""
    theirs = (account_hash(each.platform, each.account, key) for each in of(tx, user_id))
    return any(hmac.compare_digest(hashed, each) for each in theirs)


def account_hash(platform: str, account: str, key: bytes) -> str:
    """Return what stands for an account whose person was forgotten: without the key, nobody can tell whose it is."""
    return hmac.new(key, f"{platform}:{account}".encode(), hashlib.sha256).hexdigest()


def _welcome(tx: Transaction, platform: str, account: str, name: str, key: bytes) -> int:
    user_id = int(
        tx.value(
            "INSERT INTO users (name, created_at, seen_at) VALUES (:name, :now, :now) RETURNING id",
            name=name,
            now=tx.now,
        )
    )
    tx.run(
        """
        INSERT INTO identities (platform, account, user_id, name, created_at)
        VALUES (:platform, :account, :user_id, :name, :now)
        """,
        platform=platform,
        account=account,
        user_id=user_id,
        name=name,
        now=tx.now,
    )
    hashed = account_hash(platform, account, key)
    tombstones.claim(tx, hashed, user_id)
    exiles.claim(tx, hashed, user_id)
    return user_id
