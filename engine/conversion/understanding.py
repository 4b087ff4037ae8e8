"""How well speech is understood: sentences that are known, and the words that a recogniser hears in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.conversion.features import RATE
from engine.conversion.pairs import words_of
from engine.speech import Audio
from engine.transcript import transcribe

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SENTENCES = (
    "The old bridge was closed for repairs until the end of the winter.",
    "Please bring a warm coat, because the evening will be cold and wet.",
    "Seven small boats were waiting near the harbor when the storm began.",
    "My brother keeps his tools in a wooden box behind the kitchen door.",
    "Nobody could explain why the clock had stopped at half past four.",
)
"""What is said to see whether a voice is understood. No voice is fitted on them."""


def errors(said: Sequence[tuple[str, NDArray[np.float32]]]) -> float:
    """Return the share of words that are misheard: wrong, missing or too many, by the words that there are.

    The word error rate of speech recognition, by the recogniser of `engine.transcript`; English only. To listen takes a
    third of the sound's length.

    Args:
        said: Sentences, each with its sound at 16 kHz, shape (n,).
    """
    wrong = total = 0
    for text, samples in said:
        words = words_of(text)
        wrong += distance(words, words_of(transcribe(Audio(samples=samples, rate=RATE))))
        total += len(words)
    return wrong / max(total, 1)


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many words have to be changed, left out or put in to make one of the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for place, word in enumerate(one, start=1):
        last, row[0] = row[0], place
        for at, heard in enumerate(other, start=1):
            last, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, last + (word != heard))
    return row[-1]
