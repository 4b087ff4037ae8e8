"""Threads: work that takes too long for the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def off_loop(work: Callable[[], T], stop: Callable[[], None] | None = None) -> T:
    """Do work in a thread. Who is cancelled meanwhile goes when it is done: nobody else may touch its files before.

    Work that takes long ends soon when it is told to `stop`.
    """
    working = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        if stop is not None:
            stop()
        while not working.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([working])
        working.exception()
        raise
