"""Somebody's speech that an engine is to learn, and who waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from engine.answer import Answer
from engine.engine import Engine, EngineError, EngineLost
from engine.speech import Enrolled, Reference


class _Unwanted(BaseException):
    """Nobody waits for the speaker any more; raised through the engine, which must not take it for a failure."""


class Lesson:
    """One speaker to be learned: taken in the engine's thread, or in one of its own where the engine allows it."""

    def __init__(
        self, reference: Reference, key: str, report: Callable[[float], None], answer: Answer[Enrolled]
    ) -> None:
        """`report` is called in the loop of `answer`, with how much is done, from 0 to 1."""
        self._reference, self._key, self._report = reference, key, report
        self.answer = answer
        """Who waits for it."""
        self.gone = False
        """Whether nobody waits any more; the loop writes it, the thread reads it."""

    def apart(self, engine: Engine, stopping: Callable[[], bool]) -> None:
        """Take it in a thread of its own; returns at once."""
        # A thread that nobody stopped must not keep the process from ending.
        threading.Thread(target=self._take_apart, args=(engine, stopping), name="lesson", daemon=True).start()

    def take(self, engine: Engine, stopping: Callable[[], bool]) -> None:
        """Have the engine learn the speaker, and answer; ends soon where nobody waits or the engine is to stop.

        Raises:
            EngineLost: The engine was lost meanwhile; nothing is answered.
        """

        def report(share: float) -> None:
            if self.gone or stopping():
                raise _Unwanted
            self.answer.call(self._report, share)

        try:
            report(0.0)
            self.answer.give(engine.enroll(self._reference, self._key, report))
        except _Unwanted:
            self.answer.fail(EngineError("the engine has been stopped"))
        except EngineLost:
            raise
        except EngineError as error:
            self.answer.fail(error)
        except Exception as error:
            reason = EngineError(f"{engine.name} failed to learn: {error!r}")
            reason.__cause__ = error
            self.answer.fail(reason)

    def _take_apart(self, engine: Engine, stopping: Callable[[], bool]) -> None:
        try:
            self.take(engine, stopping)
        except EngineLost as error:  # its own thread hears of it when it next speaks
            self.answer.fail(error)
