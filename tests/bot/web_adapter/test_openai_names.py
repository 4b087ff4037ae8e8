"""OpenAI's names, and whose voices they mean."""

from __future__ import annotations

import pytest

from bot.web_adapter.openai_names import OWN, VOICES, Meant, meant, names
from commands.core.command import Audience
from commands.core.context import Asker
from engine.espeak_engine import EspeakEngine
from engine.speech import Speaker
from storage import places, voices
from storage.database import Database, Transaction
from tests.storage import making

LANGUAGES = ("de", "en-gb", "en-us", "fr-fr")


def speaker(key: str) -> Speaker:
    return Speaker(engine="espeak", key=key, name=key, language=key)


async def who(database: Database, text: str, *wanted: str, here: tuple[str, ...] = LANGUAGES) -> list[Meant]:
    def work(tx: Transaction) -> list[Meant]:
        voices.install(tx, [speaker(key) for key in here])
        ada, place = making.person(tx), places.get(tx, making.place(tx))
        asker = Asker(user_id=ada, name="Ada", platform="web", place=place, rank=Audience.EVERYONE)
        making.clone(tx, ada, "Shimmer")
        return [meant(tx, asker, each, text, names(["nova=de"]), LANGUAGES) for each in wanted]

    return await database.write(work)


async def test_the_own_voice_is_meant_by_nothing_and_by_auto(database: Database) -> None:
    assert await who(database, "Hello.", "", "auto", "AUTO", "alloy") == [Meant(voice="")] * 4


async def test_a_voice_of_that_name_goes_before_what_openai_calls_so(database: Database) -> None:
    assert await who(database, "Hello.", "shimmer", "en-gb") == [Meant(voice="shimmer"), Meant(voice="en-gb")]


async def test_the_hosts_word_goes_before_ours(database: Database) -> None:
    assert await who(database, "Hello.", "nova", "Nova ") == [Meant(voice="de")] * 2


@pytest.mark.parametrize(
    ("text", "language"),
    [("This is what we have said to all of them.", ""), ("Das ist nicht der Tag, an dem wir uns sehen.", "de")],
)
async def test_a_name_speaks_the_language_of_the_text(database: Database, text: str, language: str) -> None:
    assert await who(database, text, "coral") == [Meant(voice=VOICES["coral"], language=language)]


async def test_where_the_voice_is_not_here_the_own_one_speaks(database: Database) -> None:
    assert await who(database, "Hello.", "coral", here=("de",)) == [Meant(voice="")]


async def test_a_name_that_nobody_knows_is_left_to_be_refused(database: Database) -> None:
    assert await who(database, "Hello.", "nobody") == [Meant(voice="nobody")]


@pytest.mark.parametrize("voice", [each for each in VOICES.values() if each != OWN])
def test_what_stands_for_openais_names_is_there_in_every_install(voice: str, opened: EspeakEngine) -> None:
    base, _, variant = voice.partition("+")
    assert base in {each.key for each in opened.speakers()}
    assert variant in {each.key for each in opened.variants()}


@pytest.fixture(scope="module")
def opened() -> EspeakEngine:
    engine = EspeakEngine()
    engine.open()
    return engine
