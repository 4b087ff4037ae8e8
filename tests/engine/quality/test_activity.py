from __future__ import annotations

from itertools import pairwise

import numpy as np

from engine.quality import tracked
from engine.quality.activity import masked, runs, seconds, spoken_spans
from engine.quality.frames import RATE, frames_of
from engine.quality.noise import levels_of
from tests.engine.quality_sounds import audio, said


def spans(samples: np.ndarray[tuple[int], np.dtype[np.float32]]) -> list[tuple[int, int]]:
    frames = frames_of(samples)
    return spoken_spans(frames, levels_of(frames), tracked(audio(samples), len(frames)) > 0)


def test_sentences_are_found_with_the_rests_between_them() -> None:
    found = spans(said())
    gaps = [after[0] - before[1] for before, after in pairwise(found)]
    assert len(found) >= 4
    assert sum(gap > 50 for gap in gaps) == 3
    assert found[0][0] > 50


def test_a_door_that_slams_is_no_speech() -> None:
    slammed = said().copy()
    dice = np.random.default_rng(1)
    slammed[4_000:6_000] += (0.5 * dice.standard_normal(2_000)).astype(np.float32)
    assert seconds(spans(slammed)) < seconds(spans(said())) + 0.1


def test_nobody_speaks_in_silence() -> None:
    assert spans(np.zeros(RATE, np.float32)) == []


def test_runs_are_where_a_mask_is_true() -> None:
    mask = np.array([1, 1, 0, 1, 0, 0, 1], np.bool_)
    assert runs(mask) == [(0, 2), (3, 4), (6, 7)]
    assert masked(runs(mask), 7).tolist() == mask.tolist()
    assert seconds(runs(mask)) == 0.04
