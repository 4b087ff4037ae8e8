"""Which moments of two voices belong together, where both say the same words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.conversion.features import RATE, STEP_MS
from engine.recogniser import to_pcm

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.recogniser import Heard, Recogniser

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")
_FRAMES = round(10 / STEP_MS)
"""Frames of ours in one of the recogniser's."""
_UNLIKE = 5
"""How many times as long as the other one of two phones may be; one that is more so was not found where it is."""


def words_of(text: str) -> list[str]:
    """Return the words of an English text in lower case, without anything else."""
    return _WORD.findall(text.lower().replace("\u2019", "'"))


def find(recogniser: Recogniser, samples: NDArray[np.float32], words: Sequence[str]) -> Sequence[Heard]:
    """Find words and their phones in a sound at 16 kHz, shape (n,); none where they are not all that is said."""
    names = [name for word in words if (name := recogniser.name(word))]
    pcm = to_pcm(samples, RATE)
    return (recogniser.hear(pcm, names, phones=True) or ()) if names and pcm is not None else ()


def pair(one: Sequence[Heard], other: Sequence[Heard]) -> NDArray[np.int64]:
    """Pair the frames of two voices that say the same words: phone by phone, evenly within each.

    A word that they pronounce differently, and a phone that is far longer in one of them, is left out.

    Args:
        one: The words as they were found in one voice.
        other: The same words in the other.

    Returns:
        Frames of STEP_MS, those of the first voice and those of the second, shape (n, 2).
    """
    import numpy as np

    found = [np.empty((0, 2), np.int64)]
    for here, there in zip(one, other, strict=False):
        if here.name != there.name or [p.name for p in here.phones] != [p.name for p in there.phones]:
            continue
        for first, second in zip(here.phones, there.phones, strict=True):
            count, others = (_FRAMES * (phone.until - phone.first) for phone in (first, second))
            if min(count, others) > 0 and max(count, others) < _UNLIKE * min(count, others):
                steps = np.arange(count)
                seconds = _FRAMES * second.first + steps * others // count
                found.append(np.stack([_FRAMES * first.first + steps, seconds], axis=1))
    return np.concatenate(found)


def inside(pairs: NDArray[np.int64], length: int, other: int) -> NDArray[np.int64]:
    """Leave out the pairs that lie behind the last frame of either voice."""
    kept: NDArray[np.int64] = pairs[(pairs[:, 0] < length) & (pairs[:, 1] < other)]
    return kept
