"""Joining: two people who turn out to be one, and two places that are one, become one in every table.

Nothing here names a table but those of the two themselves: each says which of its columns name a person and which a
place, and what becomes of rows that would clash. A plugin's table that says nothing comes along as long as none do.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence

from engine.value import value
from storage import people
from storage.database import Transaction, Value
from storage.table import MakeRoom, Person, Table, same, tables


@value
class Joined:
    """What became of the rows of the one who is gone."""

    rows: Mapping[str, int]
    """How many rows came along, by table; tables of which none did are left out."""
    paths: tuple[str, ...]
    """The files of rows that had to yield, to be unlinked once this is committed, relative to the data folder."""


class Clashing(Exception):
    """Rows of a table stand in each other's way; let it rise, so that the whole transaction is undone."""

    def __init__(self, table: str) -> None:
        super().__init__(f"rows of {table} stand in each other's way")
        self.table = table
        """The table that does not say what becomes of them, or that no installed table is."""


@value
class _Merge:
    """One that goes into another."""

    kept: int
    gone: int
    parent: str
    columns: Callable[[Table], Mapping[str, str]]
    room: Callable[[Table], MakeRoom | None]


def join(tx: Transaction, kept: int, gone: int, of: Sequence[Table] | None = None) -> Joined:
    """Make one person of two, in this transaction: all that names the one who goes names the one who is kept.

    What each has used is added up, and of limits the stricter holds. Jobs go on, and answer where they were asked.

    Args:
        tx: The transaction.
        kept: Whose number stays.
        gone: Whose number goes.
        of: The tables; all, unless a test says otherwise.

    Raises:
        Clashing: A table does not say what becomes of rows that cannot stand side by side.
    """
    merge = _Merge(kept=kept, gone=gone, parent="users", columns=_people, room=lambda table: table.join_people)
    return _join(tx, merge, tables() if of is None else of)


def join_places(tx: Transaction, kept: int, gone: int, of: Sequence[Table] | None = None) -> Joined:
    """Make one place of two, in this transaction, as `join` does with people.

    Raises:
        Clashing: A table does not say what becomes of rows that cannot stand side by side.
    """
    merge = _Merge(kept=kept, gone=gone, parent="places", columns=_places, room=lambda table: table.join_places)
    return _join(tx, merge, tables() if of is None else of)


def _join(tx: Transaction, merge: _Merge, of: Sequence[Table]) -> Joined:
    assert merge.kept != merge.gone, "nobody can be joined with themselves"
    found = sorted(of, key=lambda table: -table.steps[0].number)
    _look_into_unknown(tx, merge, found)
    for table in found:  # all of them before anything moves: what was used is found by whose jobs they are
        if (room := merge.room(table)) is not None:
            room(tx, merge.kept, merge.gone)
    rows: dict[str, int] = {}
    paths: list[str] = []
    for table in found:
        try:
            paths += _yield(tx, table, merge)
            rows[table.name] = _move(tx, table, merge)
        except sqlite3.IntegrityError as error:
            raise Clashing(table.name) from error
    tx.run(f"DELETE FROM {merge.parent} WHERE id = :gone", gone=merge.gone)
    return Joined(rows={name: count for name, count in rows.items() if count}, paths=tuple(paths))


def _yield(tx: Transaction, table: Table, merge: _Merge) -> Iterator[str]:
    """Drop the rows that would be second ones of a kind that there is once, and return their files."""
    told = ", ".join(table.paths) or "NULL"
    for column, template in merge.columns(table).items():
        if column not in table.once:
            continue
        alike = " AND ".join(same(f"other.{each}", f"{table.name}.{each}") for each in table.once if each != column)
        gone = tx.all(
            f"""
            DELETE FROM {table.name} WHERE {column} = :gone
                AND EXISTS (SELECT 1 FROM {table.name} AS other WHERE other.{column} = :kept AND {alike or "1 = 1"})
            RETURNING {told}
            """,
            **_ends(merge, template),
        )
        yield from (str(path) for row in gone for path in row if path is not None)


def _move(tx: Transaction, table: Table, merge: _Merge) -> int:
    return sum(
        tx.run(f"UPDATE {table.name} SET {column} = :kept WHERE {column} = :gone", **_ends(merge, template))
        for column, template in merge.columns(table).items()
    )


def _people(table: Table) -> dict[str, str]:
    """The columns that name a person, and how each does."""
    return {
        column: "user:{}" if fate is Person.PSEUDONYM else ""
        for column, fate in table.people.items()
        if (table.name, column) != ("users", "id")
    }


def _places(table: Table) -> dict[str, str]:
    return {column: "" for column in table.places}


def _ends(merge: _Merge, template: str) -> dict[str, Value]:
    ends = {"kept": merge.kept, "gone": merge.gone}
    return {name: template.format(id) if template else id for name, id in ends.items()}


def _look_into_unknown(tx: Transaction, merge: _Merge, of: Sequence[Table]) -> None:
    """Refuse where a table of a plugin that is not installed holds on to the one who goes: it would lose them."""
    for name in people.unknown(tx, of):
        for key in tx.all(f"PRAGMA foreign_key_list({name})"):
            sql = f"SELECT COUNT(*) FROM {name} WHERE {key['from']} = :gone"
            if key["table"] == merge.parent and tx.value(sql, gone=merge.gone):
                raise Clashing(name)
