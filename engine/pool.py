"""Processes for heavy work that belongs to no engine: examining a recording, drawing its picture."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from engine.child import IDLE, Child
from engine.engine import EngineError

P = ParamSpec("P")
T = TypeVar("T")


class Pool:
    """Some processes, which yield to everything else; each is started when it is needed and ends when it is idle."""

    def __init__(self, workers: int = 1, *, idle: float = IDLE) -> None:
        """Take how many processes there may be, and how long one stays with nothing to do, in seconds."""
        self._idle = idle
        self._room = asyncio.Semaphore(workers)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="pool")
        self._free: list[Child] = []
        self._busy: set[Child] = set()
        self._closed = False

    async def run(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `fn(*args, **kwargs)` in a process and return what it returns; who comes first is served first.

        A task that is cancelled ends its process, so that nobody has to wait for what nobody wants.

        Args:
            fn: A function of a module.
            *args: What it is given; this and what it returns has to be fit for pickle.
            **kwargs: The same.

        Raises:
            EngineError: The process ended on the way, or the pool is closed.
            Exception: What `fn` raises, as it is; its notes tell where.
        """
        async with self._room:
            if self._closed:
                raise EngineError("the pool is closed")
            child = self._free.pop() if self._free else Child(idle=self._idle)
            self._busy.add(child)
            call = partial(child.call, fn, *args, **kwargs)
            try:
                made = await asyncio.get_running_loop().run_in_executor(self._threads, call)
            except asyncio.CancelledError:
                child.kill()
                raise
            except BaseException:
                self._free.append(child)
                raise
            finally:
                self._busy.discard(child)
            self._free.append(child)
            return made

    async def close(self) -> None:
        """End all processes; who still waits for one is refused."""
        self._closed = True
        for child in self._busy:
            child.kill()
        await asyncio.to_thread(self._end)

    def _end(self) -> None:
        self._threads.shutdown()
        for child in self._free:
            child.close()
        self._free.clear()
