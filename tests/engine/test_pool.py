from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.child import NICE
from engine.engine import EngineError
from engine.pool import Pool


def where() -> int:
    return os.getpid()


def divide(one: float, other: float) -> float:
    return one / other


def die() -> None:
    os._exit(3)


def nap(seconds: float, mark: str) -> int:
    Path(mark).touch()
    time.sleep(seconds)
    return os.getpid()


def niceness() -> int:
    return os.nice(0)


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    pool = Pool()
    yield pool
    await pool.close()


async def begun(task: asyncio.Task[int], mark: Path) -> asyncio.Task[int]:
    """Wait until the work of a task is under way."""
    await asyncio.to_thread(appear, mark)
    return task


def appear(mark: Path) -> None:
    until = time.monotonic() + 10
    while not mark.exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert mark.exists()


async def test_work_is_done_elsewhere_and_one_process_serves_all(pool: Pool) -> None:
    pids = await asyncio.gather(*(pool.run(where) for _ in range(5)))
    assert len(set(pids)) == 1 and os.getpid() not in pids


async def test_the_loop_goes_on_meanwhile(pool: Pool, tmp_path: Path) -> None:
    work = await begun(asyncio.create_task(pool.run(nap, 0.3, str(tmp_path / "mark"))), tmp_path / "mark")
    turns = 0
    while not work.done():
        turns += 1
        await asyncio.sleep(0.01)
    assert turns > 5


async def test_what_the_work_raises_comes_back_as_it_is(pool: Pool) -> None:
    with pytest.raises(ZeroDivisionError):
        await pool.run(divide, 1.0, 0.0)
    assert await pool.run(divide, 1.0, 2.0) == 0.5


async def test_a_process_that_dies_fails_its_work_alone(pool: Pool) -> None:
    first = await pool.run(where)
    with pytest.raises(EngineError, match="status 3"):
        await pool.run(die)
    assert await pool.run(where) != first


async def test_work_that_nobody_waits_for_holds_up_nobody(pool: Pool, tmp_path: Path) -> None:
    work = await begun(asyncio.create_task(pool.run(nap, 30.0, str(tmp_path / "mark"))), tmp_path / "mark")
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    async with asyncio.timeout(10):
        assert await pool.run(where) > 0


async def test_two_workers_work_at_once(tmp_path: Path) -> None:
    pool = Pool(2)
    marks = [tmp_path / "one", tmp_path / "other"]
    tasks = [asyncio.create_task(pool.run(nap, 0.5, str(mark))) for mark in marks]
    pids = [await task for task in [await begun(task, mark) for task, mark in zip(tasks, marks, strict=True)]]
    assert len(set(pids)) == 2
    await pool.close()


async def test_a_pool_that_closes_ends_its_work_and_takes_no_more(pool: Pool, tmp_path: Path) -> None:
    work = await begun(asyncio.create_task(pool.run(nap, 30.0, str(tmp_path / "mark"))), tmp_path / "mark")
    async with asyncio.timeout(10):
        await pool.close()
    with pytest.raises(EngineError, match="ended"):
        await work
    with pytest.raises(EngineError, match="closed"):
        await pool.run(where)


@pytest.mark.skipif(not hasattr(os, "nice"), reason="this system knows no niceness")
async def test_it_yields_to_everything_else(pool: Pool) -> None:
    assert await pool.run(niceness) >= min(19, os.nice(0) + NICE)
