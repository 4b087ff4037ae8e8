"""What all encoders share: they take samples as they come and give them on in blocks, at the rate of the file."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from engine.engine import EngineError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 16_384
"""How many samples an encoder is given at once: many enough to be cheap, few enough to hold."""


class Encoder(ABC):
    """A sound file of one channel that is being written. Every method works on disk: call them off the event loop.

    Whatever `write` or `close` raises, no file is left behind. As a context manager it closes the file at the end, and
    discards it where something was raised.
    """

    def __init__(self, path: Path, *, rate: int, file_rate: int) -> None:
        """Take samples at `rate` for a file at `file_rate`, both in Hz."""
        self.rate = file_rate
        """Samples a second in the file, in Hz. Players of Opus show 48,000, at which they all decode it."""
        self._path = path
        self._resampler = Resampler(rate, file_rate) if rate != file_rate else None
        self._held: list[NDArray[np.int16]] = []
        self._held_count = 0
        self._begun = False
        self._ended = False

    def write(self, pcm: NDArray[np.int16]) -> None:
        """Add samples, shape (n,), of any number; 32768 is full scale.

        Raises:
            EngineError: They do not fit into such a file, or the encoder failed.
            OSError: They cannot be written; the disk may be full.
            ValueError: The file is closed or discarded.
        """
        if self._ended:
            raise ValueError("the file is closed")
        try:
            if self._held_count + len(pcm) < BLOCK:
                self._held.append(pcm.copy())  # the caller may use it again
                self._held_count += len(pcm)
            else:
                self._give_held()
                for begin in range(0, len(pcm), BLOCK):
                    self._give(pcm[begin : begin + BLOCK])
        except BaseException:
            self.discard()
            raise

    def close(self) -> None:
        """Finish the file and see it to the disk; once is enough.

        Raises:
            EngineError: Nothing was written, or the encoder failed.
            OSError: It cannot be written; the disk may be full.
        """
        if self._ended:
            return
        try:
            self._give_held()
            if self._resampler and self._begun:
                self._encode(self._resampler.rest())
            if not self._begun:
                raise EngineError("no sound to make a file of")
            self._finish()
        except BaseException:
            self.discard()
            raise
        self._ended = True
        self._resampler = None

    def discard(self) -> None:
        """Give up, and leave no file; after `close` it does nothing."""
        if self._ended:
            return
        self._ended = True
        self._held.clear()
        self._resampler = None  # an error that ends the program holds us, and soxr complains of what it holds then
        with suppress(OSError):
            self._abandon()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Encoder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            self.discard()

    @abstractmethod
    def _encode(self, pcm: NDArray[np.int16]) -> None:
        """Encode samples at the file's rate, shape (n,)."""

    @abstractmethod
    def _finish(self) -> None:
        """Write what is still missing, and see the file to the disk."""

    @abstractmethod
    def _abandon(self) -> None:
        """Let go of the file."""

    def _give_held(self) -> None:
        import numpy as np

        if self._held:
            held = self._held[0] if len(self._held) == 1 else np.concatenate(self._held)
            self._held.clear()
            self._held_count = 0
            self._give(held)

    def _give(self, pcm: NDArray[np.int16]) -> None:
        if len(pcm):
            self._begun = True
            self._encode(self._resampler.next(pcm) if self._resampler else pcm)


class Resampler:
    """Turns samples at one rate into samples at another, block by block, with soxr (the SoX resampler library).

    It reckons in floats: soxr's whole numbers are dithered, which turns digital silence into noise that costs bits.
    """

    def __init__(self, rate: int, out_rate: int) -> None:
        """Both are in Hz."""
        import soxr  # type: ignore[import-untyped]  # it has no types

        self._stream = soxr.ResampleStream(rate, out_rate, 1, dtype="float32")

    def next(self, pcm: NDArray[np.int16]) -> NDArray[np.int16]:
        """Take a block, shape (n,), and return what is ready; that may be nothing."""
        return self._process(pcm, last=False)

    def rest(self) -> NDArray[np.int16]:
        """Return what is left; nothing can be taken after it."""
        import numpy as np

        return self._process(np.zeros(0, np.int16), last=True)

    def _process(self, pcm: NDArray[np.int16], *, last: bool) -> NDArray[np.int16]:
        import numpy as np

        made = self._stream.resample_chunk(pcm.astype(np.float32), last=last)
        np.rint(made, out=made)
        np.clip(made, -32768, 32767, out=made)
        whole: NDArray[np.int16] = made.astype(np.int16)
        return whole


def sync(path: Path) -> None:
    """See a file that somebody else has written to the disk."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())
