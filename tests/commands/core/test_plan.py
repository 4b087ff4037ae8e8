"""Who says a text, in which language, and whether it was said before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from commands.core import plan
from commands.core.context import Asker
from commands.core.errors import NotFound, UsageError
from commands.core.estimate import LONG
from commands.core.manner import USUAL, Manner
from commands.core.params import Timestamps
from commands.core.plan import Plan
from storage import levels, lexicon, voices
from storage.clock import DAY
from storage.database import Transaction
from tests.commands.world import World

HELLO = "Hello, I am Mynah."
GERMAN = "Guten Morgen, ich habe heute leider keine Zeit für dich."
FRENCH = "Il ne faut pas vendre la peau de l'ours avant de l'avoir tué."
NO_LANGUAGE = "Mynah 12"


async def made(world: World, text: str, voice: str = "", manner: Manner = USUAL, asker: Asker | None = None) -> Plan:
    return await plan.make(world.inquiry(asker or await world.person("ada")), text, voice, manner)


@pytest.mark.parametrize(
    ("text", "voice", "language"),
    [(GERMAN, "de", "de"), (FRENCH, "fr-fr", "fr-fr"), (HELLO, "en-us", "en-us"), (NO_LANGUAGE, "en-us", "en-us")],
)
@pytest.mark.parametrize("default", ["en-us", "auto"])
async def test_the_language_that_is_found_picks_the_voice_where_nobody_chose_one(
    world: World, text: str, voice: str, language: str, default: str
) -> None:
    world.rules = replace(world.rules, default_voice=default)
    found = await made(world, text)
    if default == "auto" and voice == "en-us":
        voice, language = "en-gb", "en-gb"
    assert (found.voice.name, found.language) == (voice, language)


async def test_a_voice_that_is_named_reads_in_its_own_language_whatever_the_text_is_in(world: World) -> None:
    found = await made(world, GERMAN, "en-gb")
    assert (found.voice.name, found.language) == ("en-gb", "en-gb")


async def test_a_language_that_is_given_goes_before_what_is_found(world: World) -> None:
    found = await made(world, GERMAN, manner=Manner(language="fr"))
    assert (found.voice.name, found.language) == ("fr-fr", "fr")
    found = await made(world, GERMAN, "en-gb", Manner(language="de"))
    assert (found.voice.name, found.language) == ("en-gb", "de")


@pytest.mark.parametrize(
    ("typed", "tag"),
    [
        *(("DE", "de"), (" en_GB ", "en-gb"), ("en", "en"), ("pt-BR", "pt-br"), ("de-AT", "de"), ("fr-CA", "fr")),
        *(("zh-CN", "zh"), ("iw", "he"), ("German", "de"), ("japanese", "ja")),
    ],
)
async def test_a_language_may_be_typed_as_people_do(world: World, typed: str, tag: str) -> None:
    assert (await made(world, HELLO, manner=Manner(language=typed))).language == tag


@pytest.mark.parametrize("typed", ["klingon", "d", "\0", "x" * 10_000, "{name}", "de; DROP TABLE voices"])
async def test_a_language_that_is_none_is_refused_in_a_short_sentence(world: World, typed: str) -> None:
    with pytest.raises(UsageError, match=r"[.…?]$") as caught:
        await made(world, HELLO, manner=Manner(language=typed))
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(("typed", "meant"), [("germn", "de"), ("Japanes", "ja"), ("spannish", "es")])
async def test_a_language_whose_name_is_mistyped_is_answered_with_its_tag(world: World, typed: str, meant: str) -> None:
    with pytest.raises(UsageError, match=rf"Did you mean .*\b{meant}\b"):
        await made(world, HELLO, manner=Manner(language=typed))


async def test_a_voice_that_is_not_there_is_refused(world: World) -> None:
    with pytest.raises(NotFound):
        await made(world, HELLO, "darth")


async def test_the_own_word_goes_before_the_places_and_both_hold_here(world: World) -> None:
    ada = await world.person("ada")

    def add(tx: Transaction) -> None:
        lexicon.add(tx, word="Mynah", spoken="mine", user_id=ada.user_id)
        lexicon.add(tx, word="Mynah", spoken="the place's", place_id=ada.place.id)
        lexicon.add(tx, word="hello", spoken="good day", place_id=ada.place.id)

    await world.database.write(add)
    found = await made(world, HELLO, asker=ada)
    assert "".join(piece.spoken for piece in found.lexicon.apply(HELLO, "en-us")) == "good day, I am mine."


Change = Callable[[Transaction, Asker], object]
CHANGES: dict[str, Change] = {
    "a word of the person's": lambda tx, ada: lexicon.add(tx, word="Mynah", spoken="m", user_id=ada.user_id),
    "a word of the place's": lambda tx, ada: lexicon.add(tx, word="hello", spoken="hi", place_id=ada.place.id),
    "the voice, made anew": lambda tx, ada: tx.run("UPDATE voices SET revision = 2 WHERE name = 'en-us'"),
}
NO_CHANGES: dict[str, Change] = {
    "a word that the text has not": lambda tx, ada: lexicon.add(tx, word="Minah", spoken="m", user_id=ada.user_id),
    "a word of another language": lambda tx, ada: lexicon.add(
        tx, word="hello", spoken="hallo", language="de", user_id=ada.user_id
    ),
    "another voice, made anew": lambda tx, ada: tx.run("UPDATE voices SET revision = 2 WHERE name = 'de'"),
    "that it was measured": lambda tx, ada: levels.note(tx, "espeak", "en-us", "1.52", 1.5),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_what_changes_the_sound_changes_the_fingerprint(world: World, change: Change) -> None:
    ada = await world.person("ada")
    before = await made(world, HELLO, asker=ada)
    await world.database.write(lambda tx: change(tx, ada))
    assert (await made(world, HELLO, asker=ada)).fingerprint != before.fingerprint


@pytest.mark.parametrize("change", NO_CHANGES.values(), ids=NO_CHANGES)
async def test_what_changes_nothing_in_the_sound_leaves_the_fingerprint(world: World, change: Change) -> None:
    ada = await world.person("ada")
    before = await made(world, HELLO, asker=ada)
    await world.database.write(lambda tx: change(tx, ada))
    assert (await made(world, HELLO, asker=ada)).fingerprint == before.fingerprint


async def test_where_a_places_lexicon_says_it_otherwise_it_is_another_answer(world: World) -> None:
    here, elsewhere = await world.person("ada"), await world.person("ada", place="43")
    await world.database.write(lambda tx: lexicon.add(tx, word="hello", spoken="hi", place_id=here.place.id))
    await world.ask(here, "speak", text=HELLO)
    assert (await made(world, HELLO, asker=here)).answer
    assert not (await made(world, HELLO, asker=elsewhere)).answer


async def test_a_voice_is_measured_for_everybody_once_for_this_version_of_its_engine(world: World) -> None:
    assert (await made(world, HELLO)).gain is None
    await world.ask(await world.person("bob"), "speak", text="Anything.")
    gain = (await made(world, HELLO)).gain
    assert gain is not None and gain > 0
    assert (await made(world, HELLO, "de")).gain is None
    await world.database.write(lambda tx: tx.run("UPDATE levels SET version = 'older'"))
    assert (await made(world, HELLO)).gain is None


async def test_an_answer_is_all_its_files_the_sound_first_as_long_as_all_are_there(world: World) -> None:
    ada, manner = await world.person("ada"), Manner(timestamps=Timestamps.WORDS)
    reply = await world.ask(ada, "speak", text=HELLO, timestamps="words")
    answer = (await made(world, HELLO, manner=manner, asker=ada)).answer
    assert [file.id for file in answer] == [file.id for file in reply.files]
    assert answer[0].format == "wav"
    (world.host.data / answer[2].path).unlink()
    assert (await made(world, HELLO, manner=manner, asker=ada)).answer == ()


async def test_an_answer_is_the_persons_own_and_lasts_as_long_as_its_file(world: World) -> None:
    ada, bob = await world.person("ada"), await world.person("bob")
    await world.ask(ada, "speak", text=HELLO)
    assert not (await made(world, HELLO, asker=bob)).answer
    assert (await made(world, HELLO, asker=ada)).answer
    world.clock.turn(7 * DAY)
    assert not (await made(world, HELLO, asker=ada)).answer


async def test_a_long_text_is_planned_as_a_short_one(world: World) -> None:
    text = "Ich habe heute leider keine Zeit. " * (LONG // 30)
    assert len(text) > LONG
    found = await made(world, text)
    assert (found.voice.name, found.language, found.answer) == ("de", "de", ())


async def test_a_voice_whose_engine_is_gone_is_planned_all_the_same(world: World) -> None:
    gone = await world.person("ada")
    await world.database.write(lambda tx: tx.run("UPDATE speakers SET engine = 'gone' WHERE key = 'de'"))
    found = await made(world, GERMAN, "de", asker=gone)
    assert (found.voice.engine, found.gain, found.answer) == ("gone", None, ())


async def test_a_voice_of_ones_own_keeps_every_text(world: World) -> None:
    ada = await world.person("ada")
    await world.make_voice("mine", ada.user_id, "private")

    def choose(tx: Transaction) -> None:
        voice = voices.named(tx, "mine", user_id=ada.user_id, place_id=ada.place.id)
        assert voice is not None
        tx.run("UPDATE users SET default_voice_id = :id WHERE id = :user", id=voice.id, user=ada.user_id)

    await world.database.write(choose)
    assert (await made(world, GERMAN, asker=ada)).voice.name == "mine"
