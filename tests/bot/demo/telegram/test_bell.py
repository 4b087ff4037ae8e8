"""Who waits for the bell."""

from __future__ import annotations

import asyncio

import pytest

from bot.demo.telegram.bell import Bell


async def test_everybody_who_waits_looks_again_when_it_rings() -> None:
    bell, found = Bell(), list[str]()
    waiting = [asyncio.create_task(bell.wait(lambda: found[0] if found else None, 5)) for _ in range(3)]
    await asyncio.sleep(0)
    bell.ring()
    await asyncio.sleep(0)
    found.append("here")
    bell.ring()
    assert await asyncio.gather(*waiting) == ["here"] * 3


async def test_nobody_waits_for_what_is_there() -> None:
    assert await Bell().wait(lambda: "here", 0.001) == "here"


async def test_waiting_ends_in_time() -> None:
    with pytest.raises(TimeoutError):
        await Bell().wait(lambda: None, 0.01)
