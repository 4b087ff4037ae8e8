from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.recordings import banded, noise, people, through
from engine.quality.bandwidth import bandwidth
from engine.speech import Audio, Format
from tests.engine.quality_sounds import audio, needs_people, said


def reach(sound: Audio) -> float:
    return bandwidth(sound, float(np.abs(sound.samples).max()))


@pytest.mark.parametrize("out", [8_000, 22_050, 44_100, 48_000])
def test_a_phone_call_stays_one_in_any_file(out: int) -> None:
    assert reach(banded(said(), 8_000, out)) == pytest.approx(3_900, abs=150)


def test_what_was_sampled_at_16_khz_reaches_nearly_8() -> None:
    assert reach(audio(said())) > 7_500
    assert reach(banded(said(), 11_025, 48_000)) == pytest.approx(5_300, abs=250)


def test_a_wide_band_is_heard_to_its_end() -> None:
    """Played 2.76 times as fast, the same speech reaches 2.76 times as high."""
    fast = Audio(samples=said(), rate=44_100)
    assert reach(fast) == pytest.approx(reach(audio(said())) * 44_100 / 16_000, rel=0.01)


def test_noise_above_a_voice_is_not_its_band() -> None:
    narrow = banded(said(), 8_000, 44_100)
    level = np.float32(0.1 * np.sqrt(np.mean(narrow.samples**2)))
    assert reach(Audio(samples=narrow.samples + level * noise("white", len(narrow.samples), 1), rate=44_100)) < 4_200


def test_mp3_does_not_widen_it(tmp_path: Path) -> None:
    assert reach(through(banded(said(), 8_000, 44_100), Format.MP3, tmp_path)) == pytest.approx(3_900, abs=200)


@needs_people
def test_real_people_reach_as_high_as_their_files() -> None:
    found = {name: reach(audio(recordings[0])) for name, recordings in people().items()}
    # That of 1961 was recorded with less.
    assert found.pop("jfk") < 6_000
    assert len(found) >= 5
    assert min(found.values()) > 7_000


@pytest.mark.parametrize("samples", [[], [0.0] * 5_000, [0.5] * 100])
def test_nothing_reaches_nowhere(samples: list[float]) -> None:
    assert reach(audio(np.array([*samples, 0.0], np.float32))) == 0
