"""One life of an engine, in a thread of its own: from `open`, through what it says, to `close`.

The thread and the loops know each other through a queue of messages one way and through futures the other;
nothing is shared but what one side only writes and the other only reads.
"""

from __future__ import annotations

import contextlib
import copy
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence

from engine.answer import Answer
from engine.audio import join
from engine.engine import Abilities, Engine, EngineError, EngineLost, OutOfMemory
from engine.lesson import Lesson
from engine.memory import is_out_of_memory
from engine.speech import Audio, Part, Speaker, Utterance, Variant
from engine.turns import TurnQueue
from engine.value import value

_log = logging.getLogger(__name__)

Room = Callable[[], Coroutine[object, object, bool]]
"""async () -> bool: has other engines give memory back, and tells whether any did."""
ROOM_PATIENCE = 30.0
"""How long other engines may take to do so, in seconds."""
Hear = Callable[[Part], None]
"""Takes, in the loop of whoever waits, a part of what is being said."""
LONGEST = 500
"""How many utterances may join a batch before it has to end and another begins; all of them are kept until then."""


@value
class Facts:
    """What an open engine says of itself."""

    abilities: Abilities
    """What it can do."""
    speakers: tuple[Speaker, ...]
    """Those that it has built in."""
    variants: tuple[Variant, ...]
    """The other ways in which each of them can sound."""


class Order:
    """An utterance that somebody waits for."""

    __slots__ = ("answer", "answered", "gone", "hear", "lane", "losses", "user", "utterance")

    def __init__(
        self, utterance: Utterance, lane: int, user: int, answer: Answer[Audio], hear: Hear | None = None
    ) -> None:
        """Take what to say, whose turn it is, who waits, and who listens meanwhile."""
        self.utterance, self.lane, self.user, self.answer, self.hear = utterance, lane, user, answer, hear
        self.gone = False
        """Whether nobody waits any more; the loop writes it, the thread reads it."""
        self.answered = False
        """Whether who waited has got an answer; only the thread looks at it."""
        self.losses = 0
        """How many engines were lost while they said it; the loop writes it before it tells the next thread."""

    def take(self, part: Part) -> None:
        """Let who listens hear a part; called in the loop."""
        if self.hear is not None and not self.gone and not self.answer.future.done():
            self.hear(part)


class Opening:
    """A question for what the open engine can do."""

    __slots__ = ("answer",)

    def __init__(self, answer: Answer[Abilities]) -> None:
        """Take who waits."""
        self.answer = answer


class Teaching:
    """A speaker that is to be learned, when its turn comes."""

    __slots__ = ("answer", "lane", "lesson", "user")

    def __init__(self, lesson: Lesson, lane: int, user: int) -> None:
        """Take the lesson, and whose turn it is."""
        self.lesson, self.lane, self.user, self.answer = lesson, lane, user, lesson.answer


class Withdrawal:
    """Word that nobody waits for something any more."""

    __slots__ = ("gone",)

    def __init__(self, gone: Order | Lesson) -> None:
        """Take what nobody waits for."""
        self.gone = gone


class Stop:
    """Word that the engine is to close."""

    __slots__ = ()


Owed = Order | Opening | Teaching
Message = Owed | Withdrawal | Stop


