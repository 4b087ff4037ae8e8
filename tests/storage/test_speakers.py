"""What engines have learned has a row and a file, and goes with its level; what they have built in stays."""

from __future__ import annotations

from engine.speech import Speaker
from storage import levels, speakers, voices
from storage.database import Database, Transaction
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
