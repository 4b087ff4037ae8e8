"""Limits: what admins of a place and the host have set; what nobody has set is in the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from engine.value import value
from storage.database import Row, Transaction
from storage.ledger import Slot
from storage.metrics import Metric, Period
from storage.table import MakeRoom, Person, Step, Table, same

Scope = Literal["member", "role", "place_default", "place_cap", "everywhere"]
"""Whom a limit is for: one member, a role or every member of a place, a place as a whole, or a person everywhere."""
Source = Scope | Literal["shipped"]
"""Where a limit comes from; 'shipped' is the host's own, from the settings."""

Key = tuple[Metric, Period]

UNLIMITED = -1

_ONCE = ("scope", "place_id", "user_id", "role", "metric", "period")
"""What a limit is for; each is set once."""


def _keep_stricter(column: Literal["user_id", "place_id"]) -> MakeRoom:
    """Where both who become one have a limit, let that of the one who is kept be the stricter of the two."""
    alike = " AND ".join(same(f"limits.{each}", f"other.{each}") for each in _ONCE if each != column)

    def make_room(tx: Transaction, kept: int, gone: int) -> None:
        tx.run(
            f"""
            UPDATE limits SET amount = other.amount, by_user_id = other.by_user_id, created_at = other.created_at
            FROM (SELECT * FROM limits WHERE {column} = :gone) AS other
            WHERE limits.{column} = :kept AND {alike} AND other.amount <> {UNLIMITED}
                AND (limits.amount = {UNLIMITED} OR other.amount < limits.amount)
            """,
            kept=kept,
            gone=gone,
        )

    return make_room


TABLE = Table(
    name="limits",
    people={"user_id": Person.ERASE, "by_user_id": Person.ANONYMISE},
    words={"by_user_id": ()},
    places=("place_id",),
    once=_ONCE,
    join_people=_keep_stricter("user_id"),
    join_places=_keep_stricter("place_id"),
    steps=(
        Step(
            160,
            """
            CREATE TABLE limits (
                id {id},
                scope TEXT NOT NULL CHECK (scope IN ('member', 'role', 'place_default', 'place_cap', 'everywhere')),
                place_id INTEGER REFERENCES places (id),
                user_id INTEGER REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                role TEXT CHECK (role <> ''),
                metric TEXT NOT NULL
                    CHECK (metric IN ('generations', 'characters', 'seconds', 'clones', 'voices', 'bytes')),
                period TEXT NOT NULL CHECK (period IN ('day', 'month', 'held')),
                amount INTEGER NOT NULL CHECK (amount >= -1),
                by_user_id INTEGER REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                created_at INTEGER NOT NULL,
                CHECK ((place_id IS NULL) = (scope = 'everywhere')),
                CHECK ((user_id IS NOT NULL) = (scope IN ('member', 'everywhere'))),
                CHECK ((role IS NOT NULL) = (scope = 'role')),
                CHECK ((period = 'held') = (metric IN ('voices', 'bytes')))
            ) STRICT
            """,
        ),
        Step(
            161,
            """
            CREATE UNIQUE INDEX limits_of_target ON limits
                (scope, COALESCE(place_id, 0), COALESCE(user_id, 0), COALESCE(role, ''), metric, period)
            """,
        ),
        Step(162, "CREATE INDEX limits_of_place ON limits (place_id, user_id)"),
        Step(163, "CREATE INDEX limits_of_user ON limits (user_id) WHERE user_id IS NOT NULL"),
        Step(164, "CREATE INDEX limits_by_user ON limits (by_user_id) WHERE by_user_id IS NOT NULL"),
    ),
)


@value
class Allowances:
    """The limits that hold where nobody has set others."""

    member: Mapping[Key, int]
    """What a member may use of a metric in a period; -1, and what is not named, is as much as they like."""


@value
class Limit:
    """A limit that somebody has set."""

    scope: Scope
    """Whom it is for."""
    place_id: int | None
    """The place; None for a person everywhere."""
    user_id: int | None
    """The person, where it is for one."""
    role: str | None
    """The platform's id of the role, where it is for one."""
    metric: Metric
    """What it counts."""
    period: Period
    """Over which time."""
    amount: int
    """How much there may be; -1 is as much as one likes."""


def put(
    tx: Transaction,
    *,
    scope: Scope,
    place_id: int | None,
    user_id: int | None,
    role: str | None,
    metric: Metric,
    period: Period,
    amount: int,
    by_user_id: int | None,
) -> bool:
    """Set a limit in place of what was set before; True where nothing was."""
    known = tx.value(
        f"SELECT id FROM limits WHERE {_TARGET}",
        scope=scope,
        place_id=place_id or 0,
        user_id=user_id or 0,
        role=role or "",
        metric=metric.value,
        period=period.value,
    )
    tx.run(
        """
        INSERT INTO limits (scope, place_id, user_id, role, metric, period, amount, by_user_id, created_at)
        VALUES (:scope, :place_id, :user_id, :role, :metric, :period, :amount, :by_user_id, :now)
        ON CONFLICT (scope, COALESCE(place_id, 0), COALESCE(user_id, 0), COALESCE(role, ''), metric, period)
        DO UPDATE SET amount = excluded.amount, by_user_id = excluded.by_user_id, created_at = excluded.created_at
        """,
        scope=scope,
        place_id=place_id,
        user_id=user_id,
        role=role,
        metric=metric.value,
        period=period.value,
        amount=amount,
        by_user_id=by_user_id,
        now=tx.now,
    )
    return known is None


