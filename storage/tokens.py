"""Tokens: by what a visitor of the page, or a program, is known. Only a digest of each is kept.

Three kinds: `api` is for a program and stays until it is revoked; `page` is what a browser holds; `key` opens the page
once, and becomes such a one.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Literal

from engine.value import value
from storage.clock import MINUTE
from storage.database import Row, Transaction
from storage.table import Person, Step, Table

Kind = Literal["api", "page", "key"]

PREFIX = "mynah_"
"""What each begins with, so that those who search files for secrets know one when they see it."""
BYTES = 32
"""How many bytes of chance are in each: 256 bits, which nobody guesses however often they may try."""
NOTED = 5 * MINUTE
"""How exactly it is known when a token was used last, in ms: it is not written down with every request."""

TABLE = Table(
    name="tokens",
    people={"user_id": Person.ERASE},
    exported=False,
    steps=(
        Step(
            545,
            """
            CREATE TABLE tokens (
                id {id},
                user_id INTEGER NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                kind TEXT NOT NULL CHECK (kind IN ('api', 'page', 'key')),
                name TEXT NOT NULL,
                digest TEXT NOT NULL UNIQUE CHECK (length(digest) = 64),
                owner INTEGER NOT NULL DEFAULT 0 CHECK (owner IN (0, 1)),
                from_id INTEGER REFERENCES tokens (id) ON DELETE CASCADE,
                used_at INTEGER,
                expires_at INTEGER,
                created_at INTEGER NOT NULL
            ) STRICT
            """,
        ),
        Step(546, "CREATE INDEX tokens_of_user ON tokens (user_id)"),
        Step(552, "CREATE INDEX tokens_from_others ON tokens (from_id) WHERE from_id IS NOT NULL"),
    ),
)


@value
class Token:
    """What somebody is known by."""

    id: int
    """Its number, by which it is revoked."""
    user_id: int
    """Who acts with it."""
    kind: Kind
    """What it is for."""
    name: str
    """What it was called by whoever made it; for people to read."""
    digest: str
    """The SHA-256 of the secret, in hex."""
    owner: bool
    """Whether who has it runs this Mynah, and may do everything."""
    from_id: int | None
    """The token with which a browser was let in, and with which it goes; None: it had the key of a link."""
    used_at: int | None
    """When it was used last, in ms, to five minutes; None: never."""
    expires_at: int | None
    """When it ends, in ms; None: when it is revoked."""
    created_at: int
    """When it was made, in ms."""


def new() -> str:
    """Return a new secret."""
    return PREFIX + secrets.token_urlsafe(BYTES)


def digest(secret: str) -> str:
    """Return what is kept of a secret. It is chance from end to end, so one round without salt is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def add(
    tx: Transaction,
    *,
    user_id: int,
    kind: Kind,
    secret: str,
    name: str = "",
    owner: bool = False,
    from_id: int | None = None,
    life: int | None = None,
) -> int:
    """Keep the digest of a secret, good for `life` ms (None: until it is revoked), and return its number."""
    return int(
        tx.value(
            """
            INSERT INTO tokens (user_id, kind, name, digest, owner, from_id, expires_at, created_at)
            VALUES (:user_id, :kind, :name, :digest, :owner, :from_id, :expires_at, :now)
            RETURNING id
            """,
            user_id=user_id,
            kind=kind,
            name=name,
            digest=digest(secret),
            owner=int(owner),
            from_id=from_id,
            expires_at=None if life is None else tx.now + life,
            now=tx.now,
        )
    )


def find(tx: Transaction, secret: str) -> Token | None:
    """Return the token with that secret, if it is good; one that is wrong, over or revoked looks alike: None."""
    wanted = digest(secret)
    row = tx.one("SELECT * FROM tokens WHERE digest = :digest", digest=wanted)
    found = _token(row) if row else None
    theirs = found.digest if found else "0" * len(wanted)
    if not hmac.compare_digest(theirs, wanted) or found is None or found.kind == "key":
        return None
    return found if found.expires_at is None or found.expires_at > tx.now else None


def get(tx: Transaction, id: int) -> Token | None:
    """Return the token of that number, if it is good still."""
    row = tx.one("SELECT * FROM tokens WHERE id = :id AND COALESCE(expires_at, :now + 1) > :now", id=id, now=tx.now)
    return _token(row) if row else None


def redeem(tx: Transaction, secret: str) -> Token | None:
    """Take the key with that secret: once, and in time."""
    row = tx.one(
        "DELETE FROM tokens WHERE digest = :digest AND kind = 'key' AND expires_at > :now RETURNING *",
        digest=digest(secret),
        now=tx.now,
    )
    return _token(row) if row else None


def used(tx: Transaction, id: int) -> None:
    """Note that a token is used now."""
    tx.run("UPDATE tokens SET used_at = :now WHERE id = :id", id=id, now=tx.now)


def of_programs(tx: Transaction) -> list[Token]:
    """Return every token for programs, the latest first."""
    return [_token(row) for row in tx.all("SELECT * FROM tokens WHERE kind = 'api' ORDER BY id DESC")]


def browsers(tx: Transaction) -> int:
    """Return how many browsers are let in at the page."""
    return int(
        tx.value(
            "SELECT COUNT(*) FROM tokens WHERE kind = 'page' AND COALESCE(expires_at, :now + 1) > :now", now=tx.now
        )
    )


def revoke(tx: Transaction, id: int) -> Token | None:
    """Let a token be good no more; return what it was, None where there is none of that number."""
    row = tx.one("DELETE FROM tokens WHERE id = :id RETURNING *", id=id)
    return _token(row) if row else None


def revoke_all(tx: Transaction, kind: Kind) -> int:
    """Let all of a kind be good no more; return how many."""
    return tx.run("DELETE FROM tokens WHERE kind = :kind", kind=kind)


def expire(tx: Transaction) -> int:
    """Drop those whose time is over; return how many."""
    return tx.run("DELETE FROM tokens WHERE expires_at <= :now", now=tx.now)


def _token(row: Row) -> Token:
    return Token(**{**dict(row), "owner": bool(row["owner"])})
