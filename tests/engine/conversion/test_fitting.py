from __future__ import annotations

import numpy as np
import pytest

from engine.conversion import fitting
from engine.conversion.features import pitch_of
from engine.conversion.fitting import ENOUGH_PAIRS, LADDER, WIDEST_PITCH, Rung
from tests.engine.conversion.voices import HIGH, LOW, apart

NONE = np.empty((0, 2), np.int64)


def distance(one: np.ndarray[tuple[int, ...], np.dtype[np.float64]], other: object) -> float:
    return float(np.sqrt(np.mean((one - np.asarray(other)) ** 2)))


@pytest.mark.parametrize("rung", LADDER, ids=lambda rung: rung.name)
def test_the_mean_becomes_the_other_voices(rung: Rung) -> None:
    low, high = apart(LOW), apart(HIGH)
    made = fitting.fit(low, high, NONE, rung).cepstra(low.cepstrum)[low.speech]
    assert np.allclose(made.mean(axis=0), high.cepstrum[high.speech].mean(axis=0), atol=1e-6)


def test_the_spread_becomes_the_other_voices_only_where_the_rung_says_so() -> None:
    low, high = apart(LOW), apart(HIGH)
    wanted = high.cepstrum[high.speech].std(axis=0)
    bold, safe = (
        fitting.fit(low, high, NONE, rung).cepstra(low.cepstrum)[low.speech].std(axis=0)
        for rung in (LADDER[0], LADDER[-1])
    )
    assert distance(np.log(bold), np.log(wanted)) < distance(np.log(safe), np.log(wanted))


def test_frames_that_belong_together_make_a_map_that_is_found_again() -> None:
    low = apart(LOW)
    change = np.eye(30) * 0.9
    change[1, 2] = change[3, 1] = 0.3
    values = {name: getattr(low, name) for name in ("pitch", "envelope", "noise", "power", "speech")}
    other = type(low)(cepstrum=low.cepstrum @ change, **values)
    pairs = np.repeat(np.arange(len(low.pitch))[:, None], 2, axis=1)
    errors = []
    for penalty in (0.01, 1.0, 100.0):
        rung = Rung(name="", penalty=penalty, spread=True)
        made = fitting.fit(low, other, pairs, rung).cepstra(low.cepstrum)
        errors.append(distance(made[low.speech], other.cepstrum[low.speech]))
    assert errors == sorted(errors)
    assert errors[0] < 0.7 * errors[-1]


def test_too_few_frames_make_no_map() -> None:
    low, high = apart(LOW), apart(HIGH)
    few = np.repeat(np.arange(ENOUGH_PAIRS - 1)[:, None], 2, axis=1)
    assert np.array_equal(fitting.fit(low, high, few, LADDER[0]).matrix, fitting.fit(low, high, NONE, LADDER[0]).matrix)


def test_the_pitch_becomes_the_other_voices_and_spreads_no_wider_than_sounds_well() -> None:
    low, high = apart(LOW), apart(HIGH)
    made = fitting.fit(low, high, NONE, LADDER[0])
    assert made.pitch == pitch_of(low)
    assert made.own_pitch[0] == pitch_of(high)[0]
    assert made.own_pitch[1] == min(pitch_of(high)[1], WIDEST_PITCH * pitch_of(low)[1])
