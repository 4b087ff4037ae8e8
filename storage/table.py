"""A table is one file: how its shape came to be, and which of its columns name a person."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.discovery import values
from engine.value import value

if TYPE_CHECKING:
    from storage.database import Transaction


class Person(enum.Enum):
    """What becomes of a row when the person whom a column names wants to be forgotten."""

    ERASE = "erase"
    """The row goes."""
    ANONYMISE = "anonymise"
    """The row stays, and the column becomes NULL."""
    PSEUDONYM = "pseudonym"
    """The row stays under a keyed hash, until its period has ended (what was used of a quota)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change of shape. All steps of all tables run in the order of their numbers, each once.

    `{id}` in the SQL stands for the database's own way to number rows: a whole number that is never used again.
    """

    number: int
    """Its place in the one global order; a new step takes a number higher than every other."""
    sql: str
    """One statement."""


MakeRoom = Callable[["Transaction", int, int], None]
"""(tx, kept, gone): changes the rows of both so that none clashes when what is `gone`'s becomes `kept`'s."""


@value
class Table:
    """One table of the database."""

    name: str
    """Its name in SQL."""
    steps: tuple[Step, ...]
    """How it came to be; steps are added, never changed."""
    people: Mapping[str, Person] = field(default_factory=dict)
    """Every column that names a person (by `users.id`, or by a quota's `who`), and what forgetting does to it."""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each column that is anonymised: the columns that tell about the person, and become NULL with it."""
    paths: tuple[str, ...] = ()
    """The columns that hold the path of a file, relative to the data folder, which lives and goes with its row."""
    exported: bool = True
    """Whether a person's rows belong in the archive that they may ask for; secrets do not."""
    places: tuple[str, ...] = ()
    """Every column that names a place: a group that moves takes the rows along."""
    once: tuple[str, ...] = ()
    """The columns that together may stand once. Where two people (or two places) become one, and two rows with them,
    the row of the one who is kept stays."""
    join_people: MakeRoom | None = None
    """What else becomes of rows that would clash where two people become one; None: nothing has to."""
    join_places: MakeRoom | None = None
    """What else becomes of rows that would clash where two places become one; None: nothing has to."""


def tables() -> list[Table]:
    """Every table that the folder or a plugin brings."""
    return values(Table, "storage")


def same(one: str, other: str) -> str:
    """Return the condition that two columns hold the same, which nothing and nothing are too.

    `IS NOT DISTINCT FROM` says so too, but SQLite knows it from 3.39 on only.
    """
    return f"({one} = {other} OR ({one} IS NULL AND {other} IS NULL))"
