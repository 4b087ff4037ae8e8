"""A tap: what is heard of a take while it is still being said, as the spool grows.

It takes sound by its place in the take. So an attempt that goes on where an earlier one broke off, or says again what
was on no disk yet, is heard once and without a seam. What was heard cannot be taken back: where it is said again and
sounds different, the tap breaks, and nobody hears the one take go on as the other.
"""

from __future__ import annotations

import asyncio
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MEMORY = 1 << 20
"""How many bytes of sound wait in memory for a slow listener; what is more lies in a temporary file without a name."""
SAME = 2
"""By how much samples that are the same may differ, of 32768, where they were reckoned anew."""
BLOCK = 256 << 10
"""The most bytes that are read at once: 6 s at 22,050 Hz."""


class Tap:
    """Sound that somebody listens to while it is made; used on the event loop only, by one listener."""

    def __init__(self) -> None:
        self.rate = 0
        """Samples a second, in Hz; 0 until something can be heard."""
        self.whole = False
        """Whether all of the take has come."""
        self.broken = False
        """Whether what came later did not go with what was heard, so that nothing more of it will come."""
        self._sound = tempfile.SpooledTemporaryFile(max_size=MEMORY, prefix="mynah-")  # noqa: SIM115  # closed by close
        self._written = self._read = 0
        self._over = False
        self._news = asyncio.Event()

    @property
    def samples(self) -> int:
        """How many samples it has, from the start of the take."""
        return self._written // 2

    def put(self, begin: int, pcm: NDArray[np.int16], rate: int) -> None:
        """Take a stretch of the take.

        Args:
            begin: Where it begins, in samples from the start of the take; what was taken before is passed over, and
                where it differs from that, the tap breaks.
            pcm: Its samples, shape (n,); 32768 is full scale.
            rate: Samples a second, in Hz; the same for the whole take.
        """
        if self._sound.closed or self.broken:
            return
        if self._differs(begin, pcm, rate):
            self.broken = True
            self.give_up()
            return
        self.rate = rate
        new = pcm[max(0, self.samples - begin) :]
        if len(new):
            self._sound.seek(self._written)
            self._written += self._sound.write(new.astype("<i2", copy=False).tobytes())
            self._news.set()

    def taken(self, begin: int = 0, end: int | None = None) -> NDArray[np.int16]:
        """Return what was taken from one sample to another, or to the end; shape (n,). None of it once it is closed."""
        import numpy as np

        if self._sound.closed:
            return np.zeros(0, np.int16)
        end = self.samples if end is None else min(end, self.samples)
        self._sound.seek(2 * begin)
        return np.frombuffer(self._sound.read(2 * max(0, end - begin)), "<i2")

    def end(self) -> None:
        """Say that the take is whole, unless what came of it is not what was heard."""
        self.whole = not self.broken
        self.give_up()

    def give_up(self) -> None:
        """Say that nothing more of it will come."""
        self._over = True
        self._news.set()

    async def read(self) -> NDArray[np.int16] | None:
        """Wait for sound, and return the next of it, shape (n,); None where it has been heard to its end."""
        import numpy as np

        while self._read >= self._written:
            if self._over or self._sound.closed:
                return None
            self._news.clear()
            await self._news.wait()
        self._sound.seek(self._read)
        block = self._sound.read(min(BLOCK, self._written - self._read))
        self._read += len(block)
        return np.frombuffer(block, "<i2")

    def _differs(self, begin: int, pcm: NDArray[np.int16], rate: int) -> bool:
        """Whether a stretch is not what was taken where it overlaps with that, or cannot go on with it."""
        import numpy as np

        if not self.samples:
            return False
        before = self.taken(begin, begin + len(pcm)).astype(np.int32)
        return rate != self.rate or bool((np.abs(before - pcm[: len(before)]) > SAME).any())

    def close(self) -> None:
        """Listen no more."""
        self._sound.close()
        self.give_up()
