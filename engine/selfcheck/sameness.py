"""What sounds too much like itself: a stretch that is said twice, and a sound that does not move on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.quality.frames import FRAMES_A_SECOND
from engine.selfcheck.listening import BELOW, Heard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

POOL = 2
"""Frames that are taken together where a sound is compared with itself: 20 ms."""

_A_SECOND = FRAMES_A_SECOND // POOL
_STACK = 3
"""How many of these, one after another, are compared at once: a sound and where it comes from and goes."""
_NEAR = 0.35
"""How far a repetition begins behind what it repeats at least, in seconds; a rolled 'r' repeats itself sooner."""
_FAR = 20.0
"""How far behind at most, in seconds."""
_LOUD = -22.0
"""How loud a moment has to be at least to be compared, in dB: the noise of a room is always like itself."""
_TELLING = 0.7
"""The share of two stretches in which one of them at least has to be loud."""
_STEADY_OVER = 30
"""Frames over which a sound has to stand still: 0.3 s."""
_SMOOTH = 8
"""Frames over which a band is averaged, so that noise stands still too: 80 ms."""


def likeness(heard: Heard, length: float) -> float:
    """Return how alike the two stretches of an utterance are that are most alike, as a mean cosine from -1 to 1.

    Every moment is compared with every later one: by the cosine of 60 ms of log-mel bands, less the mean of each band.
    A stretch that comes twice is a line beside the diagonal of that matrix (J. Foote, "Visualizing music and audio
    using self-similarity", ACM Multimedia 1999), and its mean is what is returned. A soft moment is like no loud one;
    where both are soft nothing is told, and stretches that are soft for the most part are left out.

    Args:
        heard: The utterance.
        length: How long the stretches are, in seconds.
    """
    import numpy as np

    vectors = _vectors(heard)
    width, best = round(length * _A_SECOND), -1.0
    alike, loud = vectors @ vectors.T, np.square(vectors).sum(axis=1) > 0
    for lag in range(round(_NEAR * _A_SECOND), min(len(vectors) - width, round(_FAR * _A_SECOND)) + 1):
        sums = _sums(np.diagonal(alike, lag), width)
        told = _sums(loud[lag:] | loud[: len(loud) - lag], width)
        best = max(best, float((sums / np.maximum(told, _TELLING * width)).max()))
    return best


def held(heard: Heard, moves: float) -> float:
    """Return the longest stretch in which a sound hardly changes, in seconds: a vowel, a hum or noise that goes on.

    What moves is each band's level, averaged over 80 ms: its standard deviation over 0.3 s, averaged over the bands.

    Args:
        heard: The utterance.
        moves: What moves less stands still, in dB.
    """
    import numpy as np

    width = _STEADY_OVER
    if len(heard.levels) < width + _SMOOTH:
        return 0.0
    smooth = _means(heard.bands, _SMOOTH)
    spread = np.sqrt(np.maximum(_means(smooth**2, width) - _means(smooth, width) ** 2, 0)).mean(axis=1)
    loud = _means(heard.levels[:, None], width + _SMOOTH - 1)[:, 0] > 5 - BELOW
    longest = best = 0
    for still in (spread < moves) & loud:
        longest = longest + 1 if still else 0
        best = max(best, longest)
    return (best + width - 1) / FRAMES_A_SECOND if best else 0.0


def _vectors(heard: Heard) -> NDArray[np.float32]:
    """Return what is compared: shape (n, _STACK * bands), of length one, or zeros where it is soft."""
    import numpy as np

    count = len(heard.levels) // POOL
    if count < _STACK:
        return np.zeros((0, 1), np.float32)
    bands = heard.bands[: count * POOL].reshape(count, POOL, -1).mean(axis=1)
    loud = heard.levels[: count * POOL].reshape(count, POOL).max(axis=1) > _LOUD
    if not loud.any():
        return np.zeros((0, 1), np.float32)
    bands = np.where(loud[:, None], bands - bands[loud].mean(axis=0), 0)
    stacked = np.lib.stride_tricks.sliding_window_view(bands, _STACK, axis=0).reshape(count - _STACK + 1, -1)
    lengths = np.linalg.norm(stacked, axis=1, keepdims=True)
    heard_of = np.convolve(loud, np.ones(_STACK), "valid") > 0
    unit = np.where(heard_of[:, None], stacked / np.maximum(lengths, 1e-9), 0)
    return unit.astype(np.float32)


def _sums(values: NDArray[np.float32] | NDArray[np.bool_], width: int) -> NDArray[np.float64]:
    """Return the sum of each `width` values."""
    import numpy as np

    sums = np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
    return sums[width:] - sums[:-width]


def _means(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Return the mean of each `width` frames, shape (n - width + 1, k)."""
    import numpy as np

    sums = np.cumsum(np.vstack([np.zeros((1, values.shape[1])), values]), axis=0)
    means: NDArray[np.float64] = (sums[width:] - sums[:-width]) / width
    return means
