"""An alarm: does its rounds when it is rung, and when the time has come that it was set to; it never polls."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger("mynah.alarm")

PAUSE = 5.0
"""Seconds until the next round after one that went wrong (a full disk, say)."""
AT_ONCE = 0.001
"""What is less, in seconds, is now."""


class Alarm:
    """A task that does rounds, one at a time."""

    def __init__(self, go_round: Callable[[], Awaitable[float | None]], *, name: str) -> None:
        """`go_round` returns after how many seconds it wants to be called again; None: when somebody rings."""
        self._go_round = go_round
        self._name = name
        self._rung = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def is_on(self) -> bool:
        """Whether it does rounds."""
        return self._task is not None and not self._stopping

    def start(self) -> None:
        """Do the first round, and then those that come."""
        self.ring()
        self._task = asyncio.create_task(self._run(), name=self._name)

    def ring(self) -> None:
        """Ask for a round; many rings before it begins are one."""
        self._rung.set()

    def ring_in(self, seconds: float) -> None:
        """Ask for a round after so many seconds, unless one is set to come before."""
        if seconds < AT_ONCE:  # uvloop gives no timer for that, which could be asked for its time
            self.ring()
            return
        loop = asyncio.get_running_loop()
        at = loop.time() + seconds
        if self._timer is None or self._timer.cancelled() or not loop.time() < self._timer.when() <= at:
            self._stop_timer()
            self._timer = loop.call_at(at, self.ring)

    async def stop(self) -> None:
        """Do no more rounds, once the one that is under way is through."""
        self._stopping = True
        self._stop_timer()
        self.ring()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while True:
            await self._rung.wait()
            if self._stopping:
                return
            self._rung.clear()
            self._stop_timer()
            try:
                wait = await self._go_round()
            except Exception:
                log.exception("%s: a round went wrong; the next is in %.0f s", self._name, PAUSE)
                wait = PAUSE
            if wait is not None and not self._stopping:
                self.ring_in(wait)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
