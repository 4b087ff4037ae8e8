"""A thread of its own for one engine: sentences go in by turns, audio comes out, and the event loop never waits.

The thread and the loops know each other through a queue of messages one way and through futures the other;
nothing is shared but what one side only writes and the other only reads.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.answer import Answer
from engine.audio import join
from engine.engine import Abilities, Engine, EngineError
from engine.lesson import Lesson
from engine.speech import Audio, Enrolled, Reference, Speaker, Utterance, Variant
from engine.turns import TurnQueue

_log = logging.getLogger(__name__)


class Worker:
    """Runs one engine in a thread of its own."""

    def __init__(self, factory: Callable[[], Engine], *, home: Path | None = None, models: Path | None = None) -> None:
        """Take the function that makes the engine; it is called in the engine's thread, at every start.

        Args:
            factory: That function.
            home: Where the engine keeps what it learns; `Engine.home`.
            models: Where weights lie that several parts of Mynah use; `Engine.models`.
        """

        def make() -> Engine:
            engine = factory()
            engine.home, engine.models = home or engine.home, models or engine.models
            return engine

        self._factory = make
        self._thread: _EngineThread | None = None

    async def start(self) -> Abilities:
        """Open the engine, if it is not open, and tell what it can do. After a crash this opens it anew.

        Raises:
            EngineMissing: What it needs is not on this machine.
            EngineError: It cannot be opened.
        """
        thread = self._thread
        if thread is None or thread.ended:
            thread = self._thread = _EngineThread(self._factory)
            thread.start()
        opened = Answer[Abilities](asyncio.get_running_loop())
        thread.tell(_Opened(answer=opened))
        return await opened.future

    async def say(self, utterance: Utterance, *, lane: int, user: int) -> Audio:
        """Say one utterance, whole. Who waits for it no longer cancels the task: the engine stops within a chunk.

        Args:
            utterance: What to say.
            lane: All of a lane goes before any of the next; 0 is the first.
            user: For whom, by any number of theirs: within a lane users take turns.

        Raises:
            EngineError: It cannot be said, or the engine broke down; the next `say` opens it again.
        """
        thread = await self._running()
        order = _Order(utterance=utterance, lane=lane, user=user, answer=Answer[Audio](asyncio.get_running_loop()))
        thread.tell(order)
        try:
            return await order.answer.future
        except asyncio.CancelledError:
            order.gone = True
            thread.tell(_Withdrawn(order=order))
            raise

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
            EngineError: The speaker cannot be learned, or the engine learns none.
        """
        thread = await self._running()
        lesson = Lesson(reference, key, report, Answer[Enrolled](asyncio.get_running_loop()))
        thread.tell(_Taught(lesson=lesson, lane=lane, user=user))
        try:
            return await lesson.answer.future
        except asyncio.CancelledError:
            lesson.gone = True
            thread.tell(_Withdrawn(order=lesson))
            raise

    @property
    def is_open(self) -> bool:
        """Whether its engine has been opened; after a crash it still counts as open, for the next `say` opens it."""
        return self._thread is not None and self._thread.open is not None

    @property
    def abilities(self) -> Abilities:
        """What the open engine can do.

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

    async def stop(self) -> None:
        """Stop what is being said, close the engine and wait until its thread has ended. `start` opens it again."""
        thread = self._thread
        if thread is not None and thread.is_alive():
            thread.stopping = True
            thread.tell(_Stop())
            await asyncio.to_thread(thread.join)
        if self._thread is thread:
            self._thread = None

    async def _running(self) -> _EngineThread:
        if self._thread is None or self._thread.ended:
            await self.start()
        assert self._thread is not None
        return self._thread

    def _open(self) -> _Open:
        if self._thread is None or self._thread.open is None:
            raise EngineError("the engine is not open")
        return self._thread.open


@dataclass(frozen=True, kw_only=True, slots=True)
class _Open:
    """What an open engine says of itself."""

    abilities: Abilities
    speakers: tuple[Speaker, ...]
    variants: tuple[Variant, ...]


@dataclass(kw_only=True, slots=True, eq=False)
class _Order:
    """An utterance that somebody waits for."""

    utterance: Utterance
    lane: int
    user: int
    answer: Answer[Audio]
    gone: bool = False
    """Whether nobody waits any more; the loop writes it, the thread reads it."""
    answered: bool = False
    """Whether who waited has got an answer; only the thread looks at it."""
    chunks: list[Audio] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Opened:
    answer: Answer[Abilities]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Taught:
    lesson: Lesson
    lane: int
    user: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Withdrawn:
    order: _Order | Lesson


@dataclass(frozen=True, slots=True)
class _Stop:
    pass


_Message = _Order | _Opened | _Taught | _Withdrawn | _Stop


class _EngineThread(threading.Thread):
    """One life of an engine: from `open`, through what it says, to `close`."""

    def __init__(self, factory: Callable[[], Engine]) -> None:
        # A thread that nobody stopped must not keep the process from ending.
        super().__init__(name="engine", daemon=True)
        self._factory = factory
        self._inbox: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        self._waiting: TurnQueue[_Order | Lesson] = TurnQueue()
        self._lesson: Lesson | None = None
        self._running: Sequence[_Order] = ()
        self._joins = False
        self._over = False
        self._error: EngineError = EngineError("the engine has been stopped")
        self.open: _Open | None = None
        """What the engine says of itself; None before it is open."""
        self.stopping = False
        """Whether it was asked to stop; what is being said ends at its next chunk."""
        self.ended = False
        """Whether it takes no more messages."""

    def tell(self, message: _Message) -> None:
        """Give the thread a message; called by any other."""
        self._inbox.put(message)
        if self.ended:  # it may have missed this one
            self._refuse()

    def run(self) -> None:
        try:
            engine = self._factory()
            try:
                self._live(engine)
            finally:
                self._close(engine)
        except EngineError as error:
            self._error = error
        except BaseException as error:
            _log.exception("The engine broke down; it is opened again when there is something to say.")
            self._error = EngineError(f"the engine broke down: {error!r}")
        finally:
            self.ended = True
            for order in self._running:
                order.answer.fail(self._reason())
            if self._lesson is not None:
                self._lesson.answer.fail(self._reason())
            while self._waiting:
                self._waiting.pop().answer.fail(self._reason())
            self._refuse()

    def _live(self, engine: Engine) -> None:
        engine.open()
        abilities = engine.abilities()
        self._joins = abilities.joins
        self.open = _Open(abilities=abilities, speakers=tuple(engine.speakers()), variants=tuple(engine.variants()))
        while self._read(engine, abilities):
            self._running, self._lesson = self._next(abilities.batch)
            if self._running:
                self._speak(engine, self._running)
                self._running = ()
            if self._lesson is not None:
                self._lesson.take(engine, self._is_stopping)
                self._lesson = None

    def _next(self, most: int) -> tuple[Sequence[_Order], Lesson | None]:
        """Take whose turn it is: up to so many orders, and a lesson if one comes among them."""
        orders: list[_Order] = []
        while self._waiting and len(orders) < most:
            match self._waiting.pop():
                case _Order() as order:
                    orders.append(order)
                case lesson:
                    return orders, lesson
        return orders, None

    def _is_stopping(self) -> bool:
        return self.stopping

    def _close(self, engine: Engine) -> None:
        try:
            engine.close()
        except Exception:  # why it ended matters more
            _log.exception("The engine %s did not close well.", engine.name)

    def _reason(self) -> EngineError:
        """Why it takes no more: an error of its own for everybody who waits."""
        return copy.copy(self._error)

    def _read(self, engine: Engine, abilities: Abilities) -> bool:
        """Take in all messages there are, waiting while there is nothing to do; False when it is to stop."""
        while not self._over and (not self._waiting or not self._inbox.empty()):
            self._heed(self._inbox.get(), engine, abilities)
        return not self._over

    def _heed(self, message: _Message, engine: Engine, abilities: Abilities) -> None:
        match message:
            case _Order() as order:
                self._waiting.put(order, order.lane, order.user)
            case _Taught(lesson=lesson, lane=lane, user=user):
                if engine.enrolls_apart:
                    lesson.apart(engine, self._is_stopping)
                else:
                    self._waiting.put(lesson, lane, user)
            case _Withdrawn(order=gone):
                self._waiting.discard(gone)
            case _Opened(answer=answer):
                answer.give(abilities)
            case _Stop():
                self._over = True

    def _speak(self, engine: Engine, batch: Sequence[_Order]) -> None:
        """Say a batch. Where that fails, each of its utterances is tried alone, so that one cannot spoil the others."""
        orders = list(batch)
        try:
            if self._joins:
                self._serve(engine, orders)
            else:
                self._synthesize(engine, orders)
        except Exception as error:
            if len(orders) > 1:
                for order in orders:
                    if not order.answered:
                        self._speak(engine, (order,))
                return
            reason = error if isinstance(error, EngineError) else EngineError(f"{engine.name} failed: {error!r}")
            if reason is not error:
                reason.__cause__ = error
            orders[0].answer.fail(reason)

    def _serve(self, engine: Engine, orders: list[_Order]) -> None:
        """Say a batch that others join; each utterance is answered as soon as it is there."""

        def stopped(row: int) -> bool:
            return self.stopping or orders[row].gone

        def more(room: int) -> Sequence[Utterance]:
            joining = self._joining(engine, room)
            orders.extend(joining)
            self._running = orders
            return [order.utterance for order in joining]

        for row, made in engine.synthesize_more([order.utterance for order in orders], stopped, more):
            orders[row].answered = True
            if isinstance(made, EngineError):
                orders[row].answer.fail(made)
            else:
                orders[row].answer.give(made)
        for order in orders:
            if not order.answered:
                reason = self._reason() if order.gone or self.stopping else _nothing(engine, order)
                order.answer.fail(reason)

    def _joining(self, engine: Engine, room: int) -> Sequence[_Order]:
        """Take whose turn it is now, without waiting. Nobody joins any more once a lesson is to be taken."""
        assert self.open is not None
        with contextlib.suppress(queue.Empty):
            while not self._over:
                self._heed(self._inbox.get_nowait(), engine, self.open.abilities)
        if self._over or self._lesson is not None:
            return ()
        joining, self._lesson = self._next(room)
        return joining

    def _synthesize(self, engine: Engine, batch: Sequence[_Order]) -> None:
        for order in batch:
            order.chunks.clear()

        def stopped(row: int) -> bool:
            return self.stopping or batch[row].gone

        for row, chunk in engine.synthesize([order.utterance for order in batch], stopped):
            batch[row].chunks.append(chunk)
        for row, order in enumerate(batch):
            if stopped(row):
                order.answer.fail(self._reason())
            elif not order.chunks:
                order.answer.fail(_nothing(engine, order))
            else:
                order.answer.give(join(order.chunks))

    def _refuse(self) -> None:
        """Answer what came too late, or was never read."""
        with contextlib.suppress(queue.Empty):
            while True:
                message = self._inbox.get_nowait()
                if isinstance(message, _Order | _Opened):
                    message.answer.fail(self._reason())
                elif isinstance(message, _Taught):
                    message.lesson.answer.fail(self._reason())


def _nothing(engine: Engine, order: _Order) -> EngineError:
    return EngineError(f"{engine.name} made no sound of {order.utterance.text[:40]!r}")
