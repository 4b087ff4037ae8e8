"""The event loop that a Mynah runs on which stays: libuv's where there is one, else Python's own.

With it a request costs some tenths of a millisecond less. A one-off command does without: to import it takes longer
than it would save.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return what makes the loop; None: Python is to make its own."""
    try:
        import uvloop
    except ImportError:  # Windows, or another Python than CPython
        return None
    return uvloop.new_event_loop


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to its end what the program is there for, as `asyncio.run` does."""
    with asyncio.Runner(loop_factory=factory()) as runner:
        return runner.run(work)
