"""The picture of a sound: how loud it is from its begin to its end, for a player to draw."""

from __future__ import annotations

from pathlib import Path

from engine.recode import Original
from engine.value import value

MOST_LEVELS = 256
"""The most values in a picture."""
LEVELS_A_SECOND = 10
"""The most values for a second of sound."""


@value
class Waveform:
    """How loud a sound is from its begin to its end.

    So Discord wants it for a voice message: a preview of the whole, with one byte for each level, sampled at most
    once per 100 ms, and no more than 256 of them.

    Source: "Attachment Structure" and "Voice Messages", Discord's API documentation, Message Resource.
    """

    seconds: float
    """How long the sound lasts, in seconds."""
    levels: bytes
    """How loud it is in stretches of equal length, one after another, from 0 (silence) to 255 (the loudest of them)."""


def waveform(path: Path, *, most: int = MOST_LEVELS, a_second: int = LEVELS_A_SECOND) -> Waveform:
    """Draw a sound file of Mynah's; it is read to its end, a block at a time.

    A level is the root of the mean square of its stretch, beside that of the loudest: by full scale, speech at the
    loudness that we give it would be drawn as a flat line.

    Args:
        path: The file.
        most: The most levels.
        a_second: The most levels for a second of sound.

    Raises:
        EngineError: The file is gone or damaged.
    """
    import numpy as np

    with Original(path) as original:
        count = min(most, max(1, int(original.seconds * a_second)))
        samples = max(1, round(original.seconds * original.rate))
        powers, counts, begin = np.zeros(count), np.zeros(count), 0
        for block in original.blocks():
            # What a container says of its length is rounded: what comes after it belongs to the last stretch.
            stretch = np.minimum((begin + np.arange(len(block))) * count // samples, count - 1)
            powers += np.bincount(stretch, block.astype(np.float64) ** 2, count)
            counts += np.bincount(stretch, minlength=count)
            begin += len(block)
        loudness = np.sqrt(powers / np.maximum(counts, 1))
        levels = np.rint(255 * loudness / max(loudness.max(), 1.0)).astype(np.uint8)
        return Waveform(seconds=original.at, levels=levels.tobytes())
