from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from engine.conversion.conversion import Conversion, pieces
from engine.conversion.features import BINS, COEFFICIENTS, RATE, pitch_of, take_apart
from tests.engine.conversion.voices import LOW, apart, said
from tests.engine.pitch import median_pitch


@pytest.fixture
def nothing() -> Conversion:
    """A conversion that leaves a voice as it is."""
    centre = apart(LOW).cepstrum.mean(axis=0)
    return Conversion(
        centre=centre,
        matrix=np.eye(COEFFICIENTS),
        offset=centre,
        equaliser=np.zeros(BINS),
        pitch=pitch_of(apart(LOW)),
        own_pitch=pitch_of(apart(LOW)),
    )


def test_what_changes_nothing_keeps_length_loudness_and_pitch(nothing: Conversion) -> None:
    made = nothing.apply(said(LOW))
    assert made.shape == said(LOW).shape and made.dtype == np.float32
    assert np.sqrt(np.mean(made**2)) == pytest.approx(np.sqrt(np.mean(said(LOW) ** 2)), rel=0.05)
    assert median_pitch(made, RATE) == pytest.approx(median_pitch(said(LOW), RATE), rel=0.03)


def test_things_are_said_when_they_were_said(nothing: Conversion) -> None:
    made, frame = nothing.apply(said(LOW)), RATE // 50
    levels = [np.sqrt(np.mean(each[: len(each) // frame * frame].reshape(-1, frame) ** 2, axis=1)) for each in
              (made, said(LOW))]  # fmt: skip
    assert np.corrcoef(*levels)[0, 1] > 0.9


def test_a_pitch_is_moved_as_far_as_told(nothing: Conversion) -> None:
    mean, spread = nothing.pitch
    higher = replace(nothing, own_pitch=(mean + np.log(1.5), spread))
    assert median_pitch(higher.apply(said(LOW)), RATE) / median_pitch(said(LOW), RATE) == pytest.approx(1.5, rel=0.05)


def test_an_equaliser_raises_what_it_is_told_to_and_not_the_whole(nothing: Conversion) -> None:
    tilt = np.linspace(-1.0, 1.0, BINS)
    plain, tilted = (take_apart(each.apply(said(LOW))) for each in (nothing, replace(nothing, equaliser=tilt)))
    change = (np.log(tilted.envelope) - np.log(plain.envelope))[plain.speech].mean(axis=0)
    assert change[400:450].mean() - change[50:100].mean() == pytest.approx(tilt[425] - tilt[75], abs=0.4)


def test_numbers_that_no_voice_has_make_sound_all_the_same(nothing: Conversion) -> None:
    wild = replace(
        nothing,
        matrix=np.full((COEFFICIENTS, COEFFICIENTS), 100.0),
        equaliser=np.full(BINS, -100.0),
        pitch=(-100.0, 0.0),
        own_pitch=(100.0, 100.0),
    )
    made = wild.apply(said(LOW))
    assert made.shape == said(LOW).shape and np.isfinite(made).all() and np.abs(made).max() <= 1


def test_long_speech_is_cut_where_it_is_softest_and_nothing_is_lost() -> None:
    speech = np.full(20 * RATE, 0.5, np.float32)
    speech[6 * RATE : 6 * RATE + RATE // 10] = 0
    found = pieces(speech)
    assert found[0][1] == pytest.approx(6.05 * RATE, abs=0.05 * RATE)
    assert found[0][0] == 0 and found[-1][1] == len(speech)
    assert all(first[1] == second[0] for first, second in pairwise(found))


@pytest.mark.parametrize("seconds", [0.0, 0.5, 7.99, 8.01, 8.5, 9.0, 16.3, 61.0])
def test_every_piece_is_long_enough_and_short_enough(seconds: float) -> None:
    speech = np.random.default_rng(1).normal(0, 0.1, round(seconds * RATE)).astype(np.float32)
    found = pieces(speech)
    lengths = [(until - begin) / RATE for begin, until in found]
    assert sum(lengths) == pytest.approx(len(speech) / RATE)
    assert max(lengths) <= 8.0
    assert min(lengths) >= min(0.99, seconds)
