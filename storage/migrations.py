"""Migrations: how a database comes to have the shape that this Mynah, and its plugins, need.

All steps of all tables stand in one order. Each runs once, in a transaction of its own together with its row in
`migrations`; so a process that is killed between two steps goes on with the next one when it starts again.
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.discovery import plugins
from engine.value import value
from storage import backups, disk
from storage.errors import DatabaseBroken, DatabaseIsFolder, DatabaseNewer, FolderReadOnly
from storage.table import Step, Table

OURS = "mynah"
"""The origin of the steps of Mynah's own tables; those of a plugin have its module's name."""

CHECKED = 8 * 1024 * 1024
"""Up to this size (bytes) a database is checked whole at every start; a larger one only before it is changed.

The check reads about 150 MB a second, and nobody should wait for it when they start Mynah.
"""

_MIGRATIONS = (
    "CREATE TABLE IF NOT EXISTS migrations (step TEXT PRIMARY KEY, origin TEXT NOT NULL, at INTEGER NOT NULL) STRICT"
)
_ID = "INTEGER PRIMARY KEY AUTOINCREMENT"
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_CLOSED = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


@value
class _Planned:
    """A step of a table, with what `migrations` knows it by."""

    key: str
    origin: str
    step: Step


def migrate(path: Path, tables: Sequence[Table], copies: Path, now_ms: int) -> list[str]:
    """Give the database at `path` the shape of `tables`, and return the steps that this took.

    A database that is there already is copied into `copies` before it is changed. Nobody else has it open.

    Raises:
        DatabaseNewer: It has steps that this Mynah does not know; nothing was changed.
        DatabaseBroken: It is damaged; nothing was changed.
        DatabaseIsFolder: It is no file.
        FolderReadOnly, NoRoom: It cannot be written.
    """
    plan = _plan(tables)
    if path.is_dir():
        raise DatabaseIsFolder(file=path)
    with _in_words(path, copies):
        _set_stale_journal_aside(path, now_ms)
        if not path.exists():
            _create(path, plan, now_ms)
            return [planned.key for planned in plan]
        done, is_wal = _look(path, plan, copies)
        todo = [planned for planned in plan if planned.key not in done]
        if todo:
            _check(path, copies)
            backups.copy_before(path, copies, todo[0].key, now_ms)
        if todo or not is_wal:
            with _open(path, "rw") as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                _run(connection, todo, now_ms)
        return [planned.key for planned in todo]


def _plan(tables: Sequence[Table]) -> list[_Planned]:
    plan = [
        _Planned(key=f"{table.name}.{step.number}", origin=_origin(table), step=step)
        for table in tables
        for step in table.steps
    ]
    plan.sort(key=lambda planned: (planned.step.number, planned.key))
    seen: dict[tuple[str, int], str] = {}
    for planned in plan:
        earlier = seen.setdefault((planned.origin, planned.step.number), planned.key)
        if earlier != planned.key:
            raise ValueError(f"the steps {earlier} and {planned.key} have the same number")
    return plan


def _origin(table: Table) -> str:
    own = sys.modules.get(f"storage.{table.name}")
    if own is not None and any(value is table for value in vars(own).values()):
        return OURS
    for module in plugins():
        if any(value is table for value in vars(module).values()):
            return module.__name__
    return "plugin"


def _set_stale_journal_aside(path: Path, now_ms: int) -> None:
    """Keep SQLite from replaying into a database the journal of another that lay there before.

    A database in use is marked as one with a WAL, a copy of it is not: so a WAL beside one without the mark, or
    beside none, was left by a database that the host has taken away, maybe to put back a copy.
    """
    journal = path.with_name(f"{path.name}-wal")
    if journal.exists() and not (path.exists() and _is_marked_wal(path)):
        journal.rename(journal.with_name(f"{journal.name}.{now_ms}"))
        path.with_name(f"{path.name}-shm").unlink(missing_ok=True)


def _is_marked_wal(path: Path) -> bool:
    with open(path, "rb") as file:
        return file.read(20)[18:] == b"\x02\x02"


def _create(path: Path, plan: Sequence[_Planned], now_ms: int) -> None:
    # Under another name until it is whole, so that an empty file at `path` is always damage, never a beginning.
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with _open(new, "rwc") as connection:
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA synchronous = OFF")
        _run(connection, plan, now_ms)
        connection.execute("PRAGMA journal_mode = WAL")
    disk.settle(new, path)


def _look(path: Path, plan: Sequence[_Planned], copies: Path) -> tuple[set[str], bool]:
    """Read which steps are done and whether the journal is a WAL, without changing anything."""
    with _open(path, "ro") as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").fetchone():
            raise DatabaseBroken(file=path, copies=copies)
        steps: dict[str, str] = dict(connection.execute("SELECT step, origin FROM migrations").fetchall())
    known = {planned.key for planned in plan}
    if any(origin == OURS and step not in known for step, origin in steps.items()):
        raise DatabaseNewer(file=path, copies=copies)
    if path.stat().st_size <= CHECKED:
        _check(path, copies)
    return set(steps), _is_marked_wal(path)


def _check(path: Path, copies: Path) -> None:
    with _open(path, "ro") as connection:
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise DatabaseBroken(file=path, copies=copies)


def _run(connection: sqlite3.Connection, todo: Sequence[_Planned], now_ms: int) -> None:
    connection.execute(_MIGRATIONS)
    for planned in todo:
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.execute(planned.step.sql.replace("{id}", _ID))
            connection.execute("INSERT INTO migrations VALUES (?, ?, ?)", (planned.key, planned.origin, now_ms))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


@contextlib.contextmanager
def _open(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(
        sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)
    ) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        yield connection


@contextlib.contextmanager
def _in_words(path: Path, copies: Path) -> Iterator[None]:
    try:
        with disk.in_words(path.parent):
            yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _DAMAGE:
            raise DatabaseBroken(file=path, copies=copies) from error
        if code in _CLOSED:
            raise FolderReadOnly(folder=path.parent) from error
        if code == sqlite3.SQLITE_FULL:
            raise disk.full(path.parent) from error
        raise
