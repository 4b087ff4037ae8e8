from __future__ import annotations

import numpy as np
import pytest

from engine.conversion.features import (
    BINS,
    COEFFICIENTS,
    RATE,
    STEP,
    basis,
    pitch_of,
    put_together,
    smooth,
    take_apart,
)
from engine.engine import EngineError
from tests.engine.conversion.voices import HIGH, LOW, apart, said
from tests.engine.pitch import median_pitch


def test_there_is_a_frame_every_step_and_all_is_finite() -> None:
    found = apart(LOW)
    frames = len(said(LOW)) // STEP + 1
    assert found.pitch.shape == found.power.shape == found.speech.shape == (frames,)
    assert found.envelope.shape == found.noise.shape == (frames, BINS)
    assert found.cepstrum.shape == (frames, COEFFICIENTS)
    assert np.isfinite(found.envelope).all() and np.isfinite(found.cepstrum).all()
    assert 0.5 < found.speech.mean() < 1


def test_what_is_put_together_again_is_the_same_speech() -> None:
    found = apart(LOW)
    again = put_together(found.pitch, found.envelope, found.noise).astype(np.float32)
    assert abs(len(again) - len(said(LOW))) <= STEP
    assert median_pitch(again, RATE) == pytest.approx(median_pitch(said(LOW), RATE), rel=0.03)
    twice = take_apart(again)
    count = min(len(twice.power), len(found.power))
    both = found.speech[:count] & twice.speech[:count]
    assert np.corrcoef(twice.cepstrum[:count][both].ravel(), found.cepstrum[:count][both].ravel())[0, 1] > 0.9


@pytest.mark.parametrize("speaker", [LOW, HIGH])
def test_the_pitch_is_a_voices_own(speaker: str) -> None:
    mean, spread = pitch_of(apart(speaker))
    assert np.exp(mean) == pytest.approx(median_pitch(said(speaker), RATE), rel=0.1)
    assert 0 < spread < 0.5


def test_silence_has_no_pitch() -> None:
    with pytest.raises(EngineError, match="pitch"):
        pitch_of(take_apart(np.zeros(RATE, np.float32)))


def test_a_moment_cannot_be_taken_apart() -> None:
    with pytest.raises(EngineError, match="too few"):
        take_apart(np.zeros(RATE // 50, np.float32))


def test_a_coefficient_adds_the_same_wherever_it_is_added() -> None:
    import pyworld

    cepstra = np.random.default_rng(0).normal(0, 0.3, (1, COEFFICIENTS))
    whole = np.log(pyworld.decode_spectral_envelope(cepstra, RATE, 2 * (BINS - 1)))
    none = np.log(pyworld.decode_spectral_envelope(np.zeros((1, COEFFICIENTS)), RATE, 2 * (BINS - 1)))
    assert np.allclose(whole - none, cepstra @ basis(), atol=1e-6)


def test_smoothing_keeps_what_is_level_and_spreads_what_is_not() -> None:
    level = np.full((20, 3), 2.0)
    assert np.allclose(smooth(level, 2.0), level)
    peak = np.zeros((41, 1))
    peak[20] = 1
    spread = smooth(peak, 2.0)
    assert spread.sum() == pytest.approx(1)
    assert spread[20] < 0.25 and spread[18] > 0.1
