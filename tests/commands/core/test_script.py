"""A text as the lines that an engine is given."""

from __future__ import annotations

from dataclasses import replace

from commands.core.manner import USUAL, Manner
from commands.core.params import Timestamps
from commands.core.plan import Plan
from commands.core.script import lines, mix
from engine.engine import Abilities
from engine.text.lexicon import Entry, Lexicon
from storage.voices import Voice

VOICE = Voice(
    id=1, kind="builtin", name="en-gb", title="English", language="en-gb", sex="", notes="", visibility="public",
    status="ready", revision=1, user_id=None, engine="espeak", speaker_key="en-gb",
)  # fmt: skip
PLAN = Plan(voice=VOICE, language="en-gb", lexicon=Lexicon(), gain=1.0, fingerprint="0" * 64)
ONE_BY_ONE = Abilities(
    languages=frozenset({"en-gb"}), clones=False, timings=frozenset({"word"}), pitch=True, batch=1, licence="MIT",
    version="1",
)  # fmt: skip
TOGETHER = replace(ONE_BY_ONE, passage=30)
TEXT = "One is said. Two are said. Three are said."


def texts(text: str, abilities: Abilities, plan: Plan = PLAN, manner: Manner = USUAL) -> list[tuple[float, str, float]]:
    made = lines(text, plan, manner, abilities)
    return [(line.before, line.utterance.text, line.after) for line in made]


def test_each_sentence_is_a_line() -> None:
    assert texts(TEXT, ONE_BY_ONE) == [(0, "One is said.", 0), (0, "Two are said.", 0), (0, "Three are said.", 0)]


def test_an_engine_that_can_gets_several_at_once_up_to_what_it_takes() -> None:
    assert texts(TEXT, TOGETHER) == [(0, "One is said. Two are said.", 0), (0, "Three are said.", 0)]


def test_not_where_somebody_wants_to_know_when_each_is_said() -> None:
    manner = Manner(timestamps=Timestamps.WORDS)
    assert len(texts(TEXT, TOGETHER, manner=manner)) == 3
    told = lines(TEXT, PLAN, manner, TOGETHER)
    assert [line.sentence.written if line.sentence else "" for line in told] == TEXT.replace(". ", ".|").split("|")


def test_what_is_heard_at_once_begins_with_a_sentence_and_grows() -> None:
    made = lines("One is. " * 12, PLAN, USUAL, replace(TOGETHER, passage=60), heard=True)
    lengths = [len(line.utterance.text) for line in made]
    assert lengths[0] == len("One is.")
    assert all(after <= sum(lengths[: n + 1]) for n, after in enumerate(lengths[1:]))
    assert max(lengths) <= 60 and len(made) < 12


def test_pauses_stand_where_the_text_has_them() -> None:
    assert texts("[pause 1s] One. [pause 2s] Two. [pause 500ms]", TOGETHER) == [(1, "One.", 2), (0, "Two.", 0.5)]
    assert texts("One. Two. [pause 2s] Three. Four.", TOGETHER) == [(0, "One. Two.", 2), (0, "Three. Four.", 0)]


def test_the_lexicon_and_the_language_decide_what_is_said() -> None:
    plan = replace(PLAN, lexicon=Lexicon([Entry(word="SQL", spoken="sequel")]))
    assert texts("SQL has 2 of 3.", ONE_BY_ONE, plan) == [(0, "sequel has two of three.", 0)]


def test_pitch_goes_to_an_engine_that_heeds_it_else_to_the_mix() -> None:
    manner = replace(USUAL, pitch=3.0)
    (line,) = lines("One.", PLAN, manner, ONE_BY_ONE)
    assert (line.utterance.pitch, mix(PLAN, manner, ONE_BY_ONE, 1.0).semitones) == (3.0, 0.0)
    cannot = replace(ONE_BY_ONE, pitch=False)
    (line,) = lines("One.", PLAN, manner, cannot)
    assert (line.utterance.pitch, mix(PLAN, manner, cannot, 1.0).semitones) == (0.0, 3.0)


def test_volume_comes_on_top_of_what_makes_voices_equally_loud() -> None:
    assert mix(PLAN, replace(USUAL, volume=0.5), ONE_BY_ONE, 1.5).gain == 0.75
