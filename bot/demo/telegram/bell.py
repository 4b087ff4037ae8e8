"""A bell: who waits for something looks again whenever it rings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Bell:
    """Wakes everybody who waits."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Have all who wait look again."""
        waiting, self._waiting = self._waiting, set()
        for each in waiting:
            if not each.done():
                each.set_result(None)

    async def wait(self, look: Callable[[], T | None], seconds: float | None) -> T:
        """Wait until `look` finds something, which is returned; for ever where no seconds are given.

        Raises:
            TimeoutError: Nothing was found in that time.
        """
        async with asyncio.timeout(seconds):
            while (found := look()) is None:
                rung = asyncio.get_running_loop().create_future()
                self._waiting.add(rung)
                try:
                    await rung
                finally:
                    self._waiting.discard(rung)
        return found
