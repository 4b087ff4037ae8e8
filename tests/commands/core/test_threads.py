"""Work in a thread is over when whoever asked for it goes, however they go."""

from __future__ import annotations

import asyncio
import threading

import pytest

from commands.core.threads import off_loop


async def test_it_is_done_beside_the_loop_and_its_result_comes_back() -> None:
    own = threading.get_ident()
    assert await off_loop(threading.get_ident) != own


async def test_what_goes_wrong_in_it_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        await off_loop(lambda: 1 // 0)


async def test_whoever_is_cancelled_has_it_stop_and_goes_when_it_has() -> None:
    begun, told, steps = threading.Event(), threading.Event(), list[str]()

    def work() -> None:
        begun.set()
        told.wait(10)
        steps.append("ended")

    def stop() -> None:
        steps.append("told")
        told.set()

    task = asyncio.create_task(off_loop(work, stop))
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert steps == ["told", "ended"]
