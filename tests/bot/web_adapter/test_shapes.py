"""What the API tells of jobs and files."""

from __future__ import annotations

from bot.web_adapter.shapes import file_shape, files_of, job_shape, voice_of
from storage import files, jobs
from storage.database import Database, Transaction
from tests.storage import making
from tests.storage.test_files import add


async def test_a_file_is_told_with_where_it_is_and_when_it_goes(database: Database) -> None:
    file = await database.write(lambda tx: add(tx, making.person(tx), expires_at=tx.now + 60_000))
    told = file_shape(file)
    assert (told.url, told.info) == (f"/api/v1/files/audio/{file.id}", f"/api/v1/files/{file.id}/info")
    assert told.created == "2027-01-15T08:00:00Z" and told.expires == "2027-01-15T08:01:00Z"
    assert file_shape(await database.write(lambda tx: add(tx, making.person(tx)))).expires is None


async def test_a_job_is_told_with_its_files_the_main_one_first(database: Database) -> None:
    def work(tx: Transaction) -> None:
        ada = making.person(tx)
        id = making.job(tx, ada, "succeeded", settings='{"voice": "de"}')
        beside, main = add(tx, ada, job_id=id), add(tx, ada, job_id=id)
        tx.run("UPDATE jobs SET file_id = :file_id WHERE id = :id", file_id=main.id, id=id)
        job = jobs.get(tx, id)
        assert job is not None and voice_of(job) == "de"
        assert [each.id for each in job_shape(tx, job).files] == [main.id, beside.id]
        files.remove(tx, main.id)
        again = jobs.get(tx, id)
        assert again is not None and job_shape(tx, again).files == []

    await database.write(work)


async def test_somebody_elses_file_is_in_no_job_of_ones_own(database: Database) -> None:
    def work(tx: Transaction) -> int:
        ada, bob = making.person(tx), making.person(tx, "2", "Bob")
        theirs = add(tx, bob)
        job = jobs.get(tx, making.job(tx, ada, "succeeded", file_id=theirs.id, cached=1))
        assert job is not None
        return len(files_of(tx, job))

    assert await database.write(work) == 0


async def test_only_a_job_that_waits_has_a_place(database: Database) -> None:
    def work(tx: Transaction) -> list[int | None]:
        ada = making.person(tx)
        found = [jobs.get(tx, making.job(tx, ada, state)) for state in ("running", "ready", "failed")]
        return [job_shape(tx, each).place for each in found if each is not None]

    assert await database.write(work) == [None, 0, None]


def test_without_a_job_there_is_no_voice() -> None:
    assert voice_of(None) == ""
