"""What a thread owes a loop: a future that is answered from elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")
Made = TypeVar("Made")


class Answer(Generic[T]):
    """A future of a loop's, which a thread answers; once, and whether or not anybody still waits."""

    __slots__ = ("_loop", "future")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take the loop that waits."""
        self._loop = loop
        self.future: asyncio.Future[T] = loop.create_future()

    def give(self, value: T) -> None:
        """Answer with a value; any thread may."""
        self.call(self._set_result, value)

    def fail(self, error: BaseException) -> None:
        """Answer with an error; any thread may."""
        self.call(self._set_error, error)

    def call(self, what: Callable[..., object], *values: object) -> None:
        """Have the loop call something soon; any thread may."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits there any more
            self._loop.call_soon_threadsafe(what, *values)

    def submit(self, what: Coroutine[object, object, Made]) -> Future[Made] | None:
        """Have the loop do something, for a thread that waits for it; None where the loop is closed."""
        try:
            return asyncio.run_coroutine_threadsafe(what, self._loop)
        except RuntimeError:
            what.close()
            return None

    def _set_result(self, value: T) -> None:
        if not self.future.done():
            self.future.set_result(value)

    def _set_error(self, error: BaseException) -> None:
        if not self.future.done():
            self.future.set_exception(error)
