"""Retakes: what was said is listened to, and said again with other chances where it is not good enough.

Networks that draw their next code by chance garble now and then: they swallow a word, say one twice, or do not end.
Listening takes about a hundredth of the sound's length (`engine.selfcheck`), in threads of its own, while the next
sentences are decoded already.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass

from engine.selfcheck import Verdict
from engine.speech import Audio

_log = logging.getLogger(__name__)

Judge = Callable[[Audio], Verdict]
"""Listens to what was said of an utterance; called in any thread."""


@dataclass(kw_only=True, slots=True, eq=False)
class _Row:
    """What was said of an utterance so far."""

    takes: int = 0
    best: Audio | None = None
    """The take with the highest score."""
    heard: bool = False
    """Whether somebody has heard some of it, so that it cannot be taken back."""


class Retakes:
    """Listens to the utterances of one batch, and keeps the best take of each."""

    def __init__(self, threads: Executor, most: int) -> None:
        """Take in which threads to listen, and how often an utterance may be said again."""
        self._threads, self._most = threads, most
        self._rows: dict[int, _Row] = {}
        self._listening: dict[Future[Verdict], tuple[int, Audio]] = {}
        self.retaken = 0
        """How often one was said again."""

    def listen(self, row: int, audio: Audio, judge: Judge, *, heard: bool = False) -> None:
        """Begin to listen to a take; `judged` tells what came of it. What somebody has `heard` is not said again."""
        self._rows.setdefault(row, _Row(heard=heard)).takes += 1
        self._listening[self._threads.submit(judge, audio)] = (row, audio)

    def judged(self, *, wait_for_one: bool = False) -> Iterator[tuple[int, int, Audio | None]]:
        """Yield what came of the takes that have been listened to, in the order in which they were given.

        Args:
            wait_for_one: Whether to wait until there is at least one, if any is being listened to.

        Yields:
            (row, takes, audio): the best take of a row, with its score, after so many; or None: it is to be said again.
        """
        if wait_for_one and self._listening:
            wait(self._listening, return_when=FIRST_COMPLETED)
        for future in [each for each in self._listening if each.done()]:
            row, audio = self._listening.pop(future)
            yield self._decide(row, audio, future)

    @property
    def is_listening(self) -> bool:
        """Whether anything is being listened to."""
        return bool(self._listening)

    def forget(self, row: int) -> None:
        """Let go of what is known of a row for which nobody waits any more."""
        self._rows.pop(row, None)

    def _decide(self, row: int, audio: Audio, future: Future[Verdict]) -> tuple[int, int, Audio | None]:
        held = self._rows.setdefault(row, _Row(takes=1))
        try:
            verdict = future.result()
        except Exception:  # what was said is good enough to be heard by whoever asked for it
            _log.exception("What was said could not be listened to.")
            return row, held.takes, self._rows.pop(row).best or audio
        if held.best is None or verdict.score > (held.best.score or 0.0):
            held.best = audio.judged(score=verdict.score, takes=audio.takes)
        if verdict.faults and held.takes <= self._most and not held.heard:
            _log.info("Said again, for it was heard as: %s.", ", ".join(verdict.faults))
            self.retaken += 1
            return row, held.takes, None
        best = self._rows.pop(row).best or audio
        return row, held.takes, best.judged(score=best.score, takes=held.takes)
