"""The pace at which a bot may send."""

from __future__ import annotations

from collections import deque

from bot.demo.telegram.clock import Clock
from bot.demo.telegram.refusal import too_fast
from bot.demo.telegram.rules import Rules


class Pace:
    """Counts what a bot sends."""

    def __init__(self, rules: Rules, clock: Clock) -> None:
        self._rules = rules
        self._clock = clock
        self._sent: dict[int, deque[float]] = {}
        self._all: deque[float] = deque()

    def check(self, chat_id: int) -> None:
        """Count a message to a chat; nothing is counted where the rules keep no pace.

        Raises:
            Refused: It came too soon, and is not counted.
        """
        if not self._rules.pace:
            return
        now = self._clock.now()
        sent = self._sent.setdefault(chat_id, deque())
        for times, span in ((sent, 60.0), (self._all, 1.0)):
            while times and now - times[0] >= span:
                times.popleft()
        if sent and now - sent[-1] < self._rules.chat_pause:
            raise too_fast(self._rules.chat_pause - (now - sent[-1]))
        if chat_id < 0 and len(sent) >= self._rules.group_minute:
            raise too_fast(60.0 - (now - sent[0]))
        if len(self._all) >= self._rules.every_second:
            raise too_fast(1.0)
        sent.append(now)
        self._all.append(now)
