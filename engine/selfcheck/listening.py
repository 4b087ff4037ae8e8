"""What is heard of an utterance before anything is judged: how loud each moment is, and of what colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.quality.activity import runs
from engine.quality.frames import FRAMES_A_SECOND, RATE, at_rate, bounded, frames_of
from engine.speech import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BELOW = 30.0
"""How far below the loudest twentieth of its moments speech reaches, in dB; what is softer is a pause."""
PAUSE = 0.2
"""Shorter silences are inside words or between them, in seconds; what is talked counts them in."""

_DEPTH = 55.0
"""How far below the loudest moment a band may be before it counts as silent, in dB."""
_BLIP = 4
"""Frames of sound that are too few to be of a word: 40 ms."""
_LEAST = 1e-10


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Heard:
    """An utterance, moment by moment; frames are 10 ms apart."""

    levels: NDArray[np.float64]
    """How loud each frame is, in dB under the loudest twentieth of them (0), shape (frames,)."""
    bands: NDArray[np.float64]
    """How loud each frame is in each of 20 mel bands from 60 Hz to 7.9 kHz, in dB likewise, shape (frames, 20)."""
    sounds: tuple[tuple[int, int], ...]
    """The stretches that are no silence, as frames from and until, in their order; empty where it is all silence."""

    @property
    def pauses(self) -> tuple[float, ...]:
        """How long the silences between two sounds are, in seconds; only those of PAUSE and more."""
        gaps = ((b[0] - a[1]) / FRAMES_A_SECOND for a, b in zip(self.sounds, self.sounds[1:], strict=False))
        return tuple(gap for gap in gaps if gap >= PAUSE)

    @property
    def talked(self) -> float:
        """How long is talked, in seconds: from the first sound to the last, without the pauses."""
        if not self.sounds:
            return 0.0
        return (self.sounds[-1][1] - self.sounds[0][0]) / FRAMES_A_SECOND - sum(self.pauses)

    @property
    def around(self) -> tuple[float, float]:
        """How long it is silent before the first sound and behind the last, in seconds."""
        if not self.sounds:
            return 0.0, len(self.levels) / FRAMES_A_SECOND
        behind = len(self.levels) - self.sounds[-1][1]
        return self.sounds[0][0] / FRAMES_A_SECOND, behind / FRAMES_A_SECOND


def listen(audio: Audio) -> Heard:
    """Hear an utterance; about 0.3 % of its length in CPU.

    Args:
        audio: Speech of one person, shape (n,), finite, at any rate from 8 kHz on.
    """
    import numpy as np

    frames = frames_of(at_rate(bounded(audio), RATE))
    levels = 10 * np.log10(frames.powers + _LEAST)
    loud = float(np.quantile(levels, 0.95))
    bands = 10 * np.log10(frames.bands + _LEAST) - loud
    sounds = tuple(each for each in runs(levels > loud - BELOW) if each[1] - each[0] >= _BLIP)
    silent = loud <= 10 * np.log10(2 * _LEAST)
    return Heard(
        levels=levels - loud,
        bands=np.maximum(bands, -_DEPTH),
        sounds=() if silent else sounds,
    )
