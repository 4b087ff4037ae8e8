"""What saying a text may take: more than it takes, and not too much more."""

from __future__ import annotations

import math

import pytest

from commands.core.command import Lane
from commands.core.estimate import LONG, at_most, quote_text
from commands.core.greetings import GREETINGS
from commands.core.manner import USUAL
from engine.espeak_engine import EspeakEngine
from engine.speech import Utterance
from storage.metrics import Metric

PROSE = (
    "It was a bright cold day in April, and the clocks were striking thirteen. Winston Smith, his chin nuzzled into "
    "his breast in an effort to escape the vile wind, slipped quickly through the glass doors of Victory Mansions."
)
ENGLISH = {
    "prose": PROSE,
    "a word": "Hi",
    "numbers": "In 1984 there were 1,234,567 of them; 777 were left in 2027.",
    "digits": "7777777777777777777777",
    "shouting": "NASA AND THE BBC ARE ABC XYZ WWW",
    "signs": "%%% @@@ ### $$$ &&& +++",
    "lines": "a\n\nb\n\nc\n\nd",
}


@pytest.fixture(scope="module")
def engine() -> EspeakEngine:
    opened = EspeakEngine()
    opened.open()
    return opened


def seconds(engine: EspeakEngine, text: str, voice: str, speed: float) -> float:
    """How long espeak really takes."""
    utterance = Utterance(text=text, engine="espeak", speaker=voice, speed=speed)
    return math.fsum(audio.seconds for _, audio in engine.synthesize([utterance], lambda row: False))


@pytest.mark.parametrize("speed", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("text", ENGLISH.values(), ids=ENGLISH)
def test_english_takes_no_longer_than_estimated(engine: EspeakEngine, text: str, speed: float) -> None:
    assert seconds(engine, text, "en-us", speed) <= at_most(text, speed)


def test_every_language_takes_no_longer_than_estimated(engine: EspeakEngine) -> None:
    spoken = {speaker.key for speaker in engine.speakers()}
    tried = 0
    for language, text in GREETINGS.items():
        if language in spoken:
            tried += 1
            assert seconds(engine, text, language, 1.0) <= at_most(text, 1.0), language
    assert tried > 40


def test_prose_is_not_estimated_at_more_than_three_times_its_length(engine: EspeakEngine) -> None:
    text = PROSE * 5
    assert at_most(text, 1.0) < 3 * seconds(engine, text, "en-us", 1.0)


def test_a_quote_counts_one_generation_its_characters_and_room_for_the_file() -> None:
    quote = quote_text("Good morning.", USUAL)
    charged = {charge.metric: charge.amount for charge in quote.charges}
    assert charged[Metric.GENERATIONS] == 1
    assert charged[Metric.CHARACTERS] == quote.characters == 13
    assert charged[Metric.BYTES] > charged[Metric.SECONDS] * 22_050 * 2
    assert quote.lane is None


def test_a_chapter_waits_with_other_long_work() -> None:
    assert quote_text("x" * LONG, USUAL).lane is None
    assert quote_text("x" * (LONG + 1), USUAL).lane is Lane.SOON
