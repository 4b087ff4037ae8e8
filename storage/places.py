"""Places: the servers, groups and direct messages in which people ask."""

from __future__ import annotations

from typing import Literal

from engine.value import value
from storage.database import Row, Transaction
from storage.table import Step, Table

Kind = Literal["server", "group", "direct"]

TABLE = Table(
    name="places",
    steps=(
        Step(
            30,
            """
            CREATE TABLE places (
                id {id},
                platform TEXT NOT NULL CHECK (platform <> '' AND platform NOT LIKE '%:%'),
                key TEXT NOT NULL CHECK (key <> ''),
                kind TEXT NOT NULL CHECK (kind IN ('server', 'group', 'direct')),
                name TEXT NOT NULL,
                time_zone TEXT NOT NULL DEFAULT 'UTC' CHECK (time_zone <> ''),
                created_at INTEGER NOT NULL,
                UNIQUE (platform, key)
            ) STRICT
            """,
        ),
        Step(85, "ALTER TABLE places ADD COLUMN default_voice_id INTEGER REFERENCES voices (id) ON DELETE SET NULL"),
        Step(86, "CREATE INDEX places_of_voice ON places (default_voice_id) WHERE default_voice_id IS NOT NULL"),
    ),
)


@value
class Place:
    """A server, a group, or a platform's direct messages."""

    id: int
    """Mynah's own number for it."""
    platform: str
    """Where it is."""
    key: str
    """The platform's id of it; 'direct' for the direct messages of all."""
    kind: Kind
    """What it is."""
    name: str
    """What it is called; for people to read."""
    time_zone: str
    """Whose midnight ends its days, such as 'Europe/Berlin'."""
    default_voice_id: int | None
    """The voice that speaks there for those who have not chosen one."""


def ensure(tx: Transaction, platform: str, key: str, kind: Kind, name: str) -> Place:
    """Return the place, noted when it is new, under the name that it has now."""
    row = tx.one("SELECT * FROM places WHERE platform = :platform AND key = :key", platform=platform, key=key)
    if row is not None and row["name"] == name and row["kind"] == kind:
        return _place(row)
    row = tx.one(
        """
        INSERT INTO places (platform, key, kind, name, created_at) VALUES (:platform, :key, :kind, :name, :now)
        ON CONFLICT (platform, key) DO UPDATE SET kind = excluded.kind, name = excluded.name
        RETURNING *
        """,
        platform=platform,
        key=key,
        kind=kind,
        name=name,
        now=tx.now,
    )
    assert row is not None
    return _place(row)


def get(tx: Transaction, id: int) -> Place:
    """Return the place of that number, which must be there: places never go.

    Raises:
        LookupError: There is none.
    """
    row = tx.one("SELECT * FROM places WHERE id = :id", id=id)
    if row is None:
        raise LookupError(f"there is no place {id}")
    return _place(row)


def find(tx: Transaction, ref: str) -> Place | None:
    """Return the place that is meant by 'discord:42', 'telegram:direct', or by Mynah's own number."""
    platform, colon, key = ref.strip().partition(":")
    if colon:
        row = tx.one(
            "SELECT * FROM places WHERE platform = :platform AND key = :key",
            platform=platform.strip().lower(),
            key=key.strip(),
        )
    elif platform.isascii() and platform.isdigit() and len(platform) < 19:
        row = tx.one("SELECT * FROM places WHERE id = :id", id=int(platform))
    else:
        row = None
    return _place(row) if row else None


def set_default_voice(tx: Transaction, id: int, voice_id: int | None) -> None:
    """Choose the voice that speaks there for those who have not chosen one; None: the host's."""
    tx.run("UPDATE places SET default_voice_id = :voice_id WHERE id = :id", id=id, voice_id=voice_id)


def set_time_zone(tx: Transaction, id: int, time_zone: str) -> None:
    """Set whose midnight ends the days there; a name that `zoneinfo` knows, checked by the caller."""
    tx.run("UPDATE places SET time_zone = :time_zone WHERE id = :id", id=id, time_zone=time_zone)


def _place(row: Row) -> Place:
    return Place(**{name: row[name] for name in Place.__dataclass_fields__})
