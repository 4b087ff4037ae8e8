"""The clock tells whole milliseconds; the one for tests stands still."""

from __future__ import annotations

import time

from storage.clock import DAY, HOUR, MINUTE, SECOND, SetClock, SystemClock


def test_the_machine_s_clock_tells_milliseconds() -> None:
    before = time.time() * 1_000
    now = SystemClock().now()
    assert isinstance(now, int)
    assert before - 1 <= now <= time.time() * 1_000 + 1


def test_a_set_clock_moves_only_when_it_is_turned_and_backwards_too() -> None:
    clock = SetClock(10_000)
    assert (clock.now(), clock.now()) == (10_000, 10_000)
    clock.turn(HOUR)
    assert clock.now() == 3_610_000
    clock.turn(-2 * HOUR)
    assert clock.now() == -3_590_000


def test_the_units_fit_into_each_other() -> None:
    assert (DAY, HOUR, MINUTE, SECOND) == (24 * HOUR, 60 * MINUTE, 60 * SECOND, 1_000)
