"""Being told to stop: by Ctrl-C, by the system, by a terminal that closes; on every system alike."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def on(callback: Callable[[], object], *names: str) -> Iterator[None]:
    """Call `callback` on the loop when one of these signals comes ('SIGINT', 'SIGTERM' …), as long as the block runs.

    `loop.add_signal_handler` would do on POSIX only; signals that a system does not have are passed over.
    """
    loop = asyncio.get_running_loop()

    def tell(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(callback)

    known = [signal.Signals[name] for name in names if name in signal.Signals.__members__]
    before = [(number, signal.signal(number, tell)) for number in known]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
