"""The bounds move with the speech there is and with the voices that are compared."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from engine.identity import VoicePrint, bounds, verdict


def pair(similarity: float, seconds: float = 10.0, other_seconds: float = 10.0) -> tuple[VoicePrint, VoicePrint]:
    """Two prints that are as alike as this."""
    one, two = np.zeros(256, np.float32), np.zeros(256, np.float32)
    one[0] = 1
    two[:2] = similarity, (1 - similarity**2) ** 0.5
    return (
        VoicePrint(vector=one, seconds=seconds, model="a model"),
        VoicePrint(vector=two, seconds=other_seconds, model="a model"),
    )


def test_the_bounds_rise_with_the_seconds_and_stay_in_order() -> None:
    edges = [bounds(seconds) for seconds in np.arange(1, 40, 0.25)]
    assert all(one.other <= two.other and one.same <= two.same for one, two in itertools.pairwise(edges))
    assert all(edge.other < edge.same < 0.9 for edge in edges)
    assert edges[0].other < edges[-1].other


def test_between_two_measured_lengths_the_bounds_are_between_theirs() -> None:
    assert bounds(7.5).other == pytest.approx((bounds(5).other + bounds(10).other) / 2)


def test_more_voices_to_compare_with_raise_both_bounds() -> None:
    one, many, more = (bounds(10, gallery) for gallery in (1, 100, 10_000))
    assert one.other < many.other < more.other
    assert many.same - one.same == pytest.approx(many.other - one.other)
    assert bounds(10, 0) == one


def test_a_verdict_goes_by_the_bounds_of_the_shorter_print() -> None:
    edge = bounds(4)
    assert verdict(*pair(edge.same + 0.001, 4, 60)) == "same"
    assert verdict(*pair(edge.same - 0.001, 60, 4)) == "unsure"
    assert verdict(*pair(edge.other + 0.001, 4, 60)) == "unsure"
    assert verdict(*pair(edge.other - 0.001, 4, 4)) == "other"


def test_one_of_many_has_to_be_more_alike() -> None:
    alike = pair(bounds(10).same + 0.001)
    assert (verdict(*alike), verdict(*alike, gallery=10)) == ("same", "unsure")
