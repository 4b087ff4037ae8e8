"""Harmonics are where the pitch says, with the phases that they have."""

from __future__ import annotations

import numpy as np
import pytest

from engine.harmonics import TOP, harmonics
from engine.speech import Audio
from tests.engine.own_sounds import by_telephone
from tests.engine.speech_sounds import spoken


def buzz(pitch: float = 120.0, seconds: float = 2.0, rate: int = 16_000) -> Audio:
    """Harmonics up to 7 kHz that get softer with the square root of their number, all sines."""
    times = np.arange(round(seconds * rate)) / rate
    count = int(7000 // pitch)
    samples = sum(np.sin(2 * np.pi * pitch * each * times) / each**0.5 for each in range(1, count + 1))
    return Audio(samples=(0.02 * samples).astype(np.float32), rate=rate)


@pytest.mark.parametrize("pitch", [90.0, 150.0, 310.0])
def test_harmonics_are_whole_multiples_of_the_pitch(pitch: float) -> None:
    found = harmonics(buzz(pitch))
    assert len(found) >= 16
    for each in found:
        assert np.allclose(each.frequencies, pitch * np.arange(1, len(each.frequencies) + 1), rtol=0.01)
        assert each.frequencies[-1] <= TOP
        assert np.ptp(np.abs(each.now) * np.arange(1, len(each.now) + 1) ** 0.5) < 0.25 * np.abs(each.now[0])


def test_one_period_later_the_phases_are_the_same() -> None:
    for each in harmonics(buzz()):
        turned = np.angle(each.now * each.later.conj())
        slope = np.polyfit(each.frequencies, np.unwrap(turned), 1)
        assert np.abs(np.unwrap(turned) - np.polyval(slope, each.frequencies)).max() < 0.3


def test_there_are_at_most_200_and_they_tell_of_every_phase() -> None:
    found = harmonics(spoken())
    assert 16 <= len(found) <= 200
    for each in found:
        sizes = {len(field) for field in each}
        assert len(sizes) == 1 and all(np.isfinite(field).all() for field in each)


def test_what_a_telephone_has_cut_off_is_not_missed() -> None:
    by_phone = harmonics(by_telephone(spoken()))
    assert all((each.expected == each.narrow).all() for each in by_phone)
    assert any((each.expected != each.narrow).any() for each in harmonics(spoken()))


@pytest.mark.parametrize("samples", [0, 1, 4000, 32_000])
def test_silence_has_no_harmonics(samples: int) -> None:
    assert harmonics(Audio(samples=np.zeros(samples, np.float32), rate=16_000)) == []
