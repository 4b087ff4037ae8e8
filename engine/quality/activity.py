"""When somebody speaks in a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.quality.frames import FRAMES_A_SECOND, Frames
from engine.quality.noise import Levels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PAUSE = 30
"""Frames without speech that make a pause, 0.3 s; shorter ones are inside words or between them."""

_BLIP = 4
"""Frames of sound that are too few to be of a word: 40 ms."""
_CLOSURE = 12
"""Frames of silence inside a word at most, 0.12 s: before a 'p' or a 't' and between them and an 's'."""
_VOICED = 6
"""Frames with a pitch that a word has at least: a short vowel. A slammed door has none."""


def spoken_spans(frames: Frames, levels: Levels, pitched: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the stretches in which somebody speaks, as frames from and until, in their order.

    What is louder than the noise counts where it has a pitch for as long as a vowel, gaps shorter than PAUSE included.

    Args:
        frames: The recording.
        levels: Its speech and noise.
        pitched: Which of its frames have a pitch, shape (frames,).
    """
    import numpy as np

    loud = frames.powers > levels.floor
    counts = np.concatenate(([0], np.cumsum(pitched & loud)))
    sounds = _joined([(first, until) for first, until in runs(loud) if until - first >= _BLIP], _CLOSURE)
    words = [(first, until) for first, until in sounds if counts[until] - counts[first] >= _VOICED]
    return _joined(words, PAUSE)


def _joined(spans: list[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    """Join spans that are less than so many frames apart."""
    joined: list[tuple[int, int]] = []
    for first, until in spans:
        if joined and first - joined[-1][1] < gap:
            joined[-1] = (joined[-1][0], until)
        else:
            joined.append((first, until))
    return joined


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return where a mask is true, as indices from and until."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.pad(mask.astype(np.int8), 1)))
    return [(int(first), int(until)) for first, until in zip(edges[::2], edges[1::2], strict=True)]


def masked(spans: list[tuple[int, int]], count: int) -> NDArray[np.bool_]:
    """Return which of so many frames lie in the spans, shape (count,)."""
    import numpy as np

    mask = np.zeros(count, np.bool_)
    for first, until in spans:
        mask[first:until] = True
    return mask


def seconds(spans: list[tuple[int, int]]) -> float:
    """Return how long spans last together, in seconds."""
    return sum(until - first for first, until in spans) / FRAMES_A_SECOND
