from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.recordings import RATE, cut_off, noise, people
from engine.quality import assess
from engine.quality.passage import LONGEST, SHORTEST
from tests.engine.quality_sounds import audio, needs_people, said


def chosen(samples: NDArray[np.float32]) -> tuple[float, float]:
    return assess(audio(samples)).passage


def part(samples: NDArray[np.float32], at: tuple[float, float]) -> NDArray[np.float32]:
    return samples[round(at[0] * RATE) : round(at[1] * RATE)]


def rests_at_its_ends(samples: NDArray[np.float32], at: tuple[float, float]) -> bool:
    """Whether the first and last 50 ms of a passage, unless they are the recording's own, are 10 dB below it."""
    cut = part(samples, at)
    edge = RATE // 20
    most = float(np.mean(cut**2)) / 10
    begins, ends = at[0] < 0.1, at[1] > len(samples) / RATE - 0.1
    return (begins or float(np.mean(cut[:edge] ** 2)) < most) and (ends or float(np.mean(cut[-edge:] ** 2)) < most)


def test_it_begins_and_ends_in_pauses() -> None:
    start, end = chosen(said())
    assert SHORTEST <= end - start <= LONGEST
    assert rests_at_its_ends(said(), (start, end))


@needs_people
def test_so_it_does_with_real_people() -> None:
    for name, recordings in people().items():
        for each in recordings:
            start, end = chosen(each)
            assert SHORTEST <= end - start <= LONGEST, name
            assert rests_at_its_ends(each, (start, end)), name


@pytest.mark.parametrize("bad", ["noise", "clipping", "silence"])
@pytest.mark.parametrize("good_comes", [0, 1])
def test_the_better_half_is_chosen(bad: str, good_comes: int) -> None:
    worse = {
        "noise": said() + 0.03 * noise("white", len(said()), 1),
        "clipping": cut_off(said(), 0.1),
        "silence": np.concatenate([np.zeros(3 * RATE, np.float32), said()[: 3 * RATE], np.zeros(8 * RATE, np.float32)]),
    }[bad]
    if bad == "clipping":
        worse = worse * np.float32(np.abs(said()).max() / np.abs(worse).max())
    halves = [said(), worse][:: 1 if good_comes == 0 else -1]
    start, end = chosen(np.concatenate(halves).astype(np.float32))
    edge = len(halves[0]) / RATE
    shared = max(0.0, min(end, edge) - start) if good_comes == 0 else max(0.0, end - max(start, edge))
    assert shared > 0.7 * (end - start)


def test_one_who_never_pauses_is_cut_at_the_softest_moments() -> None:
    dice = np.random.default_rng(1)
    voiced = said()[np.abs(np.convolve(np.abs(said()), np.ones(800) / 800, "same")) > 0.02]
    endless = np.concatenate([voiced, voiced, voiced, voiced])[: 40 * RATE]
    endless = (endless + 1e-4 * dice.standard_normal(len(endless))).astype(np.float32)
    start, end = chosen(endless)
    assert SHORTEST <= end - start <= LONGEST


def test_of_a_short_recording_all_that_is_said_is_chosen() -> None:
    short = said()[: 4 * RATE]
    start, end = chosen(short)
    assert 0 < start < 0.7
    assert end > 3.4


def test_where_nobody_speaks_nothing_is_chosen() -> None:
    assert chosen(np.zeros(RATE, np.float32)) == (0, 0)
