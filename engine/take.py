"""A take: all that a job had to say, in one WAV file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.audio import HEADER_BYTES, SAMPLE_BYTES, WAV_DATA_LIMIT, peak, to_pcm16, wav_header
from engine.engine import EngineError
from engine.speech import Audio, Timing


@dataclass(frozen=True, kw_only=True, slots=True)
class Take:
    """Everything that a job had to say, in one WAV file."""

    path: Path
    """The file, whole and on disk; its name is still a temporary one."""
    rate: int
    """Samples a second, in Hz."""
    seconds: float
    """How long it lasts, in seconds."""
    bytes: int
    """The size of the file, in bytes."""
    peak: float
    """Its largest magnitude, from 0 to 1."""
    sha256: str
    """The SHA-256 of the file, as 64 hexadecimal digits."""
    timings: Iterable[Timing]
    """What is said when, from the start of the file; a spool's are read from its index, as long as that is there."""


def write(path: Path, sounds: Sequence[Audio]) -> Take:
    """Write sounds one after another into one file, and see it to the disk. It works on disk, and on one thread.

    For what is soon said again if the process is killed: it spares the index, its checksums and a second reading.

    Raises:
        EngineError: There are none, their rates differ, or they are too long for a WAV file.
        OSError: It cannot be written.
    """
    if len({audio.rate for audio in sounds}) != 1:
        raise EngineError(f"{len(sounds)} sounds that are of no one rate")
    rate = sounds[0].rate
    peaks = [peak(audio.samples) for audio in sounds]
    parts: list[bytes | memoryview] = [
        to_pcm16(audio.samples, loudest) for audio, loudest in zip(sounds, peaks, strict=True)
    ]
    size = sum(map(len, parts))
    if size > WAV_DATA_LIMIT:
        raise EngineError("more sound than a WAV file can hold")
    digest = hashlib.sha256()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for part in [wav_header(rate, size), *parts]:
            digest.update(part)
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    return Take(
        path=path,
        rate=rate,
        seconds=size / SAMPLE_BYTES / rate,
        bytes=HEADER_BYTES + size,
        peak=max(peaks),
        sha256=digest.hexdigest(),
        timings=_Timings(sounds),
    )


class _Timings(Iterable[Timing]):
    """The timings of several sounds, from the start of the first; made when somebody wants them."""

    def __init__(self, sounds: Sequence[Audio]) -> None:
        self._sounds = [(len(audio.samples), audio.rate, audio.timings) for audio in sounds]

    def __iter__(self) -> Iterator[Timing]:
        samples = 0
        for count, rate, timings in self._sounds:
            begin = 1000 * samples // rate
            for timing in timings:
                yield replace(timing, start_ms=begin + timing.start_ms, end_ms=begin + timing.end_ms)
            samples += count
