"""A take: all that a job had to say, in one file of sound."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from engine.audio import HEADER_BYTES, SAMPLE_BYTES, WAV_DATA_LIMIT, Sound, wav_header
from engine.encoding import Tags
from engine.engine import EngineError
from engine.fingerprint import Fingerprinter
from engine.speech import Format, Timing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAMELESS = Tags(title="", voice="")
MADE = ".take"
"""What stands behind the name of a take that is not the spool's own WAV file, until it gets the name that lasts."""


APART, WHOLE = 5.0, 60.0
"""How near two places to cut at may lie, and how short a sound is that nobody cuts; in seconds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What kind of file is wanted."""

    format: Format = Format.WAV
    """The kind of file."""
    rate: int = 0
    """Samples a second, in Hz; 0: the engine's own, or what the format has next to it."""
    thorough: bool = False
    """Whether it is worth more work that the file is smaller and better: for what is long, and kept."""
    tags: Tags = NAMELESS
    """What the file tells of itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Take:
    """Everything that a job had to say, in one file of sound."""

    path: Path
    """The file, whole and on disk; its name is still a temporary one."""
    rate: int
    """Samples a second in the file, in Hz."""
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
    ends: Sequence[float] = ()
    """Where it can be cut: the ends of what was said in one go, in seconds from the start, some of them in order."""
    known_by: Fingerprinter | None = None
    """Has its sound, and can work out by what it is known when it comes back; that can wait until nobody does. None
    where the file tells that as well: it need not be held then, and is not to be decoded."""
    score: float | None = None
    """How sound its worst sentence was found, from 0 to 1; None where the engine does not listen to itself. Of a take
    that goes on with what an earlier attempt has left, only what was said since counts."""
    retaken: int = 0
    """How many of its sentences were said more than once before they were found good enough."""


def thinned(samples: Iterable[int], rate: int) -> tuple[float, ...]:
    """Return places to cut at, in seconds, that lie no nearer than `APART`; none in what is short enough to be whole.

    Args:
        samples: The ends of what was said, in samples from the start; the last is the end of all.
        rate: Samples a second, in Hz.
    """
    kept: list[float] = []
    last = 0.0
    for end in samples:
        if (at := 1000 * end // rate / 1000) - last >= APART:
            kept.append(at)
            last = at
    return tuple(kept) if last >= WHOLE else ()


def write(path: Path, sounds: Sequence[Sound], target: Target | None = None) -> Take:
    """Write sounds one after another into one file, and see it to the disk. It works on disk, and on one thread.

    For what is soon said again if the process is killed: it spares the index, its checksums and a second reading.

    Raises:
        EngineError: There are none, their rates differ, or they are too long for a WAV file.
        OSError: It cannot be written.
    """
    target = target or Target()
    if len({sound.rate for sound in sounds}) != 1:
        raise EngineError(f"{len(sounds)} sounds that are of no one rate")
    rate = sounds[0].rate
    loudest = max(sound.peak for sound in sounds)
    path.parent.mkdir(parents=True, exist_ok=True)
    if target.format is Format.WAV and target.rate in (0, rate):
        bytes, sha256 = _write_wav(path, rate, [sound.pcm for sound in sounds], target.tags)
    else:
        path = path.with_suffix(MADE)
        rate = encode(path, (sound.pcm for sound in sounds), rate, target)
        bytes, sha256 = seal(path)
    return Take(
        path=path,
        rate=rate,
        seconds=sum(len(sound.pcm) / sound.rate for sound in sounds),
        bytes=bytes,
        peak=loudest,
        sha256=sha256,
        timings=_Timings(sounds),
        ends=thinned(accumulate(len(sound.pcm) for sound in sounds), sounds[0].rate),
    )


class Stopped(Exception):
    """Nobody wants the file any more; what was written of it is gone."""


def encode(
    path: Path, blocks: Iterable[NDArray[np.int16]], rate: int, target: Target, stopped: Callable[[], bool] = bool
) -> int:
    """Write blocks of samples at `rate` Hz into a file of the kind that is wanted, and return the rate that it has.

    `stopped` tells, before each block, whether nobody wants it any more.

    Raises:
        Stopped: Nobody does.
        EngineError: They are too long for that kind.
        OSError: It cannot be written.
    """
    from engine.encoding import encoder

    with ExitStack() as undo:
        encoding = encoder(
            path, target.format, rate=rate, out_rate=target.rate, tags=target.tags, thorough=target.thorough
        )
        undo.callback(encoding.discard)
        for block in blocks:
            if stopped():
                raise Stopped
            encoding.write(block)
        encoding.close()
        undo.pop_all()
    return encoding.rate


def seal(path: Path) -> tuple[int, str]:
    """Return the size of a file that is whole, in bytes, and its SHA-256."""
    with path.open("rb") as file:
        return os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest()


def _write_wav(path: Path, rate: int, parts: Sequence[NDArray[np.int16]], tags: Tags) -> tuple[int, str]:
    from engine.encoding import info_chunk

    info = info_chunk(tags)
    size = SAMPLE_BYTES * sum(map(len, parts))
    if size + len(info) > WAV_DATA_LIMIT:
        raise EngineError("more sound than a WAV file can hold")
    digest = hashlib.sha256()
    sound = [part.data.cast("B") for part in parts]
    blocks: list[bytes | memoryview] = [wav_header(rate, size, len(info)), *sound, info]
    with path.open("wb") as file:
        for block in blocks:
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return HEADER_BYTES + size + len(info), digest.hexdigest()


class _Timings(Iterable[Timing]):
    """The timings of several sounds, from the start of the first; made when somebody wants them."""

    def __init__(self, sounds: Sequence[Sound]) -> None:
        self._sounds = [(len(sound.pcm), sound.rate, sound.timings) for sound in sounds]

    def __iter__(self) -> Iterator[Timing]:
        samples = 0
        for count, rate, timings in self._sounds:
            begin = 1000 * samples // rate
            for timing in timings:
                yield replace(timing, start_ms=begin + timing.start_ms, end_ms=begin + timing.end_ms)
            samples += count
