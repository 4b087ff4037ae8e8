"""Rows for any table, found out from its SQL: the database itself is asked what fits, so there is no list to edit.

A first guess fills every column. While the database refuses it, one of the columns that the refusing constraint
names gets another value; constraints of real tables are few and short, so this ends after a handful of tries.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storage.database import Transaction, Value
from storage.table import Person, Table

TRIES = 1_000


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column as the database describes it."""

    name: str
    type: str
    required: bool
    is_number: bool
    """Whether the database numbers the rows by it."""
    choices: tuple[str, ...]
    """The words that the table's constraints name for it."""
    parent: str | None
    """The table to whose rows it points."""
    default: str
    """What stands in it where nothing is given; of a text, '{}' and '[]' tell that it holds JSON."""


def columns(tx: Transaction, table: str) -> list[Column]:
    """Describe the columns of a table."""
    sql = str(tx.value("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table", table=table))
    parents = {row["from"]: row["table"] for row in tx.all(f"PRAGMA foreign_key_list({table})")}
    return [
        Column(
            name=row["name"],
            type=row["type"],
            required=bool(row["notnull"]) or bool(row["pk"]),
            is_number=bool(row["pk"]) and row["type"] == "INTEGER" and "AUTOINCREMENT" in sql,
            choices=_choices(sql, row["name"]),
            parent=parents.get(row["name"]),
            default=str(row["dflt_value"] or "").strip("'"),
        )
        for row in tx.all(f"PRAGMA table_info({table})")
    ]


def _choices(sql: str, column: str) -> tuple[str, ...]:
    lists = re.findall(rf"\b{column}\s+(?:NOT\s+)?IN\s*\(([^)]*)\)", sql)
    words = [word for each in lists for word in re.findall(r"'([^']*)'", each)]
    return tuple(dict.fromkeys(words))


class NoRow(Exception):
    """No row was found that the table takes."""


class Filler:
    """Puts rows that name a person into tables, with a mark of theirs in every text."""

    def __init__(self, tx: Transaction, tables: Sequence[Table], user_id: int, other_id: int, mark: str) -> None:
        self._tx = tx
        self._tables = {table.name: table for table in tables}
        self._user_id = user_id
        self._other_id = other_id
        self._mark = mark
        self._numbers = itertools.count(1)
        self._chance = random.Random(0)
        self._parents: dict[str, Value] = {}
        self._under_way: set[str] = set()

    def fill(self, table: Table) -> int:
        """Put rows into a table until each column that can name the person does, and each text was filled."""
        found = columns(self._tx, table.name)
        texts = [c.name for c in found if c.type in ("TEXT", "BLOB") and not c.choices and c.name not in table.people]
        filled = [pair for pair in itertools.product(table.people, ["", *texts]) if self._fits_in(table, *pair)]
        assert {person for person, _ in filled} == set(table.people)
        assert {text for _, text in filled} >= (set(texts) if table.people else set())
        return len(filled)

    def fill_more(self, table: Table) -> int:
        """Put more rows into a table that has some already, as far as it takes any, and return how many it took."""
        return sum(self._fits_in(table, person, "") for person in table.people)

    def fill_place(self, table: Table) -> int:
        """Put rows into a table that name the place which this filler has made, and return the place's number."""
        (place,) = self._parent("places")
        assert isinstance(place, int)
        for pair in itertools.product((*table.people, ""), table.places):
            self._fits_in(table, *pair)
        return place

    def _fits_in(self, table: Table, person: str, text: str) -> bool:
        try:
            self._row(table, person, text)
        except NoRow:
            return False
        return True

    def _row(self, table: Table, person: str, text: str) -> Value:
        if table.name == "users":
            self._tx.run("UPDATE users SET name = :name WHERE id = :id", id=self._user_id, name=self._mark)
            return self._user_id
        self._under_way.add(table.name)
        found = [column for column in columns(self._tx, table.name) if not column.is_number]
        fits = {column.name: self._fits(table, column, person, text) for column in found}
        guess = {name: values[0] for name, values in fits.items()}
        self._under_way.discard(table.name)
        return self._insert(table, guess, fits)

    def _insert(self, table: Table, guess: dict[str, Value], fits: Mapping[str, list[Value]]) -> Value:
        names = ", ".join(guess)
        sql = f"INSERT INTO {table.name} ({names}) VALUES ({', '.join(f':{name}' for name in guess)}) RETURNING *"
        refusal = ""
        for _ in range(TRIES):
            try:
                row = self._tx.one(sql, **guess)
            except sqlite3.IntegrityError as error:
                refusal = str(error)
                blamed = self._blamed(refusal, fits)
                guess[blamed] = self._fresh(self._chance.choice(fits[blamed]))
            else:
                assert row is not None
                return row[0] if isinstance(row[0], int | str) else None
        raise NoRow(f"no row of {table.name} was found that fits: {refusal}")

    def _blamed(self, refusal: str, fits: Mapping[str, list[Value]]) -> str:
        if index := re.search(r"index '(\w+)'", refusal):
            refusal = str(self._tx.value("SELECT sql FROM sqlite_master WHERE name = :name", name=index[1]))
        named = [name for name in fits if re.search(rf"\b{name}\b", refusal) and len(fits[name]) > 1]
        return self._chance.choice(named or [name for name in fits if len(fits[name]) > 1])

    def _fits(self, table: Table, column: Column, person: str, text: str) -> list[Value]:
        optional: list[Value] = [] if column.required else [None]
        if column.name in table.people:
            return [self._who(table, column, self._user_id)] if column.name == person else [
                self._who(table, column, self._other_id), *optional
            ]  # fmt: skip
        if parent := column.parent or ("places" if column.name in table.places else None):
            return [*self._parent(parent), *([] if column.name == text else optional)]
        values = self._values(column, self._mark if table.people else "nobody")
        return values if column.name == text else [*values, *optional]

    def _who(self, table: Table, column: Column, user_id: int) -> Value:
        return f"user:{user_id}" if table.people[column.name] is Person.PSEUDONYM else user_id

    def _parent(self, name: str) -> list[Value]:
        if name not in self._parents and name not in self._under_way:
            known = self._tables[name]
            self._parents[name] = self._row(known, next(iter(known.people), ""), "")
        return [self._parents[name]] if name in self._parents else []

    def _values(self, column: Column, mark: str) -> list[Value]:
        if column.choices:
            return [*column.choices]
        if column.type == "INTEGER":
            return [1, 0, 2, -1, self._tx.now, self._tx.now + 1]
        if column.type == "REAL":
            return [0.5, 1.0]
        if column.type == "TEXT" and column.default in ("{}", "[]"):
            return [json.dumps({mark: mark} if column.default == "{}" else [mark])]
        texts = [mark, f"{mark}{'.' * 64}"[:64]]
        return [*texts] if column.type == "TEXT" else [text.encode() + b"." * (-len(text) % 4) for text in texts]

    def _fresh(self, value: Value) -> Value:
        """Make a text another one of the same length or longer, for columns in which nothing may stand twice."""
        if isinstance(value, str) and value.startswith((self._mark, "nobody")):
            number = f"{next(self._numbers)}."
            return value[: -len(number)] + number if len(value) == 64 else f"{value}-{number}"
        return value
