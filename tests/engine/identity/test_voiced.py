"""Pauses are cut out, at any rate and level."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.identity.voiced import RATE, levelled, voiced
from engine.speech import Audio


def tone(seconds: float, rate: int = RATE, loud: float = 0.1) -> NDArray[np.float32]:
    times = np.arange(round(seconds * rate)) / rate
    return np.asarray(loud * np.sin(2 * np.pi * 220 * times), np.float32)


@pytest.mark.parametrize("rate", [8000, 16_000, 22_050, 48_000])
@pytest.mark.parametrize("loud", [0.001, 0.5])
def test_pauses_are_cut_out(rate: int, loud: float) -> None:
    pause = np.zeros(3 * rate, np.float32)
    sound = np.concatenate([pause, tone(2, rate, loud), pause, tone(1, rate, loud), pause])
    assert len(voiced(Audio(samples=sound, rate=rate))) / RATE == pytest.approx(3, abs=0.5)


def test_what_is_soft_beside_the_rest_is_kept_and_noise_far_below_is_not() -> None:
    loud, soft, hum = tone(1), tone(1, loud=0.1 * 10 ** (-25 / 20)), tone(1, loud=0.1 * 10 ** (-45 / 20))
    assert len(voiced(Audio(samples=np.concatenate([loud, soft]), rate=RATE))) / RATE > 1.9
    assert len(voiced(Audio(samples=np.concatenate([loud, hum]), rate=RATE))) / RATE < 1.2


@pytest.mark.parametrize("samples", [0, 1, 479, 4 * RATE])
def test_silence_is_no_speech(samples: int) -> None:
    assert len(voiced(Audio(samples=np.zeros(samples, np.float32), rate=RATE))) == 0


def test_everything_gets_one_level() -> None:
    for loud in (0.0001, 0.01, 0.9):
        level = np.sqrt(np.square(levelled(tone(1, loud=loud))).mean())
        assert 20 * np.log10(level) == pytest.approx(-25, abs=0.1)
    assert len(levelled(np.empty(0, np.float32))) == 0
