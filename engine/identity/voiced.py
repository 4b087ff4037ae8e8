"""What of a recording is speech, as the speaker encoder wants to hear it: 16 kHz, without pauses, all equally loud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.speech import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
"""Samples a second that the encoder hears, in Hz."""

_FRAME = 480
"""Samples of a frame that is speech or is not: 30 ms."""
_BELOW_LOUD = 35.0
"""How far below the loud frames (the 95th percentile) a frame of speech may be, in dB."""
_LOWEST = -75.0
"""What is below that is silence however soft the rest is, in dBFS."""
_AROUND = 3
"""How many frames on both sides of speech are kept with it: 90 ms, so that no consonant is lost."""
_LEVEL = -25.0
"""How loud the speech is made, in dBFS: the encoder hears a level, and tells people apart best at this one."""


def voiced(audio: Audio) -> NDArray[np.float32]:
    """Cut the pauses out of a recording.

    A frame is speech where its power is within 35 dB of the loud ones; the encoder was trained on speech whose pauses
    had been cut out.

    Args:
        audio: Any rate, shape (n,).

    Returns:
        The speech at RATE, shape (m,), at most n * RATE / rate samples, as loud as it was; m is 0 for silence.
    """
    import numpy as np
    import soxr  # type: ignore[import-untyped]  # it has no types

    samples = np.asarray(audio.samples, np.float32)
    if audio.rate != RATE:
        samples = soxr.resample(samples, audio.rate, RATE)
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    if not len(frames):
        return frames.ravel()
    power = 10 * np.log10(np.square(frames, dtype=np.float64).mean(axis=1) + 1e-12)
    speech = power > max(np.percentile(power, 95) - _BELOW_LOUD, _LOWEST)
    kept = np.convolve(speech, np.ones(2 * _AROUND + 1), "same") > 0.5
    found: NDArray[np.float32] = frames[kept[: len(frames)]].ravel()
    return found


def levelled(speech: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring speech to the level at which the encoder hears best, shape (n,); peaks may go beyond 1."""
    import numpy as np

    level = np.sqrt(np.square(speech, dtype=np.float64).mean()) if len(speech) else 0.0
    return speech * np.float32(10 ** (_LEVEL / 20) / (level + 1e-9))
