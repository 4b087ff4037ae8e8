"""What is heard of a take while it is said."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from engine import tap as module
from engine.tap import Tap


@pytest.fixture
def tap() -> Iterator[Tap]:
    made = Tap()
    yield made
    made.close()


def ramp(begin: int, end: int) -> NDArray[np.int16]:
    return np.arange(begin, end, dtype=np.int16)


async def all_of(tap: Tap) -> list[int]:
    parts: list[int] = []
    async with asyncio.timeout(5):
        while (pcm := await tap.read()) is not None:
            parts.extend(int(each) for each in pcm)
    return parts


async def test_what_is_put_in_comes_out(tap: Tap) -> None:
    tap.put(0, ramp(0, 100), 22_050)
    tap.put(100, ramp(100, 150), 22_050)
    tap.end()
    assert tap.rate == 22_050 and tap.samples == 150
    assert await all_of(tap) == list(range(150))


async def test_what_was_heard_before_is_passed_over(tap: Tap) -> None:
    tap.put(0, ramp(0, 100), 8_000)
    tap.put(40, ramp(40, 120), 8_000)
    tap.put(0, ramp(0, 50), 8_000)
    tap.end()
    assert await all_of(tap) == list(range(120))


async def test_what_is_rounded_otherwise_is_passed_over_too(tap: Tap) -> None:
    tap.put(0, ramp(0, 100), 8_000)
    tap.put(50, ramp(51, 131), 8_000)
    assert not tap.broken
    assert list(tap.taken(90, 110)) == [*range(90, 100), *range(101, 111)]


@pytest.mark.parametrize(("begin", "rate"), [(0, 8_000), (40, 16_000), (100, 16_000)])
async def test_what_does_not_go_with_what_was_heard_breaks_it(tap: Tap, begin: int, rate: int) -> None:
    tap.put(0, ramp(0, 100), 8_000)
    tap.put(begin, ramp(begin, 200) + (rate == 8_000) * 500, rate)
    assert tap.broken and not tap.whole
    tap.put(100, ramp(100, 200), 8_000)
    assert await all_of(tap) == list(range(100)), "what was heard before is heard, and nothing after it"


async def test_a_listener_waits_for_the_next_of_it(tap: Tap) -> None:
    waiting = asyncio.create_task(tap.read())
    await asyncio.sleep(0)
    assert not waiting.done()
    tap.put(0, ramp(0, 3), 8_000)
    async with asyncio.timeout(5):
        heard = await waiting
    assert heard is not None and list(heard) == [0, 1, 2]


@pytest.mark.parametrize("whole", [True, False])
async def test_it_ends_whole_or_given_up(tap: Tap, whole: bool) -> None:
    tap.put(0, ramp(0, 3), 8_000)
    (tap.end if whole else tap.give_up)()
    assert tap.whole is whole
    assert await all_of(tap) == [0, 1, 2]


async def test_one_that_broke_is_never_whole(tap: Tap) -> None:
    tap.put(0, ramp(0, 300), 8_000)
    tap.put(0, ramp(100, 400), 8_000)
    tap.end()
    assert tap.broken and not tap.whole


async def test_a_slow_listener_misses_nothing_that_did_not_fit_into_memory(
    tap: Tap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MEMORY", 1_000)
    slow = Tap()
    for begin in range(0, 20_000, 1_000):
        slow.put(begin, ramp(begin, begin + 1_000), 8_000)
    slow.end()
    assert await all_of(slow) == list(range(20_000))
    slow.close()


async def test_one_that_is_closed_takes_nothing_and_gives_nothing(tap: Tap) -> None:
    tap.close()
    tap.put(0, ramp(0, 3), 8_000)
    assert tap.samples == 0 and len(tap.taken()) == 0 and await all_of(tap) == []
