"""What every table has to be, Mynah's own and a plugin's: found by themselves, held by the same tests."""

from __future__ import annotations

import importlib
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from engine.discovery import modules
from storage import backups, identities, joining, people
from storage.database import Database, Transaction
from storage.migrations import migrate
from storage.table import Person, Step, Table, tables
from tests.storage.filling import Column, Filler, columns

KEY = bytes(32)
NOW = 1_800_000_000_000
MARK = "CANARY"
NAMES_A_PERSON = re.compile(r"(^|_)(user_id|actor_id|target_id|by_user_id|who)$")
ON_A_TABLE = ("CREATE TABLE", "ALTER TABLE", "DROP TABLE", "DROP INDEX", "INSERT INTO", "UPDATE")
NAMES_A_FILE = re.compile(r"(^|_)path$")

FEATHERS = Table(
    name="feathers",
    people={"user_id": Person.ERASE, "by_user_id": Person.ANONYMISE, "who": Person.PSEUDONYM},
    words={"by_user_id": ("remark",)},
    paths=("picture_path",),
    places=("place_id",),
    steps=(
        Step(
            900_010,
            """
            CREATE TABLE feathers (
                id {id},
                user_id INTEGER REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                by_user_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
                who TEXT,
                voice_id INTEGER REFERENCES voices (id) ON DELETE SET NULL,
                place_id INTEGER REFERENCES places (id),
                stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
                mood TEXT NOT NULL CHECK (mood IN ('happy', 'sad')),
                remark TEXT,
                picture_path TEXT,
                CHECK (mood <> 'sad' OR remark IS NOT NULL OR by_user_id IS NULL)
            ) STRICT
            """,
        ),
        Step(900_011, "CREATE INDEX feathers_of_user ON feathers (user_id) WHERE user_id IS NOT NULL"),
        Step(900_012, "CREATE INDEX feathers_by_user ON feathers (by_user_id) WHERE by_user_id IS NOT NULL"),
        Step(900_013, "CREATE INDEX feathers_of_voice ON feathers (voice_id) WHERE voice_id IS NOT NULL"),
    ),
)
"""A table as a plugin brings it, with everything that a table can have, but for rows that may stand once."""

