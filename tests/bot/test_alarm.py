"""Rounds are done when rung and when their time has come, and a round that goes wrong is not the last."""

from __future__ import annotations

import asyncio

import pytest

from bot import alarm, loop
from bot.alarm import Alarm
from tests.fakes.waiting import until


class Rounds:
    """Counts rounds, and returns what it is told to."""

    def __init__(self, *waits: float | Exception | None) -> None:
        self.done = 0
        self._waits = list(waits)

    async def __call__(self) -> float | None:
        self.done += 1
        wait = self._waits.pop(0) if self._waits else None
        if isinstance(wait, Exception):
            raise wait
        return wait


async def test_it_goes_at_the_start_and_when_rung_and_not_otherwise() -> None:
    rounds = Rounds()
    bell = Alarm(rounds, name="test")
    bell.start()
    await until(lambda: rounds.done == 1)
    await asyncio.sleep(0.02)
    assert rounds.done == 1
    bell.ring()
    bell.ring()
    await until(lambda: rounds.done == 2)
    await asyncio.sleep(0.02)
    assert rounds.done == 2
    await bell.stop()
    bell.ring()
    await asyncio.sleep(0.02)
    assert rounds.done == 2


async def test_it_goes_again_when_the_time_has_come_that_the_last_round_named() -> None:
    rounds = Rounds(0.01, 0.01)
    bell = Alarm(rounds, name="test")
    bell.start()
    await until(lambda: rounds.done == 3)
    await bell.stop()


async def test_a_ring_during_a_round_is_a_round_after_it() -> None:
    inside, go_on = asyncio.Event(), asyncio.Event()
    done = 0

    async def go_round() -> None:
        nonlocal done
        done += 1
        inside.set()
        await go_on.wait()

    bell = Alarm(go_round, name="test")
    bell.start()
    await inside.wait()
    bell.ring()
    go_on.set()
    await until(lambda: done == 2)
    await bell.stop()


async def test_a_round_that_goes_wrong_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(alarm, "PAUSE", 0.01)
    rounds = Rounds(OSError("disk full"), None)
    bell = Alarm(rounds, name="test")
    bell.start()
    await until(lambda: rounds.done == 2)
    await bell.stop()
    assert "disk full" in caplog.text


async def test_stopping_waits_for_the_round_under_way_and_one_that_never_began_does_no_harm() -> None:
    finished = False

    async def go_round() -> None:
        nonlocal finished
        await asyncio.sleep(0.02)
        finished = True

    await Alarm(go_round, name="test").stop()
    bell = Alarm(go_round, name="test")
    bell.start()
    await asyncio.sleep(0.005)
    await bell.stop()
    assert finished


async def test_it_can_be_set_and_the_earlier_time_counts() -> None:
    rounds = Rounds()
    bell = Alarm(rounds, name="test")
    bell.start()
    await until(lambda: rounds.done == 1)
    bell.ring_in(0.01)
    bell.ring_in(60)
    await until(lambda: rounds.done == 2)
    bell.ring_in(60)
    bell.ring_in(0.01)
    await until(lambda: rounds.done == 3)
    bell.ring_in(0.01)
    await bell.stop()
    await asyncio.sleep(0.03)
    assert rounds.done == 3 and not bell.is_on


def test_a_time_that_is_there_already_is_a_ring_on_the_loop_that_mynah_runs_on() -> None:
    async def ring() -> int:
        rounds = Rounds()
        bell = Alarm(rounds, name="test")
        bell.start()
        await until(lambda: rounds.done == 1)
        for seconds in (0.0, 0.0004, 60.0):
            bell.ring_in(seconds)
        await until(lambda: rounds.done == 2)
        await bell.stop()
        return rounds.done

    assert loop.run(ring()) == 2
