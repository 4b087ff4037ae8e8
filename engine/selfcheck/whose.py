"""Whose voice an utterance has: that of the speaker who was asked, and the same from its begin to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from engine.identity.thresholds import bounds
from engine.identity.voice_print import VoicePrint
from engine.identity.voiced import RATE, levelled, voiced
from engine.speech import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST = 3.0
"""The least speech, without pauses, that tells whose it is, in seconds."""

_HOP = 77
"""Frames of 10 ms from one window of the encoder's to the next."""
_SIDE = 2
"""How many windows there are on each side of a change of speaker at least: 2.4 s of speech."""


class Encoder(Protocol):
    """Makes vectors of voices; `engine.identity.Encoder` does."""

    def windows(self, speech: NDArray[np.float32], hop: int, *, most: int = 0) -> NDArray[np.float32]:
        """Return a vector of length one for each window of 1.6 s, shape (windows, 256)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Whose:
    """What the speaker encoder says of an utterance."""

    steady: float
    """How alike what is before the likeliest change of speaker and what is behind it are, as a cosine; 1 where it is
    too short to tell."""
    like: float | None
    """How alike it is to the speaker who was asked for, as a cosine; None where nobody was, or it is too short."""
    bound: float
    """What a hundredth of strangers reach in `like`, for so many seconds of speech."""


def whose(audio: Audio, encoder: Encoder, speaker: VoicePrint | None) -> Whose:
    """Listen to whose voice it is; about 1.2 % of its length in CPU.

    The encoder (Wan et al. 2018, see `engine.identity`) gives a vector for each 1.6 s. For every place between two of
    them the mean of those before is compared with the mean of those behind: where somebody else goes on, the least of
    these cosines is low, and it is so for one change only, which is what an engine does that loses its speaker.

    Args:
        audio: The utterance, at any rate, shape (n,).
        encoder: What makes the vectors.
        speaker: The print of who was asked for, by the same encoder.
    """
    speech = levelled(voiced(audio))
    seconds = len(speech) / RATE
    if seconds < LEAST:
        return Whose(steady=1.0, like=None, bound=0.0)
    vectors = encoder.windows(speech, _HOP)
    like = None if speaker is None else float(_unit(vectors.mean(axis=0)) @ speaker.vector)
    least = bounds(min(seconds, speaker.seconds) if speaker else seconds).other
    return Whose(steady=_steady(vectors), like=like, bound=least)


def _steady(vectors: NDArray[np.float32]) -> float:
    alike: Sequence[float] = [
        float(_unit(vectors[:cut].mean(axis=0)) @ _unit(vectors[cut:].mean(axis=0)))
        for cut in range(_SIDE, len(vectors) - _SIDE + 1)
    ]
    return min(alike, default=1.0)


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np

    unit: NDArray[np.float32] = vector / np.linalg.norm(vector)
    return unit