ALL = [*tables(), FEATHERS]
each_table = pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with Mynah's tables and the plugin's, for the fixture `database` to copy."""
    folder = tmp_path_factory.mktemp("template")
    migrate(folder / "mynah.db", ALL, folder / "copies", NOW)
    return folder / "mynah.db"


@pytest.fixture
async def ada(database: Database) -> int:
    return await database.write(lambda tx: identities.ensure(tx, "discord", "1", "Ada", KEY))


@pytest.fixture
async def bob(database: Database) -> int:
    return await database.write(lambda tx: identities.ensure(tx, "discord", "2", "Bob", KEY))


def test_every_table_has_a_module_of_its_own_by_its_name() -> None:
    for module in modules("storage"):
        here = [value for value in vars(module).values() if isinstance(value, Table)]
        assert [f"storage.{table.name}" for table in here] in ([], [module.__name__])
    for table in tables():
        assert table in vars(importlib.import_module(f"storage.{table.name}")).values()


def test_no_two_tables_have_one_name_and_no_two_steps_one_number() -> None:
    numbers = [step.number for table in ALL for step in table.steps]
    assert len(set(numbers)) == len(numbers)
    assert len({table.name for table in ALL}) == len(ALL)


@each_table
async def test_it_comes_to_be_from_an_empty_folder(table: Table, database: Database) -> None:
    found = await database.read(lambda tx: tx.one("SELECT * FROM pragma_table_list(:name)", name=table.name))
    assert found is not None
    assert found["strict"] == 1


@each_table
async def test_its_steps_name_what_they_make_after_it(table: Table) -> None:
    for step in table.steps:
        made = re.match(rf"\s*(?:CREATE (?:UNIQUE )?INDEX (\w+) ON|{'|'.join(ON_A_TABLE)}) (\w+)", step.sql)
        assert made, f"step {step.number} should CREATE or ALTER in upper case"
        names = (table.name, f"{table.name}_new")  # the latter while a table is made anew, as SQLite wants it done
        assert made[2] in names or step.sql.lstrip().startswith("DROP INDEX")
        assert made[1] is None or made[1].startswith(f"{table.name}_")


@each_table
async def test_it_declares_every_column_that_names_a_person(table: Table, database: Database) -> None:
    found = await database.read(lambda tx: columns(tx, table.name))
    sql = " ".join(step.sql for step in table.steps)
    for column in found:
        if f"CHECK ({column.name} LIKE 'gone:%')" in sql:
            assert column.name not in table.people, "it only ever names who is forgotten"
        elif NAMES_A_PERSON.search(column.name) or column.parent == "users":
            assert column.name in table.people, f"{table.name}.{column.name} names a person: add it to `people`"
    assert set(table.people) <= {column.name for column in found}


@each_table
async def test_it_declares_every_column_that_names_a_place(table: Table, database: Database) -> None:
    found = {column.name: column for column in await database.read(lambda tx: columns(tx, table.name))}
    naming = {name for name, column in found.items() if name == "place_id" or column.parent == "places"}
    assert set(table.places) == naming, f"{table.name}.places should be the columns that name a place: {naming}"


@each_table
async def test_it_says_what_becomes_of_rows_that_a_join_would_make_the_same(table: Table, database: Database) -> None:
    assert await database.read(lambda tx: list(unsaid(tx, table))) == []
    assert set(table.once) <= {column.name for column in await database.read(lambda tx: columns(tx, table.name))}


def test_a_table_that_does_not_say_it_is_told_what_to_add() -> None:
    likes = Table(
        name="likes",
        people={"user_id": Person.ERASE},
        places=("place_id",),
        steps=(
            Step(1, "CREATE TABLE likes (user_id INTEGER, place_id INTEGER, file_id INTEGER)"),
            Step(2, "CREATE UNIQUE INDEX likes_of_user ON likes (user_id, COALESCE(place_id, 0), file_id)"),
        ),
    )
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    for step in likes.steps:
        connection.execute(step.sql)
    tx = Transaction(connection, NOW)
    told = list(unsaid(tx, likes))
    assert [line.partition(":")[0] for line in told] == ["likes.user_id can clash", "likes.place_id can clash"]
    assert "`once`" in told[0] and "`join_people`" in told[0] and "likes_of_user" in told[0]
    assert list(unsaid(tx, replace(likes, once=("user_id", "place_id", "file_id")))) == []
    connection.close()


def unsaid(tx: Transaction, table: Table) -> Iterator[str]:
    """Tell of columns that a join changes, and by which two rows could become the same."""
    for column, room, field in (
        *((column, table.join_people, "join_people") for column in table.people),
        *((column, table.join_places, "join_places") for column in table.places),
    ):
        for index in tx.all(f"PRAGMA index_list({table.name})"):
            sql = tx.value("SELECT sql FROM sqlite_master WHERE name = :name", name=index["name"]) or ""
            named = {row["name"] for row in tx.all(f"PRAGMA index_info('{index['name']}')")}
            named |= {column} if re.search(rf"\b{column}\b", sql.partition("WHERE")[0]) else set()
            if index["unique"] and column in named and room is None and column not in table.once:
                yield (
                    f"{table.name}.{column} can clash: two rows may become the same in {index['name']} when two become "
                    f"one; name the columns that stand once in `once`, or make room in `{field}`"
                )


@each_table
async def test_what_it_anonymises_can_become_null_with_the_words_about_the_person(
    table: Table, database: Database
) -> None:
    found = {column.name: column for column in await database.read(lambda tx: columns(tx, table.name))}
    anonymised = {column for column, fate in table.people.items() if fate is Person.ANONYMISE}
    assert set(table.words) == anonymised, f"{table.name}.words should say, for each of {anonymised}, what goes with it"
    for column in (*anonymised, *(word for words in table.words.values() for word in words)):
        assert not found[column].required


@each_table
async def test_it_declares_every_column_that_holds_the_path_of_a_file(table: Table, database: Database) -> None:
    found = await database.read(lambda tx: columns(tx, table.name))
    assert set(table.paths) == {column.name for column in found if NAMES_A_FILE.search(column.name)}


@each_table
async def test_its_references_say_what_happens_when_the_other_row_goes(table: Table, database: Database) -> None:
    def check(tx: Transaction) -> None:
        going = {other.name for other in ALL if Person.ERASE in other.people.values()} - {"users"}
        for key in tx.all(f"PRAGMA foreign_key_list({table.name})"):
            if key["table"] in going:
                assert key["on_delete"] in ("SET NULL", "CASCADE"), f"{table.name}.{key['from']}"
            if key["on_delete"] == "CASCADE":
                assert not table.paths, f"rows of {table.name} would go by a cascade, and leave their files"

    await database.read(check)


@each_table
async def test_rows_that_point_to_another_row_are_found_by_an_index(table: Table, database: Database) -> None:
    """Or forgetting one person would read the whole table once for each row that goes."""

    def check(tx: Transaction) -> None:
        leading = {
            tx.value(f"SELECT name FROM pragma_index_info('{index['name']}') WHERE seqno = 0")
            for index in tx.all(f"PRAGMA index_list({table.name})")
        }
        never_go = {"places", "models"}
        for key in tx.all(f"PRAGMA foreign_key_list({table.name})"):
            assert key["from"] in leading or key["table"] in never_go, f"{table.name}.{key['from']} has no index"

    await database.read(check)


def _filled(tx: Transaction, table: Table, user_id: int, other_id: int, mark: str) -> int:
    return Filler(tx, ALL, user_id, other_id, mark).fill(table)


@each_table
async def test_forgetting_somebody_leaves_nothing_of_them(
    table: Table, database: Database, ada: int, bob: int, data: Path
) -> None:
    assert not table.people or await database.write(lambda tx: _filled(tx, table, ada, bob, MARK)) > 0
    before = await database.read(lambda tx: people.summary(tx, ada, ALL))
    assert not table.people or table.name in before

    await database.write(lambda tx: people.forget(tx, ada, KEY, ALL))

    assert await database.scrub()
    assert await database.read(lambda tx: people.summary(tx, ada, ALL)) == {}
    if set(table.people.values()) == {Person.ERASE}:
        assert MARK.encode() not in (data / "mynah.db").read_bytes()
        assert (data / "mynah.db-wal").stat().st_size == 0
    assert await database.read(lambda tx: _words_left(tx, table)) == []


def _words_left(tx: Transaction, table: Table) -> list[str]:
    about = {word for words in table.words.values() for word in words}
    return [w for w in about if tx.value(f"SELECT COUNT(*) FROM {table.name} WHERE {w} LIKE '{MARK}%'")]


@each_table
async def test_forgetting_somebody_takes_nothing_from_others(
    table: Table, database: Database, ada: int, bob: int
) -> None:
    def fill(tx: Transaction) -> None:
        for user_id, mark in ((ada, MARK), (bob, "theirs")):
            friend = identities.ensure(tx, "telegram", mark, f"{mark}'s friend", KEY)
            _filled(tx, table, user_id, friend, mark)

    await database.write(fill)
    before = await database.read(lambda tx: people.export(tx, bob, ALL))

    await database.write(lambda tx: people.forget(tx, ada, KEY, ALL))

    assert await database.read(lambda tx: people.export(tx, bob, ALL)) == before


@each_table
async def test_joining_two_people_leaves_nothing_of_the_one_and_loses_nothing(
    table: Table, database: Database, ada: int, bob: int
) -> None:
    def fill_and_join(tx: Transaction) -> tuple[Mapping[str, int], Mapping[str, int]]:
        for user_id in (ada, bob):
            friend = identities.ensure(tx, "telegram", str(user_id), "a friend", KEY)
            _filled(tx, table, user_id, friend, MARK)
        Filler(tx, ALL, ada, bob, f"{MARK} of both").fill_more(table)
        before = people.summary(tx, ada, ALL), people.summary(tx, bob, ALL), people.summary(tx, friend, ALL)
        joining.join(tx, bob, ada, ALL)
        assert before[2].items() <= people.summary(tx, friend, ALL).items(), "a friend's rows are nobody else's"
        return before[0], before[1]

    theirs, others = await database.write(fill_and_join)

    assert await database.read(lambda tx: people.summary(tx, ada, ALL)) == {}
    both = await database.read(lambda tx: people.summary(tx, bob, ALL))
    for each in ALL:
        most = theirs.get(each.name, 0) + others.get(each.name, 0)
        least = max(theirs.get(each.name, 0), others.get(each.name, 0))
        assert least <= both.get(each.name, 0) <= most, each.name
        if not each.once and each.join_people is None and len(each.people) == 1:
            assert both.get(each.name, 0) == most, f"rows of {each.name} were lost"
    assert await database.read(lambda tx: tx.all("PRAGMA foreign_key_check")) == []

    await database.write(lambda tx: people.forget(tx, bob, KEY, ALL))

    assert await database.read(lambda tx: people.summary(tx, bob, ALL)) == {}
    assert await database.read(lambda tx: _words_left(tx, table)) == []


@each_table
async def test_joining_two_places_leaves_nothing_of_the_one_and_loses_nothing(
    table: Table, database: Database, ada: int, bob: int
) -> None:
    def fill_and_join(tx: Transaction) -> tuple[int, int, int, int]:
        gone, kept = (Filler(tx, ALL, ada, bob, mark).fill_place(table) for mark in (MARK, f"{MARK} there"))
        theirs, others = naming(tx, gone), naming(tx, kept)
        joining.join_places(tx, kept, gone, ALL)
        assert naming(tx, gone) == 0
        return theirs, others, naming(tx, kept), kept

    def naming(tx: Transaction, place_id: int) -> int:
        named = " OR ".join(f"{column} = :place_id" for column in table.places) or "1 = 0"
        return int(tx.value(f"SELECT COUNT(*) FROM {table.name} WHERE {named}", place_id=place_id))

    theirs, others, both, kept = await database.write(fill_and_join)
    if table.places:
        assert theirs and others
        assert max(theirs, others) <= both <= theirs + others
        assert table.once or table.join_places or both == theirs + others
    assert await database.read(lambda tx: tx.value("SELECT COUNT(*) FROM places WHERE id <> :kept", kept=kept)) == 0
    assert await database.read(lambda tx: tx.all("PRAGMA foreign_key_check")) == []


@each_table
async def test_an_export_has_every_row_that_names_the_person(
    table: Table, database: Database, ada: int, bob: int
) -> None:
    await database.write(lambda tx: _filled(tx, table, ada, bob, MARK))

    counted = await database.read(lambda tx: people.summary(tx, ada, ALL))
    exported = await database.read(lambda tx: people.export(tx, ada, ALL))

    told = {other.name for other in ALL if other.exported}
    assert {name: len(rows) for name, rows in exported.items()} == {n: c for n, c in counted.items() if n in told}
    columns_there = await database.read(lambda tx: columns(tx, table.name))
    for row in exported.get(table.name, []):
        _check_export(table, row, columns_there, ada)


def _check_export(table: Table, row: Mapping[str, object], found: list[Column], user_id: int) -> None:
    assert list(row) == [column.name for column in found]
    assert {row[column] for column in table.people} <= {user_id, f"user:{user_id}", None}


@each_table
async def test_a_copy_of_the_database_has_its_rows(
    table: Table, database: Database, ada: int, bob: int, data: Path
) -> None:
    await database.write(lambda tx: _filled(tx, table, ada, bob, MARK))
    copy = backups.copy(data / "mynah.db", data / "copies", keep=1, now_ms=database.clock.now())
    count = f"SELECT COUNT(*) FROM {table.name}"
    with sqlite3.connect(copy) as copied:
        assert copied.execute(count).fetchone()[0] == await database.read(lambda tx: tx.value(count))
    copied.close()
