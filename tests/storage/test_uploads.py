"""A file that a platform has already is sent by its reference."""

from __future__ import annotations

from storage import files, people, uploads
from storage.database import Database, Transaction
from storage.uploads import Clip
from tests.storage import making

BOT = "telegram:8035"


def made(tx: Transaction, user_id: int, text: str) -> int:
    """Let a person have had something said, and return the file's number."""
    job = making.job(tx, user_id, "succeeded", text=text, text_from="typed", text_hash="0" * 64)
    return files.add(
        tx,
        user_id=user_id,
        job_id=job,
        name="hello.ogg",
        format="ogg-opus",
        sha256="0" * 64,
        bytes=9,
        seconds=1.5,
        rate=48_000,
        expires_at=None,
    )


async def test_a_reference_is_found_for_the_same_account_and_kind_only(database: Database) -> None:
    def work(tx: Transaction) -> list[str]:
        file = made(tx, making.person(tx), "Hello.")
        uploads.note(tx, file, BOT, "voice", "AAA")
        uploads.note(tx, file, BOT, "voice", "BBB")
        asked = [(file, BOT, "voice"), (file, BOT, "audio"), (file, "telegram:1", "voice"), (file + 1, BOT, "voice")]
        return [uploads.find(tx, *each) for each in asked]

    assert await database.write(work) == ["BBB", "", "", ""]


async def test_a_reference_that_is_refused_is_dropped(database: Database) -> None:
    def work(tx: Transaction) -> str:
        file = made(tx, making.person(tx), "Hello.")
        uploads.note(tx, file, BOT, "voice", "AAA")
        uploads.drop(tx, file, BOT, "voice")
        return uploads.find(tx, file, BOT, "voice")

    assert await database.write(work) == ""


async def test_a_persons_latest_sounds_are_listed_and_nobody_elses(database: Database) -> None:
    def work(tx: Transaction) -> tuple[list[Clip], list[Clip]]:
        ada, bob = making.person(tx), making.person(tx, "2", "Bob")
        for text, reference in (("First.", "AAA"), ("Second.", "BBB"), ("Third.", "CCC")):
            uploads.note(tx, made(tx, ada, text), BOT, "voice", reference)
        return uploads.latest(tx, ada, BOT, "voice", 2), uploads.latest(tx, bob, BOT, "voice", 2)

    adas, bobs = await database.write(work)
    assert [(clip.words, clip.reference, clip.seconds) for clip in adas] == [
        ("Third.", "CCC", 1.5),
        ("Second.", "BBB", 1.5),
    ]
    assert bobs == []


async def test_a_reference_goes_with_its_file_and_with_its_person(database: Database) -> None:
    def work(tx: Transaction) -> list[int]:
        ada, bob = making.person(tx), making.person(tx, "2", "Bob")
        kept, gone, bobs = made(tx, ada, "Kept."), made(tx, ada, "Gone."), made(tx, bob, "Bob's.")
        for file in (kept, gone, bobs):
            uploads.note(tx, file, BOT, "voice", f"ref {file}")
        files.remove(tx, gone)
        counted = [int(tx.value("SELECT COUNT(*) FROM uploads"))]
        people.forget(tx, ada, making.KEY)
        return [*counted, int(tx.value("SELECT COUNT(*) FROM uploads"))]

    assert await database.write(work) == [2, 1]


async def test_nothing_is_noted_of_a_file_that_has_gone_meanwhile(database: Database) -> None:
    await database.write(lambda tx: uploads.note(tx, 99, BOT, "voice", "AAA"))
    assert await database.read(lambda tx: tx.value("SELECT COUNT(*) FROM uploads")) == 0
