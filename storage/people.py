"""People: what is kept about a person over all tables, and how all of it goes.

Nothing here names a table: each says in its `people` which of its columns name a person, a plugin's table too. Voices
go before the tables do, because what others have made with somebody's voice goes along (`storage/withdrawal.py`).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

from engine.value import value
from storage import exiles, identities, tombstones, withdrawal
from storage.database import Row, Transaction, Value, due_for_scrub
from storage.table import Person, Table, tables


@value
class Forgotten:
    """What went when a person was forgotten."""

    rows: Mapping[str, int]
    """How many rows went, by table; tables that held none are left out."""
    anonymised: Mapping[str, int]
    """How many rows stay without the person (what admins did, and was done to them), by table."""
    paths: tuple[str, ...]
    """The files, and whole folders, to be unlinked once this is committed, relative to the data folder."""
    jobs: tuple[int, ...]
    """The jobs of others that used the person's voice and are cancelled: their tasks are to be stopped."""
    unknown: tuple[str, ...]
    """Tables that nobody looked into, because the plugin that made them is not installed."""


def forget(tx: Transaction, user_id: int, key: bytes, of: Sequence[Table] | None = None) -> Forgotten:
    """Let everything about a person go, in this transaction; unlink the files and call `Database.scrub` after it.

    Voices that were made of theirs go too, whoever holds them, with all in which they speak.

    What they used of a quota stays under a keyed hash until its period has ended, so that nobody begins afresh by
    being forgotten; so do their blocks, without the reasons, until an admin lifts them. Their jobs are to be cancelled
    before; one that is not loses its reservation here.

    Args:
        tx: The transaction.
        user_id: Who is to be forgotten.
        key: The secret of the data folder.
        of: The tables; all, unless a test says otherwise.
    """
    found = _latest_first(of)
    tx.run("PRAGMA defer_foreign_keys = ON")  # tables name each other in circles; at the end all must hold
    along = withdrawal.take_along(tx, user_id, key)
    tombstones.bury(tx, user_id, key)
    exiles.bury(tx, user_id, [identities.account_hash(a.platform, a.account, key) for a in identities.of(tx, user_id)])
    anonymised = {table.name: _anonymise(tx, table, user_id) for table in found}
    erased = {table.name: _erase(tx, table, user_id) for table in found}
    paths = [str(path) for rows in erased.values() for row in rows for path in row if path is not None]
    rows = {name: len(rows) + along.rows.get(name, 0) for name, rows in erased.items()}
    due_for_scrub(tx)
    return Forgotten(
        rows=_filled(rows),
        anonymised=_filled(anonymised),
        paths=(*along.paths, *paths),
        jobs=along.jobs,
        unknown=tuple(unknown(tx, of)),
    )


def summary(tx: Transaction, user_id: int, of: Sequence[Table] | None = None) -> dict[str, int]:
    """Return how many rows name a person, by table; tables in which none does are left out."""
    counts = {
        table.name: tx.value(f"SELECT COUNT(*) FROM {table.name} WHERE {_theirs(table)}", **_who(user_id))
        for table in reversed(_latest_first(of))
    }
    return _filled(counts)


def unnamed(tx: Transaction, user_id: int, of: Sequence[Table] | None = None) -> dict[str, int]:
    """Return how many rows would stay without the person if they were forgotten now, by table."""
    counts = {
        table.name: sum(
            int(tx.value(f"SELECT COUNT(*) FROM {table.name} WHERE {column} = :user_id", user_id=user_id))
            for column, fate in table.people.items()
            if fate is Person.ANONYMISE
        )
        for table in _latest_first(of)
    }
    return _filled(counts)


def unknown(tx: Transaction, of: Sequence[Table] | None = None) -> list[str]:
    """Return the tables of the database that no installed table is: those of plugins that were taken out."""
    known = {table.name for table in (tables() if of is None else of)} | {"migrations"}
    found = tx.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
    return [row["name"] for row in found if row["name"] not in known]


def export(tx: Transaction, user_id: int, of: Sequence[Table] | None = None) -> dict[str, list[dict[str, Value]]]:
    """Return every row that names a person, by table, in what JSON can hold; bytes are in base64.

    Where a row names somebody else too, that column is None.
    """
    found: dict[str, list[dict[str, Value]]] = {}
    for table in reversed(_latest_first(of)):
        if table.exported and table.people:
            rows = tx.all(f"SELECT * FROM {table.name} WHERE {_theirs(table)}", **_who(user_id))
            if rows:
                found[table.name] = [_told(table, row, user_id) for row in rows]
    return found


def _latest_first(of: Sequence[Table] | None) -> list[Table]:
    # A table's rows stand on those of tables that were there before it, so what is latest goes first.
    found = [table for table in (tables() if of is None else of) if table.people]
    return sorted(found, key=lambda table: -table.steps[0].number)


def _erase(tx: Transaction, table: Table, user_id: int) -> list[Row]:
    # What a pseudonym was not found for does not stay under the name either.
    theirs = _theirs(table, Person.ERASE, Person.PSEUDONYM)
    if not theirs:
        return []
    told = ", ".join(table.paths) or "NULL"
    return tx.all(f"DELETE FROM {table.name} WHERE {theirs} RETURNING {told}", **_who(user_id))


def _anonymise(tx: Transaction, table: Table, user_id: int) -> int:
    changed = 0
    for column in (column for column, fate in table.people.items() if fate is Person.ANONYMISE):
        cleared = ", ".join(f"{each} = NULL" for each in (column, *table.words.get(column, ())))
        changed += tx.run(f"UPDATE {table.name} SET {cleared} WHERE {column} = :user_id", user_id=user_id)
    return changed


def _theirs(table: Table, *fates: Person) -> str:
    return " OR ".join(
        f"{column} = {':who' if fate is Person.PSEUDONYM else ':user_id'}"
        for column, fate in table.people.items()
        if fate in (fates or Person)
    )


def _who(user_id: int) -> dict[str, Value]:
    return {"user_id": user_id, "who": f"user:{user_id}"}


def _told(table: Table, row: Row, user_id: int) -> dict[str, Value]:
    cells: dict[str, Value] = dict(zip(row.keys(), row, strict=True))
    for column, held in cells.items():
        if column in table.people and held not in _who(user_id).values():
            cells[column] = None
        elif isinstance(held, bytes):
            cells[column] = base64.b64encode(held).decode("ascii")
    return cells


def _filled(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
