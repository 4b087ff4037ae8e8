"""The audit: every act of an admin. It is only ever added to, but for the names of those who are forgotten."""

from __future__ import annotations

import json
from collections.abc import Mapping

from engine.value import value
from storage.database import Transaction
from storage.table import Person, Step, Table

TABLE = Table(
    name="audit",
    people={"actor_id": Person.ANONYMISE, "target_id": Person.ANONYMISE},
    words={"actor_id": ("details",), "target_id": ("details",)},
    places=("place_id",),
    steps=(
        Step(
            150,
            """
            CREATE TABLE audit (
                id {id},
                actor_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
                place_id INTEGER REFERENCES places (id),
                act TEXT NOT NULL CHECK (act <> ''),
                target_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
                details TEXT,
                created_at INTEGER NOT NULL
            ) STRICT
            """,
        ),
        Step(151, "CREATE INDEX audit_of_place ON audit (place_id, id)"),
        Step(152, "CREATE INDEX audit_by_actor ON audit (actor_id) WHERE actor_id IS NOT NULL"),
        Step(153, "CREATE INDEX audit_of_target ON audit (target_id) WHERE target_id IS NOT NULL"),
    ),
)


@value
class Act:
    """Something that an admin did."""

    id: int
    """Its number; later acts have higher ones."""
    actor_id: int | None
    """Who did it; None once they are forgotten."""
    place_id: int | None
    """Where; None: everywhere."""
    act: str
    """What was done: the command's words, separated by blanks."""
    target_id: int | None
    """To whom, where it was done to a person; None too once they are forgotten."""
    details: Mapping[str, object]
    """With which values; empty once either of the two is forgotten."""
    created_at: int
    """When, in ms."""


def note(
    tx: Transaction,
    actor_id: int | None,
    place_id: int | None,
    act: str,
    target_id: int | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Write down that an admin did something; in the transaction that does it."""
    tx.run(
        """
        INSERT INTO audit (actor_id, place_id, act, target_id, details, created_at)
        VALUES (:actor_id, :place_id, :act, :target_id, :details, :now)
        """,
        actor_id=actor_id,
        place_id=place_id,
        act=act,
        target_id=target_id,
        details=json.dumps(dict(details), ensure_ascii=False) if details else None,
        now=tx.now,
    )


def latest(tx: Transaction, place_id: int | None = None, limit: int = 20, offset: int = 0) -> list[Act]:
    """Return the latest acts, the last first: in one place, or with None in all of them."""
    rows = tx.all(
        """
        SELECT * FROM audit WHERE :place_id IS NULL OR place_id = :place_id
        ORDER BY id DESC LIMIT :limit OFFSET :offset
        """,
        place_id=place_id,
        limit=limit,
        offset=offset,
    )
    return [Act(**{**dict(row), "details": json.loads(row["details"] or "{}")}) for row in rows]
