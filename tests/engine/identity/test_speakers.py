"""One person is one, and two who take turns are two."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.identity import Encoder
from engine.identity.network import unit
from engine.identity.speakers import several
from engine.speech import Audio
from tests.engine.identity.inputs import real
from tests.engine.speech_sounds import spoken


def windows(means: list[int], spread: float = 0.35) -> NDArray[np.float32]:
    """Vectors around some directions, one for each of them."""
    chance = np.random.default_rng(5)
    directions = np.eye(256, dtype=np.float32)
    around = np.stack([directions[mean] for mean in means]) + spread / 16 * chance.standard_normal((len(means), 256))
    return unit(around.astype(np.float32))


def test_vectors_around_one_mean_are_of_one_person() -> None:
    assert not several(windows([0] * 30))


def test_vectors_around_two_means_are_of_two() -> None:
    assert several(windows([0] * 20 + [1] * 5))
    assert several(windows([0, 1] * 10))


def test_a_few_odd_windows_are_no_person_and_hide_none() -> None:
    assert not several(windows([0] * 40 + [1, 1]))
    assert several(windows([0] * 20 + [1] * 20 + [2, 2]))


@pytest.mark.parametrize("count", [0, 1, 5])
def test_too_few_windows_are_taken_for_one(count: int) -> None:
    assert not several(windows([0, 1, 2, 3, 4][:count]) if count else np.empty((0, 256), np.float32))


def test_one_voice_is_one_and_two_voices_are_two(encoder: Encoder) -> None:
    one, two = spoken(), spoken(speaker="en-gb+f3")
    both = Audio(samples=np.concatenate([one.samples, two.samples]), rate=one.rate)
    assert (encoder.speakers(one), encoder.speakers(two), encoder.speakers(both)) == (1, 1, 2)


def test_real_people_are_counted(encoder: Encoder) -> None:
    one = [real(f"librispeech/1688/1688-142285-000{place}.flac").samples for place in (1, 5)]
    two = real("librispeech/3080/3080-5032-0001.flac").samples
    assert encoder.speakers(Audio(samples=np.concatenate(one), rate=16_000)) == 1
    assert encoder.speakers(Audio(samples=np.concatenate([one[0], two]), rate=16_000)) == 2
