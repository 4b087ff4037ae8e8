"""People find voices by name: their own first, then their place's, then everybody's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from engine.speech import Speaker
from storage import places, users, voices
from storage.database import Database, Transaction, Value
from tests.storage import making

ENGLISH = Speaker(engine="espeak", key="en-gb", name="English (Great Britain)", language="en-gb", sex="male")
AMERICAN = Speaker(engine="espeak", key="en-us", name="English (America)", language="en-us", sex="male")
GERMAN = Speaker(engine="espeak", key="de", name="German", language="de", sex="male", notes="From espeak-ng.")
SLT = Speaker(engine="flite", key="slt", name="English (slt)", language="en-us", sex="female")
ALL = (ENGLISH, AMERICAN, GERMAN, SLT)
SHA = "0" * 64


def clone(tx: Transaction, user_id: int, name: str, **values: Value) -> int:
    """Give somebody a voice of their own."""
    recording = making.insert(
        tx, "recordings", user_id=user_id, name=name, status="uploaded", path=f"audio/{name}.wav", sha256=SHA, bytes=1,
        created_at=tx.now,
    )  # fmt: skip
    row: dict[str, Value] = {
        "kind": "clone", "recording_id": recording, "name": name, "folded": voices.fold(name),
        "search": voices.fold(name), "user_id": user_id, "visibility": "private", "status": "ready",
        "consent": "spoken", "spoken_by": user_id, "created_at": tx.now, "updated_at": tx.now,
    }  # fmt: skip
    return making.insert(tx, "voices", **row | values)


@pytest.fixture
async def ada(database: Database) -> int:
    """Somebody in a place where the built-in voices are installed."""

    def work(tx: Transaction) -> int:
        making.place(tx)
        voices.install(tx, ALL)
        return making.person(tx)

    return await database.write(work)


def names(found: Sequence[voices.Voice]) -> list[str]:
    return [voice.name for voice in found]


async def test_every_speaker_becomes_a_voice_by_its_key(database: Database, ada: int) -> None:
    found = await database.read(lambda tx: voices.named(tx, "en-gb", user_id=ada, place_id=1))
    assert found is not None
    assert (found.kind, found.title, found.language, found.sex) == (
        "builtin", "English (Great Britain)", "en-gb", "male"
    )  # fmt: skip
    assert (found.engine, found.speaker_key, found.status, found.user_id) == ("espeak", "en-gb", "ready", None)


async def test_installing_again_changes_nothing(database: Database, ada: int) -> None:
    before = await database.read(lambda tx: [tuple(row) for row in tx.all("SELECT * FROM voices")])
    assert await database.write(lambda tx: voices.install(tx, ALL)) == 4
    assert await database.read(lambda tx: [tuple(row) for row in tx.all("SELECT * FROM voices")]) == before


async def test_a_voice_without_its_speaker_is_retired_and_comes_back_as_itself(database: Database, ada: int) -> None:
    def look(tx: Transaction) -> voices.Voice | None:
        return voices.named(tx, "de", user_id=ada, place_id=1)

    first = await database.read(look)
    assert first is not None
    await database.write(lambda tx: users.set_default_voice(tx, ada, first.id))
    assert await database.write(lambda tx: voices.install(tx, [ENGLISH])) == 1
    assert await database.read(look) is None
    gone = await database.read(lambda tx: voices.get(tx, first.id))
    assert gone is not None and gone.status == "retired"

    await database.write(lambda tx: voices.install(tx, ALL))
    assert await database.read(look) == first
    user = await database.read(lambda tx: users.get(tx, ada))
    assert user is not None and user.default_voice_id == first.id


async def test_the_voices_of_an_engine_that_is_not_loaded_yet_stay_as_they_are(database: Database, ada: int) -> None:
    everything = "SELECT * FROM voices ORDER BY id"
    before = await database.read(lambda tx: [tuple(row) for row in tx.all(everything)])
    assert await database.write(lambda tx: voices.install(tx, [], unknown={"espeak", "flite", "other"})) == 0
    assert await database.read(lambda tx: [tuple(row) for row in tx.all(everything)]) == before
    await database.write(lambda tx: voices.install(tx, [], unknown={"other"}))
    assert await database.read(lambda tx: voices.named(tx, "de", user_id=ada, place_id=1)) is None


async def test_a_voice_that_was_revoked_stays_so_when_mynah_starts_again(database: Database, ada: int) -> None:
    await database.write(lambda tx: tx.run("UPDATE voices SET status = 'revoked' WHERE name = 'de'"))
    changed = Speaker(engine="espeak", key="de", name="German (new)", language="de")
    await database.write(lambda tx: voices.install(tx, [ENGLISH, changed]))
    assert await database.read(lambda tx: voices.named(tx, "de", user_id=ada, place_id=1)) is None


async def test_what_an_engine_says_anew_of_a_speaker_is_taken_over(database: Database, ada: int) -> None:
    changed = Speaker(engine="espeak", key="de", name="Deutsch", language="de-at", sex="female", notes="New.")
    await database.write(lambda tx: voices.install(tx, [changed]))
    voice = await database.read(lambda tx: voices.named(tx, "de", user_id=ada, place_id=1))
    assert voice is not None
    assert (voice.title, voice.language, voice.sex, voice.notes) == ("Deutsch", "de-at", "female", "New.")


async def test_the_notes_of_an_admin_stand_before_the_engines(database: Database, ada: int) -> None:
    await database.write(lambda tx: tx.run("UPDATE voices SET notes = 'Best for long texts.' WHERE name = 'de'"))
    await database.write(lambda tx: voices.install(tx, ALL))
    voice = await database.read(lambda tx: voices.named(tx, "de", user_id=ada, place_id=1))
    assert voice is not None and voice.notes == "Best for long texts."


async def test_two_engines_may_call_a_speaker_alike(database: Database, ada: int) -> None:
    other = Speaker(engine="piper", key="de", name="German (Piper)", language="de")
    await database.write(lambda tx: voices.install(tx, [*ALL, other]))
    first = await database.read(lambda tx: voices.named(tx, "de", user_id=ada, place_id=1))
    second = await database.read(lambda tx: voices.named(tx, "piper:de", user_id=ada, place_id=1))
    assert first is not None and first.engine == "espeak"
    assert second is not None and second.engine == "piper"
    assert await database.write(lambda tx: voices.install(tx, [*ALL, other])) == 5


@pytest.mark.parametrize("typed", ["EN-GB", " en-gb ", "\uff25n-gb", "en-GB"])
async def test_a_name_is_known_however_it_is_written(database: Database, ada: int, typed: str) -> None:
    assert await database.read(lambda tx: voices.named(tx, typed, user_id=ada, place_id=1)) is not None


async def test_ones_own_voice_goes_before_the_places_and_the_built_in_one(database: Database, ada: int) -> None:
    def whose(user_id: int, place_id: int) -> Callable[[Transaction], int | None]:
        def work(tx: Transaction) -> int | None:
            voice = voices.named(tx, "de", user_id=user_id, place_id=place_id)
            return voice.user_id if voice else -1

        return work

    def work(tx: Transaction) -> tuple[int, int]:
        bob, eve = making.person(tx, "2", "Bob"), making.person(tx, "3", "Eve")
        clone(tx, ada, "de")
        clone(tx, bob, "de", visibility="place", place_id=1)
        return bob, eve

    bob, eve = await database.write(work)
    other = await database.write(lambda tx: places.ensure(tx, "discord", "77", "server", "Elsewhere"))
    assert await database.read(whose(ada, 1)) == ada
    assert await database.read(whose(eve, 1)) == bob
    assert await database.read(whose(eve, other.id)) is None, "the built-in one"
    assert await database.read(whose(bob, other.id)) == bob


@pytest.mark.parametrize("status", ["building", "revoked", "failed", "retired"])
async def test_a_voice_that_cannot_speak_is_not_offered(database: Database, ada: int, status: str) -> None:
    await database.write(lambda tx: clone(tx, ada, "mine", status=status))
    assert await database.read(lambda tx: voices.named(tx, "mine", user_id=ada, place_id=1)) is None
    assert "mine" not in await database.read(lambda tx: voices.suggest(tx, "", user_id=ada, place_id=1))
    assert "mine" not in names(await database.read(lambda tx: voices.visible(tx, user_id=ada, place_id=1)))


async def test_a_private_voice_is_its_owners_alone(database: Database, ada: int) -> None:
    bob = await database.write(lambda tx: making.person(tx, "2", "Bob"))
    await database.write(lambda tx: clone(tx, bob, "bob"))

    def look(tx: Transaction) -> tuple[object, list[str], list[str], list[str]]:
        return (
            voices.named(tx, "bob", user_id=ada, place_id=1),
            names(voices.visible(tx, user_id=ada, place_id=1, search="bob")),
            voices.suggest(tx, "bob", user_id=ada, place_id=1),
            voices.nearest(tx, "bob", user_id=ada, place_id=1),
        )

    assert await database.read(look) == (None, [], [], [])


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["de", "en-gb", "en-us", "slt"]),
        ({"language": "en"}, ["en-gb", "en-us", "slt"]),
        ({"language": "EN-US"}, ["en-us", "slt"]),
        ({"language": "e"}, []),
        ({"language": "%"}, []),
        ({"sex": "female"}, ["slt"]),
        ({"kind": "clone"}, []),
        ({"kind": "builtin", "sex": "male", "language": "de"}, ["de"]),
        ({"search": "britain"}, ["en-gb"]),
        ({"search": "ENGLISH"}, ["en-gb", "en-us", "slt"]),
        ({"search": "100%"}, []),
        ({"search": "_"}, []),
    ],
)
async def test_voices_are_listed_by_what_is_wanted(
    database: Database, ada: int, wanted: dict[str, str], expected: list[str]
) -> None:
    assert names(await database.read(lambda tx: voices.visible(tx, user_id=ada, place_id=1, **wanted))) == expected  # type: ignore[arg-type]  # all of them are texts


async def test_voices_are_listed_in_pages(database: Database, ada: int) -> None:
    def page(offset: int) -> Callable[[Transaction], list[str]]:
        return lambda tx: names(voices.visible(tx, user_id=ada, place_id=1, limit=3, offset=offset))

    assert await database.read(page(0)) == ["de", "en-gb", "en-us"]
    assert await database.read(page(3)) == ["slt"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ["en-gb", "en-us", "slt", "de"]),
        ("en", ["en-gb", "en-us", "slt"]),
        ("ger", ["de"]),
        ("america", ["en-us"]),
        ("S", ["slt", "en-gb", "en-us"]),
        ("%", []),
    ],
)
async def test_suggestions_go_on_from_what_is_typed(
    database: Database, ada: int, typed: str, expected: list[str]
) -> None:
    assert await database.read(lambda tx: voices.suggest(tx, typed, user_id=ada, place_id=1)) == expected


async def test_before_anything_is_typed_those_come_first_that_speak_as_ones_own_voice_does(
    database: Database, ada: int
) -> None:
    def choose(tx: Transaction) -> list[str]:
        german = voices.named(tx, "de", user_id=ada, place_id=1)
        assert german is not None
        places.set_default_voice(tx, 1, german.id)
        return voices.suggest(tx, "", user_id=ada, place_id=1)

    assert await database.write(choose) == ["de", "en-gb", "en-us", "slt"]


async def test_ones_own_voices_are_suggested_first_and_no_more_than_asked(database: Database, ada: int) -> None:
    await database.write(lambda tx: clone(tx, ada, "zoe"))
    assert await database.read(lambda tx: voices.suggest(tx, "", user_id=ada, place_id=1, n=2)) == ["zoe", "en-gb"]


@pytest.mark.parametrize(
    ("meant", "expected"),
    [
        ("en_gb", "en-gb"),
        ("engb", "en-gb"),
        ("Germann", "de"),
        ("english", "en-gb"),
        ("english great britain", "en-gb"),
        ("enus", "en-us"),
    ],
)
async def test_the_nearest_name_is_offered_for_one_that_no_voice_has(
    database: Database, ada: int, meant: str, expected: str
) -> None:
    near = await database.read(lambda tx: voices.nearest(tx, meant, user_id=ada, place_id=1))
    assert near[0] == expected
    assert len(near) <= 3


async def test_nothing_is_offered_for_what_is_like_no_name(database: Database, ada: int) -> None:
    assert await database.read(lambda tx: voices.nearest(tx, "qqqqqqqqqqqq", user_id=ada, place_id=1)) == []
