from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.recordings import cut_off, people, through
from engine.quality.clipping import clipping
from engine.speech import Format
from tests.engine.quality_sounds import audio, needs_people, said

SHARES = [0.001, 0.01, 0.05]


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("level", [1.0, 0.2])
def test_the_share_that_was_cut_off_is_found_however_loud_it_is_now(share: float, level: float) -> None:
    assert clipping(cut_off(said(), share) * np.float32(level)) == pytest.approx(share, rel=0.15)


def test_what_has_only_one_side_cut_off_is_found() -> None:
    most = float(np.quantile(said(), 0.99))
    assert clipping(np.minimum(said(), np.float32(most))) == pytest.approx(0.01, rel=0.15)


def test_some_of_it_is_found_after_mp3(tmp_path: Path) -> None:
    cut = cut_off(said(), 0.03)
    found = clipping(through(audio(cut * np.float32(0.7 / np.abs(cut).max())), Format.MP3, tmp_path).samples)
    assert 0.005 < found < 0.04


def test_speech_that_was_not_cut_off_has_none() -> None:
    assert clipping(said()) < 1e-5


@needs_people
def test_nor_has_that_of_real_people() -> None:
    assert max(clipping(each) for recordings in people().values() for each in recordings) < 1e-4


@pytest.mark.parametrize("samples", [[], [0.0] * 100, [1e-30] * 100])
def test_nothing_has_none(samples: list[float]) -> None:
    assert clipping(np.array(samples, np.float32)) == 0
