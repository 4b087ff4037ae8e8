"""The real program forgets: what was typed, said, logged, copied and cloned is nowhere under its data folder."""

from __future__ import annotations

import os
import random
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from storage import backups, voice_folder
from storage.database import Transaction
from tests.acceptance.program import Program
from tests.storage import making

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX's")

CANARY = "Kanarienvogel"
SOUND = random.Random(5).randbytes(4096)


def clone(data: Path) -> None:
    """Give the person a voice, while the program is not running, and copy the database as the schedule would."""
    with closing(sqlite3.connect(data / "mynah.db", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("BEGIN")
        tx = Transaction(connection, 1_800_000_000_000)
        (user_id,) = (row["user_id"] for row in tx.all("SELECT DISTINCT user_id FROM identities"))
        voice = making.clone(tx, user_id, CANARY)
        connection.execute("COMMIT")
    assert voice.recording_id is not None
    for path in (
        voice_folder.clean(voice.id, voice.recording_id),
        voice_folder.original(voice.id, voice.recording_id, "ogg"),
        voice_folder.speaker(voice.engine, voice.speaker_key),
    ):
        (data / path).parent.mkdir(parents=True, exist_ok=True)
        (data / path).write_bytes(SOUND)
    voice_folder.write_sources(data, voice.id, [(CANARY, "a file")])
    backups.copy(data / "mynah.db", data / "copies", 9, 1_700_000_000_000)


def held(data: Path) -> set[str]:
    """The names of files, or of their folders, in which a word or a sound of the person stands."""
    found = set()
    for file in (each for each in data.rglob("*") if each.is_file()):
        content = file.read_bytes()
        if file.suffix == ".zip":
            with zipfile.ZipFile(file) as archive:
                content += b"".join(archive.read(name) for name in archive.namelist())
        if any(sign in content.lower() for sign in (CANARY.lower().encode(), SOUND[:64].lower())):
            found.add(file.relative_to(data).parts[0].partition("-wal")[0])
    return found


def test_nothing_of_the_person_is_left_under_the_data_folder(mynah: Program) -> None:
    with mynah.chat(MYNAH_MYNAH__LOG_LEVEL="debug") as screen:
        screen.type(f"/speak --timestamps words The {CANARY} sings.")
        screen.until(rf'"The {CANARY} sings\." · \d\.\d s')
        screen.type(f"/lexicon add {CANARY} canary")
        screen.until("From now on")
        screen.type(f"/clone {CANARY}")
        screen.type("/nothing")
        screen.until("There is no command /nothing")
        assert screen.leave() == 0
    clone(mynah.data)
    assert mynah("export").returncode == 0
    assert held(mynah.data) >= {"mynah.db", "generations", "history", "audio", "speakers", "copies"}

    asked = mynah.json("forget")
    done = mynah("forget", asked["confirm"])

    assert done.returncode == 0 and done.stdout.startswith("Mynah has forgotten you."), done.stderr
    assert held(mynah.data) == set()
    assert (mynah.data / "mynah.log").stat().st_size > 0, "there was a log to look into"
