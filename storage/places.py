"""Places: the servers, groups and direct messages in which people ask."""

from __future__ import annotations

from typing import Literal

from engine.value import value
from storage import joining
from storage.database import Row, Transaction
from storage.table import Step, Table
from storage.terms import of_both

Kind = Literal["server", "group", "direct"]
Cloning = Literal["everyone", "admins", "nobody"]

USUAL = "auto"
"""The kind of file of a place for which none was chosen: the platform's own."""


def _bring_together(tx: Transaction, kept: int, gone: int) -> None:
    """Let a place that is kept have what was set for either, its own before the other's."""
    one, other = get(tx, kept), get(tx, gone)
    tx.run(
        """
        UPDATE places SET default_voice_id = :voice_id, time_zone = :time_zone, format = :format, cloning = :cloning
        WHERE id = :id
        """,
        id=kept,
        voice_id=other.default_voice_id if one.default_voice_id is None else one.default_voice_id,
        time_zone=of_both(one.time_zone, other.time_zone),
        format=other.format if one.format == USUAL else one.format,
        cloning=other.cloning if one.cloning == "everyone" else one.cloning,
    )


TABLE = Table(
    name="places",
    join_places=_bring_together,
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
        Step(400, f"ALTER TABLE places ADD COLUMN format TEXT NOT NULL DEFAULT '{USUAL}' CHECK (format <> '')"),
        Step(
            401,
            """
            ALTER TABLE places ADD COLUMN cloning TEXT NOT NULL DEFAULT 'everyone'
                CHECK (cloning IN ('everyone', 'admins', 'nobody'))
            """,
        ),
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
    format: str = USUAL
    """The kind of file where nobody asks for another there; 'auto': what is usual on the platform."""
    cloning: Cloning = "everyone"
    """Who may make voices of recordings there."""


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


def set_format(tx: Transaction, id: int, format: str) -> None:
    """Choose the kind of file where nobody asks for another there; a word of the commands', checked by the caller."""
    tx.run("UPDATE places SET format = :format WHERE id = :id", id=id, format=format)


def set_cloning(tx: Transaction, id: int, cloning: Cloning) -> None:
    """Set who may make voices of recordings there."""
    tx.run("UPDATE places SET cloning = :cloning WHERE id = :id", id=id, cloning=cloning)


def move(tx: Transaction, platform: str, old_key: str, new_key: str, kind: Kind, name: str) -> Place:
    """Let a place be known by another id from now on: a group that became a supergroup keeps all that it has.

    Where somebody has asked under the new id already, the two are joined. To be told so twice changes nothing.
    """
    old, new = find(tx, f"{platform}:{old_key}"), find(tx, f"{platform}:{new_key}")
    if old is None or old_key == new_key:
        return ensure(tx, platform, new_key, kind, name or (new.name if new else ""))
    kept = old
    if new is not None:
        kept, gone = sorted((old, new), key=lambda place: place.id)  # what was set first is what its people know
        joining.join_places(tx, kept.id, gone.id)
    tx.run(
        "UPDATE places SET key = :key, kind = :kind, name = :name WHERE id = :id",
        id=kept.id,
        key=new_key,
        kind=kind,
        name=name or kept.name,
    )
    return get(tx, kept.id)


def _place(row: Row) -> Place:
    return Place(**{name: row[name] for name in Place.__dataclass_fields__})
