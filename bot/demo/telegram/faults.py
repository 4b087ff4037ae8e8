"""Faults: what goes wrong on demand."""

from __future__ import annotations

from dataclasses import dataclass

from bot.demo.telegram.refusal import Refused, too_fast

ANY = "*"
"""Stands for every method but getUpdates."""
WORDS = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}


class Dropped(Exception):
    """The connection breaks before there is an answer."""


@dataclass(eq=False)
class Fault:
    """Something that goes wrong the next few times."""

    method: str
    """With which method; '*' is any but getUpdates."""
    left: int
    """How many times more."""
    error: Exception | None = None
    """What the bot gets to see."""
    after: bool = False
    """Whether it happens only once the thing is done."""
    seconds: float = 0.0
    """How long the bot has to wait first."""


class Faults:
    """What is to go wrong."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self.happened: list[Fault] = []
        """What has gone wrong, in order."""

    def refuse(self, method: str, code: int, words: str = "", *, times: int = 1, after: bool = False) -> None:
        """Answer the next calls with an error: 502, or 400 in words of your own ('Bad Request: …')."""
        error = Refused(code, words or WORDS.get(code, "Bad Request: refused on demand"))
        self._waiting.append(Fault(method, times, error, after))

    def slow_down(self, method: str = ANY, *, retry_after: int = 1, times: int = 1) -> None:
        """Tell the bot with the next calls to wait for so many seconds."""
        self._waiting.append(Fault(method, times, too_fast(retry_after)))

    def drop(self, method: str, *, after: bool = False, times: int = 1) -> None:
        """Break the connection of the next calls, before the thing is done or after it."""
        self._waiting.append(Fault(method, times, Dropped(), after))

    def delay(self, method: str, seconds: float, *, times: int = 1) -> None:
        """Let the next calls wait."""
        self._waiting.append(Fault(method, times, seconds=seconds))

    def conflict(self, times: int = 1) -> None:
        """Let it seem, the next times the bot asks for updates, that another one does so too."""
        words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        self._waiting.append(Fault("getUpdates", times, Refused(409, words)))

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._waiting.clear()

    def take(self, method: str) -> Fault | None:
        """Take the fault that this call is to have, if any."""
        for fault in self._waiting:
            if fault.method == method or (fault.method == ANY and method != "getUpdates"):
                fault.left -= 1
                if fault.left <= 0:
                    self._waiting.remove(fault)
                self.happened.append(fault)
                return fault
        return None
