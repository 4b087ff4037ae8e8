from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from engine.audio import join
from engine.engine import EngineError, EngineMissing
from engine.flite_engine import FliteEngine, unwrap
from engine.speech import Audio, Utterance
from tests.engine.pitch import median_pitch

TEXT = "Na\u00efve \u00c9lodie \u2014 'yes' \u2014 paid $3.50, at 10:30 today. Did she?"


@pytest.fixture(scope="module")
def engine() -> Iterator[FliteEngine]:
    engine = FliteEngine()
    try:
        engine.open()
    except EngineMissing as missing:
        pytest.skip(str(missing))
    yield engine
    engine.close()


def say(engine: FliteEngine, text: str, speaker: str = "", speed: float = 1.0, pitch: float = 0.0) -> Audio:
    speaker = speaker or engine.speakers()[0].key
    utterance = Utterance(text=text, engine="flite", speaker=speaker, speed=speed, pitch=pitch)
    return join([audio for _, audio in engine.synthesize([utterance], lambda row: False)])


def of(audio: Audio, kind: str) -> list[str]:
    return [timing.text for timing in audio.timings if timing.kind == kind]


def test_its_speakers_have_sexes_and_say_where_they_are_from(engine: FliteEngine) -> None:
    speakers = {speaker.key: (speaker.sex, speaker.language) for speaker in engine.speakers()}
    known = {"slt": ("female", "en-us"), "rms": ("male", "en-us"), "awb": ("male", "en-gb-scotland")}
    assert speakers.items() <= (known | {"kal16": ("male", "en-us")}).items()


def test_words_are_timed_as_they_stand_in_the_text(engine: FliteEngine) -> None:
    words = ["Na\u00efve", "\u00c9lodie", "yes", "paid", "$3.50", "at", "10:30", "today", "Did", "she"]
    assert of(say(engine, TEXT), "word") == words


def test_phonemes_are_ipa_and_syllables_are_made_of_them(engine: FliteEngine) -> None:
    audio = say(engine, "The thing is particularly strange.")
    assert of(audio, "syllable")[1:4] == ["\u03b8\u026a\u014b", "\u026az", "p\u0251\u02d0\u0279"]
    assert "".join(of(audio, "syllable")) == "".join(of(audio, "phoneme"))
    assert of(audio, "phoneme")[-5:] == ["t", "\u0279", "e\u026a", "n", "d\u0292"]


def test_words_hold_their_syllables_and_those_their_phonemes(engine: FliteEngine) -> None:
    timings = say(engine, TEXT).timings
    for outer, inner in (("word", "syllable"), ("syllable", "phoneme")):
        bounds = [(each.start_ms, each.end_ms) for each in timings if each.kind == outer]
        for part in (each for each in timings if each.kind == inner):
            assert any(start <= part.start_ms and part.end_ms <= end for start, end in bounds), part


def test_timings_go_on_over_phrases_and_pauses_lie_between(engine: FliteEngine) -> None:
    audio = say(engine, "One, two. Three.")
    words = [timing for timing in audio.timings if timing.kind == "word"]
    assert [word.text for word in words] == ["One", "two", "Three"]
    assert all(word.end_ms + 80 < after.start_ms for word, after in pairwise(words))
    assert words[0].start_ms <= 100
    assert words[-1].end_ms + 80 < audio.seconds * 1000


def test_a_word_sounds_where_its_timing_says(engine: FliteEngine) -> None:
    audio = say(engine, "One, two. Three.")
    for word in (timing for timing in audio.timings if timing.kind == "word"):
        part = audio.samples[audio.rate * word.start_ms // 1000 : audio.rate * word.end_ms // 1000]
        assert float(np.abs(part).max()) > 0.1
    sounding = np.flatnonzero(np.abs(audio.samples) > 0.05) / audio.rate * 1000
    first, *_, last = (timing for timing in audio.timings if timing.kind == "word")
    assert first.start_ms - 30 < sounding[0] and sounding[-1] < last.end_ms + 60


def test_what_was_too_loud_is_cut_off_where_it_came_out_at_the_other_end() -> None:
    loud = 40_000 * np.sin(np.arange(2_000) * 2 * np.pi / 160)
    wrapped = loud.astype(np.int64).astype(np.int16)
    mended = unwrap(wrapped)
    assert mended.dtype == np.int16
    assert np.abs(mended - np.clip(loud, -32_767, 32_767)).max() <= 1
    quiet = (loud / 2).astype(np.int16)
    assert np.array_equal(unwrap(quiet), quiet)
    assert len(unwrap(quiet[:0])) == 0


def test_what_cannot_be_said_is_a_short_silence(engine: FliteEngine) -> None:
    for text in ("", "\x01", "\u0301\u0301", "..."):
        audio = say(engine, text)
        assert 0 < audio.seconds <= 0.2 and not audio.samples.any() and not audio.timings


def test_another_script_is_named(engine: FliteEngine) -> None:
    audio = say(engine, "\u043c\u0438\u0440")
    assert of(audio, "word") == ["\u043c\u0438\u0440"]
    assert audio.seconds > 0.4


@pytest.mark.parametrize(("speed", "pitch"), [(math.nan, 0.0), (math.inf, 0.0), (1.0, math.nan)])
def test_what_is_no_speed_and_no_pitch_is_refused(engine: FliteEngine, speed: float, pitch: float) -> None:
    with pytest.raises(EngineError):
        say(engine, "Hello.", speed=speed, pitch=pitch)


@pytest.mark.parametrize("speed", [0.5, 1.5, 2.0, 3.0])
def test_speed_is_what_it_says(engine: FliteEngine, speed: float) -> None:
    text = "The quick brown fox jumps over the lazy dog and a sentence that goes on for a while tells more."
    ratio = say(engine, text).seconds / say(engine, text, speed=speed).seconds
    assert ratio == pytest.approx(speed, rel=0.1)


@pytest.mark.parametrize("semitones", [-6.0, -3.0, 3.0, 6.0])
def test_the_pitch_of_every_voice_is_right(engine: FliteEngine, semitones: float) -> None:
    text = "We were away a year ago when you ran along the river all year long and no one knew why."
    for speaker in engine.speakers():
        heard = [say(engine, text, speaker.key, pitch=pitch) for pitch in (0.0, semitones)]
        usual, other = (median_pitch(audio.samples, audio.rate) for audio in heard)
        assert 12 * math.log2(other / usual) == pytest.approx(semitones, abs=0.75 if speaker.key == "kal16" else 0.3)


def test_every_voice_keeps_within_full_scale_and_moves_its_pitch_alone(engine: FliteEngine) -> None:
    for speaker in engine.speakers():
        plain, high = say(engine, TEXT, speaker.key), say(engine, TEXT, speaker.key, pitch=4.0)
        assert float(np.abs(plain.samples).max()) < 1.0
        assert high.seconds == pytest.approx(plain.seconds, rel=0.02)
        assert of(high, "word") == of(plain, "word")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much memory a process has")
def test_memory_does_not_grow_with_what_was_said(engine: FliteEngine) -> None:
    def held() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4

    speaker = engine.speakers()[-1].key
    for pitch in (0.0, 3.0):
        for _ in range(30):
            say(engine, TEXT, speaker, pitch=pitch)
    before = held()
    for number in range(150):
        say(engine, TEXT, speaker, pitch=3.0 * (number % 2))
    assert held() - before < 4_000, "kB"
