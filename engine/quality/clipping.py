"""Which share of a recording was too loud for its microphone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BINS = 100
_HIGH = _BINS // 2
"""From which bin on magnitudes are loud."""
_MORE, _CHANCE = 1.5, 5.0
"""How many times as many samples as in any lower bin, and how many standard deviations more, are no chance."""
_LEAST = 1e-4


def clipping(samples: NDArray[np.float32]) -> float:
    """Return the share of samples that were cut off at the largest magnitude that there was room for, from 0 to 1.

    Speech has fewer samples the louder they are; where it was cut off, they pile up at the loudest (the shape of the
    histogram, after S. Aleinik and Y. Matveev, "Detection of clipped fragments in speech signals", 2014). What piles
    up counts, above and below zero for itself, so that a recording which was made softer afterwards is found too. What
    went through MP3 is found with some loss, what went through Opus only where it is bad: they round it off.

    Args:
        samples: Shape (n,), finite, at the rate that they were recorded with.
    """
    return sum(_piled(samples, sign) for sign in (1, -1)) / max(len(samples), 1)


def _piled(samples: NDArray[np.float32], sign: int) -> float:
    """Return how many samples of a sign pile up at the loudest."""
    import numpy as np

    most = float(samples.max() if sign > 0 else -samples.min()) if len(samples) else 0.0
    if most < _LEAST:
        return 0.0
    edges = (0, most) if sign > 0 else (-most, 0)
    counts = np.histogram(samples, bins=_BINS, range=edges)[0][::sign].astype(np.float64)
    lower = np.minimum.accumulate(counts)[_HIGH - 1 : -1]
    allowed = np.maximum(_MORE * lower, lower + _CHANCE * np.sqrt(lower + 1))
    return float(np.maximum(counts[_HIGH:] - allowed, 0).sum())
