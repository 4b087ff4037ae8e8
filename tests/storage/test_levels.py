"""How loud a speaker is made is measured once for each version of its engine."""

from __future__ import annotations

from functools import partial

from storage import levels
from storage.database import Database


async def test_a_speaker_that_was_never_measured_has_no_level(database: Database) -> None:
    assert await database.read(lambda tx: levels.gain(tx, "espeak", "en-gb", "1.52")) is None


async def test_a_level_holds_for_that_speaker_of_that_engine_only(database: Database) -> None:
    await database.write(lambda tx: levels.note(tx, "espeak", "en-gb", "1.52", 1.25))
    assert await database.read(lambda tx: levels.gain(tx, "espeak", "en-gb", "1.52")) == 1.25
    assert await database.read(lambda tx: levels.gain(tx, "espeak", "de", "1.52")) is None
    assert await database.read(lambda tx: levels.gain(tx, "flite", "en-gb", "1.52")) is None


async def test_with_a_new_version_it_is_measured_anew(database: Database) -> None:
    await database.write(lambda tx: levels.note(tx, "espeak", "en-gb", "1.52", 1.25))
    assert await database.read(lambda tx: levels.gain(tx, "espeak", "en-gb", "1.53")) is None
    await database.write(lambda tx: levels.note(tx, "espeak", "en-gb", "1.53", 0.75))
    assert await database.read(lambda tx: levels.gain(tx, "espeak", "en-gb", "1.53")) == 0.75
    assert await database.read(lambda tx: levels.gain(tx, "espeak", "en-gb", "1.52")) is None


async def test_a_level_goes_with_its_speaker_only(database: Database) -> None:
    for engine, speaker in (("world", "ab12"), ("world", "cd34"), ("espeak", "ab12")):
        await database.write(partial(levels.note, engine=engine, speaker=speaker, version="1", gain=1.25))
    await database.write(lambda tx: levels.drop(tx, "world", "ab12"))
    left = await database.read(lambda tx: tx.all("SELECT engine, speaker FROM levels ORDER BY engine, speaker"))
    assert [tuple(row) for row in left] == [("espeak", "ab12"), ("world", "cd34")]
