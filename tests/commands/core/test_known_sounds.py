"""Sounds that were there before are found among all that are known, and only as long as they are known."""

from __future__ import annotations

from functools import partial

import pytest

from commands.core import known_sounds
from commands.core.known_sounds import KnownSounds
from engine.fingerprint import Question, of, questions
from storage import sounds
from storage.database import Database, Transaction
from storage.sounds import Kind
from tests.engine.speech_sounds import spoken
from tests.storage import making

TEXTS = (
    "The old keeper counts the boats in the harbour every morning, and writes down how many there are in a small book.",
    "Nobody has ever asked him why he does that, for he would only laugh and go on with what he has begun long ago.",
)
"""Long enough to be known for sure, however they come out: less than three seconds may not be."""


def asked(place: int) -> tuple[Question, ...]:
    return questions(spoken(TEXTS[place]))


async def find(database: Database, known: KnownSounds, place: int, kinds: tuple[Kind, ...] = ("made", "given")) -> str:
    wanted = asked(place)
    return await database.read(lambda tx: known.find(tx, wanted, kinds) or "")


async def test_what_is_noted_later_is_found_too(database: Database) -> None:
    known = KnownSounds()
    assert await find(database, known, 0) == ""
    await database.write(lambda tx: sounds.note_made(tx, of(spoken(TEXTS[0]))))
    assert await find(database, known, 0) == "made"
    assert await find(database, known, 1) == ""
    await database.write(lambda tx: sounds.note_made(tx, of(spoken(TEXTS[1]))))
    assert [await find(database, known, place) for place in (0, 1)] == ["made", "made"]


async def test_it_is_found_among_the_kinds_that_are_asked_about(database: Database) -> None:
    def work(tx: Transaction) -> None:
        ada = making.person(tx)
        voice = making.clone(tx, ada, "Ada")
        sounds.note_given(tx, of(spoken(TEXTS[0])), user_id=ada, voice_id=voice.id)

    await database.write(work)
    known = KnownSounds()
    assert await find(database, known, 0, ("made",)) == ""
    assert await find(database, known, 0) == "given"


async def test_what_is_gone_from_the_database_is_found_no_more(database: Database) -> None:
    known = KnownSounds()
    await database.write(lambda tx: sounds.note_made(tx, of(spoken(TEXTS[0]))))
    assert await find(database, known, 0) == "made"
    await database.write(lambda tx: tx.run("DELETE FROM sounds"))
    assert await find(database, known, 0) == ""


@pytest.mark.parametrize(("at_once", "few"), [(1, 50_000), (2, 0), (3, 50_000)])
async def test_it_makes_no_difference_how_much_is_read_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, at_once: int, few: int
) -> None:
    monkeypatch.setattr(known_sounds, "AT_ONCE", at_once)
    monkeypatch.setattr(known_sounds, "FEW", few)
    known = KnownSounds()
    for place, text in enumerate(TEXTS):
        for said in (spoken(text), spoken(text, "en-us")):  # the first is the very one that is asked for: they differ
            await database.write(partial(sounds.note_made, fingerprint=of(said)))
        assert [await find(database, known, other) for other in (0, 1)] == ["made", "made" if place else ""]
