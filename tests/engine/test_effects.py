from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.effects import shift
from engine.engine import EngineError
from engine.loudness import loudness
from engine.speech import Audio, Timing
from tests.engine.speech_sounds import spoken

RATE = 22_050
SEMITONES = (-12.0, -5.0, -1.0, 0.5, 3.0, 7.0, 12.0)


def pitch(sound: NDArray[np.float32], rate: int) -> float:
    """The median pitch of what has one, in Hz, by autocorrelation over 80 ms, whose window is divided out."""
    size = round(0.08 * rate)
    window = np.hanning(size)
    lags = np.arange(round(rate / 450), round(rate / 38))
    bare = np.fft.irfft(np.abs(np.fft.rfft(window, 4 * size)) ** 2)[lags]
    found = []
    for begin in range(0, len(sound) - size, size // 2):
        part = sound[begin : begin + size] * window
        if np.abs(part).max() < 0.1:
            continue
        likeness = np.fft.irfft(np.abs(np.fft.rfft(part, 4 * size)) ** 2)
        ratio = likeness[lags] / likeness[0] / bare * (window**2).sum()
        # The first peak that is nearly the highest: its multiples are as high.
        first = int(np.flatnonzero(ratio > 0.9 * ratio.max())[0])
        first += int(np.argmax(ratio[first : first + int(lags[first]) // 4]))
        if ratio[first] > 0.7:
            found.append(rate / lags[first])
    return float(np.median(found))


def envelope(sound: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    """How loud it is over 20 ms, every 1 ms."""
    size = rate // 50
    power = np.convolve(np.square(sound, dtype=np.float64), np.ones(size) / size, "same")
    return np.asarray(np.sqrt(np.abs(power[:: rate // 1000])))


def lag(before: NDArray[np.float64], after: NDArray[np.float64]) -> int:
    """By how many values the second comes after the first."""
    size = 2 * len(before)
    spectra = np.fft.rfft(after - after.mean(), size) * np.conj(np.fft.rfft(before - before.mean(), size))
    best = int(np.fft.irfft(spectra, size).argmax())
    return best if best < len(before) else best - size


@pytest.mark.parametrize("semitones", SEMITONES)
def test_the_pitch_moves_and_nothing_else_does(semitones: float) -> None:
    audio = spoken()
    shifted = shift(audio, semitones)
    assert pitch(shifted.samples, RATE) / pitch(audio.samples, RATE) == pytest.approx(2 ** (semitones / 12), rel=0.03)
    assert len(shifted.samples) == len(audio.samples)
    assert shifted.samples.dtype == np.float32
    assert shifted.rate == RATE
    assert shifted.timings == audio.timings


@pytest.mark.parametrize("semitones", SEMITONES)
def test_words_stay_where_they_are(semitones: float) -> None:
    audio = spoken()
    before, after = (envelope(each, RATE) for each in (audio.samples, shift(audio, semitones).samples))
    assert abs(lag(before, after)) <= 15
    for begin in range(0, len(before) - 2000, 1000):
        assert abs(lag(before[begin : begin + 2000], after[begin : begin + 2000])) <= 20


@pytest.mark.parametrize("semitones", SEMITONES)
def test_it_stays_as_loud(semitones: float) -> None:
    audio = spoken()
    before, after = (loudness(each.samples, RATE) for each in (audio, shift(audio, semitones)))
    assert after == pytest.approx(before, abs=1.5)


@pytest.mark.parametrize("rate", [8_000, 16_000, 48_000])
@pytest.mark.parametrize("semitones", [-7.0, 4.0])
def test_any_rate_will_do(rate: int, semitones: float) -> None:
    tone = (0.5 * np.sin(2 * np.pi * 150 * np.arange(2 * rate) / rate)).astype(np.float32)
    shifted = shift(Audio(samples=tone, rate=rate), semitones).samples
    assert len(shifted) == len(tone)
    assert pitch(shifted, rate) == pytest.approx(150 * 2 ** (semitones / 12), rel=0.02)
    assert np.abs(shifted[rate // 2 : rate]).max() == pytest.approx(0.5, abs=0.1)


def test_nothing_to_shift_costs_nothing() -> None:
    audio = Audio(
        samples=np.ones(10, np.float32), rate=RATE, timings=(Timing(kind="word", text="a", start_ms=0, end_ms=1),)
    )
    assert shift(audio, 0) is audio
    nothing = Audio(samples=np.zeros(0, np.float32), rate=RATE)
    assert shift(nothing, 3) is nothing


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5_000), st.floats(-12, 12), st.sampled_from([8_000, 22_050, 44_100]))
def test_a_sound_of_any_length_keeps_it(count: int, semitones: float, rate: int) -> None:
    sound = np.random.default_rng(count).uniform(-0.5, 0.5, count).astype(np.float32)
    before = sound.copy()
    shifted = shift(Audio(samples=sound, rate=rate), semitones).samples
    assert len(shifted) == count
    assert np.isfinite(shifted).all()
    assert np.array_equal(sound, before)


@pytest.mark.parametrize("semitones", [12.1, -13, math.nan, math.inf])
def test_too_far_is_refused(semitones: float) -> None:
    with pytest.raises(EngineError, match="semitones"):
        shift(spoken(), semitones)
