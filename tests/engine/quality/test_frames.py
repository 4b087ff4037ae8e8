from __future__ import annotations

import numpy as np
import pytest

from bench.recordings import noise
from engine.quality.frames import RATE, STEP, at_rate, bounded, frames_of
from tests.engine.quality_sounds import audio, sine


def test_a_tone_has_its_power_in_its_band() -> None:
    frames = frames_of(sine(1_000, 1, level=1.0))
    inner = frames.powers[2:-2]
    assert inner == pytest.approx(np.full(len(inner), 0.5), rel=0.01)
    assert frames.bands[50].max() > 0.99 * frames.powers[50]


def test_noise_has_the_power_that_it_was_made_with() -> None:
    assert float(frames_of(noise("white", 10 * RATE, 1)).powers.mean()) == pytest.approx(7_840 / 8_000, rel=0.02)


def test_what_is_below_voices_is_not_heard() -> None:
    assert float(frames_of(np.full(RATE, 0.9, np.float32)).powers[5:-5].max()) < 1e-9
    assert float(frames_of(sine(5, 1, level=1.0)).powers[5:-5].max()) < 0.02


def test_a_long_sound_is_the_same_in_blocks() -> None:
    sound = noise("pink", 50 * RATE, 2)
    whole, part = frames_of(sound), frames_of(sound[30 * RATE :])
    first = 30 * RATE // STEP
    assert whole.powers[first:] == pytest.approx(part.powers)


def test_less_than_a_frame_is_one() -> None:
    assert len(frames_of(np.zeros(0, np.float32))) == len(frames_of(np.zeros(512, np.float32))) == 1


def test_another_rate_has_the_same_tone() -> None:
    assert at_rate(audio(sine(440, 1, 44_100), 44_100), RATE)[500:-500] == pytest.approx(
        sine(440, 1)[500:-500], abs=1e-3
    )
    sound = sine(440, 1)
    assert at_rate(audio(sound), RATE) is sound


def test_what_is_far_beyond_full_scale_is_cut_off() -> None:
    most = np.array([3e38, -3e38, 0.5], np.float32)
    assert bounded(audio(most)).samples.tolist() == [16, -16, 0.5]