def remove(
    tx: Transaction,
    *,
    scope: Scope,
    place_id: int | None,
    user_id: int | None,
    role: str | None,
    metric: Metric,
    period: Period,
) -> bool:
    """Take a limit away; False where there was none."""
    removed = tx.run(
        f"DELETE FROM limits WHERE {_TARGET}",
        scope=scope,
        place_id=place_id or 0,
        user_id=user_id or 0,
        role=role or "",
        metric=metric.value,
        period=period.value,
    )
    return removed == 1


def of_place(tx: Transaction, place_id: int) -> list[Limit]:
    """Return every limit that is set in a place."""
    rows = tx.all("SELECT * FROM limits WHERE place_id = :place_id ORDER BY scope, id", place_id=place_id)
    return [_limit(row) for row in rows]


class Ceiling(NamedTuple):
    """How much there may be, and who says so."""

    amount: int
    """The most; -1 is as much as they like."""
    scope: Source
    """Where it comes from."""


@value
class Ceilings:
    """The limits that hold for a person in a place."""

    own: Mapping[Key, int]
    """What is set for them there."""
    by_role: Mapping[tuple[str, Key], int]
    """What is set for each role there: a person can have hundreds of roles, and few have limits."""
    default: Mapping[Key, int]
    """What is set for every member there."""
    cap: Mapping[Key, int]
    """What is set for the place as a whole."""
    everywhere: Mapping[Key, int]
    """What is set for them wherever they are."""
    roles: Sequence[str]
    """The roles that they have there, the best first."""
    allowances: Allowances
    """What holds where nothing is set."""

    def of(self, slot: Slot) -> Ceiling | None:
        """The limit of that slot; None where none is set, and so nothing is counted."""
        key = (slot.metric, slot.period)
        if slot.holder == "member":
            return self._of_member(key)
        if slot.holder == "place":
            return Ceiling(amount=self.cap[key], scope="place_cap") if key in self.cap else None
        return Ceiling(amount=self.everywhere[key], scope="everywhere") if key in self.everywhere else None

    def _of_member(self, key: Key) -> Ceiling:
        if self.own and key in self.own:
            return Ceiling(amount=self.own[key], scope="member")
        for role in self.roles if self.by_role else ():
            if (role, key) in self.by_role:
                return Ceiling(amount=self.by_role[role, key], scope="role")
        if self.default and key in self.default:
            return Ceiling(amount=self.default[key], scope="place_default")
        return Ceiling(amount=self.allowances.member.get(key, UNLIMITED), scope="shipped")


def that_hold(
    tx: Transaction, *, user_id: int, place_id: int, roles: Sequence[str], allowances: Allowances
) -> Ceilings:
    """Return what holds for a person in a place."""
    rows = tx.all(_THAT_APPLY, user_id=user_id, place_id=place_id)
    return Ceilings(
        own=_amounts(rows, "member"),
        by_role={(row["role"], _key(row)): row["amount"] for row in rows if row["scope"] == "role"},
        default=_amounts(rows, "place_default"),
        cap=_amounts(rows, "place_cap"),
        everywhere=_amounts(rows, "everywhere"),
        roles=roles,
        allowances=allowances,
    )


_TARGET = """
    scope = :scope AND COALESCE(place_id, 0) = :place_id AND COALESCE(user_id, 0) = :user_id
    AND COALESCE(role, '') = :role AND metric = :metric AND period = :period
"""

# Three looks at one index, each of which finds next to nothing; joined by OR it would read the whole place.
_THAT_APPLY = """
    SELECT scope, role, metric, period, amount FROM limits WHERE place_id = :place_id AND user_id = :user_id
    UNION ALL
    SELECT scope, role, metric, period, amount FROM limits WHERE place_id = :place_id AND user_id IS NULL
    UNION ALL
    SELECT scope, role, metric, period, amount FROM limits WHERE place_id IS NULL AND user_id = :user_id
"""


def _amounts(rows: Sequence[Row], scope: Scope) -> dict[Key, int]:
    return {_key(row): row["amount"] for row in rows if row["scope"] == scope}


def _key(row: Row) -> Key:
    return Metric(row["metric"]), Period(row["period"])


def _limit(row: Row) -> Limit:
    return Limit(
        scope=row["scope"],
        place_id=row["place_id"],
        user_id=row["user_id"],
        role=row["role"],
        metric=Metric(row["metric"]),
        period=Period(row["period"]),
        amount=row["amount"],
    )
