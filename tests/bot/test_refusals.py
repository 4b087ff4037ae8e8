"""What stands in the way is said in words, and kept with a job as its end."""

from __future__ import annotations

import contextlib
import errno
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.refusals import AttachmentLost, disk_full, ending
from storage.errors import NoRoom
from storage.folder import Folder


@pytest.fixture
def folder(data: Path) -> Iterator[Folder]:
    taken = Folder.take(data)
    yield taken
    taken.release()


def test_a_job_keeps_why_it_ended_with_the_sentence_and_the_reply() -> None:
    why = ending(AttachmentLost(name="me.wav"))
    assert why.key == "AttachmentLost" and why.sentence.startswith("me.wav could not be fetched")
    assert json.loads(why.reply)["text"] == why.sentence and json.loads(why.reply)["error"] == why.key


def test_a_full_disk_is_known_by_what_the_system_says(folder: Folder) -> None:
    for number in (errno.ENOSPC, errno.EDQUOT):
        full = disk_full(OSError(number, "No space left on device"), folder)
        assert isinstance(full, NoRoom)
        assert str(full) == f"The disk of {folder.path} is full, or your share of it is; make room, then ask again."
    assert disk_full(OSError(errno.EACCES, "Permission denied"), folder) is None
    assert disk_full(ValueError("full"), folder) is None


def test_a_full_disk_is_known_by_what_the_database_says(folder: Folder) -> None:
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.execute("PRAGMA max_page_count=2")
        with pytest.raises(sqlite3.OperationalError) as caught:
            database.execute("CREATE TABLE a (b)")
            database.execute("INSERT INTO a VALUES (zeroblob(100000))")
        assert disk_full(caught.value, folder)
        with pytest.raises(sqlite3.OperationalError) as caught:
            database.execute("SELECT nothing FROM nowhere")
        assert disk_full(caught.value, folder) is None
