"""Whether two prints of voices are of one person.

How alike two strangers' prints are grows with the speech that they are made of, so the bounds move with the seconds of
the shorter one. `python -m bench identity` measures on any folder of people what these bounds let through and refuse.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from statistics import NormalDist
from typing import Literal

from engine.identity.voice_print import VoicePrint, similarity
from engine.value import value

Verdict = Literal["same", "unsure", "other"]

STRANGER, ONESELF = 0.63, 0.97
"""How alike the nearest other person is, and a person's own recording: what a figure of likeness is read against."""

_OTHER = ((2.0, 0.63), (5.0, 0.72), (10.0, 0.75), (20.0, 0.77))
"""Below these somebody else speaks: what 1 in 100 pairs of strangers reaches, by seconds (11 people, readings)."""
_SAME = ((3.0, 0.79), (5.0, 0.80), (10.0, 0.82), (20.0, 0.83))
"""From these on it is the same person: above what any pair of strangers has reached, by seconds."""
_SPREAD = 0.07
"""The standard deviation of the similarity of strangers."""
_RATE = 0.01
"""The share of strangers that `_OTHER` is for."""


@value
class Bounds:
    """Between which similarities nobody can tell."""

    other: float
    """Below this, somebody else speaks."""
    same: float
    """From this on, it is the same person; between the two, somebody has to listen."""


def bounds(seconds: float, gallery: int = 1) -> Bounds:
    """Return the bounds for prints of so many seconds of speech.

    One stranger in a hundred passes `other`. Compared with a hundred voices, one of them would pass nearly always: so
    both bounds rise with their number, as far as keeps the chance for all of them together where it is for one. The
    similarities of strangers are taken to be normal for that, which their upper end nearly is.

    Args:
        seconds: Of the shorter print.
        gallery: With how many voices a recording is compared.
    """
    normal = NormalDist()
    rise = _SPREAD * (normal.inv_cdf(1 - _RATE / max(1, gallery)) - normal.inv_cdf(1 - _RATE))
    return Bounds(other=_between(_OTHER, seconds) + rise, same=_between(_SAME, seconds) + rise)


def verdict(a: VoicePrint, b: VoicePrint, gallery: int = 1) -> Verdict:
    """Tell whether two prints are of one person.

    Args:
        a: One print.
        b: Another, by the same encoder.
        gallery: With how many voices `a` is compared, where `b` is one of many.

    Raises:
        ValueError: They come from different encoders.
    """
    found, edge = similarity(a, b), bounds(min(a.seconds, b.seconds), gallery)
    if found >= edge.same:
        return "same"
    return "unsure" if found >= edge.other else "other"


def _between(knots: Sequence[tuple[float, float]], at: float) -> float:
    """Read a line through some points; before the first and after the last it is level."""
    place = bisect([x for x, _ in knots], at)
    if place in (0, len(knots)):
        return knots[min(place, len(knots) - 1)][1]
    (left, low), (right, high) = knots[place - 1], knots[place]
    return low + (high - low) * (at - left) / (right - left)
