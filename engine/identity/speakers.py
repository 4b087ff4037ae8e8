"""Whether one person speaks in a recording, or more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.identity.network import unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HOP = 40
"""Frames of 10 ms from one window to the next, as `several` wants them: 0.4 s."""

_APART = 0.77
"""Two groups of windows whose means are less alike are two people; one person's are .80 alike and more."""
_LEAST_WINDOWS = 3
"""Fewer are a cough, a laugh or a door: 2.4 s of somebody else are the least that is noticed."""
_LEAST_SHARE = 0.1
"""The same, as a share of the windows."""
_TURNS = 12
"""How often the groups are formed anew; they stand after three or four."""
_TRIES = 3
"""How often a few odd windows are laid aside, so that they do not hide a second person."""


def several(vectors: NDArray[np.float32]) -> bool:
    """Tell whether the windows of a recording are of more than one person.

    They are parted into two groups by spherical k-means (Dhillon and Modha 2001,
    https://doi.org/10.1023/A:1007612920971), begun with the two windows that are least alike. Two people who take
    turns of 4 s and more are told apart, in turns of 2 s mostly; two who speak at once are seldom.

    Args:
        vectors: One for each window of 1.6 s, HOP apart, shape (n, 256), each of length one.
    """
    for _ in range(_TRIES):
        if len(vectors) < 2 * _LEAST_WINDOWS:
            return False
        second, likeness = _parted(vectors)
        few = min(int(second.sum()), len(vectors) - int(second.sum()))
        if likeness >= _APART:
            return False
        if few >= max(_LEAST_WINDOWS, _LEAST_SHARE * len(vectors)):
            return True
        vectors = vectors[second == (2 * second.sum() > len(vectors))]
    return False


def _parted(vectors: NDArray[np.float32]) -> tuple[NDArray[np.bool_], float]:
    """Part vectors into two groups: which of them are in the second, and the cosine of the groups' means."""
    import numpy as np

    alike = vectors @ vectors.T
    means = vectors[list(np.unravel_index(alike.argmin(), alike.shape))]
    second = np.zeros(len(vectors), bool)
    for _ in range(_TURNS):
        towards = vectors @ means.T
        second = towards[:, 1] > towards[:, 0]
        if not 0 < second.sum() < len(vectors):
            return second, 1.0
        means = unit(np.stack([vectors[~second].mean(axis=0), vectors[second].mean(axis=0)]))
    return second, float(means[0] @ means[1])
