"""Sound as numbers: checked before anybody hears it, put together, and turned into what files hold.

numpy is imported where it is used: who only wants the names here need not wait for it.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.engine import EngineError
from engine.speech import FULL_SCALE, Audio, Timing

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
_BLOCK = 16_384
"""How many samples are worked on at once: few enough to stay in the processor's cache."""
_SECONDS_AT_LEAST, _SECONDS_A_CHARACTER = 10, 4
"""What may be said for long: a digit or an emoji takes 2 s at half the pace, some signs more."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sound:
    """A stretch of mono sound as files hold it."""

    pcm: NDArray[np.int16]
    """Whole samples, shape (n,); 32768 is full scale."""
    rate: int
    """Samples a second, in Hz."""
    peak: float
    """Its largest magnitude, from 0 to 1."""
    timings: Sequence[Timing] = ()
    """What is said when, in the order of their starts."""


class BadAudio(EngineError):
    """An engine made sound that nobody may hear."""


def check(audio: Audio, text: str) -> None:
    """Check that a sound can be what a text sounds like.

    Raises:
        BadAudio: It is empty, not finite, beyond full scale, much too long, or silent though the text has letters.
    """
    if audio.count == 0 or audio.rate <= 0:
        raise BadAudio(f"no sound for {text[:40]!r}")
    loudest = audio.peak
    if not math.isfinite(loudest):
        raise BadAudio(f"samples that are no numbers for {text[:40]!r}")
    if loudest > 1.0:
        raise BadAudio(f"a peak of {loudest:.2f} for {text[:40]!r}; 1 is full scale")
    if loudest < _SILENCE and any(character.isalpha() for character in text):
        raise BadAudio(f"silence for {text[:40]!r}")
    if audio.seconds > _SECONDS_AT_LEAST + _SECONDS_A_CHARACTER * len(text):
        raise BadAudio(f"{audio.seconds:.0f} s for the {len(text)} characters of {text[:40]!r}")


def peak(samples: NDArray[np.float32]) -> float:
    """Return the largest magnitude among the samples, shape (n,); not a number if any of them is none."""
    return float(max(samples.max(), -samples.min())) if len(samples) else 0.0


def join(chunks: Sequence[Audio]) -> Audio:
    """Put the chunks of one row together; their timings count from the start of the row already."""
    if len(chunks) == 1:
        return chunks[0]
    import numpy as np

    rate, timings = chunks[0].rate, tuple(timing for chunk in chunks for timing in chunk.timings)
    whole = [chunk.pcm for chunk in chunks if chunk.pcm is not None]
    if len(whole) == len(chunks):
        return Audio(pcm=np.concatenate(whole), rate=rate, timings=timings)
    return Audio(samples=np.concatenate([chunk.samples for chunk in chunks]), rate=rate, timings=timings)


def to_sound(audio: Audio, *, gain: float = 1.0) -> Sound:
    """Turn samples from -1 to 1 into 16-bit whole numbers, as files have them.

    What was made in 16 bits comes out as it was, where it becomes no louder; what is beyond full scale is cut there.

    Args:
        audio: The sound, shape (n,).
        gain: How many times as loud it becomes.
    """
    import numpy as np

    loudest = gain * audio.peak
    if audio.pcm is not None and gain == 1.0:
        return Sound(pcm=audio.pcm.astype("<i2", copy=False), rate=audio.rate, peak=loudest, timings=audio.timings)
    samples, one = audio.as_made
    factor = np.float32(FULL_SCALE // one * gain)
    loud = not loudest * FULL_SCALE < FULL_SCALE - 1
    pcm = np.empty(len(samples), "<i2")
    scratch = np.empty(min(len(samples), _BLOCK), np.float32)
    for begin in range(0, len(samples), _BLOCK):
        part = samples[begin : begin + _BLOCK]
        block = scratch[: len(part)]
        np.multiply(part, factor, out=block)
        np.rint(block, out=block)
        if loud:
            np.clip(block, -FULL_SCALE, FULL_SCALE - 1, out=block)
        pcm[begin : begin + len(part)] = block
    return Sound(pcm=pcm, rate=audio.rate, peak=min(loudest, 1.0), timings=audio.timings)


def read_wav_header(head: bytes) -> tuple[int, int]:
    """Read what `wav_header` made: samples a second, in Hz, and the size of the sound, in bytes; zeros: it is none."""
    if not head.startswith(b"RIFF") or len(head) < HEADER_BYTES:
        return 0, 0
    return int.from_bytes(head[24:28], "little"), int.from_bytes(head[40:44], "little")


def wav_header(rate: int, data_bytes: int, behind: int = 0) -> bytes:
    """Make the header of a WAV file with one channel of 16 bits.

    Args:
        rate: Samples a second, in Hz.
        data_bytes: The size of the sound that follows, in bytes, no more than WAV_DATA_LIMIT; 0 while it grows.
        behind: The size of what stands behind the sound, in bytes.
    """
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", HEADER_BYTES - 8 + data_bytes + behind, b"WAVE"),
        *(b"fmt ", 16, 1, 1, rate, rate * SAMPLE_BYTES, SAMPLE_BYTES, 8 * SAMPLE_BYTES),
        *(b"data", data_bytes),
    )
