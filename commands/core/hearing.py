"""Hearing: a take's first line as somebody hears it before it is whole."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from engine.audio import join
from engine.mastering import Line, Mix, beginning
from engine.speech import Audio, Part
from engine.tap import Tap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Hearing:
    """Lets a listener hear a line while it is being said; used on the event loop only."""

    def __init__(self, tap: Tap, line: Line, mix: Mix) -> None:
        """Take who listens, the line, and how it is to sound."""
        self._tap, self._line, self._mix = tap, line, mix
        self._parts: list[Audio] = []
        self._begun = asyncio.Event()

    def hear(self, part: Part) -> None:
        """Take the next part of it; one that begins at 0 comes of a line that is said anew."""
        if part.begin == 0:
            self._parts.clear()
        if part.begin != sum(each.count for each in self._parts):
            return  # it comes late, from an engine in whose place another speaks
        self._parts.append(part.audio)
        self._put(join(self._parts))
        self._begun.set()

    def end(self, audio: Audio) -> NDArray[np.int16] | None:
        """Take the whole of it, and return what was heard, shape (n,), for the file to have just that.

        None where nothing was, or where this is another sound, so that the tap is broken.
        """
        if not self._tap.samples:
            return None
        self._put(audio)
        return None if self._tap.broken else self._tap.taken()

    async def begun(self, saying: asyncio.Task[object]) -> None:
        """Wait until something was said of it, or who says it has ended."""
        saying.add_done_callback(lambda task: self._begun.set())
        await self._begun.wait()

    def _put(self, audio: Audio) -> None:
        self._tap.put(0, beginning(audio, self._line, self._mix), audio.rate)
