from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.recordings import RATE as RECORDED
from bench.recordings import noise, people
from engine.quality.frames import at_rate
from engine.quality.pitch import HIGHEST, LOWEST, RATE, STEP, pitch_track, semitones
from tests.engine.pitch import median_pitch
from tests.engine.quality_sounds import audio, needs_people, said, sine


@given(st.floats(LOWEST + 5, HIGHEST - 20), st.floats(0.01, 1))
def test_a_tone_has_its_own_pitch(hertz: float, level: float) -> None:
    track = pitch_track(sine(hertz, 0.4, RATE, level))
    inner = track[5:-5]
    assert inner == pytest.approx(np.full(len(inner), hertz), rel=0.01)


@pytest.mark.parametrize("hertz", [80, 120, 230])
def test_a_buzz_with_all_its_harmonics_has_the_pitch_of_its_first(hertz: float) -> None:
    buzz = sum((sine(hertz * each, 1, RATE, 0.3 / each) for each in range(1, 12)), np.zeros(RATE, np.float32))
    assert float(np.median(pitch_track(buzz)[5:-5])) == pytest.approx(hertz, rel=0.01)


def test_a_pitch_that_glides_is_followed() -> None:
    way = np.linspace(120, 240, 2 * RATE)
    track = pitch_track(np.sin(2 * np.pi * np.cumsum(way) / RATE).astype(np.float32))
    middles = way[::STEP]
    assert track[10 : len(middles) - 10] == pytest.approx(middles[10:-10], rel=0.03)


def test_a_voice_is_as_high_as_autocorrelation_says() -> None:
    track = pitch_track(at_rate(audio(said()), RATE))
    assert float(np.median(track[track > 0])) == pytest.approx(median_pitch(said(), RECORDED), rel=0.05)


@needs_people
def test_so_are_real_people() -> None:
    for name, recordings in people().items():
        track = pitch_track(at_rate(audio(recordings[0]), RATE))
        pitch = float(np.median(track[track > 0]))
        assert pitch == pytest.approx(median_pitch(recordings[0], RECORDED), rel=0.12), name


def test_noise_and_silence_have_none() -> None:
    assert np.mean(pitch_track(noise("white", 2 * RATE, 1)) > 0) < 0.02
    assert not pitch_track(np.zeros(RATE, np.float32)).any()
    assert not pitch_track(np.zeros(0, np.float32)).any()


@pytest.mark.parametrize("count", [0, 1, 79, 80, 8_000, 8_001])
def test_there_is_one_every_ten_milliseconds(count: int) -> None:
    assert len(pitch_track(np.zeros(count, np.float32))) == 1 + count // STEP


def test_an_octave_is_twelve_semitones() -> None:
    low, high = semitones(np.array([0, 110, 0, 220], np.float32))
    assert high - low == pytest.approx(12)
