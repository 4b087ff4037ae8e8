"""Whoever asks to be forgotten is: in every table, in every corner of the file, and with nobody else harmed."""

from __future__ import annotations

import base64
import json
import random
import sqlite3
import string
import time
from contextlib import closing
from pathlib import Path

import pytest

from storage import audit, blocks, deliveries, drafts, events, files, identities, people, places, quota, users, voices
from storage.database import Database, Transaction
from storage.metrics import Charge, Metric, Period
from storage.quota import Allowances
from tests.storage import making

CANARY = "kanarienvogel"
SHA = "0" * 64


def clone(tx: Transaction, user_id: int, name: str) -> int:
    """Give somebody a voice of their own, made from a recording of theirs."""
    recording = making.insert(
        tx, "recordings", user_id=user_id, name=name, status="uploaded", path=f"audio/{name}.wav", sha256=SHA, bytes=9,
        created_at=tx.now,
    )  # fmt: skip
    speaker = making.insert(
        tx, "speakers", engine="conversion", key=name, name=name, language="en", recording_id=recording,
        user_id=user_id, model="encoder", embedding=(name * 2)[:24].encode(), embedding_seconds=9.0, created_at=tx.now,
    )  # fmt: skip
    return making.insert(
        tx, "voices", kind="clone", speaker_id=speaker, recording_id=recording, name=name, folded=name,
        user_id=user_id, visibility="public", status="ready", consent="spoken", spoken_by=user_id, created_at=tx.now,
        updated_at=tx.now,
    )  # fmt: skip


def live(tx: Transaction, user_id: int, chance: random.Random, word: str, rounds: int = 60) -> None:
    """Let somebody use Mynah for a while: rows come, change and go, of all lengths, so that pages split and merge."""
    place_id = making.place(tx)
    users.set_default_voice(tx, user_id, clone(tx, user_id, f"{word}-{chance.random()}"))
    for n in range(rounds):
        text = " ".join([word] * chance.randrange(1, 400))
        state = chance.choice(["succeeded", "failed", "cancelled"])
        job = making.job(
            tx, user_id, state, text_from="typed", text=text, vals=json.dumps({"text": text}), project=word
        )
        file = files.add(
            tx, user_id=user_id, job_id=job, name=f"{word}.wav", format="wav", sha256=SHA, bytes=9, seconds=1.0,
            rate=22050, expires_at=None,
        )  # fmt: skip
        if state == "succeeded":
            tx.run("UPDATE jobs SET file_id = :file WHERE id = :job", file=file, job=job)
        events.note(tx, "discord", f"{word}-{n}-{chance.random()}", user_id, job_id=job)
        sent = deliveries.queue(tx, job_id=job, user_id=user_id, platform="x", address={"chat": word}, reply=text)
        tx.run("UPDATE deliveries SET reply = :word WHERE id = :sent", sent=sent, word=word * chance.randrange(1, 9))
        draft = drafts.leave(
            tx, user_id=user_id, place_id=place_id, command="clone", signature="s", values={"name": text},
            missing="recording", address={"chat": word},
        )  # fmt: skip
        if chance.random() < 0.5:
            drafts.take(tx, draft.code, user_id)
        if chance.random() < 0.2:
            files.remove(tx, file)
    audit.note(tx, user_id, place_id, "voices notes", user_id, {"notes": word})


def everywhere(data: Path) -> bytes:
    return b"".join((data / name).read_bytes() for name in ("mynah.db", "mynah.db-wal"))


@pytest.mark.parametrize("seed", range(4))
async def test_no_word_of_theirs_is_left_anywhere_in_the_file(database: Database, data: Path, seed: int) -> None:
    chance = random.Random(seed)
    ada, bob = await database.write(lambda tx: (making.person(tx, "1", CANARY), making.person(tx, "2", "Bob")))
    for _ in range(3):
        await database.write(lambda tx: live(tx, ada, chance, CANARY))
        await database.write(lambda tx: live(tx, bob, chance, "bob's own", rounds=30))
        await database.write(lambda tx: tx.run("DELETE FROM voices"))
    assert CANARY.encode() in everywhere(data)

    await database.write(lambda tx: people.forget(tx, ada, making.KEY))
    assert await database.scrub()

    assert CANARY.encode() not in everywhere(data)
    assert b"bob's own" in everywhere(data)
    assert await database.read(lambda tx: tx.value("PRAGMA integrity_check")) == "ok"
    assert await database.read(lambda tx: tx.all("PRAGMA foreign_key_check")) == []


