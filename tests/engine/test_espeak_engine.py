from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.engine import EngineError
from engine.espeak_engine import MUTE, EspeakEngine, read_timings
from engine.espeak_library import PHONEME, SENTENCE, WORD, Mark, espeak_library
from engine.speech import Audio, Timing, Utterance
from engine.syllables import syllables
from tests.engine.pitch import median_pitch


@pytest.fixture(scope="module")
def engine() -> Iterator[EspeakEngine]:
    engine = EspeakEngine()
    engine.open()
    yield engine
    engine.close()


def say(engine: EspeakEngine, text: str, speaker: str = "en-us", speed: float = 1.0) -> Audio:
    utterance = Utterance(text=text, engine="espeak", speaker=speaker, speed=speed)
    ((row, audio),) = engine.synthesize([utterance], lambda row: False)
    assert row == 0
    return audio


def heard(audio: Audio) -> str:
    """What was said, in phonemes."""
    return "".join(timing.text for timing in audio.timings if timing.kind == "phoneme")


def test_every_language_that_speaks_is_a_speaker_with_a_name_for_people(engine: EspeakEngine) -> None:
    names = {speaker.key: speaker.name for speaker in engine.speakers()}
    assert len(names) == len(set(names.values())) == 138
    assert names["en-gb"] == "English (Great Britain)"
    assert names["de"] == "German"
    assert names["chr-US-Qaaa-x-west"] == "Cherokee"
    assert names["yue-latn-jyutping"] == "Chinese (Cantonese, Latin as Jyutping)"
    assert all(name == name.strip() and name[0].isupper() for name in names.values())
    assert "xex" not in names


def test_every_listed_language_speaks_its_own_script_or_ours(engine: EspeakEngine) -> None:
    silent = [speaker.key for speaker in engine.speakers() if not heard(say(engine, "hello world", speaker.key))]
    assert silent == []


def test_the_languages_that_are_left_out_say_nothing_at_all() -> None:
    library = espeak_library()
    left_out = [file for file in library.languages if file.languages[0] in MUTE]
    assert len(left_out) == len(MUTE)
    for file in left_out:
        speech = library.say("hello world 1 2 3", voice=file.path, pace=175, stopped=lambda: False)
        assert not any(speech.pcm), f"{file.name} speaks now: take it off the list"


def test_every_variant_is_taken_and_sounds_otherwise(engine: EspeakEngine) -> None:
    plain = say(engine, "Hello there.", "en-gb").samples
    variants = engine.variants()
    assert len({variant.key for variant in variants}) == 104
    for variant in variants:
        samples = say(engine, "Hello there.", f"en-gb+{variant.key}").samples
        assert np.abs(samples).max() > 0.05, variant.key
        assert not np.array_equal(samples, plain), variant.key


def test_variants_have_names_and_sexes(engine: EspeakEngine) -> None:
    variants = {variant.key: variant for variant in engine.variants()}
    assert (variants["annie"].name, variants["annie"].sex) == ("Annie", "female")
    assert (variants["mr_serious"].name, variants["mr_serious"].sex) == ("Mr Serious", "male")
    assert variants["whisperf"].name == "Female whisper"


@pytest.mark.parametrize(
    "speaker",
    [
        *("en-gb+annie", "en-gb+Annie", "EN-GB+ANNIE", "en-gb+f1", "en-gb+female1", "de+Mr Serious", "de+mr_serious"),
        *("ru+whisper", "yue-latn-jyutping+annie", "CHR-us-qaaa-X-west", "fr-fr+auntie", "fr-fr+aunty"),
    ],
)
def test_a_speaker_is_known_by_each_of_its_names(engine: EspeakEngine, speaker: str) -> None:
    assert say(engine, "Hello.", speaker).seconds > 0.2


def test_names_of_variants_are_not_mistaken_for_each_other(engine: EspeakEngine) -> None:
    for file in espeak_library().variants:
        by_name = say(engine, "One.", f"en-gb+{file.name}").seconds
        by_file = say(engine, "One.", f"en-gb+{file.path.removeprefix('!v/')}").seconds
        assert by_name == pytest.approx(by_file, abs=0.05), file


