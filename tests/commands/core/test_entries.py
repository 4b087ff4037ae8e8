"""How entries of a history are told: when, how long, until when."""

from __future__ import annotations

import pytest

from commands.core.entries import ago, due

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("ms", "past", "future"),
    [
        (-5, "just now", "within a minute"),
        (59_999, "just now", "within a minute"),
        (45 * MINUTE, "45 min ago", "in 45 min"),
        (59 * MINUTE, "1 h ago", "in 1 h"),
        (MINUTE, "1 min ago", "in 1 min"),
        (3 * HOUR + 20 * MINUTE, "3 h ago", "in 3 h"),
        (DAY, "1 day ago", "in 1 day"),
        (6 * DAY + 23 * HOUR, "7 days ago", "in 7 days"),
        (400 * DAY, "400 days ago", "in 400 days"),
    ],
)
def test_times_are_told_in_their_largest_unit(ms: int, past: str, future: str) -> None:
    assert (ago(ms), due(ms)) == (past, future)