async def test_the_file_is_written_anew_once_after_somebody_was_forgotten(database: Database, data: Path) -> None:
    chance = random.Random(0)
    ada, bob = await database.write(lambda tx: (making.person(tx, "1", "Ada"), making.person(tx, "2", "Bob")))
    await database.write(lambda tx: live(tx, ada, chance, CANARY))
    full = await database.read(lambda tx: tx.value("PRAGMA page_count") * tx.value("PRAGMA page_size"))
    await database.write(lambda tx: people.forget(tx, ada, making.KEY))
    await database.scrub()
    small = (data / "mynah.db").stat().st_size
    assert small < full / 2

    await database.write(lambda tx: live(tx, bob, chance, "bob's own"))
    await database.write(lambda tx: tx.run("DELETE FROM drafts"))
    await database.scrub()
    assert await database.read(lambda tx: tx.value("PRAGMA freelist_count")) > 0, "nobody was forgotten since"


async def test_a_scrub_that_has_to_wait_says_so_and_is_done_later(database: Database, data: Path) -> None:
    ada = await database.write(lambda tx: making.person(tx, "1", CANARY))
    await database.write(lambda tx: people.forget(tx, ada, making.KEY))
    with closing(sqlite3.connect(data / "mynah.db", isolation_level=None)) as reading:
        reading.execute("BEGIN")
        reading.execute("SELECT COUNT(*) FROM users").fetchone()
        await database.write(lambda tx: making.person(tx, "2", "Bob"))
        await database._writer.execute("PRAGMA busy_timeout=10")
        assert not await database.scrub()
    assert await database.scrub()
    assert CANARY.encode() not in everywhere(data)


async def test_the_receipt_counts_what_went_and_names_the_files(database: Database) -> None:
    def work(tx: Transaction) -> tuple[int, str]:
        ada = making.person(tx)
        live(tx, ada, random.Random(1), CANARY, rounds=3)
        job = making.job(tx, ada, "cancelled", text_from="file", text_path="staging/book.txt")
        assert job
        file = files.of_user(tx, ada)[0]
        return ada, file.path

    ada, path = await database.write(work)
    before = await database.read(lambda tx: people.summary(tx, ada))
    forgotten = await database.write(lambda tx: people.forget(tx, ada, making.KEY))

    assert forgotten.anonymised == {"audit": 2}, "one row, in which they did something to themselves"
    kept = {"audit", "balances", "ledger"}
    assert dict(forgotten.rows) == {name: count for name, count in before.items() if name not in kept}
    assert {path, "staging/book.txt"} <= set(forgotten.paths)
    assert any(path.startswith(f"audio/{CANARY}") for path in forgotten.paths)
    text, folders = 1, before["voices"]
    assert len(forgotten.paths) == before["files"] + before["recordings"] + text + folders


async def test_others_lose_only_what_was_the_persons(database: Database) -> None:
    def work(tx: Transaction) -> tuple[int, int, int, int]:
        ada, bob = making.person(tx, "1", "Ada"), making.person(tx, "2", "Bob")
        place = making.place(tx)
        voice, own = clone(tx, ada, "adas"), clone(tx, bob, "bobs")
        users.set_default_voice(tx, bob, voice)
        places.set_default_voice(tx, place, voice)
        job = making.job(tx, bob, "succeeded")
        file = files.add(
            tx, user_id=ada, job_id=job, name="a.wav", format="wav", sha256=SHA, bytes=1, seconds=1.0, rate=1,
            expires_at=None,
        )  # fmt: skip
        tx.run("UPDATE jobs SET file_id = :file WHERE id = :job", file=file, job=job)
        blocks.add(tx, bob, place, ada, "too loud")
        return ada, bob, job, own

    ada, bob, job, own = await database.write(work)
    await database.write(lambda tx: people.forget(tx, ada, making.KEY))

    def look(tx: Transaction) -> None:
        user = users.get(tx, bob)
        assert user is not None and user.default_voice_id is None
        assert places.get(tx, 1).default_voice_id is None
        assert tx.value("SELECT file_id FROM jobs WHERE id = :job", job=job) is None
        assert voices.get(tx, own) is not None
        block = blocks.find(tx, bob, 1)
        assert block is not None and block.reason == "too loud"
        assert tx.all("PRAGMA foreign_key_check") == []

    await database.read(look)


