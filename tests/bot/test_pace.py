"""How long something will take is guessed from what was done, and short jobs do not spoil the guess for long ones."""

from __future__ import annotations

import pytest

from bot.pace import Pace


def test_nobody_knows_before_anything_was_done() -> None:
    assert Pace().ms == 0.0


def test_after_short_jobs_the_guess_for_a_long_one_is_not_many_times_too_long() -> None:
    pace = Pace()
    for _ in range(20):
        pace.learn(25.0, 50)  # of which 5 ms are for what it says
    assert pace.ms * 20_000 == pytest.approx(2_000)


def test_a_long_job_tells_more_than_many_short_ones() -> None:
    pace = Pace()
    for _ in range(20):
        pace.learn(25.0, 50)
    pace.learn(20.0 + 0.04 * 20_000, 20_000)
    assert pace.ms == pytest.approx(0.04, rel=0.05)


def test_it_follows_when_the_machine_becomes_slower() -> None:
    pace = Pace()
    for ms in [60.0] * 10 + [420.0] * 20:
        pace.learn(ms, 1_000)
    assert pace.ms == pytest.approx(0.4, rel=0.05)