class EngineThread(threading.Thread):
    """One life of an engine."""

    def __init__(
        self, factory: Callable[[], Engine], lost: Callable[[EngineThread], None], room: Room | None = None
    ) -> None:
        """Take what makes the engine.

        Args:
            factory: That function.
            lost: Called in the loop of everybody who still waits when the engine is lost; they get no other word.
            room: What has other engines give memory back, in the loop of whoever waits.
        """
        # A thread that nobody stopped must not keep the process from ending.
        super().__init__(name="engine", daemon=True)
        self._factory, self._tell_lost, self._room = factory, lost, room
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._waiting: TurnQueue[Order | Lesson] = TurnQueue()
        self._suspects: deque[Order] = deque()
        self._spared = True
        self._joins = False
        self._over = False
        self._most: int | None = None
        self._error: EngineError = EngineError("the engine has been stopped")
        self._busy = True
        self.engine: Engine | None = None
        """The engine, once it was made; whoever else holds it may only kill it."""
        self.facts: Facts | None = None
        """What the engine says of itself; None before it is open."""
        self.running: Sequence[Order] = ()
        """What is being said."""
        self.lesson: Lesson | None = None
        """Who is being learned."""
        self.said = 0
        """How many utterances it has answered with sound."""
        self.held = 0
        """How much memory the engine takes, in bytes, as it last said."""
        self.free: int | None = None
        """How much memory is free beside it, in bytes, as it last said."""
        self.beat = time.monotonic()
        """When it gave its last sign of life."""
        self.stopping = False
        """Whether it was asked to stop; what is being said ends at its next chunk."""
        self.given_up = False
        """Whether nobody listens to it any more: another has taken over what it had to do."""
        self.lost = False
        """Whether it ended because the engine was lost."""
        self.ended = False
        """Whether it takes no more messages."""

    def tell(self, message: Message) -> None:
        """Give the thread a message; called by any other."""
        self._inbox.put(message)
        if self.ended:  # it may have missed this one
            self._refuse()

    def give_up(self) -> None:
        """Listen to it no more, and end its engine if that can be done; what is left of it ends by itself, or never."""
        self.given_up = self.stopping = True
        self._inbox.put(Stop())  # for when it comes back
        if self.engine is not None:
            self.engine.kill()

    @property
    def silence(self) -> float:
        """For how many seconds it has owed a sign of life; 0 while it has nothing to do."""
        return time.monotonic() - self.beat if self._busy and not self.ended else 0.0

    @property
    def reason(self) -> EngineError:
        """Why it takes no more: an error of its own for everybody who waits."""
        return copy.copy(self._error)

    def run(self) -> None:
        try:
            engine = self.engine = self._factory()
            try:
                self._live(engine)
            finally:
                self._close(engine)
        except EngineLost as error:
            self._error, self.lost = error, True
        except EngineError as error:
            self._error = error
        except BaseException as error:
            _log.exception("The engine broke down; it is opened again when there is something to say.")
            self._error, self.lost = EngineError(f"the engine broke down: {error!r}"), self.facts is not None
            if is_out_of_memory(error):
                self._error, self.lost = _too_little(error), False
        finally:
            self._end()

    def _live(self, engine: Engine) -> None:
        engine.open()
        abilities = engine.abilities()
        self._joins = abilities.joins
        self._measure(engine)
        self.facts = Facts(abilities=abilities, speakers=tuple(engine.speakers()), variants=tuple(engine.variants()))
        while self._read(engine, abilities):
            self.running, self.lesson = self._next(self._most or abilities.batch)
            if self.running:
                self._speak(engine, self.running)
                self.running = ()
            if self.lesson is not None:
                self.lesson.take(engine, self._is_stopping)
                self.lesson = None
            if engine.heavy:
                self._measure(engine)

    def _next(self, most: int) -> tuple[Sequence[Order], Lesson | None]:
        """Take whose turn it is: up to so many orders, and a lesson if one comes among them.

        What an engine was lost with is said alone, so that it is known if it was to blame, and not before the others
        had a turn.
        """
        if self._suspects and (not self._waiting or not self._spared):
            self._spared = True
            return [self._suspects.popleft()], None
        self._spared = False
        orders: list[Order] = []
        while self._waiting and len(orders) < most:
            match self._waiting.pop():
                case Order() as order:
                    orders.append(order)
                case lesson:
                    return orders, lesson
        return orders, None

    def _is_stopping(self) -> bool:
        self.beat = time.monotonic()
        return self.stopping and not self.given_up

    def _close(self, engine: Engine) -> None:
        self._busy, self.beat = True, time.monotonic()
        try:
            engine.close()
        except Exception:  # why it ended matters more
            _log.exception("The engine %s did not close well.", engine.name)

    def _end(self) -> None:
        self.ended = True
        if self.given_up:
            return
        for order in self.running:
            if not order.answered:
                self._owe(order)
        if self.lesson is not None:
            self._owe(self.lesson)
        while self._suspects:
            self._owe(self._suspects.popleft())
        while self._waiting:
            self._owe(self._waiting.pop())
        self._refuse()

    def _owe(self, item: Owed | Lesson) -> None:
        """Leave somebody without what they wait for: with the reason, or to whoever comes after a lost engine."""
        if self.lost and not self.stopping:
            item.answer.call(self._tell_lost, self)
        else:
            item.answer.fail(self.reason)

    def _measure(self, engine: Engine) -> None:
        self.held, self.free = engine.bytes_held(), engine.bytes_free() if engine.heavy else None

    def _read(self, engine: Engine, abilities: Abilities) -> bool:
        """Take in all messages there are, waiting while there is nothing to do; False when it is to stop."""
        while not self._over and not self.given_up and (self._is_idle or not self._inbox.empty()):
            self._busy = not self._is_idle
            message = self._inbox.get()
            self.beat, self._busy = time.monotonic(), True
            self._heed(message, engine, abilities)
        return not self._over and not self.given_up

    @property
    def _is_idle(self) -> bool:
        return not self._waiting and not self._suspects

    def _heed(self, message: Message, engine: Engine, abilities: Abilities) -> None:
        match message:
            case Order() as order if order.losses:
                self._suspects.append(order)
            case Order() as order:
                self._waiting.put(order, order.lane, order.user)
            case Teaching(lesson=lesson, lane=lane, user=user):
                if engine.enrolls_apart:
                    lesson.apart(engine, lambda: self.stopping)  # which is no sign of life of this thread
                else:
                    self._waiting.put(lesson, lane, user)
            case Withdrawal(gone=gone):
                self._waiting.discard(gone)
            case Opening(answer=answer):
                answer.give(abilities)
            case Stop():
                self._over = True

    def _speak(self, engine: Engine, batch: Sequence[Order]) -> None:
        """Say a batch. Where that fails, each of its utterances is tried alone, so that one cannot spoil the others.

        Where memory ran out, half as many are tried; when that is one, the engine is asked for room, then the others.
        """
        orders = list(batch)
        error = self._attempt(engine, orders)
        if error is None:
            return
        scarce = is_out_of_memory(error)
        if len(orders) > 1:
            left = [order for order in orders if not order.answered]
            step = max(1, len(left) // 2) if scarce else 1
            if scarce:
                self._most = step
                _log.warning("Memory ran out; %s says %d at once from now on.", engine.name, step)
            for begin in range(0, len(left), step):
                self._speak(engine, left[begin : begin + step])
            return
        for relief in (engine.make_room, self._make_others_go) if scarce else ():
            if is_out_of_memory(error) and relief():
                error = self._attempt(engine, orders)
                if error is None:
                    return
        self._fail(orders[0], _plain(engine, error))

    def _attempt(self, engine: Engine, orders: list[Order]) -> Exception | None:
        """Try to say a batch; return what went wrong, if anything."""
        try:
            if self._joins:
                self._serve(engine, orders)
            else:
                self._synthesize(engine, orders)
        except EngineLost:
            raise
        except Exception as error:
            return error
        return None

    def _make_others_go(self) -> bool:
        """Wait until other engines have given memory back."""
        if self._room is None or not self.running:
            return False
        asked = self.running[0].answer.submit(self._room())
        if asked is None:
            return False
        try:
            return asked.result(ROOM_PATIENCE)
        except Exception:
            _log.exception("No engine gave memory back.")
            return False
        finally:
            self.beat = time.monotonic()

    def _stopped(self, order: Order) -> bool:
        self.beat = time.monotonic()
        return self.stopping or order.gone

    def _serve(self, engine: Engine, orders: list[Order]) -> None:
        """Say a batch that others join; each utterance is answered as soon as it is there."""

        def stopped(row: int) -> bool:
            return self._stopped(orders[row])

        def more(room: int) -> Sequence[Utterance]:
            joining = self._joining(engine, room, orders)
            orders.extend(joining)
            self.running = orders
            return [order.utterance for order in joining]

        for row, made in engine.synthesize_more([order.utterance for order in orders], stopped, more):
            match made:
                case EngineError():
                    self._fail(orders[row], made)
                case Part():
                    self._let_hear(orders[row], made)
                case _:
                    self._give(orders[row], made)
        for order in orders:
            if not order.answered:
                self._fail(order, self.reason if order.gone or self.stopping else _nothing(engine, order))

    def _joining(self, engine: Engine, room: int, orders: Sequence[Order]) -> Sequence[Order]:
        """Take whose turn it is now, without waiting. Nobody joins any more once something is to be done alone."""
        assert self.facts is not None
        self.beat = time.monotonic()
        with contextlib.suppress(queue.Empty):
            while not self._over:
                self._heed(self._inbox.get_nowait(), engine, self.facts.abilities)
        if self._over or self.lesson is not None or self._suspects or orders[0].losses or len(orders) > LONGEST:
            return ()
        if self._most is not None:
            room = min(room, self._most - sum(not order.answered and not order.gone for order in orders))
        joining, self.lesson = self._next(room)
        return joining

    def _synthesize(self, engine: Engine, batch: Sequence[Order]) -> None:
        chunks: list[list[Audio]] = [[] for _ in batch]

        def stopped(row: int) -> bool:
            return self._stopped(batch[row])

        for row, chunk in engine.synthesize([order.utterance for order in batch], stopped):
            self.beat = time.monotonic()
            chunks[row].append(chunk)
        for order, made in zip(batch, chunks, strict=True):
            if self.stopping or order.gone:
                self._fail(order, self.reason)
            elif not made:
                self._fail(order, _nothing(engine, order))
            else:
                self._give(order, join(made))

    def _give(self, order: Order, audio: Audio) -> None:
        audio.peak  # noqa: B018  # looked for here, where the sound is at hand, and not on the loop; first, for it may fail
        self.said += 1
        self.beat = time.monotonic()
        order.answered = True
        order.answer.give(audio)

    def _let_hear(self, order: Order, part: Part) -> None:
        self.beat = time.monotonic()
        if not self.given_up:  # else another says it by now
            order.answer.call(order.take, part)

    def _fail(self, order: Order, reason: EngineError) -> None:
        if not self.given_up:  # else another says it by now
            order.answered = True
            order.answer.fail(reason)

    def _refuse(self) -> None:
        """Answer what came too late, or was never read."""
        with contextlib.suppress(queue.Empty):
            while True:
                message = self._inbox.get_nowait()
                if isinstance(message, Owed):
                    self._owe(message)


def _plain(engine: Engine, error: Exception) -> EngineError:
    """Return an engine's error as it is, and any other as one of an engine's."""
    if isinstance(error, EngineError):
        return error
    reason = _too_little(error) if is_out_of_memory(error) else EngineError(f"{engine.name} failed: {error!r}")
    reason.__cause__ = error
    return reason


def _too_little(error: BaseException) -> EngineError:
    return error if isinstance(error, OutOfMemory) else OutOfMemory(f"there is too little memory: {error!r}")


def _nothing(engine: Engine, order: Order) -> EngineError:
    return EngineError(f"{engine.name} made no sound of {order.utterance.text[:40]!r}")
