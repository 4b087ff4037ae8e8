"""A thread of its own for one engine: sentences go in by turns, audio comes out, and the event loop never waits.

An engine that is lost (it broke down, or gives no sign of life) is replaced by a new one, which says what was not said.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from engine.answer import Answer
from engine.engine import Abilities, Engine, EngineError, EngineHung
from engine.engine_thread import (
    EngineThread,
    Facts,
    Hear,
    Message,
    Opening,
    Order,
    Owed,
    Room,
    Stop,
    Teaching,
    Withdrawal,
)
from engine.lesson import Lesson
from engine.speech import Audio, Enrolled, Reference, Speaker, Utterance, Variant

_log = logging.getLogger(__name__)

OPENING = 10.0
"""How many times as long as for a sign of life one waits for an engine to open."""
STOPPING = 10.0
"""How long an engine may take to close before its thread is left to itself, in seconds."""
MOST_LOSSES = 4
"""With how many engines that were lost in a row, none of which said anything, it is closed; a thread that hangs, and so
stays, counts twice."""
MOST_LEFT = 5
"""How many threads that hang are left behind before it is closed, whatever was said between."""
BLAMED = 2
"""With how many lost engines an utterance was being said when it is refused: it may be what they cannot bear."""
LOOK = (0.05, 5.0)
"""How often one looks for a sign of life: four times as often as one is due, but within these bounds, in seconds."""


class EngineClosed(EngineError):
    """The engine was lost too often and stays closed until Mynah is started again; the message says how it was lost."""


class Worker:
    """Runs one engine in a thread of its own."""

    def __init__(
        self,
        factory: Callable[[], Engine],
        *,
        home: Path | None = None,
        models: Path | None = None,
        patience: float = 0.0,
        heavy: bool = False,
        needs: Callable[[], int] = lambda: 0,
    ) -> None:
        """Take the function that makes the engine; it is called in the engine's thread, at every start.

        Args:
            factory: That function.
            home: Where the engine keeps what it learns; `Engine.home`.
            models: Where weights lie that several parts of Mynah use; `Engine.models`.
            patience: For how many seconds it may give no sign of life; 0: as long as the engine itself says.
            heavy: Whether the engine is; `Engine.heavy`.
            needs: Tells how much memory it is going to take, in bytes; `Engine.bytes_needed`.
        """

        def make() -> Engine:
            engine = factory()
            engine.home, engine.models = home or engine.home, models or engine.models
            engine.patience = patience or engine.patience
            return engine

        self._factory = make
        self._thread: EngineThread | None = None
        self._owed: dict[Owed, None] = {}
        self._watch: tuple[asyncio.AbstractEventLoop, asyncio.TimerHandle] | None = None
        self._facts: Facts | None = None
        self._losses = self._left = 0
        self._needs = needs
        self._beat: float | None = None
        self.heavy = heavy
        """Whether it takes long to open and much memory."""
        self.closed: EngineClosed | None = None
        """Why it is opened no more; None while it is."""
        self.room: Room | None = None
        """What has other engines give memory back; whoever puts workers together sets it."""
        self.changed: Callable[[], None] = lambda: None
        """Called in a loop when it was closed for good; whoever puts workers together sets it."""

    async def start(self) -> Abilities:
        """Open the engine, if it is not open, and tell what it can do.

        Raises:
            EngineMissing: What it needs is not on this machine.
            EngineError: It cannot be opened, or was closed for good.
        """
        if self.closed is not None:
            raise copy.copy(self.closed)
        if self._thread is None or self._thread.ended:
            self._begin()
        opening = Opening(Answer[Abilities](asyncio.get_running_loop()))
        self._ask(opening)
        try:
            abilities = await opening.answer.future
        finally:
            self._owed.pop(opening, None)
        self._facts = self._thread.facts if self._thread is not None else None
        return abilities

    async def say(self, utterance: Utterance, *, lane: int, user: int, hear: Hear | None = None) -> Audio:
        """Say one utterance, whole. Who waits for it no longer cancels the task: the engine stops within a chunk.

        Where the engine is lost meanwhile, the one that takes its place says it.

        Args:
            utterance: What to say.
            lane: All of a lane goes before any of the next; 0 is the first.
            user: For whom, by any number of theirs: within a lane users take turns.
            hear: Called with parts of it that are there before the whole, where the engine streams; from the first on
                again, where another engine has to say it anew.

        Raises:
            EngineError: It cannot be said, or engine after engine was lost with it.
        """
        if self._thread is None or self._thread.ended:
            await self.start()
        wanted = utterance if hear is None else replace(utterance, parts=True)
        order = Order(wanted, lane, user, Answer[Audio](asyncio.get_running_loop()), hear)
        self._ask(order)
        try:
            return await order.answer.future
        except asyncio.CancelledError:
            order.gone = True
            self._tell(Withdrawal(order))
            raise
        finally:
            self._owed.pop(order, None)

    async def enroll(
        self,
        reference: Reference,
        key: str,
        report: Callable[[float], None],
        *,
        lane: int = 1,
        user: int = 0,
    ) -> Enrolled:
        """Have the engine learn a speaker. Who waits for it no longer cancels the task.

        An engine that can do so learns while it goes on speaking; with any other, it is done when its turn comes.

        Args:
            reference: Somebody's speech.
            key: By which the engine knows the speaker from now on.
            report: Called in this loop with how much is done, from 0 to 1.
            lane: All of a lane goes before any of the next; 0 is the first.
            user: For whom, by any number of theirs.

        Raises:
            EngineMissing: Something that is needed to learn is not on this machine.
            EngineError: The speaker cannot be learned, or the engine learns none, or was lost meanwhile.
        """
        if self._thread is None or self._thread.ended:
            await self.start()
        lesson = Lesson(reference, key, report, Answer[Enrolled](asyncio.get_running_loop()))
        teaching = Teaching(lesson, lane, user)
        self._ask(teaching)
        try:
            return await lesson.answer.future
        except asyncio.CancelledError:
            lesson.gone = True
            self._tell(Withdrawal(lesson))
            raise
        finally:
            self._owed.pop(teaching, None)

    @property
    def is_open(self) -> bool:
        """Whether its engine has been opened; after a crash it still counts as open, for the next `say` opens it."""
        return self.closed is None and self._thread is not None and self._known() is not None

    @property
    def is_busy(self) -> bool:
        """Whether anybody waits for anything."""
        return bool(self._owed)

    @property
    def facts(self) -> Facts | None:
        """What the engine said of itself when it was last open; None where it never was."""
        return self._known()

    @property
    def abilities(self) -> Abilities:
        """What the engine can do.

        Raises:
            EngineError: It is not open.
        """
        return self._open().abilities

    def speakers(self) -> Sequence[Speaker]:
        """The speakers that the open engine has built in.

        Raises:
            EngineError: It is not open.
        """
        return self._open().speakers

    def variants(self) -> Sequence[Variant]:
        """The other ways in which each of its speakers can sound.

        Raises:
            EngineError: It is not open.
        """
        return self._open().variants

    @property
    def held_bytes(self) -> int:
        """How much memory the engine takes, in bytes; 0 while it is closed."""
        return self._thread.held if self._thread is not None and not self._thread.ended else 0

    @property
    def free_bytes(self) -> int | None:
        """How much memory is free beside it, in bytes, as it last said; None where nobody knows."""
        return self._thread.free if self._thread is not None else None

    @property
    def needed_bytes(self) -> int:
        """How much memory it is going to take when it is opened, in bytes, as far as that is known."""
        return self._needs()

    @property
    def last_beat(self) -> float | None:
        """When its engine last gave a sign of life, in seconds since 1970; None: never."""
        beat = self._thread.beat if self._thread is not None and self._thread.facts else self._beat
        return None if beat is None else time.time() - (time.monotonic() - beat)

    async def stop(self) -> None:
        """Stop what is being said, close the engine and wait until its thread has ended. `start` opens it again."""
        self._look_away()
        thread = self._thread
        if thread is not None and thread.is_alive():
            thread.stopping = True
            thread.tell(Stop())
            await asyncio.to_thread(thread.join, STOPPING)
            if thread.is_alive():
                _log.warning("%s does not close; its thread is left to itself.", _name(thread))
                thread.give_up()
                self._abandon(thread.reason)
        if self._thread is thread:
            self._thread = None
            self._beat = thread.beat if thread is not None else self._beat

    def _begin(self) -> EngineThread:
        self._thread = EngineThread(self._factory, self._replace, self.room)
        self._thread.start()
        return self._thread

    def _ask(self, message: Owed) -> None:
        self._owed[message] = None
        self._tell(message)
        if self._watch is None or self._watch[0].is_closed():
            self._look_out(asyncio.get_running_loop())

    def _tell(self, message: Message) -> None:
        if self._thread is not None:
            self._thread.tell(message)

    def _known(self) -> Facts | None:
        """What the engine said of itself when it was last open."""
        return (self._thread.facts if self._thread is not None else None) or self._facts

    def _open(self) -> Facts:
        facts = self._known() if self._thread is not None else None
        if facts is None:
            raise EngineError("the engine is not open")
        return facts

    def _look_out(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look for a sign of life soon, and as long as anything is owed."""
        patience = self._patience
        period = min(max(patience / 4, LOOK[0]), LOOK[1])
        self._watch = loop, loop.call_later(period, self._look, loop, loop.time() + period)

    def _look_away(self) -> None:
        if self._watch is not None:
            self._watch[1].cancel()
            self._watch = None

    @property
    def _patience(self) -> float:
        engine = self._thread.engine if self._thread is not None else None
        return engine.patience if engine is not None else Engine.patience

    def _look(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        self._watch = None
        thread = self._thread
        if thread is None or not self._owed:
            return
        patience = self._patience * (1 if thread.facts else OPENING)
        on_time = loop.time() - due < patience / 2  # else it was this process that stood still
        if thread.silence > patience and on_time:
            words = f"{_name(thread)} gave no sign of life for {thread.silence:.0f} s"
            _log.error("%s; another takes its place, and its thread is left to itself.", words)
            self._left += 1
            thread.give_up()
            self._lose(thread, EngineHung(words), weight=2)
        if self._owed:
            self._look_out(loop)

    def _replace(self, thread: EngineThread) -> None:
        """Put another in the place of a thread whose engine was lost; called once for everybody who waits for it."""
        if thread is self._thread:
            stuck = isinstance(thread.reason, EngineHung) and thread.facts is None
            self._lose(thread, thread.reason, weight=2 if stuck else 1)

    def _lose(self, thread: EngineThread, reason: EngineError, weight: int) -> None:
        self._losses = weight + (0 if thread.said else self._losses)
        if self._losses >= MOST_LOSSES or self._left >= MOST_LEFT:
            self.closed = EngineClosed(f"{reason}, again and again, so it stays closed until Mynah is started again")
            _log.error("%s.", self.closed)
            self._thread, self._beat = None, thread.beat
            self._abandon(self.closed)
            self.changed()
            return
        _log.warning("An engine was lost (%s); what it was saying is said again.", reason)
        suspects = set(thread.running)
        waiting = [owed for owed in self._owed if not owed.answer.future.done()]
        waiting.sort(key=lambda owed: owed in suspects)  # the others go first
        fresh = self._begin()
        for owed in waiting:
            if isinstance(owed, Order) and owed in suspects:
                owed.losses += 1
                if owed.losses >= BLAMED:
                    owed.answer.fail(EngineError(f"{reason} while it said {owed.utterance.text[:40]!r}"))
                    continue
            elif isinstance(owed, Teaching) and owed.lesson is thread.lesson:
                owed.answer.fail(reason)
                continue
            fresh.tell(owed)

    def _abandon(self, reason: EngineError) -> None:
        """Answer everybody who waits that there will be nothing."""
        for owed in self._owed:
            owed.answer.fail(copy.copy(reason))


def _name(thread: EngineThread) -> str:
    return thread.engine.name if thread.engine is not None else "an engine"
