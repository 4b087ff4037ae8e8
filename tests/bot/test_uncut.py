"""What must not be cut in two goes to its end."""

from __future__ import annotations

import asyncio

import pytest

from bot.uncut import uncut


async def test_it_returns_and_raises_what_the_work_does() -> None:
    async def well() -> int:
        return 7

    async def badly() -> None:
        raise ValueError("no")

    assert await uncut(well()) == 7
    with pytest.raises(ValueError, match="no"):
        await uncut(badly())


@pytest.mark.parametrize("cancels", [1, 3])
async def test_a_cancelled_task_finishes_the_work_and_is_cancelled_then(cancels: int) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    done = False

    async def work() -> None:
        nonlocal done
        begun.set()
        await go_on.wait()
        done = True

    task = asyncio.create_task(uncut(work()))
    await begun.wait()
    for _ in range(cancels):
        task.cancel()
        await asyncio.sleep(0)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done


async def test_a_failure_of_the_work_is_the_cause_of_the_cancellation() -> None:
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.sleep(0.01)
        raise ValueError("no")

    task = asyncio.create_task(uncut(work()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert isinstance(caught.value.__cause__, ValueError)
