"""Files of a job get their rows and names together, or keep their temporary names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.harvest import Harvest
from commands.core.reply import FileRef, Reply
from engine.engine import EngineError
from engine.fingerprint import Fingerprinter
from engine.take import Take
from storage import clones, files, identities, jobs, places
from storage.clock import DAY
from storage.database import Database, Transaction
from storage.folder import Folder
from storage.jobs import Job


@pytest.fixture
async def folder(data: Path) -> AsyncIterator[Folder]:
    taken = Folder.take(data)
    yield taken
    taken.release()


@pytest.fixture
async def job(database: Database) -> Job:
    def work(tx: Transaction) -> Job:
        user_id = identities.ensure(tx, "durable", "1", "Ada", b"key")
        place = places.ensure(tx, "durable", "direct", "direct", "")
        id = tx.value(
            """
            INSERT INTO jobs (user_id, place_id, platform, command, signature, lane, state, created_at, updated_at)
            VALUES (:user_id, :place_id, 'durable', 'speak', '', 0, 'ready', :now, :now) RETURNING id
            """,
            user_id=user_id,
            place_id=place.id,
            now=tx.now,
        )
        found = jobs.get(tx, id)
        assert found
        return found

    return await database.write(work)


def made(folder: Folder, name: str, content: bytes) -> FileRef:
    path = folder.spool / name
    path.write_bytes(content)
    return FileRef(id=0, name=name, path=str(path), format="bin", bytes=len(content))


def taken(ref: FileRef) -> Take:
    """What the studio would tell of a file."""
    return Take(path=Path(ref.path), rate=22_050, seconds=1, bytes=ref.bytes, peak=0.5, sha256="f" * 64, timings=())


async def test_files_are_brought_in_with_what_is_known_of_them(folder: Folder, database: Database, job: Job) -> None:
    first, second = made(folder, "1-1.bin", b"one"), made(folder, "1-1-1.bin", b"second")
    harvest = Harvest(folder, job, Reply(text="Here.", files=(first, second)), {first.path: taken(first)}, days=7)
    assert harvest.needs_preparing
    harvest.prepare()

    def work(tx: Transaction) -> Reply:
        reply = harvest.enter(tx)
        harvest.move()
        return reply

    reply = await database.write(work)
    rows = await database.read(lambda tx: [files.get(tx, ref.id) for ref in reply.files])
    assert [row.sha256 for row in rows if row] == ["f" * 64, hashlib.sha256(b"second").hexdigest()]
    assert [row.rate for row in rows if row] == [22_050, None]
    assert all(row and row.expires_at == row.created_at + 7 * DAY and row.job_id == job.id for row in rows)
    assert [(folder.path / ref.path).read_bytes() for ref in reply.files] == [b"one", b"second"]
    assert list(folder.spool.iterdir()) == [] and reply.text == "Here."
    (sound,) = harvest.sounds
    (folder.path / reply.files[0].path).unlink()
    with pytest.raises(EngineError, match="no WAV file"):  # it is read, even though it is gone
        sound.finish()
    sound.close()


async def test_what_is_undone_has_its_temporary_names_again(folder: Folder, database: Database, job: Job) -> None:
    refs = (made(folder, "1-1.bin", b"one"), made(folder, "1-2.bin", b"two"))
    harvest = Harvest(folder, job, Reply(files=refs), {refs[0].path: taken(refs[0])}, days=7)
    harvest.prepare()

    def work(tx: Transaction) -> None:
        harvest.enter(tx)
        harvest.move()
        raise KeyError

    with pytest.raises(KeyError):
        await database.write(work)
    (sound,) = harvest.sounds
    harvest.put_back()
    harvest.put_back()
    with pytest.raises(ValueError, match="closed"):
        sound.finish()
    assert harvest.sounds == []
    assert [(folder.spool / ref.name).read_bytes() for ref in refs] == [b"one", b"two"]
    assert list(folder.generations.iterdir()) == []


async def test_what_the_studio_holds_of_a_sound_is_taken_in_place_of_its_file(
    folder: Folder, database: Database, job: Job
) -> None:
    ref, held = made(folder, "1-1.mp3", b"one"), Fingerprinter()
    take = replace(taken(ref), known_by=held)
    harvest = Harvest(folder, job, Reply(files=(ref,)), {ref.path: take}, days=7)

    def work(tx: Transaction) -> None:
        harvest.enter(tx)
        harvest.move()

    await database.write(work)
    assert harvest.sounds == [held]


async def test_a_sound_is_brought_in_even_where_it_cannot_be_opened(
    folder: Folder, database: Database, job: Job, caplog: pytest.LogCaptureFixture
) -> None:
    (folder.spool / "1-1.wav").mkdir()  # which opens no better than a file where too many are open
    ref = FileRef(id=0, name="1-1.wav", path=str(folder.spool / "1-1.wav"), format="wav", bytes=3)
    harvest = Harvest(folder, job, Reply(files=(ref,)), {ref.path: taken(ref)}, days=7)

    def work(tx: Transaction) -> Reply:
        reply = harvest.enter(tx)
        harvest.move()
        return reply

    reply = await database.write(work)
    assert (folder.path / reply.files[0].path).is_dir()
    assert harvest.sounds == [] and "will not be known again" in caplog.text


async def test_files_that_are_there_already_stay_as_they_are(folder: Folder, database: Database, job: Job) -> None:
    ref = FileRef(id=7, name="a.wav", path="generations/7.wav", format="wav", bytes=1)
    harvest = Harvest(folder, job, Reply(files=(ref,), data=json.loads("{}")), {}, days=7)
    assert not harvest.needs_preparing
    assert (await database.write(harvest.enter)).files == (ref,)


async def test_what_a_persons_voice_speaks_in_goes_with_that_voice_and_so_does_what_lies_beside_it(
    folder: Folder, database: Database, job: Job
) -> None:
    voice = await database.write(
        lambda tx: clones.add_clone(
            tx,
            user_id=job.user_id,
            name="Ada",
            language="en",
            recording="ada.wav",
            sha256="0" * 64,
            bytes=1,
            ending="wav",
        )
    )
    sound, timings = made(folder, "1-1.wav", b"one"), made(folder, "1-1.srt", b"two")
    harvest = Harvest(folder, job, Reply(files=(replace(sound, voice_id=voice.id), timings)), {}, days=7)
    harvest.prepare()
    reply = await database.write(harvest.enter)
    rows = await database.read(lambda tx: [files.get(tx, ref.id) for ref in reply.files])
    assert [row and row.voice_id for row in rows] == [voice.id, voice.id]


async def test_what_is_known_of_how_a_sound_was_made_is_kept_with_it_and_with_what_lies_beside_it(
    folder: Folder, database: Database, job: Job
) -> None:
    sound = replace(made(folder, "1-1.bin", b"one"), figures={"licence": "CC-BY-NC-4.0", "score": 0.9})
    beside = replace(made(folder, "1-1-1.bin", b"two"), name="1-1.json")
    harvest = Harvest(folder, job, Reply(files=(sound, beside)), {}, days=7)
    harvest.prepare()
    reply = await database.write(harvest.enter)
    rows = await database.read(lambda tx: [files.get(tx, ref.id) for ref in reply.files])
    assert [row.figures for row in rows if row] == [{"licence": "CC-BY-NC-4.0", "score": 0.9}] * 2
