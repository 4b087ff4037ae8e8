"""Waiting for what rings no bell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(met: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until a condition is met, and fail where that takes too long."""
    async with asyncio.timeout(seconds):
        while not met():  # noqa: ASYNC110  # what is waited for knows nothing of events
            await asyncio.sleep(0.002)
