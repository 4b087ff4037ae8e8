"""Whether what sounds in a recording is somebody speaking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.quality.frames import Frames
from engine.quality.noise import SILENCE, Levels
from engine.value import value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_HOLD = 11
"""Frames over which a pitch that does not move is held: 0.11 s."""
_STILL = 0.35
"""Semitones that a held pitch may move."""
_APART = 5
"""Frames between which shapes of a spectrum are compared: 50 ms, about a phoneme's."""
_MOST = 0.45
"""The most of what is pitched that a speaker holds on one note."""
_LEAST_VOICED = 0.12
_LEAST_MOVED = 2.2


@value
class Likeness:
    """What tells speech from music and noise, over the time in which there is sound."""

    voiced: float
    """The share of moments with a pitch, from 0 to 1: speech has .3 to .8, a whisper none."""
    held: float
    """The share of pitched moments whose pitch stays within a third of a semitone for a tenth of a second, from 0 to 1:
    speech glides (.0 to .2, measured), tunes are made of notes (.6 to 1)."""
    moved: float
    """How much the shape of the spectrum changes within 50 ms, in dB: speech goes from sound to sound several times
    a second (5 to 8, measured; 3 under other people's talk 5 dB below it), a siren or a hum does not (1 to 2)."""

    @property
    def musical(self) -> bool:
        """Whether it sounds like a tune."""
        return self.held > _MOST

    @property
    def articulate(self) -> bool:
        """Whether it sounds like a voice that says something."""
        return self.voiced >= _LEAST_VOICED and self.moved >= _LEAST_MOVED


def likeness(frames: Frames, levels: Levels, track: NDArray[np.float32], active: NDArray[np.bool_]) -> Likeness:
    """Tell how much a sound is like speech.

    Thresholds are from 32 recordings of six people, with and without noise, espeak's voices, and some minutes of
    music; the features follow E. Scheirer and M. Slaney, "Construction and evaluation of a robust multifeature
    speech/music discriminator" (ICASSP 1997).

    Args:
        frames: The recording.
        levels: Its speech and noise.
        track: The pitch at each frame, in Hz, 0 where there is none; shape (frames,).
        active: In which frames there is sound, shape (frames,).
    """
    import numpy as np

    count = int(active.sum())
    if not count:
        return Likeness(voiced=0.0, held=0.0, moved=0.0)
    pitched = (track > 0) & active
    return Likeness(
        voiced=float(pitched.sum()) / count,
        held=_held(np.where(pitched, track, np.nan)),
        moved=_moved(frames.bands, max(levels.noise / len(frames.widths), SILENCE), active),
    )


def _held(track: NDArray[np.float32]) -> float:
    import numpy as np

    if len(track) < _HOLD:
        return 0.0
    notes = 12 * np.log2(track)
    stretches = np.lib.stride_tricks.sliding_window_view(notes, _HOLD)
    spread = stretches.max(axis=1) - stretches.min(axis=1)  # not a number where any of them has no pitch
    spread = spread[np.isfinite(spread)]
    return float((spread < _STILL).mean()) if len(spread) else 0.0


def _moved(bands: NDArray[np.float64], floor: float, active: NDArray[np.bool_]) -> float:
    import numpy as np

    if len(bands) <= _APART:
        return 0.0
    shapes = 10 * np.log10(np.maximum(bands, floor))
    shapes -= shapes.mean(axis=1, keepdims=True)
    changes = np.abs(shapes[_APART:] - shapes[:-_APART]).mean(axis=1)[active[_APART:]]
    return float(changes.mean()) if len(changes) else 0.0
