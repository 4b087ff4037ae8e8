"""What was made of a recording is kept, and read again as it was."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from engine.audio import HEADER_BYTES
from engine.clean import keep, read
from engine.speech import Audio

RATE = 16_000


def noise(seconds: float) -> Audio:
    samples = np.random.default_rng(5).uniform(-1, 1, round(seconds * RATE)).astype(np.float32)
    return Audio(samples=samples, rate=RATE)


def test_a_sound_is_read_as_it_was_kept_within_a_16_bit_step(tmp_path: Path) -> None:
    kept = noise(0.5)
    assert keep(kept, tmp_path / "a.wav") == HEADER_BYTES + 2 * len(kept.samples) == (tmp_path / "a.wav").stat().st_size
    found = read(tmp_path / "a.wav")
    assert (found.rate, str(found.samples.dtype)) == (RATE, "float32")
    assert np.abs(found.samples - kept.samples).max() <= 1 / 32_768


@pytest.mark.parametrize(
    ("begin", "end", "seconds"),
    [(0.0, 0.2, 0.2), (0.1, 0.35, 0.25), (0.4, None, 0.1), (0.4, 9.0, 0.1), (0.7, 0.9, 0.0)],
)
def test_a_stretch_of_it_is_read_by_its_times(tmp_path: Path, begin: float, end: float | None, seconds: float) -> None:
    kept = noise(0.5)
    keep(kept, tmp_path / "a.wav")
    found = read(tmp_path / "a.wav", begin, end)
    first = round(begin * RATE)
    assert found.seconds == pytest.approx(seconds)
    assert np.abs(found.samples - kept.samples[first : first + len(found.samples)]).max(initial=0) <= 1 / 32_768


def test_what_is_no_such_file_is_told_apart_from_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"spoilt by a disk")
    with pytest.raises(wave.Error):
        read(tmp_path / "a.wav")
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "b.wav")