@pytest.mark.parametrize("speaker", ["", "+", "nosuch", "en-gb+nosuch", "+annie", "en-gb+../f1", "gmw/en", "fo", "\0"])
def test_a_speaker_that_is_not_there_is_refused(engine: EspeakEngine, speaker: str) -> None:
    with pytest.raises(EngineError):
        say(engine, "Hello.", speaker)


def test_a_variant_does_not_stick_to_the_next_utterance(engine: EspeakEngine) -> None:
    before = say(engine, "Hello there.", "en-gb").seconds
    say(engine, "Hello there.", "en-gb+grandma", speed=0.5)
    assert say(engine, "Hello there.", "en-gb").seconds == pytest.approx(before, abs=0.02)


@pytest.mark.parametrize(("speed", "shorter"), [(0.5, 0.5), (1.5, 1.5), (2.0, 2.0), (2.5, 2.5), (3.0, 2.9)])
def test_speed_is_what_it_says(engine: EspeakEngine, speed: float, shorter: float) -> None:
    text = "The quick brown fox jumps over the lazy dog, and a sentence that goes on for a while tells more."
    ratio = say(engine, text).seconds / say(engine, text, speed=speed).seconds
    assert ratio == pytest.approx(shorter, rel=0.08)


@pytest.mark.parametrize("speed", [float("nan"), float("inf")])
def test_what_is_no_speed_is_refused(engine: EspeakEngine, speed: float) -> None:
    with pytest.raises(EngineError):
        say(engine, "Hello.", speed=speed)


@pytest.mark.parametrize("pitch", [float("nan"), float("inf")])
def test_what_is_no_pitch_is_refused(engine: EspeakEngine, pitch: float) -> None:
    utterance = Utterance(text="Hello.", engine="espeak", speaker="en-us", pitch=pitch)
    with pytest.raises(EngineError):
        list(engine.synthesize([utterance], lambda row: False))


def height(engine: EspeakEngine, speaker: str, pitch: float = 0.0) -> float:
    text = "We were away a year ago when you ran along the river all year long, and no one knew why you ran."
    ((_, audio),) = engine.synthesize(
        [Utterance(text=text, engine="espeak", speaker=speaker, pitch=pitch)], lambda row: False
    )
    return median_pitch(audio.samples, audio.rate)


def test_a_pitch_does_not_stick_to_the_next_utterance(engine: EspeakEngine) -> None:
    usual, german = height(engine, "en-us"), height(engine, "de")
    assert height(engine, "en-us", 6.0) > 1.3 * usual
    assert height(engine, "de") == pytest.approx(german, rel=0.03)
    assert height(engine, "de", -6.0) < german / 1.3
    assert height(engine, "en-us") == pytest.approx(usual, rel=0.03)
    aunt = height(engine, "en-us+aunty")
    assert height(engine, "en-us", 6.0) > 1.3 * usual
    assert height(engine, "en-us+aunty", 6.0) == pytest.approx(aunt * 2**0.5, rel=0.03), "each voice has its own range"
    with pytest.raises(EngineError):
        say(engine, "Hello.", "nosuch")
    assert height(engine, "en-us") == pytest.approx(usual, rel=0.03)


@pytest.mark.parametrize("speaker", ["en-gb+annie", "en-us+f2", "en-gb+robosoft", "vi", "af", "mi", "en-us+klatt"])
def test_the_pitch_is_right_whatever_a_voice_makes_of_its_own(engine: EspeakEngine, speaker: str) -> None:
    usual = height(engine, speaker)
    for semitones in (-6.0, -3.0, 3.0, 6.0):
        heard = 12 * math.log2(height(engine, speaker, semitones) / usual)
        assert heard == pytest.approx(semitones, abs=0.5)


def test_a_language_that_has_dialects_has_one_that_stands_for_it(engine: EspeakEngine) -> None:
    speakers = engine.speakers()
    for tag, key in {"en": "en-gb", "fr": "fr-fr", "zh": "cmn", "no": "nb", "pt-pt": "pt"}.items():
        assert [speaker.key for speaker in speakers if tag in speaker.also] == [key]
    taken = {speaker.language for speaker in speakers}
    assert not any(taken & set(speaker.also) for speaker in speakers)


