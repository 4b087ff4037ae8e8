"""The database: one connection that writes, readers that only read, whole transactions in the writer's thread."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar, cast

import aiosqlite

from storage.clock import Clock

T = TypeVar("T")
Row = sqlite3.Row
Value = str | int | float | bytes | None

READERS = 2
"""Read-only connections; enough for a page and a chat to look at once, each costs a thread."""
_PRAGMAS = ("synchronous=FULL", "secure_delete=ON", "foreign_keys=ON", "busy_timeout=5000", "temp_store=MEMORY")
"""secure_delete overwrites what is deleted: it costs nothing that could be measured."""


class Transaction:
    """A transaction under way: hand-written SQL with named parameters, nothing awaited inside."""

    def __init__(self, connection: sqlite3.Connection, now: int) -> None:
        self._connection = connection
        self.now = now
        """When the transaction began, in ms."""

    def run(self, sql: str, **values: Value) -> int:
        """Run a statement and return how many rows it changed."""
        return self._connection.execute(sql, values).rowcount

    def run_many(self, sql: str, rows: Iterable[Mapping[str, Value]]) -> int:
        """Run a statement once for every row of values and return how many rows changed in all."""
        return self._connection.executemany(sql, rows).rowcount

    def one(self, sql: str, **values: Value) -> Row | None:
        """Return the first row of a query, or of a statement with RETURNING."""
        cursor = self._connection.execute(sql, values)
        rows = cursor.fetchall()
        return rows[0] if rows else None

    def all(self, sql: str, **values: Value) -> list[Row]:
        """Return every row of a query, or of a statement with RETURNING."""
        return self._connection.execute(sql, values).fetchall()

    def value(self, sql: str, **values: Value) -> Any:
        """Return the first column of the first row; None where there is no row."""
        row = self.one(sql, **values)
        return row[0] if row else None


def due_for_scrub(tx: Transaction) -> None:
    """Note that something was forgotten, so that the next `Database.scrub` writes the file anew."""
    tx.run("PRAGMA user_version = 1")


Work = Callable[[Transaction], T]
"""What a transaction does: synchronous, whole, run in the connection's own thread."""


class Database:
    """The open database of one data folder."""

    def __init__(
        self,
        writer: aiosqlite.Connection,
        readers: Sequence[aiosqlite.Connection],
        glancer: sqlite3.Connection,
        clock: Clock,
    ) -> None:
        self._writer = writer
        self._glancer = glancer
        self._readers: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue()
        for reader in readers:
            self._readers.put_nowait(reader)
        self._all = (writer, *readers)
        self.clock = clock

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> Database:
        """Open the file at `path`, which has been migrated before."""
        address = path.absolute().as_uri()  # noqa: ASYNC240  # touches no disk
        async with AsyncExitStack() as opened:  # a connection that nobody closes keeps the process from ending
            writer = await _connect(f"{address}?mode=rw", opened)
            readers = [await _connect(f"{address}?mode=ro", opened) for _ in range(READERS)]
            glancer = sqlite3.connect(f"{address}?mode=ro", uri=True, isolation_level=None, cached_statements=256)
            opened.pop_all()
        glancer.row_factory = sqlite3.Row
        glancer.execute("PRAGMA busy_timeout=0")
        return cls(writer, readers, glancer, clock)

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction that commits when it returns and is undone when it raises.

        A caller that is cancelled does not cut the transaction in two: it runs whole in the writer's thread.
        """
        return await _crossing(self._writer, _whole, work, self.clock)

    async def note(self, work: Work[T]) -> T:
        """Run `work` as `write` does, without waiting for the disk: a loss of power may undo it, a kill does not.

        For what can be found out again at some cost, such as that a message was sent.
        """
        return await _crossing(self._writer, _soon, work, self.clock)

    async def read(self, work: Work[T]) -> T:
        """Run `work` over one unchanging view of the database; it cannot write."""
        reader = await self._readers.get()
        try:
            return await _crossing(reader, _view, work, self.clock)
        finally:
            self._readers.put_nowait(reader)

    async def glance(self, work: Work[T]) -> T:
        """Run `work` as `read` does, on the event loop: for some rows by their keys, of what is asked all the time.

        That takes some 50 µs; to cross to a reader's thread and back takes twice as long. Where it would have to wait
        it crosses after all.
        """
        try:
            return _view(self._glancer, work, self.clock)
        except sqlite3.OperationalError:
            return await self.read(work)

    async def scrub(self) -> bool:
        """Let nothing that was forgotten stay in the file or its journal; False where that has to be tried again.

        What is deleted is overwritten, but pages that were split before can hold it still: the file is written anew.
        Only where `due_for_scrub` was set since the last time: it takes about a second for every 200 MB.
        """
        return await _crossing(self._writer, _scrub)

    async def close(self) -> None:
        """Close every connection; what is committed is on disk already."""
        self._glancer.close()
        for connection in self._all:
            await connection.close()


async def _connect(address: str, opened: AsyncExitStack) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(address, uri=True, isolation_level=None, cached_statements=256)
    opened.push_async_callback(connection.close)
    connection.row_factory = sqlite3.Row
    await connection.executescript("".join(f"PRAGMA {pragma};" for pragma in _PRAGMAS))
    return connection


async def _crossing(connection: aiosqlite.Connection, how: Callable[..., T], *given: object) -> T:
    # aiosqlite has no public way to run a function in its thread; this line is the only one that leans on it.
    result = await connection._execute(how, connection._conn, *given)  # type: ignore[no-untyped-call]  # private
    return cast(T, result)


def _whole(connection: sqlite3.Connection, work: Work[T], clock: Clock) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(Transaction(connection, clock.now()))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk may have undone it already
            connection.execute("ROLLBACK")
        raise
    return result


def _soon(connection: sqlite3.Connection, work: Work[T], clock: Clock) -> T:
    connection.execute("PRAGMA synchronous=NORMAL")
    try:
        return _whole(connection, work, clock)
    finally:
        connection.execute("PRAGMA synchronous=FULL")


def _view(connection: sqlite3.Connection, work: Work[T], clock: Clock) -> T:
    connection.execute("BEGIN")
    try:
        return work(Transaction(connection, clock.now()))
    finally:
        connection.execute("ROLLBACK")


def _scrub(connection: sqlite3.Connection) -> bool:
    # In one go: a statement that is still being read keeps the transactions of others from their commit.
    if not connection.execute("PRAGMA user_version").fetchone()[0]:
        return True
    try:
        connection.execute("PRAGMA temp_store=FILE")  # or the whole of it would be in memory
        connection.execute("VACUUM")
        connection.execute("PRAGMA user_version=0")
        ((busy, *_),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if busy:
            connection.execute("PRAGMA user_version=1")
        return not busy
    except sqlite3.OperationalError:  # somebody reads too long to wait for, or the disk has no room
        return False
    finally:
        connection.execute("PRAGMA temp_store=MEMORY")
