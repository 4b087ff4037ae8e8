"""Sound as numbers: checked before anybody hears it, put together, and turned into what files hold.

numpy is imported where it is used: who only wants the names here need not wait for it.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.engine import EngineError
from engine.speech import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_BYTES = 2
"""The size of a sample in a file: 16 bits."""
HEADER_BYTES = 44
"""The size of a WAV file's header."""
WAV_DATA_LIMIT = 2**32 - HEADER_BYTES
"""The most bytes of sound that the header of a WAV file can tell of: 27 hours at 22,050 Hz."""

_SILENCE = 1e-3
"""A peak below this, -60 dB, is heard as silence."""
_FULL_SCALE = 32768
_BLOCK = 16_384
_BLOCK = 16384
"""How many samples are worked on at once: few enough to stay in the processor's cache."""
_SECONDS_AT_LEAST, _SECONDS_A_CHARACTER = 10, 4
"""What may be said for long: a digit or an emoji takes 2 s at half the pace, some signs more."""


class BadAudio(EngineError):
    """An engine made sound that nobody may hear."""


def check(audio: Audio, text: str) -> float:
    """Check that a sound can be what a text sounds like, and return its peak, from 0 to 1.

    Raises:
        BadAudio: It is empty, not finite, beyond full scale, much too long, or silent though the text has letters.
    """
    if len(audio.samples) == 0 or audio.rate <= 0:
        raise BadAudio(f"no sound for {text[:40]!r}")
    loudest = peak(audio.samples)
    if not math.isfinite(loudest):
        raise BadAudio(f"samples that are no numbers for {text[:40]!r}")
    if loudest > 1.0:
        raise BadAudio(f"a peak of {loudest:.2f} for {text[:40]!r}; 1 is full scale")
    if loudest < _SILENCE and any(character.isalpha() for character in text):
        raise BadAudio(f"silence for {text[:40]!r}")
    if audio.seconds > _SECONDS_AT_LEAST + _SECONDS_A_CHARACTER * len(text):
        raise BadAudio(f"{audio.seconds:.0f} s for the {len(text)} characters of {text[:40]!r}")
    return loudest


def peak(samples: NDArray[np.float32]) -> float:
    """Return the largest magnitude among the samples, shape (n,); not a number if any of them is none."""
    return float(max(samples.max(), -samples.min())) if len(samples) else 0.0


def join(chunks: Sequence[Audio]) -> Audio:
    """Put the chunks of one row together; their timings count from the start of the row already."""
    if len(chunks) == 1:
        return chunks[0]
    import numpy as np

    return Audio(
        samples=np.concatenate([chunk.samples for chunk in chunks]),
        rate=chunks[0].rate,
        timings=tuple(timing for chunk in chunks for timing in chunk.timings),
    )


def to_pcm16(samples: NDArray[np.float32], loudest: float | None = None) -> memoryview:
    """Turn samples from -1 to 1 into 16-bit whole numbers, low byte first, as WAV files have them.

    What came from 16 bits (a 32768th each) comes out as it was; what is beyond full scale is cut there.

    Args:
        samples: The sound, shape (n,).
        loudest: Its `peak`, where that is known: it is not looked for again.

    Returns:
        Its bytes, two for each sample.
    """
    import numpy as np

    if loudest is None:
        loudest = peak(samples)
    loud = not loudest * _FULL_SCALE < _FULL_SCALE - 1
    pcm = np.empty(len(samples), "<i2")
    scratch = np.empty(min(len(samples), _BLOCK), np.float32)  # small enough to stay in the processor's cache
    for begin in range(0, len(samples), _BLOCK):
        part = samples[begin : begin + _BLOCK]
        block = scratch[: len(part)]
        np.multiply(part, _FULL_SCALE, out=block)
        np.rint(block, out=block)
        if loud:
            np.clip(block, -_FULL_SCALE, _FULL_SCALE - 1, out=block)
        pcm[begin : begin + len(part)] = block
    return pcm.data.cast("B")


def wav_header(rate: int, data_bytes: int) -> bytes:
    """Make the header of a WAV file with one channel of 16 bits.

    Args:
        rate: Samples a second, in Hz.
        data_bytes: The size of the sound that follows, in bytes, no more than WAV_DATA_LIMIT; 0 while it grows.
    """
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", HEADER_BYTES - 8 + data_bytes, b"WAVE"),
        *(b"fmt ", 16, 1, 1, rate, rate * SAMPLE_BYTES, SAMPLE_BYTES, 8 * SAMPLE_BYTES),
        *(b"data", data_bytes),
    )
