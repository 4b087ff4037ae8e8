"""What time it is; the one place that asks the system."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Clock(ABC):
    """Tells the time in whole milliseconds since 1970, UTC."""

    @abstractmethod
    def now(self) -> int:
        """The time now, in ms."""


class SystemClock(Clock):
    """The machine's own clock."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000


class SetClock(Clock):
    """A clock that stands still until it is turned; for tests, and for replaying what happened."""

    def __init__(self, now: int = 1_800_000_000_000) -> None:
        self._now = now

    def now(self) -> int:
        return self._now

    def turn(self, by: int) -> None:
        """Move the clock by so many ms; backwards too, as real clocks do."""
        self._now += by
