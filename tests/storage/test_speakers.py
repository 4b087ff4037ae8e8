"""What engines have learned has a row and a file, and goes with its level; what they have built in stays."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from engine.speech import Speaker
from storage import clones, levels, speakers, voices, withdrawal
from storage.database import Database, Transaction
from storage.migrations import migrate
from storage.table import tables
from tests.storage import making


async def test_one_that_was_learned_names_its_file_and_whose_voice_it_is(database: Database) -> None:
    def work(tx: Transaction) -> tuple[object, ...]:
        ada = making.person(tx)
        making.clone(tx, ada, "Ada", engine="world")
        row = tx.one("SELECT path, spoken_by, user_id, figures, model, embedding FROM speakers")
        assert row is not None
        return tuple(row)

    assert await database.write(work) == (
        "speakers/world/1-1.safetensors", 1, 1, '{"similarity": 0.71}', "encoder", making.vector("Ada")
    )  # fmt: skip


async def test_it_goes_with_its_level_and_leaves_others(database: Database) -> None:
    def work(tx: Transaction) -> tuple[list[str | None], list[tuple[str, str]]]:
        ada = making.person(tx)
        first, second = making.clone(tx, ada, "one"), making.clone(tx, ada, "two")
        for voice in (first, second):
            levels.note(tx, voice.engine, voice.speaker_key, "1", 1.5)
        gone = [speakers.remove_learned(tx, 1), speakers.remove_learned(tx, 1)]
        return gone, [(row["engine"], row["speaker"]) for row in tx.all("SELECT * FROM levels")]

    gone, left = await database.write(work)
    assert gone == ["speakers/world/1-1.safetensors", None]
    assert left == [("world", "2-1")]


async def test_one_that_is_built_in_cannot_be_removed(database: Database) -> None:
    def work(tx: Transaction) -> tuple[str | None, int]:
        voices.install(tx, [Speaker(engine="espeak", key="en", name="English", language="en")])
        levels.note(tx, "espeak", "en", "1", 1.5)
        return speakers.remove_learned(tx, 1), tx.value("SELECT COUNT(*) FROM levels")

    assert await database.write(work) == (None, 1)


async def test_a_voice_has_one_of_each_engine_and_the_latest_of_one_takes_the_place_of_the_one_before(
    database: Database,
) -> None:
    def work(tx: Transaction) -> tuple[object, ...]:
        ada = making.person(tx)
        voice = making.clone(tx, ada, "Ada", engine="world")

        def learned(engine: str, key: str) -> int:
            return speakers.add_learned(
                tx,
                speaker=Speaker(engine=engine, key=key, name="Ada", language="en", licence="LicenseRef-CPML"),
                recording_id=voice.recording_id or 0,
                user_id=ada,
                spoken_by=ada,
                figures={"similarity": 0.9},
            )

        gone = [speakers.give(tx, learned("coqui", "one"), voice.id)]
        gone.append(speakers.give(tx, learned("coqui", "two"), voice.id))
        held = speakers.of_voice(tx, voice.id)
        kept = [(each.engine, each.key, each.licence, each.figures["similarity"]) for each in held]
        speaking = voices.get(tx, voice.id)
        gone.append(clones.set_speaker(tx, voice.id, held[-1].id, {"similarity": 0.9}))
        better = voices.get(tx, voice.id)
        assert speaking is not None and better is not None
        told = [(each.engine, each.licence) for each in (speaking, better)]
        return kept, told, gone

    kept, told, gone = await database.write(work)
    assert kept == [("world", "1-1", "", 0.71), ("coqui", "two", "LicenseRef-CPML", 0.9)]
    assert told == [("world", ""), ("coqui", "LicenseRef-CPML")]
    assert gone == [(), ("speakers/coqui/one.safetensors",), ()]


async def test_of_a_voice_that_goes_all_go(database: Database) -> None:
    def work(tx: Transaction) -> tuple[tuple[str, ...], int]:
        ada = making.person(tx)
        voice = making.clone(tx, ada, "Ada", engine="world")
        other = making.clone(tx, ada, "Eve", engine="world")
        id = speakers.add_learned(
            tx,
            speaker=Speaker(engine="coqui", key="one", name="Ada", language="en"),
            recording_id=other.recording_id or 0,  # even one that was learned from another voice's recording
            user_id=ada,
            spoken_by=ada,
            figures={},
        )
        speakers.give(tx, id, voice.id)
        gone = withdrawal.delete(tx, voice.id, making.KEY)
        return gone.paths, tx.value("SELECT COUNT(*) FROM speakers")

    paths, left = await database.write(work)
    assert {"speakers/world/1-1.safetensors", "speakers/coqui/one.safetensors"} <= set(paths)
    assert left == 1


async def test_speakers_that_were_learned_before_there_were_several_belong_to_their_voices(tmp_path: Path) -> None:
    """A database of before is brought up to now."""
    before = [replace(each, steps=tuple(step for step in each.steps if step.number < 535)) for each in tables()]
    path = tmp_path / "mynah.db"
    migrate(path, before, tmp_path / "copies", 1)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute(
        "INSERT INTO speakers (id, engine, key, name, language, user_id, recording_id, created_at) "
        "VALUES (7, 'world', 'x', 'Ada', 'en', 1, 1, 1), (8, 'espeak', 'en', 'English', 'en', NULL, NULL, 1)"
    )
    connection.execute(
        "INSERT INTO voices (id, kind, speaker_id, recording_id, name, folded, user_id, visibility, status, consent, "
        "created_at, updated_at, spoken_by) "
        "VALUES (3, 'clone', 7, 1, 'Ada', 'ada', 1, 'private', 'ready', 'spoken', 1, 1, 1)"
    )
    connection.commit()
    connection.close()
    migrate(path, tables(), tmp_path / "copies", 2)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT id, voice_id, licence FROM speakers").fetchall() == [(7, 3, ""), (8, None, "")]
    connection.close()
