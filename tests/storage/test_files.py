"""A row for every file, and its bytes count while it is there."""

from __future__ import annotations

from storage import files
from storage.clock import DAY, SetClock
from storage.database import Database, Transaction
from storage.files import File
from tests.storage import making

SHA = "0" * 64


def add(tx: Transaction, user_id: int, expires_at: int | None = None, job_id: int | None = None) -> File:
    id = files.add(
        tx, user_id=user_id, job_id=job_id, name="hello.wav", format="wav", sha256=SHA, bytes=44, seconds=1.5,
        rate=22050, expires_at=expires_at,
    )  # fmt: skip
    file = files.get(tx, id)
    assert file is not None
    return file


async def test_a_file_lies_under_its_number(database: Database) -> None:
    file = await database.write(lambda tx: add(tx, making.person(tx)))
    assert file.path == files.path(file.id, "wav") == f"generations/{file.id}.wav"
    assert (file.bytes, file.seconds, file.rate, file.public, file.kept) == (44, 1.5, 22050, False, False)


async def test_a_number_is_never_used_again(database: Database) -> None:
    first = await database.write(lambda tx: add(tx, making.person(tx)))
    await database.write(lambda tx: files.remove(tx, first.id))
    second = await database.write(lambda tx: add(tx, making.person(tx)))
    assert second.id > first.id


async def test_a_files_place_is_its_jobs(database: Database) -> None:
    def work(tx: Transaction) -> File:
        user_id = making.person(tx)
        making.place(tx, "somewhere else")
        return add(tx, user_id, job_id=making.job(tx, user_id))

    file = await database.write(work)
    assert file.place_id == 2


async def test_a_person_sees_their_own_files_latest_first(database: Database) -> None:
    def work(tx: Transaction) -> list[File]:
        ada, bob = making.person(tx), making.person(tx, "2", "Bob")
        mine = [add(tx, ada) for _ in range(3)]
        add(tx, bob)
        assert [f.id for f in files.of_user(tx, ada, limit=2)] == [mine[2].id, mine[1].id]
        assert [f.id for f in files.of_user(tx, ada, limit=2, offset=2)] == [mine[0].id]
        return files.of_user(tx, bob)

    assert len(await database.write(work)) == 1


async def test_files_go_when_their_time_is_over_the_oldest_first(database: Database, clock: SetClock) -> None:
    def work(tx: Transaction) -> list[int]:
        ada = making.person(tx)
        return [add(tx, ada, expires_at=at).id for at in (clock.now() + DAY, clock.now() + 1, clock.now() + 9 * DAY)]

    day, soon, _ = await database.write(work)
    await database.write(lambda tx: add(tx, making.person(tx)))
    assert await database.read(lambda tx: files.expired(tx, 10)) == []
    clock.turn(DAY)
    assert [f.id for f in await database.read(lambda tx: files.expired(tx, 10))] == [soon, day]
    assert [f.id for f in await database.read(lambda tx: files.expired(tx, 1))] == [soon]


async def test_handing_a_file_out_is_counted(database: Database, clock: SetClock) -> None:
    file = await database.write(lambda tx: add(tx, making.person(tx)))
    clock.turn(DAY)
    await database.write(lambda tx: files.used(tx, file.id))
    used = await database.read(lambda tx: files.get(tx, file.id))
    assert used is not None and (used.downloads, used.last_used_at) == (1, clock.now())


async def test_a_file_is_removed_once_and_its_job_stays(database: Database) -> None:
    def work(tx: Transaction) -> tuple[File, int]:
        user_id = making.person(tx)
        job = making.job(tx, user_id, "succeeded")
        file = add(tx, user_id, job_id=job)
        tx.run("UPDATE jobs SET file_id = :file WHERE id = :job", file=file.id, job=job)
        return file, job

    file, job = await database.write(work)
    assert await database.write(lambda tx: files.remove(tx, file.id)) == file.path
    assert await database.write(lambda tx: files.remove(tx, file.id)) is None
    assert await database.read(lambda tx: files.get(tx, file.id)) is None
    assert await database.read(lambda tx: tx.value("SELECT state FROM jobs WHERE id = :job", job=job)) == "succeeded"


