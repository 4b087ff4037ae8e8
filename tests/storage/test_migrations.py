"""A database gets the shape it needs, step by step, and is never changed without a copy or against its will."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from storage import migrations
from storage.errors import DatabaseBroken, DatabaseIsFolder, DatabaseNewer, FolderReadOnly, NoRoom
from storage.migrations import migrate
from storage.table import Step, Table, tables

NOW = 1_800_000_000_000
BIRDS = Table(name="birds", steps=(Step(10, "CREATE TABLE birds (id {id}, name TEXT NOT NULL) STRICT"),))
SONGS = Table(
    name="songs",
    steps=(
        Step(5, "CREATE TABLE songs (id {id}, bird_id INTEGER NOT NULL) STRICT"),
        Step(20, "CREATE INDEX songs_of_bird ON songs (bird_id)"),
    ),
)
NESTS = Table(name="nests", steps=(Step(30, "CREATE TABLE nests (id {id}) STRICT"),))


@pytest.fixture
def path(data: Path) -> Path:
    return data / "mynah.db"


@pytest.fixture
def copies(data: Path) -> Path:
    return data / "copies"


def ask(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(sql).fetchall()


def shape(path: Path) -> list[tuple[object, ...]]:
    return ask(path, "SELECT name, sql FROM sqlite_master ORDER BY name")


def test_steps_run_in_one_order_over_all_tables(path: Path, copies: Path) -> None:
    assert migrate(path, [BIRDS, SONGS], copies, NOW) == ["songs.5", "birds.10", "songs.20"]
    assert ask(path, "PRAGMA journal_mode") == [("wal",)]
    assert ask(path, "PRAGMA auto_vacuum") == [(0,)]


def test_each_step_runs_once(path: Path, copies: Path) -> None:
    migrate(path, [BIRDS, SONGS], copies, NOW)
    assert migrate(path, [BIRDS, SONGS], copies, NOW + 1) == []
    assert ask(path, "SELECT step, at FROM migrations ORDER BY step") == [
        ("birds.10", NOW), ("songs.20", NOW), ("songs.5", NOW)
    ]  # fmt: skip


def test_a_database_is_copied_only_before_it_is_changed(path: Path, copies: Path) -> None:
    migrate(path, [BIRDS], copies, NOW)
    ask(path, "INSERT INTO birds (name) VALUES ('mynah')")
    migrate(path, [BIRDS], copies, NOW)
    assert not copies.exists()

    assert migrate(path, [BIRDS, NESTS], copies, NOW) == ["nests.30"]

    assert [copy.name for copy in copies.iterdir()] == ["mynah-20270115-080000-before-nests.30.db"]
    copy = next(copies.iterdir())
    assert ask(copy, "SELECT name FROM birds") == [("mynah",)]
    assert ask(copy, "SELECT name FROM sqlite_master WHERE name = 'nests'") == []
    assert ask(path, "SELECT name FROM birds") == [("mynah",)]


def test_a_database_of_a_newer_mynah_is_refused_and_left_alone(path: Path, copies: Path) -> None:
    migrate(path, [BIRDS], copies, NOW)
    ask(path, "INSERT INTO migrations VALUES ('eggs.999', 'mynah', 1)")
    before = path.read_bytes()

    with pytest.raises(DatabaseNewer) as refused:
        migrate(path, [BIRDS, NESTS], copies, NOW)

    assert str(path) in str(refused.value)
    assert path.read_bytes() == before
    assert not copies.exists()


def test_what_a_plugin_made_stays_when_it_is_gone_and_serves_when_it_is_back(path: Path, copies: Path) -> None:
    migrate(path, [*tables(), NESTS], copies, NOW)
    ask(path, "INSERT INTO nests (id) VALUES (7)")
    assert migrate(path, tables(), copies, NOW) == []
    assert migrate(path, [*tables(), NESTS], copies, NOW) == []
    assert ask(path, "SELECT id FROM nests") == [(7,)]


def test_steps_are_noted_with_the_distribution_that_they_come_from(
    path: Path, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin = ModuleType("mynah_nests")
    plugin.__dict__["TABLE"] = NESTS
    monkeypatch.setattr(migrations, "plugins", lambda: (plugin,))
    migrate(path, [*tables(), NESTS], copies, NOW)
    assert set(ask(path, "SELECT DISTINCT origin FROM migrations")) == {("mynah",), ("mynah_nests",)}
    assert ask(path, "SELECT step FROM migrations WHERE origin <> 'mynah'") == [("nests.30",)]


def test_two_steps_of_one_number_are_a_mistake(path: Path, copies: Path) -> None:
    twin = Table(name="twins", steps=(Step(10, "CREATE TABLE twins (id {id}) STRICT"),))
    with pytest.raises(ValueError, match=r"birds\.10.*twins\.10"):
        migrate(path, [BIRDS, twin], copies, NOW)


def _text(path: Path) -> None:
    path.write_text("This is a shopping list, and rather a long one: bread, milk, apples, tea. " * 100)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 - 100])


def _flip_a_page(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for place in range(8192, 12288):
        content[place] ^= 0xFF
    path.write_bytes(content)


def _flip_the_first_page(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for place in range(100, 4096):
        content[place] ^= 0xFF
    path.write_bytes(content)


def _of_another_program(path: Path) -> None:
    path.unlink()
    ask(path, "CREATE TABLE bookmarks (address TEXT)")


DAMAGE = [_text, _empty, _cut, _flip_a_page, _flip_the_first_page, _of_another_program]


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("wanted", [[BIRDS], [BIRDS, NESTS]], ids=["nothing to do", "something to do"])
def test_a_broken_database_is_refused_in_words_and_left_alone(
    path: Path, copies: Path, damage: Callable[[Path], None], wanted: list[Table]
) -> None:
    migrate(path, [BIRDS], copies, NOW)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany("INSERT INTO birds (name) VALUES (?)", [("b" * 500,)] * 200)
    damage(path)
    before = path.read_bytes()

    with pytest.raises(DatabaseBroken) as refused:
        migrate(path, wanted, copies, NOW)

    assert str(path) in str(refused.value)
    assert str(copies) in str(refused.value)
    assert path.read_bytes() == before
    assert not copies.exists()


def test_a_large_database_is_checked_whole_before_it_is_changed_not_at_every_start(
    path: Path, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "CHECKED", 0)
    migrate(path, [BIRDS], copies, NOW)
    _flip_a_page(path)
    assert migrate(path, [BIRDS], copies, NOW) == []
    with pytest.raises(DatabaseBroken):
        migrate(path, [BIRDS, NESTS], copies, NOW)


def test_a_step_that_fails_is_undone_and_the_next_start_goes_on_with_it(path: Path, copies: Path) -> None:
    migrate(path, [BIRDS], copies, NOW)
    wrong = Table(name="eggs", steps=(Step(40, "CREATE TABLE eggs (id {id}, UNIQUE (colour)) STRICT"),))
    with pytest.raises(sqlite3.OperationalError):
        migrate(path, [BIRDS, NESTS, wrong], copies, NOW)
    right = Table(name="eggs", steps=(Step(40, "CREATE TABLE eggs (id {id}) STRICT"),))
    assert migrate(path, [BIRDS, NESTS, right], copies, NOW + 1000) == ["eggs.40"]


KILLED = """
import os, signal, sqlite3, sys
from pathlib import Path
from storage import migrations
from storage.table import Step, Table, tables

