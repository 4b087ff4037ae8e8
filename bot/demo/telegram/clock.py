"""The clock of this Telegram, which can be turned so that nobody has to wait for links and queries to grow old."""

from __future__ import annotations

import time


class Clock:
    """Tells seconds since 1970."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """The time, in seconds."""
        return time.time() + self._ahead

    def turn(self, seconds: float) -> None:
        """Let so much time pass at once."""
        self._ahead += seconds