async def test_what_a_file_answers_is_found_by_its_owner_only_and_while_it_is_there(
    database: Database, clock: SetClock
) -> None:
    print = "a" * 64

    def work(tx: Transaction) -> tuple[int, int, int]:
        ada, bob = making.person(tx), making.person(tx, "2", "Bob")
        id = files.add(
            tx, user_id=ada, job_id=None, name="hello.ogg", format="ogg-opus", sha256=SHA, bytes=44, seconds=1.5,
            rate=24000, expires_at=tx.now + DAY, answers=print,
        )  # fmt: skip
        return ada, bob, id

    ada, bob, id = await database.write(work)
    found = await database.read(lambda tx: files.answering(tx, ada, print))
    assert found is not None
    assert (found.id, found.path) == (id, f"generations/{id}.ogg")
    assert await database.read(lambda tx: files.answering(tx, bob, print)) is None
    assert await database.read(lambda tx: files.answering(tx, ada, "b" * 64)) is None
    clock.turn(DAY)
    assert await database.read(lambda tx: files.answering(tx, ada, print)) is None


async def test_what_goes_with_a_file_lies_beside_it_under_its_number(database: Database) -> None:
    def work(tx: Transaction) -> list[File]:
        user_id = making.person(tx)
        job_id = making.job(tx, user_id)
        sound = add(tx, user_id, job_id=job_id)
        files.add(
            tx, user_id=user_id, job_id=job_id, name="hello.srt", format="srt", sha256=SHA, bytes=9, seconds=None,
            rate=None, expires_at=None, beside=sound.id,
        )  # fmt: skip
        return files.of_job(tx, job_id)

    sound, subtitles = await database.write(work)
    assert subtitles.path == f"generations/{sound.id}.srt"


async def test_to_find_what_answers_looks_at_nobody_elses_files(database: Database) -> None:
    sql = "EXPLAIN QUERY PLAN SELECT * FROM files WHERE user_id = 1 AND answers = 'x' ORDER BY id DESC LIMIT 1"
    (row,) = await database.read(lambda tx: tx.all(sql))
    assert "files_by_answer (user_id=? AND answers=?)" in row["detail"]


async def test_the_files_in_which_a_voice_speaks_are_found_with_what_lies_beside_them(database: Database) -> None:
    def work(tx: Transaction) -> tuple[list[str], list[int | None]]:
        ada, bob = making.person(tx), making.person(tx, "2", "Bob")
        voice = making.clone(tx, ada, "Ada").id
        for user_id, voice_id in ((ada, voice), (bob, voice), (bob, None)):
            job_id = making.job(tx, user_id, "succeeded")
            for name, id in (("hello.wav", voice_id), ("hello.srt", None)):
                files.add(
                    tx, user_id=user_id, job_id=job_id, name=name, format="x", sha256=SHA, bytes=9, seconds=None,
                    rate=None, expires_at=None, voice_id=id,
                )  # fmt: skip
        add(tx, bob)
        found = files.of_voice(tx, voice)
        tx.run("DELETE FROM voices")
        return [f"{file.user_id} {file.name}" for file in found], [
            file.voice_id for file in (files.get(tx, each.id) for each in found) if file is not None
        ]

    found, left = await database.write(work)
    assert found == ["1 hello.wav", "1 hello.srt", "2 hello.wav", "2 hello.srt"]
    assert left == [None] * 4, "a voice may go, and its files stay"


async def test_what_mynah_made_is_known_by_its_bytes_while_it_is_there(database: Database) -> None:
    def work(tx: Transaction) -> list[bool]:
        file = add(tx, making.person(tx))
        told = [files.by_digest(tx, SHA), files.by_digest(tx, "1" * 64)]
        files.remove(tx, file.id)
        return [*told, files.by_digest(tx, SHA)]

    assert await database.write(work) == [True, False, False]


async def test_a_file_is_others_too_only_where_its_owner_says_so(database: Database) -> None:
    def work(tx: Transaction) -> list[bool]:
        file = add(tx, making.person(tx))
        seen = []
        for public in (True, False):
            files.set_public(tx, file.id, public)
            changed = files.get(tx, file.id)
            assert changed is not None
            seen.append(changed.public)
        return seen

    assert await database.write(work) == [True, False]