async def test_a_person_who_comes_back_is_somebody_new(database: Database) -> None:
    ada = await database.write(making.person)
    await database.write(lambda tx: people.forget(tx, ada, making.KEY))
    assert await database.read(lambda tx: identities.find(tx, "discord:1")) is None
    again = await database.write(making.person)
    assert again > ada, "a number is never used again, or old references would mean somebody else"
    assert await database.read(lambda tx: people.summary(tx, again)) == {"users": 1, "identities": 1}


async def test_what_was_used_stays_used_and_what_was_held_comes_free(database: Database) -> None:
    """The member's day goes on where it was when they come back; their bytes are no longer the place's."""
    allowed = Allowances(member={(Metric.CHARACTERS, Period.DAY): 100})
    charges = (Charge(metric=Metric.CHARACTERS, amount=60), Charge(metric=Metric.BYTES, amount=44))

    def ask(tx: Transaction, user_id: int) -> int:
        place = places.get(tx, making.place(tx))
        job = making.job(tx, user_id)
        quota.reserve(
            tx, job_id=job, user_id=user_id, place=place, roles=(), charges=charges, allowances=allowed,
            unlimited=False,
        )  # fmt: skip
        return job

    def use(tx: Transaction) -> int:
        ada = making.person(tx)
        place = places.get(tx, making.place(tx))
        quota.set_limit(
            tx, scope="place_cap", place=place, metric=Metric.BYTES, period=Period.HELD, amount=100, by_user_id=None
        )
        job = ask(tx, ada)
        tx.run("UPDATE jobs SET state = 'cancelled', finished_at = 1, finished_by = 'user' WHERE id = :job", job=job)
        quota.settle(tx, job, {})
        files.add(
            tx, user_id=ada, job_id=job, name="a.wav", format="wav", sha256=SHA, bytes=44, seconds=1.0, rate=1,
            expires_at=None,
        )  # fmt: skip
        return ada

    held = "SELECT SUM(used + reserved) FROM balances WHERE who = 'place' AND metric = 'bytes'"
    ada = await database.write(use)
    assert await database.read(lambda tx: tx.value(held)) == 44
    await database.write(lambda tx: people.forget(tx, ada, making.KEY))
    assert await database.read(lambda tx: tx.value(held)) == 0

    again = await database.write(making.person)
    with pytest.raises(quota.Shortage) as refused:
        await database.write(lambda tx: ask(tx, again))
    assert (refused.value.metric, refused.value.used) == (Metric.CHARACTERS, 60)


async def test_what_was_set_aside_for_a_job_under_way_is_given_back(database: Database) -> None:
    def use(tx: Transaction) -> int:
        ada = making.person(tx)
        job = making.job(tx, ada, "running")
        quota.reserve(
            tx, job_id=job, user_id=ada, place=places.get(tx, 1), roles=(), unlimited=False,
            charges=(Charge(metric=Metric.CHARACTERS, amount=60),), allowances=Allowances(member={}),
        )  # fmt: skip
        return ada

    ada = await database.write(use)
    await database.write(lambda tx: people.forget(tx, ada, making.KEY))
    assert not await database.read(lambda tx: tx.value("SELECT SUM(used + reserved) FROM balances"))


async def test_the_event_by_which_somebody_was_forgotten_is_not_kept(database: Database) -> None:
    ada = await database.write(making.person)
    await database.write(lambda tx: people.forget(tx, ada, making.KEY))
    await database.write(lambda tx: events.note(tx, "discord", "77", ada, reply="{}"))
    assert await database.read(lambda tx: events.seen(tx, "discord", "77")) is None


