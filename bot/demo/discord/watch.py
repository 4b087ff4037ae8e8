"""Waiting for something to be there, without asking again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Watch:
    """Wakes whoever waits whenever something happens."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def stir(self) -> None:
        """Say that something has happened."""
        for each in self._waiting:
            if not each.done():
                each.set_result(None)

    async def until(self, look: Callable[[], T | None], within: float, missing: Callable[[], str]) -> T:
        """Look after every stir until something is found.

        Raises:
            AssertionError: Nothing was, within so many seconds; `missing` says what there was instead.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while (found := look()) is None:
            news: asyncio.Future[None] = loop.create_future()
            self._waiting.add(news)
            try:
                async with asyncio.timeout_at(deadline):
                    await news
            except TimeoutError:
                raise AssertionError(f"Not within {within} s: {missing()}") from None
            finally:
                self._waiting.discard(news)
        return found
