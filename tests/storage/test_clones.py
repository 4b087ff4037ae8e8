"""People make voices of recordings: begun, agreed to, learned, named, shared."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

from engine.speech import Speaker
from storage import clones, recordings, speakers, voices
from storage.clones import Gone, NameTaken
from storage.database import Database, Transaction
from storage.voices import Visibility, Voice
from tests.storage import making


@pytest.fixture
async def ada(database: Database) -> int:
    return await database.write(making.person)


def now(tx: Transaction, voice: Voice) -> Voice:
    found = voices.get(tx, voice.id)
    assert found is not None
    return found


def learn(tx: Transaction, voice: Voice, key: str) -> int:
    assert voice.recording_id is not None and voice.user_id is not None
    return speakers.add_learned(
        tx, speaker=Speaker(engine="world", key=key, name=voice.name, language="en"), recording_id=voice.recording_id,
        user_id=voice.user_id, spoken_by=voice.spoken_by, figures={"base": "slt"},
    )  # fmt: skip


async def test_a_voice_begins_with_its_first_recording_and_cannot_speak_yet(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> tuple[Voice, list[int], Voice | None]:
        voice = making.recorded(tx, ada, "Ada")
        found = [each.id for each in recordings.of_voice(tx, voice.id)]
        return voice, found, voices.named(tx, "Ada", user_id=ada, place_id=1)

    voice, found, speaking = await database.write(work)
    assert (voice.kind, voice.status, voice.visibility, voice.consent) == ("clone", "building", "private", "")
    assert found == [voice.recording_id]
    assert speaking is None


async def test_one_person_has_no_two_voices_of_a_name(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> int | None:
        making.recorded(tx, ada, "Ömer")
        making.recorded(tx, making.person(tx, "2", "Bob"), "Ömer")
        with pytest.raises(NameTaken):
            making.recorded(tx, ada, " ömer ")
        found = clones.own(tx, ada, "ÖMER")
        return found.user_id if found else None

    assert await database.write(work) == ada
    assert await database.read(lambda tx: tx.value("SELECT COUNT(*) FROM recordings")) == 2


async def test_without_a_consent_it_is_never_ready(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> None:
        voice = making.recorded(tx, ada, "Ada")
        clones.set_speaker(tx, voice.id, learn(tx, voice, "k1"), {})

    with pytest.raises(sqlite3.IntegrityError, match="consent"):
        await database.write(work)
    assert await database.read(lambda tx: tx.value("SELECT COUNT(*) FROM voices")) == 0


async def test_with_a_speaker_it_is_ready_and_sounds_different_from_before(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> tuple[Voice, Voice]:
        making.place(tx)
        begun = making.recorded(tx, ada, "Ada")
        making.agreed(tx, begun, ada)
        clones.set_speaker(tx, begun.id, learn(tx, begun, "k1"), {"similarity": 0.7}, counted_in=1)
        return begun, now(tx, begun)

    begun, ready = await database.write(work)
    assert (ready.status, ready.engine, ready.speaker_key) == ("ready", "world", "k1")
    assert (ready.consent, ready.spoken_by, ready.figures) == ("spoken", ada, {"similarity": 0.7})
    assert ready.revision == begun.revision + 1
    assert ready.counted_in == 1


async def test_learned_anew_it_lets_go_of_the_speaker_before_and_is_counted_once(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> tuple[tuple[str, ...], tuple[str, ...], Voice, int]:
        making.place(tx)
        making.place(tx, "43")
        begun = making.recorded(tx, ada, "Ada")
        making.agreed(tx, begun, ada)
        first = clones.set_speaker(tx, begun.id, learn(tx, begun, "k1"), {}, counted_in=1)
        second = clones.set_speaker(tx, begun.id, learn(tx, begun, "k2"), {}, counted_in=2)
        return first, second, now(tx, begun), tx.value("SELECT COUNT(*) FROM speakers")

    first, second, voice, left = await database.write(work)
    assert (first, second) == ((), ("speakers/world/k1.safetensors",))
    assert (voice.speaker_key, voice.counted_in, left) == ("k2", 1, 1)


async def test_a_consent_that_is_taken_back_silences_it(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> Voice:
        voice = making.clone(tx, ada, "Ada")
        clones.agree(tx, voice.id, "", None)
        return now(tx, voice)

    silent = await database.write(work)
    assert (silent.status, silent.consent, silent.spoken_by) == ("building", "", None)


async def test_it_is_renamed_and_found_by_its_new_name_only(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> list[str]:
        making.place(tx)
        voice = making.clone(tx, ada, "Ada")
        making.clone(tx, ada, "Bob")
        with pytest.raises(NameTaken):
            clones.rename(tx, voice.id, "BOB")
        clones.rename(tx, voice.id, "ADA")
        clones.rename(tx, voice.id, "Countess")
        return [name for typed in ("count", "ada") for name in voices.suggest(tx, typed, user_id=ada, place_id=1)]

    assert await database.write(work) == ["Countess"]


async def test_it_is_filed_under_tags_and_found_by_them(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> tuple[Voice, list[str], list[str]]:
        making.place(tx)
        voice = making.clone(tx, ada, "Ada")
        clones.tag(tx, voice.id, ["Stories", "warm"])
        clones.describe(tx, voice.id, "Read slowly.")
        by_tag, by_none = (voices.suggest(tx, typed, user_id=ada, place_id=1) for typed in ("storie", "cold"))
        return now(tx, voice), by_tag, by_none

    voice, by_tag, by_none = await database.write(work)
    assert (voice.tags, voice.notes) == (("Stories", "warm"), "Read slowly.")
    assert (by_tag, by_none) == (["Ada"], [])


@pytest.mark.parametrize(
    ("visibilities", "bobs", "elsewhere_too"),
    [
        (["private"], False, False),
        (["place"], True, False),
        (["public"], True, True),
        (["public", "private"], False, False),
        (["public", "place"], True, False),
    ],
)
async def test_it_is_shared_with_whom_its_owner_says(
    database: Database, ada: int, visibilities: list[Visibility], bobs: bool, elsewhere_too: bool
) -> None:
    def work(tx: Transaction) -> list[bool]:
        making.place(tx)
        elsewhere = making.place(tx, "43")
        bob = making.person(tx, "2", "Bob")
        voice = making.clone(tx, ada, "Ada")
        for visibility in visibilities:
            clones.share(tx, voice.id, visibility, 1)
        return [
            voices.named(tx, "Ada", user_id=user_id, place_id=place_id) is not None
            for user_id, place_id in ((ada, elsewhere), (bob, 1), (bob, elsewhere))
        ]

    assert await database.write(work) == [True, bobs, elsewhere_too]


async def test_they_are_listed_by_who_holds_them_and_by_whose_voice_they_are(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> list[list[str]]:
        bob = making.person(tx, "2", "Bob")
        making.clone(tx, ada, "me")
        making.clone(tx, ada, "Bob", spoken_by=bob)
        making.recorded(tx, ada, "begun")
        found = (clones.of_user(tx, ada), clones.spoken_by(tx, ada), clones.spoken_by(tx, bob), clones.of_user(tx, bob))
        return [[voice.name for voice in each] for each in found]

    assert await database.write(work) == [["begun", "Bob", "me"], ["me"], ["Bob"], []]


CHANGES: list[Callable[[Transaction, int], object]] = [
    lambda tx, id: clones.agree(tx, id, "", None),
    lambda tx, id: clones.set_speaker(tx, id, 1, {}),
    lambda tx, id: clones.rename(tx, id, "Bob"),
    lambda tx, id: clones.describe(tx, id, "x"),
    lambda tx, id: clones.tag(tx, id, ["x"]),
    lambda tx, id: clones.share(tx, id, "public"),
]


@pytest.mark.parametrize("change", CHANGES)
async def test_one_that_is_gone_is_not_changed(
    database: Database, change: Callable[[Transaction, int], object]
) -> None:
    with pytest.raises(Gone):
        await database.write(lambda tx: change(tx, 7))


@pytest.mark.parametrize("change", CHANGES)
async def test_a_built_in_voice_is_nobodys_to_change(
    database: Database, change: Callable[[Transaction, int], object]
) -> None:
    def work(tx: Transaction) -> None:
        voices.install(tx, [Speaker(engine="espeak", key="en", name="English", language="en")])
        with pytest.raises(Gone):
            change(tx, 1)

    await database.write(work)


async def test_every_change_has_a_number_that_never_comes_again(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> list[int]:
        voice = making.clone(tx, ada, "Ada")
        numbers = []
        for change in (CHANGES[3], CHANGES[5], CHANGES[2]):
            change(tx, voice.id)
            numbers.append(int(tx.value("SELECT change FROM voices WHERE id = :id", id=voice.id)))
        tx.run("DELETE FROM voices")
        numbers.append(voices.next_change(tx))
        return numbers

    numbers = await database.write(work)
    assert numbers == sorted(set(numbers))
