from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence

import numpy as np
import pytest

from engine.engine import Engine, EngineError, EngineLost, EngineMissing, Stopped
from engine.espeak_engine import EspeakEngine
from engine.speech import Audio, Reference, Utterance
from engine.worker import MOST_LOSSES, Worker
from tests.engine.joining import JoiningEngine
from tests.engine.sines import CHARACTER_SECONDS, Breakdown, SineEngine, utterance

LONG = "and so on " * 20_000
"""Says for seconds what would be said for hours."""


class Made:
    """Makes sine engines and remembers them."""

    def __init__(self, make: Callable[[], SineEngine] = SineEngine) -> None:
        self._make = make
        self.engines: list[SineEngine] = []

    def __call__(self) -> SineEngine:
        self.engines.append(self._make())
        return self.engines[-1]

    @property
    def engine(self) -> SineEngine:
        return self.engines[-1]


class Gate:
    """Holds the engine back at an utterance that begins with 'hold', until it is opened."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._open = threading.Event()

    def __call__(self, utterance: Utterance) -> None:
        if utterance.text.startswith("hold"):
            self.reached.set()
            assert self._open.wait(10)

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def made(gate: Gate) -> Made:
    return Made(lambda: SineEngine(batch=1, before=gate))


@pytest.fixture
async def worker(made: Made, gate: Gate) -> AsyncIterator[Worker]:
    worker = Worker(made)
    yield worker
    gate.open()
    await worker.stop()


async def hold(worker: Worker, gate: Gate, text: str = "hold") -> asyncio.Task[Audio]:
    """Make the engine busy until the gate is opened."""
    task = asyncio.create_task(worker.say(utterance(text), lane=0, user=0))
    await asyncio.to_thread(gate.reached.wait, 10)
    return task


async def queue_up(worker: Worker, *orders: tuple[str, int, int]) -> list[asyncio.Task[Audio]]:
    tasks = [asyncio.create_task(worker.say(utterance(text), lane=lane, user=user)) for text, lane, user in orders]
    await asyncio.sleep(0)
    return tasks


async def test_the_engine_lives_in_a_thread_of_its_own(worker: Worker, made: Made) -> None:
    abilities = await worker.start()
    assert abilities.version == "1"
    assert worker.abilities == abilities
    assert [speaker.key for speaker in worker.speakers()] == ["low", "high"]
    assert [variant.key for variant in worker.variants()] == ["soft"]
    assert made.engine.thread not in (None, threading.current_thread())
    await worker.start()
    assert len(made.engines) == 1


async def test_an_utterance_comes_back_whole(worker: Worker, made: Made) -> None:
    audio = await worker.say(utterance("x" * 100), lane=0, user=1)
    assert audio.seconds == pytest.approx(100 * CHARACTER_SECONDS)
    assert made.engine.chunks > 1
    assert len(audio.timings) == made.engine.chunks


async def test_what_an_engine_can_do_is_not_known_before_it_is_open() -> None:
    worker = Worker(SineEngine)
    assert not worker.is_open
    with pytest.raises(EngineError):
        _ = worker.abilities


async def test_those_who_wait_are_served_by_lane_and_by_turns(worker: Worker, made: Made, gate: Gate) -> None:
    held = await hold(worker, gate)
    tasks = await queue_up(worker, ("book", 2, 1), ("a1", 0, 1), ("a2", 0, 1), ("a3", 0, 1), ("b1", 0, 2), ("c1", 0, 3))
    gate.open()
    await asyncio.gather(held, *tasks)
    assert [texts[0] for texts in made.engine.batches] == ["hold", "a1", "b1", "c1", "a2", "a3", "book"]


async def test_those_who_wait_share_batches(gate: Gate) -> None:
    made = Made(lambda: SineEngine(batch=4, before=gate))
    worker = Worker(made)
    held = await hold(worker, gate)
    tasks = await queue_up(worker, *((f"row {number}", 0, number) for number in range(6)))
    gate.open()
    sounds = await asyncio.gather(*(asyncio.wait_for(task, 10) for task in tasks))
    await held
    assert made.engine.batches == [["hold"], ["row 0", "row 1", "row 2", "row 3"], ["row 4", "row 5"]]
    assert len(sounds) == 6
    await worker.stop()


@pytest.mark.parametrize("text", ["fail", "bug", "mute"])
async def test_an_utterance_that_fails_takes_no_other_with_it(gate: Gate, text: str) -> None:
    made = Made(lambda: SineEngine(batch=4, before=gate))
    worker = Worker(made)
    held = await hold(worker, gate)
    good, bad, other = await queue_up(worker, ("good", 0, 1), (text, 0, 2), ("other", 0, 3))
    gate.open()
    await held
    assert [(await task).seconds for task in (good, other)] == pytest.approx(
        [4 * CHARACTER_SECONDS, 5 * CHARACTER_SECONDS]
    )
    with pytest.raises(EngineError):
        await bad
    assert len(made.engines) == 1
    await worker.stop()


async def test_after_a_crash_those_who_waited_are_served_and_only_what_crashes_again_is_refused(
    worker: Worker, made: Made, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    held = await hold(worker, gate)
    crash, *others = await queue_up(worker, ("crash", 0, 1), ("waits", 0, 2), ("waits too", 1, 3))
    gate.open()
    await held
    sounds = await asyncio.wait_for(asyncio.gather(*others), 10)
    assert [sound.seconds for sound in sounds] == pytest.approx([5 * CHARACTER_SECONDS, 9 * CHARACTER_SECONDS])
    with pytest.raises(EngineError, match="while it said 'crash'"):
        await asyncio.wait_for(crash, 10)
    assert "broke down" in caplog.text
    assert worker.abilities.version == "1"
    await worker.say(utterance("again"), lane=0, user=1)
    assert len(made.engines) == 3
    assert [engine.closed for engine in made.engines] == [True, True, False]


async def test_what_was_said_beside_a_crash_is_said_again_alone(gate: Gate) -> None:
    made = Made(lambda: SineEngine(batch=4, before=gate))
    worker = Worker(made)
    held = await hold(worker, gate)
    texts = ["good", "crash", "well", "fine"]
    tasks = await queue_up(worker, *((text, 0, number) for number, text in enumerate(texts)))
    gate.open()
    await held
    found = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
    assert [isinstance(each, Audio) for each in found] == [True, False, True, True]
    assert [batch for engine in made.engines[1:] for batch in engine.batches if len(batch) > 1] == []
    await worker.stop()


async def test_an_engine_that_breaks_whatever_it_is_asked_is_closed_in_the_end() -> None:
    class Fragile(SineEngine):
        def synthesize(self, batch: Sequence[Utterance], stopped: Stopped) -> Iterator[tuple[int, Audio]]:
            raise EngineLost("it is broken")

    made, closed = Made(Fragile), []
    worker = Worker(made)
    worker.changed = lambda: closed.append(True)
    reasons = [await refused(worker, f"row {number}") for number in range(MOST_LOSSES)]
    assert reasons[0].startswith("it is broken while it said 'row 0'")
    assert "stays closed until Mynah is started again" in reasons[-1]
    assert len(made.engines) == MOST_LOSSES and closed == [True]
    assert worker.closed is not None and not worker.is_open


async def refused(worker: Worker, text: str) -> str:
    """Have something said that cannot be, and return why."""
    with pytest.raises(EngineError) as refusal:
        await asyncio.wait_for(worker.say(utterance(text), lane=0, user=1), 10)
    return str(refusal.value)


async def test_an_engine_that_cannot_be_opened_says_why_and_is_tried_again() -> None:
    class Missing(SineEngine):
        tries = 0

        def open(self) -> None:
            Missing.tries += 1
            if Missing.tries < 3:
                raise EngineMissing("install it first")

    worker = Worker(Missing)
    with pytest.raises(EngineMissing, match="install it first"):
        await worker.start()
    with pytest.raises(EngineMissing, match="install it first"):
        await worker.say(utterance("a"), lane=0, user=1)
    assert len((await worker.say(utterance("a"), lane=0, user=1)).samples) > 0
    await worker.stop()


async def test_an_engine_that_breaks_while_it_opens_fails_its_start(caplog: pytest.LogCaptureFixture) -> None:
    def factory() -> Engine:
        raise Breakdown("at once")

    with pytest.raises(EngineError, match="at once"):
        await Worker(factory).start()
    assert "broke down" in caplog.text


async def test_an_engine_that_does_not_close_well_says_why_it_ended(caplog: pytest.LogCaptureFixture) -> None:
    class Stuck(SineEngine):
        def close(self) -> None:
            raise OSError("stuck")

    worker = Worker(Stuck)
    with pytest.raises(EngineError, match="a crash"):
        await worker.say(utterance("crash"), lane=0, user=1)
    assert "did not close well" in caplog.text


async def test_who_no_longer_waits_is_not_served(worker: Worker, made: Made, gate: Gate) -> None:
    held = await hold(worker, gate)
    gone, stays = await queue_up(worker, ("gone", 0, 1), ("stays", 0, 2))
    gone.cancel()
    await asyncio.wait([gone])
    gate.open()
    await asyncio.gather(held, stays)
    assert gone.cancelled()
    assert made.engine.batches == [["hold"], ["stays"]]


async def test_who_no_longer_waits_stops_the_engine_at_its_next_chunk(worker: Worker, made: Made, gate: Gate) -> None:
    held = await hold(worker, gate, "hold" + 1000 * "x")
    held.cancel()
    await asyncio.wait([held])
    gate.open()
    await worker.say(utterance("next"), lane=0, user=1)
    assert made.engine.chunks == 2


async def test_espeak_stops_within_a_chunk_when_nobody_waits_any_more() -> None:
    worker = Worker(EspeakEngine)
    await worker.start()
    long = asyncio.create_task(worker.say(_espeak(LONG), lane=0, user=1))
    short = asyncio.create_task(worker.say(_espeak("Hello."), lane=0, user=2))
    await asyncio.sleep(0.05)
    assert not long.done()
    assert not short.done()
    long.cancel()
    cancelled_at = time.perf_counter()
    await short
    assert time.perf_counter() - cancelled_at < 1.0
    await worker.stop()


async def test_the_event_loop_goes_on_while_espeak_speaks() -> None:
    worker = Worker(EspeakEngine)
    task = asyncio.create_task(worker.say(_espeak(LONG), lane=0, user=1))
    turns = 0
    end = time.perf_counter() + 0.3
    while time.perf_counter() < end:
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 20
    assert not task.done()
    task.cancel()
    await asyncio.wait([task])
    await worker.stop()


async def test_stopping_ends_what_is_said_and_tells_those_who_wait(worker: Worker, made: Made, gate: Gate) -> None:
    held = await hold(worker, gate)
    (waiting,) = await queue_up(worker, ("waits", 0, 1))
    stopping = asyncio.create_task(worker.stop())
    await asyncio.sleep(0)
    gate.open()
    await stopping
    for task in (held, waiting):
        with pytest.raises(EngineError, match="stopped"):
            await task
    assert made.engine.closed
    assert made.engine.thread is not None
    assert not made.engine.thread.is_alive()
    assert not worker.is_open


async def test_a_stopped_engine_can_be_started_again(worker: Worker, made: Made) -> None:
    await worker.start()
    await worker.stop()
    await worker.stop()
    await worker.say(utterance("again"), lane=0, user=1)
    assert len(made.engines) == 2


def test_a_thread_outlives_the_loop_that_it_answered(gate: Gate) -> None:
    made = Made(lambda: SineEngine(batch=1, before=gate))
    worker = Worker(made)

    async def leave() -> None:
        await hold(worker, gate)

    async def come_back() -> int:
        gate.open()
        audio = await worker.say(utterance("again"), lane=0, user=1)
        await worker.stop()
        return len(audio.samples)

    asyncio.run(leave())
    assert asyncio.run(come_back()) > 0
    assert len(made.engines) == 1


async def test_many_who_wait_at_once_each_get_their_own() -> None:
    worker = Worker(SineEngine)
    texts = ["x" * length for length in range(1, 200)]
    sounds = await asyncio.gather(
        *(worker.say(utterance(text), lane=number % 3, user=number % 7) for number, text in enumerate(texts))
    )
    assert np.allclose([audio.seconds for audio in sounds], [len(text) * CHARACTER_SECONDS for text in texts])
    await worker.stop()


def _espeak(text: str) -> Utterance:
    return Utterance(text=text, engine="espeak", speaker="en-gb")


@pytest.fixture
async def joined() -> AsyncIterator[tuple[Worker, JoiningEngine]]:
    engine = JoiningEngine()
    worker = Worker(lambda: engine)
    yield worker, engine
    engine.gate.set()
    await worker.stop()


def say(worker: Worker, text: str) -> asyncio.Task[Audio]:
    return asyncio.create_task(worker.say(utterance(text), lane=0, user=1))


async def test_who_joins_a_batch_is_answered_before_it_ends(joined: tuple[Worker, JoiningEngine]) -> None:
    worker, engine = joined
    held = say(worker, "hold on")
    for text in ("first", "second", "third"):
        audio = await asyncio.wait_for(say(worker, text), 10)
        assert audio.seconds == pytest.approx(len(text) * CHARACTER_SECONDS)
    assert not held.done()
    engine.gate.set()
    assert (await held).seconds == pytest.approx(len("hold on") * CHARACTER_SECONDS)


async def test_as_many_join_as_there_is_room_for(joined: tuple[Worker, JoiningEngine]) -> None:
    worker, engine = joined
    tasks = [say(worker, f"hold {number}") for number in range(7)]
    await asyncio.sleep(0.1)
    engine.gate.set()
    await asyncio.gather(*tasks)
    assert engine.most == 3


async def test_what_cannot_be_said_does_not_trouble_those_beside_it(joined: tuple[Worker, JoiningEngine]) -> None:
    worker, engine = joined
    held = say(worker, "hold on")
    with pytest.raises(EngineError, match="does not whistle"):
        await say(worker, "fail")
    with pytest.raises(EngineError, match="no sound"):
        await asyncio.wait_for(asyncio.gather(say(worker, "mute"), asyncio.to_thread(engine.gate.set)), 10)
    await held


async def test_where_a_batch_breaks_those_without_an_answer_are_said_alone(
    joined: tuple[Worker, JoiningEngine],
) -> None:
    worker, engine = joined
    held = say(worker, "hold on")
    await say(worker, "well")
    broken = say(worker, "bug")
    engine.gate.set()
    assert (await held).seconds == pytest.approx(len("hold on") * CHARACTER_SECONDS)
    with pytest.raises(EngineError, match="a bug"):
        await broken


async def test_a_batch_that_others_join_ends_when_it_is_stopped(joined: tuple[Worker, JoiningEngine]) -> None:
    worker, _ = joined
    held = say(worker, "hold on")
    await say(worker, "well")
    await asyncio.wait_for(worker.stop(), 10)
    with pytest.raises(EngineError, match="stopped"):
        await held


async def test_a_lesson_has_its_turn_however_many_join(joined: tuple[Worker, JoiningEngine]) -> None:
    worker, engine = joined
    held = say(worker, "hold on")
    await say(worker, "well")
    lesson = asyncio.create_task(worker.enroll(Reference(passages=()), "ada", lambda share: None))
    await asyncio.sleep(0.05)
    late = say(worker, "late")
    await asyncio.sleep(0.05)
    assert not late.done()
    engine.gate.set()
    with pytest.raises(EngineError, match="does not clone"):
        await lesson
    await asyncio.gather(held, late)
