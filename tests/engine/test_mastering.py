"""What an engine has said, as it goes into a file: at its loudness, with its pauses and its timings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.alignment import can_align
from engine.espeak_engine import EspeakEngine
from engine.loudness import CEILING
from engine.mastering import PLAIN, Line, Mix, beginning, master
from engine.speech import Audio, Timing, Utterance
from engine.text.reading import Piece, Sentence

RATE = 8_000
UTTERANCE = Utterance(text="it costs three dollars fifty", engine="sine", speaker="low")
WORDS = tuple(
    Timing(kind="word", text=word, start_ms=100 * place, end_ms=100 * place + 90)
    for place, word in enumerate(UTTERANCE.text.split())
)
SENTENCE = Sentence(
    pieces=(Piece(written="it costs ", spoken="it costs "), Piece(written="$3.50", spoken="three dollars fifty"))
)


@pytest.fixture
def espeak() -> EspeakEngine:
    engine = EspeakEngine()
    engine.open()
    return engine


def audio(level: float = 0.5, timings: tuple[Timing, ...] = WORDS) -> Audio:
    """Half a second of a tone that comes and goes softly."""
    count = RATE // 2
    samples = level * np.sin(np.arange(count) * 0.3) * np.sin(np.pi * np.arange(count) / count) ** 2
    return Audio(samples=samples.astype(np.float32), rate=RATE, timings=timings)


def test_as_it_is_where_nothing_is_wanted() -> None:
    sound = master(audio(), Line(utterance=UTTERANCE), PLAIN)
    assert np.array_equal(sound.pcm, np.rint(audio().samples * 32768).astype(np.int16))
    assert list(sound.timings) == list(WORDS)


def test_a_gain_makes_it_louder() -> None:
    soft = master(audio(0.2), Line(utterance=UTTERANCE), Mix())
    loud = master(audio(0.2), Line(utterance=UTTERANCE), Mix(gain=2.0))
    assert loud.peak == pytest.approx(2 * soft.peak)
    assert np.max(np.abs(loud.pcm - 2.0 * soft.pcm)) <= 2


def test_a_gain_never_takes_it_beyond_the_ceiling() -> None:
    sound = master(audio(0.5), Line(utterance=UTTERANCE), Mix(gain=8.0))
    assert np.abs(sound.pcm.astype(int)).max() <= CEILING * 32768 + 1
    assert sound.peak <= CEILING + 1e-4


def test_an_end_that_breaks_off_is_made_soft() -> None:
    flat = Audio(samples=np.full(RATE // 2, 0.5, np.float32), rate=RATE)
    sound = master(flat, Line(utterance=UTTERANCE), Mix())
    assert abs(int(sound.pcm[0])) < 200 > abs(int(sound.pcm[-1]))
    assert sound.pcm[RATE // 4] == 16384


def test_silence_around_it_is_as_long_as_is_asked_and_timings_move_with_it() -> None:
    line = Line(utterance=UTTERANCE, before=0.25, after=1.0)
    sound = master(audio(), line, PLAIN)
    assert len(sound.pcm) == RATE // 2 + RATE // 4 + RATE
    assert not sound.pcm[: RATE // 4].any() and not sound.pcm[-RATE:].any()
    assert [timing.start_ms for timing in sound.timings] == [250, 350, 450, 550, 650]


def test_timings_are_told_in_the_words_of_the_text() -> None:
    sound = master(audio(), Line(utterance=UTTERANCE, sentence=SENTENCE), replace(PLAIN, kinds=frozenset({"word"})))
    assert [(timing.text, timing.start_ms, timing.end_ms) for timing in sound.timings] == [
        ("it", 0, 90),
        ("costs", 100, 190),
        ("$3.50", 200, 490),
    ]


def test_no_timings_where_none_are_wanted() -> None:
    assert master(audio(), Line(utterance=UTTERANCE), Mix()).timings == ()


def test_where_the_engine_tells_nothing_the_sentence_stands_for_its_words() -> None:
    line = Line(utterance=UTTERANCE, sentence=SENTENCE)
    (whole,) = master(audio(timings=()), line, Mix(kinds=frozenset({"word"}))).timings
    assert (whole.kind, whole.text, whole.start_ms, whole.end_ms) == ("sentence", "it costs $3.50", 0, 500)


def test_a_shift_moves_the_pitch_and_keeps_the_length() -> None:
    tone = Audio(samples=(0.5 * np.sin(np.arange(RATE) * 0.3)).astype(np.float32), rate=RATE)

    def hertz(pcm: np.ndarray[tuple[int], np.dtype[np.int16]]) -> float:
        spectrum = np.abs(np.fft.rfft(pcm * np.hanning(len(pcm))))
        return float(spectrum.argmax()) * RATE / len(pcm)

    plain = master(tone, Line(utterance=UTTERANCE), Mix())
    octave = master(tone, Line(utterance=UTTERANCE), Mix(semitones=12.0))
    assert len(octave.pcm) == pytest.approx(len(plain.pcm), rel=0.02)
    assert hertz(octave.pcm) == pytest.approx(2 * hertz(plain.pcm), rel=0.02)


@pytest.mark.skipif(not can_align("en"), reason="pocketsphinx is not installed")
def test_where_the_engine_tells_nothing_english_words_are_found_in_the_sound(espeak: EspeakEngine) -> None:
    spoken = Utterance(text="The old man costs three dollars fifty today.", engine="espeak", speaker="en-us")
    ((_, told),) = espeak.synthesize([spoken], lambda row: False)
    pieces = (
        Piece(written="The old man costs ", spoken="The old man costs "),
        Piece(written="$3.50", spoken="three dollars fifty"),
        Piece(written=" today.", spoken=" today."),
    )
    line = Line(utterance=spoken, sentence=Sentence(pieces=pieces))
    mix = Mix(kinds=frozenset({"word", "sentence"}), language="en-us")
    by_engine = master(told, line, mix).timings
    by_ear = master(Audio(samples=told.samples, rate=told.rate), line, mix).timings
    assert [(each.kind, each.text) for each in by_ear] == [(each.kind, each.text) for each in by_engine]
    assert [each.text for each in by_ear if each.kind == "word"] == ["The", "old", "man", "costs", "$3.50", "today"]
    for heard, known in zip(by_ear, by_engine, strict=True):
        assert abs(heard.start_ms - known.start_ms) < 150


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100])
def test_nothing_is_told_to_end_after_the_sound_whatever_the_pause_before_it(rate: int) -> None:
    for count in range(rate // 10, rate // 10 + 40):
        flat = Audio(samples=np.full(count, 0.1, np.float32), rate=rate)
        for before in (0.0005, 0.0015, 0.003, 0.0635, 1.0):
            line = Line(utterance=UTTERANCE, before=before)
            sound = master(flat, line, Mix(kinds=frozenset({"sentence"})))
            assert 1000 * before - 1 <= sound.timings[0].start_ms
            assert sound.timings[-1].end_ms <= 1000 * len(sound.pcm) / rate


@pytest.mark.parametrize("gain", [0.5, 1.0, 3.0, 8.0])
@pytest.mark.parametrize("abrupt", [False, True])
@pytest.mark.parametrize("before", [0.0, 0.1])
def test_what_is_known_of_a_line_from_its_beginning_stays_as_it_is(gain: float, abrupt: bool, before: float) -> None:
    chance = np.random.default_rng(7)
    samples = audio().samples * chance.uniform(0.1, 1.0, RATE // 2).astype(np.float32)
    whole = Audio(samples=samples[RATE // 8 : RATE // 3] if abrupt else samples, rate=RATE)
    line, mix = Line(utterance=UTTERANCE, before=before, after=0.1), Mix(gain=gain)
    pcm = master(whole, line, mix).pcm
    known = []
    for length in range(1, len(whole.samples) + 1, 37):
        so_far = beginning(whole.with_samples(whole.samples[:length]), line, mix)
        np.testing.assert_array_equal(so_far, pcm[: len(so_far)])
        known.append(len(so_far))
    assert known == sorted(known)
    assert known[-1] > len(whole.samples) // 2 or gain * np.abs(whole.samples).max() > CEILING


def test_from_the_first_peak_that_is_turned_down_nothing_is_known() -> None:
    quiet, loud = audio(0.5), audio(1.0)
    both = quiet.with_samples(np.concatenate((quiet.samples, loud.samples)))
    known = [len(beginning(each, Line(utterance=UTTERANCE), Mix(gain=1.5))) for each in (quiet, both)]
    assert known[0] < known[1] < len(quiet.samples) + len(loud.samples) // 2


def test_of_what_is_shifted_in_pitch_or_no_number_nothing_is_known() -> None:
    broken = audio().with_samples(np.full(RATE, np.nan, np.float32))
    assert len(beginning(audio(), Line(utterance=UTTERANCE), Mix(semitones=1.0))) == 0
    assert len(beginning(broken, Line(utterance=UTTERANCE), PLAIN)) == 0