left = int(sys.argv[2])
class Killer(sqlite3.Connection):
    def execute(self, sql, *values):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().execute(sql, *values)

connect = sqlite3.connect
migrations.sqlite3.connect = lambda *a, **k: connect(*a, factory=Killer, **k)
path = Path(sys.argv[1])
extra = Table(name="extra", steps=tuple(Step(9000 + n, f"CREATE TABLE extra{n} (id {{id}}) STRICT") for n in range(9)))
migrations.migrate(path, [*tables(), *([extra] if sys.argv[3] == "extra" else [])], path.parent / "copies", 1)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("which", ["new", "extra"])
def test_a_process_killed_half_way_leaves_what_the_next_one_goes_on_with(
    path: Path, copies: Path, template: Path, which: str
) -> None:
    if which == "extra":
        shutil.copyfile(template, path)
    for statement in (4, 9, 12, 13, 14, 27):
        killed = subprocess.run([sys.executable, "-c", KILLED, str(path), str(statement), which], timeout=60)
        assert killed.returncode == -9
    finished = subprocess.run([sys.executable, "-c", KILLED, str(path), "0", which], timeout=60)

    assert finished.returncode == 0
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]
    there = {name for (name, *_) in shape(path)}
    assert there >= {name for (name, *_) in shape(template)}
    assert which == "new" or there >= {f"extra{n}" for n in range(9)}


def _with_a_journal(path: Path, copies: Path, aside: Path) -> None:
    """Leave at `aside` what a process that was killed leaves: a database and a journal that was not yet merged."""
    migrate(path, [BIRDS], copies, NOW)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO birds (name) VALUES ('lost in the journal')")
        connection.commit()
        for name in ("mynah.db", "mynah.db-wal", "mynah.db-shm"):
            shutil.copyfile(path.with_name(name), aside / name)


def test_a_copy_put_back_is_what_it_was_although_an_old_journal_lies_beside_it(
    path: Path, copies: Path, tmp_path: Path
) -> None:
    _with_a_journal(path, copies, tmp_path)
    migrate(path, [BIRDS, NESTS], copies, NOW)
    copy = next(copies.iterdir())
    ask(copy, "UPDATE birds SET name = 'kept in the copy'")
    for name in ("mynah.db", "mynah.db-wal", "mynah.db-shm"):
        shutil.copyfile(tmp_path / name, path.with_name(name))
    shutil.copyfile(copy, path)

    assert migrate(path, [BIRDS, NESTS], copies, NOW + 1000) == ["nests.30"]

    assert ask(path, "SELECT name FROM birds") == [("kept in the copy",)]
    assert ask(path, "PRAGMA journal_mode") == [("wal",)]
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]


