"""Pace: how long a character takes of late, learned from the jobs that were done."""

from __future__ import annotations

KEPT = 0.8
"""How much of what was learned before counts beside the next job: some ten jobs are remembered."""
EACH = 20.0
"""What every job takes, however little it says, in ms: a short one tells next to nothing about a long one."""
LEAST = 0.2
"""The least share of a job's time that is counted for its characters."""


class Pace:
    """Learns from each job that was done in one go; long ones weigh more."""

    def __init__(self) -> None:
        self._ms = self._characters = 0.0

    def learn(self, ms: float, characters: int) -> None:
        """Take in that so many characters took so long."""
        self._ms = KEPT * self._ms + max(ms - EACH, LEAST * ms)
        self._characters = KEPT * self._characters + characters

    @property
    def ms(self) -> float:
        """How many ms a character takes; 0 where nobody knows yet."""
        return self._ms / self._characters if self._characters else 0.0
