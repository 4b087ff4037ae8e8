"""The best continuous stretch of a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.quality.activity import masked
from engine.quality.frames import FRAMES_A_SECOND, STEP, WINDOW, Frames
from engine.quality.noise import SILENCE, Levels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHORTEST, LONGEST = 6.0, 20.0
"""How long a passage is, in seconds: shorter tells too little of a voice, and engines that clone take no more."""

_ENOUGH = 12.0
"""Seconds from which on a longer passage is no better."""
_AROUND = 15
"""Frames of a pause that stay around a passage at most: 0.15 s."""
_DIP = 100
"""Frames among which the quietest is a place to cut where nobody pauses: 1 s."""
_CUT = 0.6
"""How good a place to cut is where nobody pauses, against a pause."""
_FLUENT = 0.85
"""The share of speech from which on more of it is no better: somebody has to breathe."""
_GAP = 75
"""Frames to both sides within which there is a gap in what anybody says: 0.75 s."""
_MIDDLE = WINDOW / 2 / STEP
"""Where a frame has its middle, in frames from its begin."""


def best_passage(
    frames: Frames, levels: Levels, spans: list[tuple[int, int]], clipped: NDArray[np.bool_]
) -> tuple[float, float]:
    """Return where the best stretch of 6 to 20 s begins and ends, in seconds; (0, 0) where nobody speaks.

    It begins and ends in pauses (in the softest moments, where nobody pauses). Of all such stretches it is the one with
    the most speech for its length, the least noise, nothing cut off, and about 12 s or more. Where less than 6 s lie
    between the first word and the last, that is the passage.

    Args:
        frames: The recording.
        levels: Its speech and noise.
        spans: When somebody speaks, as frames from and until.
        clipped: Which frames have samples that were cut off, shape (frames,).
    """
    import numpy as np

    if not spans:
        return 0.0, 0.0
    starts, ends, weights = _places(frames, spans)
    first, last = np.meshgrid(np.arange(len(starts)), np.arange(len(ends)), indexing="ij")
    lengths = ends[last] - starts[first]
    fits = (lengths >= SHORTEST * FRAMES_A_SECOND) & (lengths <= LONGEST * FRAMES_A_SECOND)
    first, last, lengths = first[fits], last[fits], lengths[fits]
    if not len(lengths):
        return _seconds(_densest(spans, len(frames)))
    worth = _worth(frames, levels, spans, clipped, (starts[first], ends[last]))
    worth *= weights[first] * weights[last] * np.interp(lengths / FRAMES_A_SECOND, (SHORTEST, _ENOUGH), (0.75, 1))
    best = int(worth.argmax())
    return _seconds((int(starts[first[best]]), int(ends[last[best]])))


def _places(
    frames: Frames, spans: list[tuple[int, int]]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return where a passage can begin and where it can end, in frames, and how good a place each is."""
    import numpy as np

    starts, ends, weights = [], [], []
    smooth, before = _smooth(frames.powers), 0
    for place, (first, until) in enumerate(spans):
        after = spans[place + 1][0] if place + 1 < len(spans) else len(frames)
        begin, end = first - min(_AROUND, (first - before) // 2), until + min(_AROUND, (after - until) // 2)
        inner = [at + int(smooth[at : at + _DIP].argmin()) for at in range(first + _DIP, until - 2 * _DIP + 1, _DIP)]
        starts += [begin, *inner]
        ends += [*inner, end]
        weights += [1.0, *[_CUT] * len(inner)]
        before = until
    return np.array(starts), np.array(ends), np.array(weights)


def _worth(
    frames: Frames,
    levels: Levels,
    spans: list[tuple[int, int]],
    clipped: NDArray[np.bool_],
    edges: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> NDArray[np.float64]:
    """Return how good stretches are for what is in them, from 0 to 1."""
    import numpy as np

    speech = masked(spans, len(frames))

    def within(values: NDArray[np.float64] | NDArray[np.bool_]) -> NDArray[np.float64]:
        sums = np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
        mean: NDArray[np.float64] = (sums[edges[1]] - sums[edges[0]]) / (edges[1] - edges[0])
        return mean

    talk = np.minimum(within(speech) / _FLUENT, 1)
    # In a pause all that sounds is noise, a cough or a door too; under speech it is what is there in its gaps.
    under = np.where(speech, _lowest(frames.powers), frames.powers)
    loud = speech & (frames.powers > levels.floor)
    sound = within(np.where(loud, frames.powers, 0)) / np.maximum(within(loud), 1e-3)
    snr = 10 * np.log10(np.maximum(sound, SILENCE) / np.maximum(within(under), SILENCE))
    clean: NDArray[np.float64] = np.interp(snr, (0, 15, 30), (0.3, 0.8, 1)) * np.interp(
        within(clipped), (0, 0.02, 0.2), (1, 0.8, 0.3)
    )
    return talk * clean


def _lowest(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the least power around each frame."""
    import numpy as np

    wide = np.pad(_smooth(powers), _GAP, mode="edge")
    least: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(wide, 2 * _GAP + 1).min(axis=1)
    return least


def _smooth(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return powers averaged over 50 ms, so that no chance makes the least of them."""
    import numpy as np

    return np.convolve(np.pad(powers, 2, mode="edge"), np.full(5, 0.2), "valid")


def _densest(spans: list[tuple[int, int]], count: int) -> tuple[int, int]:
    """Return the stretch from the first word to the last, or the part of it with the most speech, in frames."""
    import numpy as np

    first, until = max(0, spans[0][0] - _AROUND), min(count, spans[-1][1] + _AROUND)
    most = int(LONGEST * FRAMES_A_SECOND)
    if until - first <= most:
        return first, until
    sums = np.concatenate(([0], np.cumsum(masked(spans, count))))
    begin = int((sums[first + most : until + 1] - sums[first : until + 1 - most]).argmax()) + first
    return begin, begin + most


def _seconds(stretch: tuple[int, int]) -> tuple[float, float]:
    first, until = ((each + _MIDDLE) / FRAMES_A_SECOND if each else 0.0 for each in stretch)
    return round(first, 2), round(until, 2)
