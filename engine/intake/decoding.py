"""Bytes that nobody vouches for become mono samples, block by block. This is what runs inside the confined process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Protocol

from engine.intake.containers import Container
from engine.intake.errors import NotFinite, Soundless, Unreadable
from engine.intake.headers import check_claim, too_long
from engine.intake.limits import MADE_RATE, Limits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LOUDEST = {
    "pcm_u8": 127 / 128,
    "pcm_s8": 127 / 128,
    "ulaw": 32_124 / 32_768,
    "alaw": 32_256 / 32_768,
    "pcm_mulaw": 32_124 / 32_768,
    "pcm_alaw": 32_256 / 32_768,
}
"""The largest sample that a way of packing has, where it is not the usual. Source of the last: ITU-T G.711."""
_USUAL_LOUDEST = 32_767 / 32_768
_FLOATS = ("float", "double", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be")
"""Where a sample beyond 1 was not cut, but is what it is."""


class Reader(Protocol):
    """An opened file, of which a library tells what it is and yields the sound."""

    codec: str
    """How the sound is packed."""
    channels: int
    """How many there are."""
    rate: int
    """Samples a second, in Hz."""
    seconds: float
    """How long it says that it is; 0 where that is not known."""

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Yield the sound, shape (n, channels); full scale is 1.

        Raises:
            Unreadable: It goes on, but cannot be read.
        """


class Decoding:
    """One file on its way to mono samples."""

    def __init__(self, file: IO[bytes], container: Container, limits: Limits) -> None:
        """Open the file, by libsndfile if that knows it, else by FFmpeg.

        Args:
            file: Its bytes; it can be sought in.
            container: What `recognise` has called it.
            limits: How much of it is taken.

        Raises:
            NotTaken: It cannot be read, has no sound, or claims too much.
        """
        self._limits = limits
        self._container = container
        self._reader, self._blocks = _open(file, container, limits)
        self.codec = self._reader.codec
        """How the sound is packed."""
        self.channels = self._reader.channels
        """How many there are in the file."""
        self.rate = self._reader.rate
        """Samples a second in the file, in Hz."""
        self.made_rate = min(self.rate, MADE_RATE)
        """Samples a second of what is yielded, in Hz."""
        self._seen = self._loudest = 0

    @property
    def clipped(self) -> float:
        """The share, from 0 to 1, of the samples so far that stand at full scale; each channel's count."""
        return self._loudest / self._seen if self._seen else 0.0

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Yield the sound, the mean of its channels, shape (n,), n varying; full scale is 1, and more can occur.

        What breaks off is taken as far as it goes.

        Raises:
            TooLong: It goes on for longer than it may.
            NotFinite: It holds what is no number.
            Soundless: There was none.
        """
        import numpy as np

        left = int(self._limits.seconds * self.rate)
        weights = np.full(self.channels, 1 / self.channels, np.float32)
        shrink = self._shrinker()
        with np.errstate(all="ignore"):
            for block in self._blocks:
                left -= len(block)
                if left < 0:
                    raise too_long(self._limits)
                self._count(block)
                mono = block[:, 0] if self.channels == 1 else block @ weights
                yield from map(self._whole, shrink(np.ascontiguousarray(mono, np.float32), False))
            if not self._seen:
                raise Soundless(name=self._container.name)
            yield from map(self._whole, shrink(np.zeros(0, np.float32), True))

    def _whole(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what was mixed and resampled; numbers that are nearly too large may have become none by it."""
        import numpy as np

        if not np.isfinite(block).all():
            raise NotFinite(name=self._container.name)
        return block

    def _count(self, block: NDArray[np.float32]) -> None:
        import numpy as np

        highest = max(block.max(initial=0), -block.min(initial=0))
        if not np.isfinite(highest):
            raise NotFinite(name=self._container.name)
        self._seen += block.size
        loudest = np.float32(_LOUDEST.get(self.codec, _USUAL_LOUDEST))
        if highest >= loudest:
            heights = np.abs(block)
            full = (heights >= loudest) & (heights <= 1.0) if self.codec in _FLOATS else heights >= loudest
            self._loudest += int(np.count_nonzero(full))

    def _shrinker(self) -> _Shrink:
        return _Resampling(self.rate) if self.rate > self.made_rate else _as_it_is


class _Shrink(Protocol):
    def __call__(self, block: NDArray[np.float32], last: bool, /) -> Iterator[NDArray[np.float32]]: ...


def _as_it_is(block: NDArray[np.float32], last: bool, /) -> Iterator[NDArray[np.float32]]:
    if len(block):
        yield block


class _Resampling:
    """To 48 kHz, by soxr; it holds some samples back until the last block."""

    def __init__(self, rate: int) -> None:
        import soxr  # type: ignore[import-untyped]  # it has no types

        self._stream = soxr.ResampleStream(rate, MADE_RATE, 1, dtype="float32", quality="HQ")

    def __call__(self, block: NDArray[np.float32], last: bool, /) -> Iterator[NDArray[np.float32]]:
        made = self._stream.resample_chunk(block, last=last)
        if len(made):
            yield made


def _open(file: IO[bytes], container: Container, limits: Limits) -> tuple[Reader, Iterator[NDArray[np.float32]]]:
    """Open a file by the first library that gets sound from it; say why the one that knows it best gets none."""
    from engine.intake.av_reader import AvReader
    from engine.intake.soundfile_reader import SoundfileReader

    if not container.by_soundfile:
        return _begin(AvReader(file, container), container, limits)
    try:
        return _begin(SoundfileReader(file, container), container, limits)
    except (Unreadable, Soundless) as why:
        file.seek(0)
        try:
            return _begin(AvReader(file, container), container, limits)
        except Unreadable:
            raise why from None


def _begin(reader: Reader, container: Container, limits: Limits) -> tuple[Reader, Iterator[NDArray[np.float32]]]:
    """Hold a file's claims against the limits, and read its first block."""
    check_claim(rate=reader.rate, channels=reader.channels, seconds=reader.seconds, limits=limits)
    blocks = reader.blocks()
    if (first := next(blocks, None)) is None:
        raise Soundless(name=container.name)
    return reader, _unbroken(first, blocks)


def _unbroken(first: NDArray[np.float32], rest: Iterator[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """The sound until it breaks off."""
    yield first
    with contextlib.suppress(Unreadable):
        yield from rest
