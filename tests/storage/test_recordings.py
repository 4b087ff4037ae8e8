"""A recording comes, is examined, and is ready or not; none is taken for what it is not."""

from __future__ import annotations

import pytest

from storage import clones, recordings
from storage.clock import HOUR, SetClock
from storage.database import Database, Transaction
from storage.recordings import Finding, Recording
from tests.storage import making

FOUND = Finding(seconds=21.5, rate=24_000, figures={"snr_db": 31.0, "advice": ["Nearer."]}, passage=(4.0, 16.0))


@pytest.fixture
async def ada(database: Database) -> int:
    return await database.write(making.person)


def come(tx: Transaction, user_id: int, name: str = "Ada", sha256: str = "0" * 64) -> Recording:
    """Let a recording come for a new voice."""
    voice = clones.add_clone(
        tx, user_id=user_id, name=name, language="en", recording="me.ogg", sha256=sha256, bytes=9, ending="ogg",
        container="ogg",
    )  # fmt: skip
    assert voice.recording_id is not None
    return there(tx, voice.recording_id)


def there(tx: Transaction, id: int) -> Recording:
    found = recordings.get(tx, id)
    assert found is not None
    return found


async def test_one_that_came_lies_in_the_folder_of_its_voice(database: Database, ada: int) -> None:
    first = await database.write(lambda tx: come(tx, ada))
    assert (first.status, first.name, first.container, first.bytes) == ("uploaded", "me.ogg", "ogg", 9)
    assert first.path == f"audio/{first.voice_id}/{first.id}/{first.id}.wav"
    assert first.original_path == f"audio/{first.voice_id}/{first.id}/original.ogg"

    def another(tx: Transaction) -> list[Recording]:
        assert first.voice_id is not None
        recordings.add(tx, user_id=ada, voice_id=first.voice_id, name="again.wav", sha256="1" * 64, bytes=5, ending="")
        return recordings.of_voice(tx, first.voice_id)

    both = await database.write(another)
    assert [each.name for each in both] == ["me.ogg", "again.wav"]
    assert both[1].original_path is None, "it is not kept"


async def test_it_is_examined_and_then_tells_what_was_found(database: Database, ada: int) -> None:
    def live(tx: Transaction) -> tuple[list[bool], Recording]:
        id = come(tx, ada).id
        return [recordings.set_ready(tx, id, FOUND), recordings.set_ready(tx, id, FOUND)], there(tx, id)

    steps, ready = await database.write(live)
    assert steps == [True, False]
    assert (ready.status, ready.seconds, ready.rate, ready.passage) == ("ready", 21.5, 24_000, (4.0, 16.0))
    assert (ready.figures, ready.error, ready.embedding) == (FOUND.figures, None, None)


async def test_of_one_that_is_gone_nothing_is_noted(database: Database) -> None:
    assert not await database.write(lambda tx: recordings.set_ready(tx, 9, FOUND))


async def test_the_very_same_file_is_found_again_whosoever_gave_it(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> list[list[int]]:
        bob = making.person(tx, "2", "Bob")
        come(tx, ada, sha256="1" * 64)
        come(tx, bob, sha256="1" * 64)
        come(tx, ada, "other", sha256="2" * 64)
        return [[each.user_id for each in recordings.by_digest(tx, digit * 64)] for digit in "123"]

    assert await database.write(work) == [[ada, 2], [ada], []]


async def test_what_stands_for_a_voices_recordings_changes_with_each_that_is_added(
    database: Database, ada: int
) -> None:
    def work(tx: Transaction) -> list[str]:
        first = come(tx, ada, sha256="1" * 64)
        assert first.voice_id is not None
        told = [recordings.digest_of(tx, first.voice_id)]
        for digit in "23":
            recordings.add(tx, user_id=ada, voice_id=first.voice_id, name="x", sha256=digit * 64, bytes=1, ending="ogg")
            told.append(recordings.digest_of(tx, first.voice_id))
        return told

    told = await database.write(work)
    assert told[0] == "1" * 64
    assert len(set(told)) == 3
    assert {len(each) for each in told} == {64}


async def test_examinations_are_counted_for_an_hour_although_their_recordings_went(
    database: Database, ada: int, clock: SetClock
) -> None:
    def count(tx: Transaction) -> int:
        return recordings.recent(tx, ada, tx.now - HOUR)

    def examine(tx: Transaction) -> None:
        making.job(tx, ada, "succeeded", command="clone")
        making.job(tx, ada, "failed", command="clone")
        making.job(tx, ada, "succeeded", command="speak")
        making.job(tx, making.person(tx, "2", "Bob"), "succeeded", command="clone")

    assert await database.read(count) == 0
    await database.write(examine)
    assert await database.read(count) == 2
    clock.turn(HOUR)
    assert await database.read(count) == 2
    clock.turn(1)
    assert await database.read(count) == 0
