"""A prompt for terminals that can show lines only: one thing after another, and nothing moves."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable

SIGN = "> "
PACE = 5.0
"""Seconds from one piece of news to the next."""


class PlainPrompt:
    """A prompt on a dumb terminal."""

    def __init__(self, *, settled: Callable[[], Awaitable[None]], standing: Callable[[], str]) -> None:
        self._settled = settled
        self._standing = standing
        self._loop = asyncio.get_running_loop()
        self._told = self._loop.time()
        self._lines: asyncio.Queue[str] = asyncio.Queue()
        self._wanted = threading.Semaphore(0)
        # A thread of its own and no executor's: nobody can wake it, and the program does not wait for it to end.
        threading.Thread(target=self._read, daemon=True, name="mynah-lines").start()

    async def line(self) -> str:
        """Return the next line, once everything before it is answered."""
        await self._settled()
        print(SIGN, end="", flush=True)
        self._wanted.release()
        line = await self._lines.get()
        if not line:
            raise EOFError
        return line

    def refresh(self) -> None:
        """Say how it stands, now and then."""
        now = self._loop.time()
        if now - self._told > PACE:
            self._told = now
            print(self._standing(), flush=True)

    def forget(self) -> None:
        """Nothing is remembered of what was typed."""

    def close(self) -> None:
        """Let no more lines come."""
        self._lines.put_nowait("")

    def _read(self) -> None:
        while True:
            self._wanted.acquire()
            try:
                line = sys.stdin.readline()
            except (OSError, ValueError):
                line = ""
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
