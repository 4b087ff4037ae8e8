"""What was made is noted when nobody waits, and is known at the latest when somebody asks."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from bot import sound_memory
from bot.sound_memory import SoundMemory
from engine import take
from engine.audio import to_sound
from engine.fingerprint import Fingerprinter, Pending, WavFingerprinter, questions
from storage import sounds
from storage.database import Database, Work
from tests.engine.speech_sounds import spoken

TEXTS = (
    "The old keeper counts the boats in the harbour every morning, and writes down how many there are in a small book.",
    "Nobody has ever asked him why he does that, for he would only laugh and go on with what he has begun long ago.",
)
DEADLINE = 20.0


Make = Callable[[str], Pending]
"""Makes a sound of a text, its file open."""


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Make]:
    """Makes sounds of texts; in the end none of their files is open."""
    opened: list[BinaryIO] = []

    def make(text: str) -> Pending:
        path = take.write(tmp_path / f"{len(opened)}.wav", [to_sound(spoken(text))]).path
        opened.append(path.open("rb"))
        return WavFingerprinter(opened[-1])

    yield make
    assert [each.name for each in opened if not each.closed] == []


def known_by(text: str) -> bytes:
    fingerprinter = Fingerprinter()
    fingerprinter.feed(to_sound(spoken(text)).pcm, spoken(text).rate)
    return fingerprinter.finish()


def unlink_all(folder: Path) -> None:
    for each in folder.glob("*.wav"):
        each.unlink()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look again soon, not after a second."""
    monkeypatch.setattr(sound_memory, "QUIET", 0.05)


async def noted(database: Database) -> list[bytes]:
    return [each.fingerprint for each in await database.read(lambda tx: sounds.after(tx, 0, 99))]


@asynccontextmanager
async def running(database: Database, is_busy: Callable[[], bool]) -> AsyncIterator[SoundMemory]:
    memory = SoundMemory(database, is_busy)
    memory.start()
    try:
        yield memory
    finally:
        await memory.stop()


async def until(database: Database, count: int) -> None:
    async with asyncio.timeout(DEADLINE):
        while len(await noted(database)) < count:  # noqa: ASYNC110  # the database tells nobody
            await asyncio.sleep(0.01)


async def test_what_was_made_is_known_as_soon_as_somebody_asks(database: Database, made: Make) -> None:
    memory = SoundMemory(database, lambda: True)
    memory.add(made(TEXTS[0]))
    assert await noted(database) == []
    assert await memory.find(questions(spoken(TEXTS[0]))) == "made"
    assert await memory.find(questions(spoken(TEXTS[1]))) is None
    assert await memory.find(questions(spoken(TEXTS[0])), ["given"]) is None


async def test_what_was_deleted_before_it_was_noted_is_known_all_the_same(
    database: Database, made: Make, tmp_path: Path
) -> None:
    memory = SoundMemory(database, lambda: True)
    memory.add(made(TEXTS[0]))
    unlink_all(tmp_path)
    assert await memory.find(questions(spoken(TEXTS[0]))) == "made"


@pytest.mark.usefixtures("hasty")
async def test_it_is_noted_once_nobody_waits_any_more(database: Database, made: Make) -> None:
    busy = True
    async with running(database, lambda: busy) as memory:
        for text in TEXTS:
            memory.add(made(text))
        await asyncio.sleep(0.3)
        assert await noted(database) == []
        busy = False
        await until(database, len(TEXTS))
    assert await noted(database) == [known_by(text) for text in TEXTS]


@pytest.mark.usefixtures("hasty")
async def test_what_is_too_much_to_hold_is_noted_even_while_somebody_waits(
    database: Database, made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound_memory, "MOST", 1)
    async with running(database, lambda: True) as memory:
        for text in TEXTS:
            memory.add(made(text))
        await until(database, 1)
        assert await noted(database) == [known_by(TEXTS[0])]


@pytest.mark.usefixtures("hasty")
async def test_what_waits_for_long_is_noted_even_while_somebody_waits(
    database: Database, made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound_memory, "LONGEST", 0.2)
    async with running(database, lambda: True) as memory:
        memory.add(made(TEXTS[0]))
        await until(database, 1)


async def test_nothing_is_left_when_it_stops(database: Database, made: Make) -> None:
    async with running(database, lambda: True) as memory:
        memory.add(made(TEXTS[0]))
    assert await noted(database) == [known_by(TEXTS[0])]


async def test_many_who_ask_at_once_have_each_sound_noted_once(database: Database, made: Make) -> None:
    memory = SoundMemory(database, lambda: True)
    for text in TEXTS:
        memory.add(made(text))
    await asyncio.gather(*(memory.settle() for _ in range(5)))
    assert await noted(database) == [known_by(text) for text in TEXTS]


async def test_one_that_cannot_be_worked_out_does_not_stand_in_the_way_of_others(
    database: Database, made: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "odd").write_bytes(b"no sound at all")
    memory = SoundMemory(database, lambda: True)
    memory.add(WavFingerprinter((tmp_path / "odd").open("rb")))
    memory.add(made(TEXTS[0]))
    await memory.settle()
    assert await noted(database) == [known_by(TEXTS[0])]
    assert "will not be known again" in caplog.text


async def test_what_could_not_be_written_is_noted_the_next_time(
    database: Database, made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = SoundMemory(database, lambda: True)
    memory.add(made(TEXTS[0]))
    with monkeypatch.context() as patch:
        patch.setattr(sounds, "note_made", lambda tx, fingerprint: tx.run("INSERT INTO nowhere VALUES (1)"))
        with pytest.raises(sqlite3.OperationalError, match="nowhere"):
            await memory.settle()
    await memory.settle()
    assert await noted(database) == [known_by(TEXTS[0])]


async def test_nothing_is_open_once_it_has_stopped_even_where_nothing_could_be_written(
    database: Database, made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = SoundMemory(database, lambda: True)
    memory.add(made(TEXTS[0]))
    monkeypatch.setattr(sounds, "note_made", lambda tx, fingerprint: tx.run("INSERT INTO nowhere VALUES (1)"))
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        await memory.stop()
    memory.add(made(TEXTS[1]))
    await memory.settle()


async def test_what_is_noted_is_let_go_some_at_a_time(
    database: Database, made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound_memory, "AT_ONCE", 1)
    memory = SoundMemory(database, lambda: True)
    for text in TEXTS:
        memory.add(made(text))
    written: list[int] = []
    note = database.note

    async def count(work: Work[None]) -> None:
        await note(work)
        written.append(len(await noted(database)))

    monkeypatch.setattr(database, "note", count)
    await memory.settle()
    assert written == [1, 2]
