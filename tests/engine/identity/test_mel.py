"""The bands hear what they should."""

from __future__ import annotations

import numpy as np
import pytest

from engine.identity.mel import BANDS, STEP, mel
from engine.identity.voiced import RATE


@pytest.mark.parametrize("samples", [0, 1, 159, 160, RATE, 21 * RATE])
def test_there_is_a_frame_for_every_ten_milliseconds(samples: int) -> None:
    assert mel(np.zeros(samples, np.float32)).shape == (1 + samples // STEP, BANDS)


def test_a_higher_tone_is_in_a_higher_band() -> None:
    times = np.arange(RATE) / RATE
    bands = [mel(np.sin(2 * np.pi * hertz * times).astype(np.float32))[50].argmax() for hertz in (150, 500, 1500, 6000)]
    assert bands == sorted(set(bands))


def test_a_sound_twice_as_loud_has_four_times_the_power() -> None:
    sound = np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
    assert np.allclose(mel(2 * sound), 4 * mel(sound), rtol=1e-4)


def test_a_long_sound_is_worked_on_in_parts() -> None:
    sound = np.random.default_rng(0).standard_normal(25 * RATE).astype(np.float32)
    assert np.allclose(mel(sound)[2100:2200], mel(sound[2000 * STEP :])[100:200], rtol=1e-3, atol=1e-3)