async def test_forgetting_somebody_twice_does_nothing_the_second_time(database: Database) -> None:
    ada = await database.write(making.person)
    await database.write(lambda tx: people.forget(tx, ada, making.KEY))
    again = await database.write(lambda tx: people.forget(tx, ada, making.KEY))
    assert (again.rows, again.anonymised, again.paths) == ({}, {}, ())


async def test_what_cannot_be_forgotten_whole_is_not_forgotten_in_part(database: Database) -> None:
    """A table that no folder and no plugin declares any more still points at the person."""
    ada = await database.write(making.person)
    await database.write(lambda tx: tx.run("CREATE TABLE old (user_id INTEGER REFERENCES users (id)) STRICT"))
    await database.write(lambda tx: tx.run("INSERT INTO old VALUES (:ada)", ada=ada))
    with pytest.raises(sqlite3.IntegrityError):
        await database.write(lambda tx: people.forget(tx, ada, making.KEY))
    assert await database.read(lambda tx: people.summary(tx, ada)) == {"users": 1, "identities": 1}


async def test_tables_that_nobody_looked_into_are_named(database: Database) -> None:
    ada = await database.write(making.person)
    assert await database.read(people.unknown) == []
    await database.write(lambda tx: tx.run("CREATE TABLE ratings (user_id INTEGER, words TEXT) STRICT"))
    forgotten = await database.write(lambda tx: people.forget(tx, ada, making.KEY))
    assert forgotten.unknown == ("ratings",)


async def test_what_will_stay_without_the_person_is_known_before(database: Database) -> None:
    ada = await database.write(making.person)
    await database.write(lambda tx: audit.note(tx, ada, None, "voices notes", ada, {}))
    assert await database.read(lambda tx: people.unnamed(tx, ada)) == {"audit": 2}
    forgotten = await database.write(lambda tx: people.forget(tx, ada, making.KEY))
    assert forgotten.anonymised == {"audit": 2}


async def test_an_export_is_json_with_everything_in_it(database: Database) -> None:
    def work(tx: Transaction) -> int:
        ada, bob = making.person(tx, "1", "Ada"), making.person(tx, "2", "Bob")
        live(tx, ada, random.Random(1), CANARY, rounds=2)
        blocks.add(tx, ada, None, bob, "sang at night")
        return ada

    ada = await database.write(work)
    exported = await database.read(lambda tx: people.export(tx, ada))
    assert json.loads(json.dumps(exported)) == exported
    assert exported["users"][0]["name"] == "Ada"
    assert exported["identities"][0]["account"] == "1"
    embedding = str(exported["speakers"][0]["embedding"])
    assert base64.b64decode(embedding).decode() == (str(exported["voices"][0]["name"]) * 2)[:24]
    assert exported["blocks"][0]["reason"] == "sang at night"
    assert exported["blocks"][0]["by_user_id"] is None, "who blocked them is somebody else's business"


async def test_forgetting_somebody_with_much_is_quick(database: Database) -> None:
    """Among 20,000 rows of others; without an index on a reference this takes minutes, not parts of a second."""

    def work(tx: Transaction) -> int:
        ada = making.person(tx)
        for n in range(40):
            user_id = making.person(tx, f"other{n}", "Other")
            for _ in range(250):
                job = making.job(tx, user_id, "cancelled")
                events.note(tx, "x", f"{job}", user_id, job_id=job)
        for _ in range(2_000):
            job = making.job(tx, ada, "cancelled", text_from="typed", text=random.choice(string.ascii_letters) * 99)
            events.note(tx, "x", f"{job}", ada, job_id=job)
            deliveries.queue(tx, job_id=job, user_id=ada, platform="x", address={}, reply="{}")
        return ada

    ada = await database.write(work)
    began = time.process_time()
    forgotten = await database.write(lambda tx: people.forget(tx, ada, making.KEY))
    assert forgotten.rows["jobs"] == 2_000
    assert time.process_time() - began < 5