def test_words_are_timed_as_they_stand_in_the_text(engine: EspeakEngine) -> None:
    text = "Naïve Élodie — 'yes' — paid $3.50, or 1,000,000 😀 today. Did she?"
    timings = say(engine, text).timings
    words = [timing.text for timing in timings if timing.kind == "word"]
    assert words == ["Naïve", "Élodie", "yes", "paid", "$", "3.50", "or", "1,000,000", "😀", "today", "Did", "she"]
    sentences = [timing.text for timing in timings if timing.kind == "sentence"]
    assert sentences == ["Naïve Élodie — 'yes' — paid $3.50, or 1,000,000 😀 today.", "Did she?"]


def test_words_do_not_reach_into_pauses_or_each_other(engine: EspeakEngine) -> None:
    audio = say(engine, "One, two. Three.")
    words = [timing for timing in audio.timings if timing.kind == "word"]
    assert [word.text for word in words] == ["One", "two", "Three"]
    for word, after in pairwise(words):
        assert word.end_ms + 100 < after.start_ms
    assert words[-1].end_ms + 100 < audio.seconds * 1000


def test_speaking_stops_when_nobody_waits(engine: EspeakEngine) -> None:
    utterances = [Utterance(text=text, engine="espeak", speaker="en-us") for text in ("one", "two", "three")]
    assert [row for row, _ in engine.synthesize(utterances, lambda row: row == 1)] == [0, 2]


@given(
    st.text(max_size=20),
    st.lists(
        st.builds(
            Mark,
            st.sampled_from([WORD, SENTENCE, PHONEME]),
            st.integers(-3, 30),
            st.integers(-3, 30),
            st.integers(-50, 2000),
            st.sampled_from(["", "a", "ʃ"]),
        ),
        max_size=30,
    ),
    st.integers(0, 1500),
)
def test_whatever_espeak_tells_timings_are_in_order_and_inside(text: str, marks: list[Mark], length_ms: int) -> None:
    timings = read_timings(text, marks, length_ms)
    assert [timing.start_ms for timing in timings] == sorted(timing.start_ms for timing in timings)
    assert all(0 <= timing.start_ms <= timing.end_ms <= length_ms for timing in timings)
    assert all(timing.text in text for timing in timings if timing.kind != "phoneme")


def test_a_word_that_espeak_says_in_parts_is_one() -> None:
    marks = [
        Mark(SENTENCE, 1, 0, 0, ""),
        Mark(WORD, 1, 4, 0, ""),
        Mark(PHONEME, 1, 0, 10, "θ"),
        Mark(WORD, 2, 3, 100, ""),
        Mark(PHONEME, 2, 0, 100, "p"),
        Mark(PHONEME, 2, 0, 200, ""),
    ]
    assert read_timings("3.50", marks, 300) == (
        Timing(kind="sentence", text="3.50", start_ms=0, end_ms=200),
        Timing(kind="word", text="3.50", start_ms=0, end_ms=200),
        Timing(kind="phoneme", text="θ", start_ms=10, end_ms=100),
        Timing(kind="phoneme", text="p", start_ms=100, end_ms=200),
    )


def test_words_that_espeak_marks_a_part_of_are_told_whole(engine: EspeakEngine) -> None:
    timings = say(engine, "It's John-Paul, don't you know.").timings
    assert [timing.text for timing in timings if timing.kind == "word"] == ["It's", "John-Paul", "don't", "you", "know"]
    timings = say(engine, "你好\uff0c世界。", "cmn").timings
    assert [timing.text for timing in timings if timing.kind == "word"] == ["你好", "世", "界"]


def test_syllables_of_a_word_from_another_language_are_parts_of_it(engine: EspeakEngine) -> None:
    said = say(engine, "Der Download war cool, sagt er.", "de")
    told = [timing.text for timing in syllables(said.timings, "de")]
    assert "".join(told) == "DerDownloadwarcoolsagter"


def test_a_word_does_not_begin_before_the_last_one_has_been_said(engine: EspeakEngine) -> None:
    timings = say(engine, "Ten oranges in an hour.", "en-gb").timings
    words = {timing.text: timing for timing in timings if timing.kind == "word"}
    sounds = [timing for timing in timings if timing.kind == "phoneme"]
    assert all(sound.end_ms > sound.start_ms for sound in sounds)
    ten = [sound.text for sound in sounds if words["Ten"].start_ms <= sound.start_ms < words["Ten"].end_ms]
    assert ten[-1] == "n"
    assert words["Ten"].end_ms == words["oranges"].start_ms
