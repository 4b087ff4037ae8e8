"""Clean sound: what was made of a recording that came from outside, as the data folder keeps it for engines."""

from __future__ import annotations

import os
import wave
from pathlib import Path

from engine.audio import HEADER_BYTES, to_sound, wav_header
from engine.speech import Audio


def keep(audio: Audio, path: Path) -> int:
    """Write a recording as a WAV file of 16 bits, and see it to the disk; return its size, in bytes.

    Raises:
        OSError: It cannot be written.
    """
    pcm = to_sound(audio).pcm.data.cast("B")
    with path.open("wb") as file:
        file.write(wav_header(audio.rate, len(pcm)))
        file.write(pcm)
        file.flush()
        os.fsync(file.fileno())
    return HEADER_BYTES + len(pcm)


def read(path: Path, begin: float = 0.0, end: float | None = None) -> Audio:
    """Read what `keep` has written, or a stretch of it from `begin` to `end`, in seconds.

    Raises:
        OSError: It is not there.
        wave.Error: It is no such file.
    """
    import numpy as np

    with wave.open(str(path)) as file:
        rate, last = file.getframerate(), file.getnframes()
        first = min(last, round(begin * rate))
        file.setpos(first)
        pcm = file.readframes(max(0, (last if end is None else min(last, round(end * rate))) - first))
    return Audio(pcm=np.frombuffer(pcm, "<i2").astype(np.int16, copy=False), rate=rate)