def test_a_journal_without_its_database_is_set_aside_not_replayed(path: Path, copies: Path, tmp_path: Path) -> None:
    _with_a_journal(path, copies, tmp_path)
    path.unlink()
    shutil.copyfile(tmp_path / "mynah.db-wal", path.with_name("mynah.db-wal"))
    migrate(path, [BIRDS], copies, NOW)
    assert ask(path, "SELECT name FROM birds") == []
    assert path.with_name(f"mynah.db-wal.{NOW}").exists()


def test_a_journal_of_this_database_is_replayed(path: Path, copies: Path, tmp_path: Path) -> None:
    _with_a_journal(path, copies, tmp_path)
    assert migrate(tmp_path / "mynah.db", [BIRDS, NESTS], copies, NOW) == ["nests.30"]
    assert ask(tmp_path / "mynah.db", "SELECT name FROM birds") == [("lost in the journal",)]


def test_a_folder_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FolderReadOnly, match="cannot write"):
        migrate(tmp_path / "file" / "mynah.db", [BIRDS], tmp_path / "copies", NOW)


def test_a_folder_in_the_place_of_the_database_is_named_and_left_alone(path: Path, copies: Path) -> None:
    (path / "kept").mkdir(parents=True)
    with pytest.raises(DatabaseIsFolder) as caught:
        migrate(path, [BIRDS], copies, NOW)
    assert str(caught.value).startswith(f"{path} is a folder") and "move it away" in str(caught.value)
    assert (path / "kept").is_dir()


def test_a_full_disk_is_told_in_words(path: Path, copies: Path) -> None:
    migrate(path, [BIRDS], copies, NOW)
    crowd = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) SELECT i FROM n"
    filling = Table(
        name="crowd",
        steps=(Step(50, "PRAGMA max_page_count = 8"), Step(51, f"CREATE TABLE crowd AS {crowd}")),
    )
    with pytest.raises(NoRoom, match="is full"):
        migrate(path, [BIRDS, filling], copies, NOW)


BEFORE_CLONES = 470
"""The first step that a database lacks which was made before there were clones."""


def earlier() -> list[Table]:
    """The tables as they were then."""
    kept = [(table, tuple(step for step in table.steps if step.number < BEFORE_CLONES)) for table in tables()]
    return [replace(table, steps=steps) for table, steps in kept if steps]


def test_a_database_from_before_there_were_clones_gets_what_they_need_and_keeps_what_it_has(
    path: Path, copies: Path, template: Path
) -> None:
    migrate(path, earlier(), copies, NOW)
    ask(path, "INSERT INTO users (name, created_at, seen_at) VALUES ('Ada', 1, 1)")
    speaker = "INSERT INTO speakers (engine, key, name, language, recording_id, user_id, created_at) VALUES"
    ask(path, f"{speaker} ('espeak', 'en', 'x', 'en', NULL, NULL, 1), ('espeak', 'de', 'x', 'de', NULL, NULL, 1)")
    ask(
        path,
        f"""
        INSERT INTO recordings (user_id, name, status, path, sha256, bytes, seconds, rate, created_at)
        VALUES (1, 'a', 'ready', 'audio/a.wav', '{"0" * 64}', 1, 9.0, 16000, 1)
        """,
    )
    ask(path, f"{speaker} ('plugin', 'k', 'Ada', 'en', 1, 1, 1)")
    ask(
        path,
        """
        INSERT INTO voices (kind, speaker_id, recording_id, name, folded, user_id, visibility, status, created_at,
            updated_at)
        VALUES ('builtin', 2, NULL, 'v1', 'v1', NULL, 'public', 'ready', 1, 1),
            ('clone', 3, 1, 'v2', 'v2', 1, 'public', 'ready', 1, 1)
        """,
    )
    before = ask(path, "SELECT id, engine, key, language, recording_id, user_id FROM speakers")

    migrate(path, tables(), copies, NOW)

    assert shape(path) == shape(template)
    assert ask(path, "SELECT id, engine, key, language, recording_id, user_id FROM speakers") == before
    assert ask(path, "SELECT name, speaker_id, status, consent FROM voices") == [
        ("v1", 2, "ready", ""), ("v2", 3, "building", "")
    ]  # fmt: skip
    assert ask(path, "PRAGMA foreign_key_check") == []
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]
    ask(path, "INSERT INTO speakers (engine, key, name, language, created_at) VALUES ('espeak', 'fr', 'x', 'fr', 1)")
    assert ask(path, "SELECT MAX(id) FROM speakers") == [(4,)]
