"""Copies of the database are whole, are made while it is in use, and age out."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage import backups
from storage.clock import DAY
from storage.database import Database, Transaction
from storage.errors import StorageError
from tests.storage import making

NOW = 1_800_000_000_000


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


async def test_a_copy_has_all_that_is_committed_and_nothing_else(database: Database, data: Path) -> None:
    await database.write(making.person)

    def copy_half_way(tx: Transaction) -> Path:
        making.person(tx, "2", "Bob")
        return backups.copy(data / "mynah.db", data / "copies", 3, NOW)

    copy = await database.write(copy_half_way)

    assert copy.name == "mynah-20270115-080000.db"
    with closing(sqlite3.connect(copy)) as copied:
        assert copied.execute("SELECT name FROM users").fetchall() == [("Ada",)]
        assert copied.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_the_database_is_used_on_while_and_after_it_is_copied(database: Database, data: Path) -> None:
    for _ in range(3):
        await database.write(making.person)
        backups.copy(data / "mynah.db", data / "copies", 3, NOW)
    assert await database.read(lambda tx: tx.value("PRAGMA integrity_check")) == "ok"


async def test_the_oldest_copy_goes_when_there_are_enough(database: Database, data: Path) -> None:
    for day in range(5):
        backups.copy(data / "mynah.db", data / "copies", 3, NOW + day * DAY)
    assert names(data / "copies") == [f"mynah-202701{day}-080000.db" for day in (17, 18, 19)]


async def test_a_copy_from_before_a_step_goes_with_the_others_of_its_age(database: Database, data: Path) -> None:
    for day in range(3):
        backups.copy_before(data / "mynah.db", data / "copies", "birds.10", NOW + day * DAY + 1000)
        backups.copy(data / "mynah.db", data / "copies", 2, NOW + day * DAY + 2000)
    assert names(data / "copies") == [
        "mynah-20270116-080002.db",
        "mynah-20270117-080001-before-birds.10.db",
        "mynah-20270117-080002.db",
    ]


async def test_copies_alone_made_before_steps_are_kept(database: Database, data: Path) -> None:
    for day in range(3):
        backups.copy_before(data / "mynah.db", data / "copies", "birds.10", NOW + day * DAY)
    assert backups.rotate(data / "copies", 1) == []
    assert len(names(data / "copies")) == 3


async def test_other_files_in_the_folder_are_left_alone(database: Database, data: Path) -> None:
    (data / "copies").mkdir()
    for name in ("mine.db", "mynah-before-the-move.db", "mynah-20200101-000000.db.gz"):
        (data / "copies" / name).write_text("the host's own")
    for day in range(3):
        backups.copy(data / "mynah.db", data / "copies", 1, NOW + day * DAY)
    assert names(data / "copies") == [
        "mine.db", "mynah-20200101-000000.db.gz", "mynah-20270117-080000.db", "mynah-before-the-move.db"
    ]  # fmt: skip


async def test_the_latest_copy_is_the_last_that_was_made_by_the_clock(database: Database, data: Path) -> None:
    assert backups.latest(data / "copies") is None
    backups.copy(data / "mynah.db", data / "copies", 9, NOW + DAY)
    backups.copy(data / "mynah.db", data / "copies", 9, NOW)
    backups.copy_before(data / "mynah.db", data / "copies", "birds.10", NOW + 2 * DAY)
    (data / "copies" / "mynah-zzz.db").write_text("the host's own")
    assert backups.latest(data / "copies") == NOW + DAY


async def test_what_a_killed_copy_left_goes_with_the_next(database: Database, data: Path) -> None:
    (data / "copies").mkdir()
    (data / "copies" / "mynah-20260101-000000.db.part").write_text("half")
    backups.copy(data / "mynah.db", data / "copies", 1, NOW)
    assert names(data / "copies") == ["mynah-20270115-080000.db"]


async def test_a_damaged_database_makes_no_copy_and_takes_none_away(database: Database, data: Path) -> None:
    await database.write(making.person)
    await database.scrub()
    kept = backups.copy(data / "mynah.db", data / "copies", 1, NOW)
    content = bytearray((data / "mynah.db").read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    (data / "mynah.db").write_bytes(content)
    with pytest.raises((sqlite3.DatabaseError, StorageError)):
        backups.copy(data / "mynah.db", data / "copies", 1, NOW + DAY)
    assert kept.exists()
