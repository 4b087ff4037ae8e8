"""The listeners: processes of their own in which it is judged what was said.

To listen takes a sixtieth of the sound's length, in short steps that all want Python's lock. Beside a graphics
processor, which speaks hundreds of times as fast as people do, that is several cores' work for the one lock that the
thread which decodes and the event loop want too: threads that listened all the time made both three times as slow.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from queue import PriorityQueue
from typing import ParamSpec, TypeVar

from engine.child import IDLE, Child
from engine.identity import Encoder, TooShort, VoicePrint
from engine.selfcheck import Expected, Verdict, judge
from engine.speech import Audio

P = ParamSpec("P")
T = TypeVar("T")

MOST = 6
"""How many processes there are at most, however many cores there are: together they hear some 300 s in a second."""
KEPT = 86_400.0
"""How long the first of them stays with nothing to do, in seconds, so that what comes next need not wait for it."""
DEADLINE = 30.0
"""For how long one may listen to an utterance, in seconds: less than the engine's patience, for a listener that hangs
must not cost the engine. What it was to judge is handed out as it is."""

_SILENCE = 16_000
"""Samples of a second of silence, which is what is listened to first."""


class Listeners:
    """Some processes that listen, each started when all others are busy."""

    def __init__(self, most: int = 0, deadline: float = DEADLINE) -> None:
        """Take how many there may be, and for how long one may listen, in seconds; then it is ended.

        `most` is 0 for one for every two cores, and MOST of them at most.
        """
        most = most or max(1, min(MOST, _cores() // 2))
        self.threads = ThreadPoolExecutor(most, "coqui listens")
        """Threads that wait for them."""
        self._children = [Child(idle=IDLE if number else KEPT, deadline=deadline) for number in range(most)]
        self._free: PriorityQueue[int] = PriorityQueue()  # the first that is free, so that the others may become idle
        for number in range(most):
            self._free.put(number)
        self.close = weakref.finalize(self, _end, self._children, self.threads)
        """End all of them; what is being listened to comes to nothing. Whoever lets go of them does so too."""

    def call(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something in one of them, and wait for what comes of it; any thread may.

        Args:
            fn: A function of a module.
            *args: What it is given; this and what it returns has to be fit for pickle.
            **kwargs: The same.

        Raises:
            EngineError: The process ended on the way, or all of them were ended.
            Exception: What `fn` raises.
        """
        number = self._free.get()
        try:
            return self._children[number].call(fn, *args, **kwargs)
        finally:
            self._free.put(number)

    def begin(self, models: Path | None) -> None:
        """Start the first of them, so that what is said first need not wait for it; nobody waits for that."""
        self.threads.submit(self.call, ready, models)

    @property
    def processes(self) -> list[int]:
        """The numbers of those that are there now."""
        return [each.pid for each in self._children if each.pid is not None]


def ready(models: Path | None) -> None:
    """Load what it takes to listen."""
    import numpy as np

    judged(models, Audio(samples=np.zeros(_SILENCE, np.float32), rate=_SILENCE), "", Expected())


def judged(models: Path | None, audio: Audio, text: str, expected: Expected) -> Verdict:
    """Judge an utterance, as `engine.selfcheck.judge` does, by the encoder in a folder of models, if any."""
    return judge(audio, text, replace(expected, encoder=_encoder(models) if models else None))


def print_of(models: Path, audio: Audio) -> VoicePrint | None:
    """Return whose voice a recording has; None where there is too little speech."""
    try:
        return _encoder(models).print(audio)
    except TooShort:
        return None


def _end(children: Sequence[Child], threads: ThreadPoolExecutor) -> None:
    for each in children:
        each.kill()
    threads.shutdown(wait=False, cancel_futures=True)  # it may be one of them in which the last has let go
    for each in children:
        each.close()


@cache
def _encoder(models: Path) -> Encoder:
    return Encoder.load(models)


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
