"""Sounds that are known again: what was made stays and names nobody; what was given goes with who gave it."""

from __future__ import annotations

import pytest

from storage import people, sounds, withdrawal
from storage.database import Database, Transaction
from tests.storage import making
from tests.storage.making import KEY


async def kinds(database: Database) -> list[tuple[str, bytes]]:
    found = await database.read(lambda tx: sounds.after(tx, 0, 100))
    return [(each.kind, each.fingerprint) for each in found]


async def test_they_come_in_the_order_in_which_they_were_noted(database: Database) -> None:
    def work(tx: Transaction) -> list[int]:
        ada = making.person(tx)
        voice = making.clone(tx, ada, "Ada")
        made = [sounds.note_made(tx, b"one"), sounds.note_made(tx, b"two")]
        return [*made, sounds.note_given(tx, b"three", user_id=ada, voice_id=voice.id)]

    first, second, third = await database.write(work)
    assert first < second < third
    found = await database.read(lambda tx: sounds.after(tx, first, 100))
    assert [(each.id, each.kind, each.fingerprint) for each in found] == [
        (second, "made", b"two"),
        (third, "given", b"three"),
    ]
    assert [each.id for each in await database.read(lambda tx: sounds.after(tx, 0, 1))] == [first]


async def test_what_was_given_goes_with_its_voice_and_what_was_made_stays(database: Database) -> None:
    def work(tx: Transaction) -> int:
        ada = making.person(tx)
        voice = making.clone(tx, ada, "Ada")
        sounds.note_made(tx, b"made")
        sounds.note_given(tx, b"given", user_id=ada, voice_id=voice.id)
        withdrawal.delete(tx, voice.id, KEY)
        return voice.id

    await database.write(work)
    assert await kinds(database) == [("made", b"made")]


async def test_it_goes_with_whoever_gave_it(database: Database) -> None:
    def work(tx: Transaction) -> None:
        ada, bob = making.person(tx), making.person(tx, "2", "Bob")
        voice = making.clone(tx, bob, "Bob")
        sounds.note_given(tx, b"Ada's answer", user_id=ada, voice_id=voice.id)
        sounds.note_given(tx, b"Bob's recording", user_id=bob, voice_id=voice.id)
        people.forget(tx, ada, KEY)

    await database.write(work)
    assert await kinds(database) == [("given", b"Bob's recording")]


async def test_of_what_was_made_the_latest_are_kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounds, "KEPT", 1_500)

    def work(tx: Transaction) -> None:
        ada = making.person(tx)
        voice = making.clone(tx, ada, "Ada")
        sounds.note_given(tx, b"given", user_id=ada, voice_id=voice.id)
        for place in range(3_000):
            sounds.note_made(tx, str(place).encode())

    await database.write(work)
    found = await database.read(lambda tx: sounds.after(tx, 0, 9_999))
    made = [each.fingerprint for each in found if each.kind == "made"]
    assert len(made) <= 2_500 and made[-1] == b"2999"
    assert [each.kind for each in found].count("given") == 1


async def test_one_that_is_gone_is_not_there(database: Database) -> None:
    id = await database.write(lambda tx: sounds.note_made(tx, b"one"))
    assert await database.read(lambda tx: sounds.is_there(tx, id))
    await database.write(lambda tx: tx.run("DELETE FROM sounds"))
    assert not await database.read(lambda tx: sounds.is_there(tx, id))
