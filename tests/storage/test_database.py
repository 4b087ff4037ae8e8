"""A transaction is whole or nothing, readers only read, and nobody's cancelling cuts one in two."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.clock import SetClock
from storage.database import Database, Transaction, Value, due_for_scrub

NOTE = "INSERT INTO notes (text, at) VALUES (:text, :at)"


@pytest.fixture
async def notes(tmp_path: Path) -> AsyncIterator[Database]:
    """A database with one small table."""
    with sqlite3.connect(tmp_path / "notes.db") as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL CHECK (text <> ''), at INTEGER)")
    made.close()
    database = await Database.open(tmp_path / "notes.db", SetClock(5_000))
    yield database
    await database.close()


def count(tx: Transaction) -> int:
    return int(tx.value("SELECT count(*) FROM notes"))


async def test_what_a_transaction_wrote_is_read_afterwards(notes: Database) -> None:
    changed = await notes.write(lambda tx: tx.run(NOTE, text="one", at=tx.now))
    row = await notes.read(lambda tx: tx.one("SELECT text, at FROM notes"))
    assert changed == 1
    assert row is not None
    assert (row["text"], row["at"]) == ("one", 5_000)


async def test_a_transaction_that_raises_leaves_nothing(notes: Database) -> None:
    def half(tx: Transaction) -> None:
        tx.run(NOTE, text="one", at=tx.now)
        raise LookupError("changed its mind")

    with pytest.raises(LookupError):
        await notes.write(half)
    assert await notes.read(count) == 0


async def test_a_statement_that_is_refused_undoes_what_went_before_it(notes: Database) -> None:
    def half(tx: Transaction) -> None:
        tx.run(NOTE, text="one", at=tx.now)
        tx.run(NOTE, text="", at=tx.now)

    with pytest.raises(sqlite3.IntegrityError):
        await notes.write(half)
    assert await notes.read(count) == 0
    await notes.write(lambda tx: tx.run(NOTE, text="two", at=tx.now))
    assert await notes.read(count) == 1


async def test_a_reader_cannot_write(notes: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await notes.read(lambda tx: tx.run(NOTE, text="one", at=tx.now))
    assert await notes.read(count) == 0


async def test_a_transaction_runs_whole_though_nobody_waits_for_it_any_more(notes: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(tx: Transaction) -> None:
        tx.run(NOTE, text="first half", at=tx.now)
        begun.set()
        assert go_on.wait(10)
        tx.run(NOTE, text="second half", at=tx.now)

    task = asyncio.create_task(notes.write(slow))
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    await notes.write(lambda tx: None)
    assert await notes.read(count) == 2


async def test_writers_follow_each_other(notes: Database) -> None:
    def add(tx: Transaction) -> int:
        before = count(tx)
        tx.run(NOTE, text=f"after {before}", at=tx.now)
        return before

    assert sorted(await asyncio.gather(*(notes.write(add) for _ in range(50)))) == list(range(50))


async def test_a_reader_has_one_view_from_its_beginning_to_its_end(notes: Database) -> None:
    looked, go_on = threading.Event(), threading.Event()

    def look_twice(tx: Transaction) -> tuple[int, int]:
        first = count(tx)
        looked.set()
        assert go_on.wait(10)
        return first, count(tx)

    reading = asyncio.create_task(notes.read(look_twice))
    await asyncio.to_thread(looked.wait, 10)
    await notes.write(lambda tx: tx.run(NOTE, text="meanwhile", at=tx.now))
    go_on.set()
    assert await reading == (0, 0)


async def test_more_readers_than_connections_wait_for_their_turn(notes: Database) -> None:
    assert await asyncio.gather(*(notes.read(count) for _ in range(20))) == [0] * 20


async def test_many_rows_go_in_with_one_statement(notes: Database) -> None:
    rows: list[dict[str, Value]] = [{"text": str(n), "at": n} for n in range(10)]
    assert await notes.write(lambda tx: tx.run_many(NOTE, rows)) == 10
    texts = await notes.read(lambda tx: [row["text"] for row in tx.all("SELECT text FROM notes ORDER BY at")])
    assert texts == [str(n) for n in range(10)]


async def test_where_there_is_no_row_there_is_none(notes: Database) -> None:
    assert await notes.read(lambda tx: tx.one("SELECT text FROM notes")) is None
    assert await notes.read(lambda tx: tx.value("SELECT text FROM notes")) is None
    assert await notes.read(lambda tx: tx.all("SELECT text FROM notes")) == []


async def test_what_is_committed_is_forced_to_the_disk_and_keys_are_checked(notes: Database) -> None:
    assert await notes.write(lambda tx: tx.value("PRAGMA synchronous")) == 2
    assert await notes.write(lambda tx: tx.value("PRAGMA foreign_keys")) == 1


async def test_what_is_noted_is_there_at_once_and_what_is_written_next_waits_for_the_disk_again(
    database: Database, data: Path
) -> None:
    await database.note(lambda tx: tx.run("UPDATE sqlite_sequence SET seq = seq WHERE 0"))
    assert await database.write(lambda tx: tx.value("PRAGMA synchronous")) == 2

    def fail(tx: Transaction) -> None:
        assert tx.value("PRAGMA synchronous") == 1
        tx.run("INSERT INTO users (name, created_at, seen_at) VALUES ('Ada', 0, 0)")
        raise KeyError

    with pytest.raises(KeyError):
        await database.note(fail)
    assert await database.write(lambda tx: tx.value("PRAGMA synchronous")) == 2
    assert await database.read(lambda tx: tx.value("SELECT COUNT(*) FROM users")) == 0


async def test_a_scrub_gets_in_nobodys_way(notes: Database) -> None:
    def add(tx: Transaction) -> int:
        return tx.run(NOTE, text="one", at=tx.now)

    turns = [turn for _ in range(10) for turn in (notes.write(add), notes.write(due_for_scrub), notes.scrub())]
    await asyncio.gather(*turns)
    assert await notes.read(lambda tx: tx.value("SELECT COUNT(*) FROM notes")) == 10


async def test_a_glance_sees_what_is_committed_and_cannot_write(notes: Database) -> None:
    await notes.write(lambda tx: tx.run(NOTE, text="one", at=tx.now))
    assert await notes.glance(count) == 1
    with pytest.raises(sqlite3.OperationalError):
        await notes.glance(lambda tx: tx.run(NOTE, text="two", at=tx.now))
    assert await notes.glance(count) == 1


async def test_a_glance_is_taken_on_the_event_loop(notes: Database) -> None:
    assert await notes.glance(lambda tx: threading.get_ident()) == threading.get_ident()
    assert await notes.read(lambda tx: threading.get_ident()) != threading.get_ident()


async def test_where_a_glance_would_have_to_wait_it_crosses(notes: Database, tmp_path: Path) -> None:
    threads: list[int] = []

    def busy_at_first(tx: Transaction) -> int:
        threads.append(threading.get_ident())
        if len(threads) == 1:
            raise sqlite3.OperationalError("database is locked")
        return count(tx)

    assert await notes.glance(busy_at_first) == 0
    assert threads[0] == threading.get_ident() != threads[1]
