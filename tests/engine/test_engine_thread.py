"""An engine that hangs, or runs out of memory, in a thread: who waits is served all the same, or told in words."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence

import pytest

from engine.engine import EngineError, EngineHung, OutOfMemory, Stopped
from engine.speech import Audio, Part, Reference, Utterance
from engine.worker import MOST_LEFT, EngineClosed, Worker
from tests.engine.joining import JoiningEngine
from tests.engine.sines import SineEngine, utterance
from tests.engine.streaming import StreamingEngine
from tests.fakes.waiting import until

PATIENCE = 0.5
"""For how long the engines of these tests may give no sign of life, in seconds."""


class Hanging(SineEngine):
    """Hangs at a text that begins with 'hang', as often as it is told to, until a test lets it go on."""

    made: list[Hanging]
    times = 1
    let_go: threading.Event

    def __init__(self) -> None:
        super().__init__(batch=2, before=self._hang)
        self.made.append(self)
        self.opened = threading.Event()

    def _hang(self, utterance: Utterance) -> None:
        if utterance.text.startswith("hang") and len(self.made) <= self.times:
            self.let_go.wait(20)


@pytest.fixture
def hanging() -> Iterator[type[Hanging]]:
    class OfThisTest(Hanging):
        made: list[Hanging] = []  # noqa: RUF012  # of this class alone
        let_go = threading.Event()

    yield OfThisTest
    OfThisTest.let_go.set()


@pytest.fixture
async def worker(hanging: type[Hanging]) -> AsyncIterator[Worker]:
    worker = Worker(hanging, patience=PATIENCE)
    await worker.start()
    yield worker
    hanging.let_go.set()
    await worker.stop()


def say(worker: Worker, text: str, user: int = 1) -> asyncio.Task[Audio]:
    return asyncio.create_task(worker.say(utterance(text), lane=0, user=user))


async def test_an_engine_that_hangs_is_replaced_and_all_is_said(
    worker: Worker, hanging: type[Hanging], caplog: pytest.LogCaptureFixture
) -> None:
    tasks = [say(worker, "hang on", 1), say(worker, "beside it", 2), say(worker, "waits", 3), say(worker, "too", 4)]
    sounds = await asyncio.wait_for(asyncio.gather(*tasks), 10)
    assert all(sound.seconds > 0 for sound in sounds)
    assert len(hanging.made) == 2
    assert "sine gave no sign of life" in caplog.text and "its thread is left to itself" in caplog.text
    assert ["hang on"] in hanging.made[1].batches  # alone, in case that it was to blame


async def test_one_that_hung_and_comes_back_troubles_nobody(worker: Worker, hanging: type[Hanging]) -> None:
    await asyncio.wait_for(say(worker, "hang on"), 10)
    first = hanging.made[0]
    hanging.let_go.set()
    await until(lambda: first.closed)
    assert (await say(worker, "well")).seconds > 0
    assert len(hanging.made) == 2


async def test_a_second_hang_in_a_row_closes_the_engine_and_refuses_in_words(
    worker: Worker, hanging: type[Hanging]
) -> None:
    hanging.times = 2
    tasks = [say(worker, "hang on", 1), say(worker, "hang too", 2)]
    found = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
    assert {type(each) for each in found} == {EngineClosed}
    assert "gave no sign of life" in str(found[0]) and "until Mynah is started again" in str(found[0])
    with pytest.raises(EngineClosed):
        await worker.say(utterance("well"), lane=0, user=1)
    assert len(hanging.made) == 2 and not worker.is_open


async def test_what_makes_it_hang_twice_is_refused_where_others_are_said_between(
    worker: Worker, hanging: type[Hanging]
) -> None:
    hanging.times = 2
    bad, beside, *others = [say(worker, text, user) for user, text in enumerate(["hang on", "a", "b", "c", "d"])]
    sounds = await asyncio.wait_for(asyncio.gather(*others), 10)
    assert all(sound.seconds > 0 for sound in sounds)
    with pytest.raises(EngineError, match="while it said 'hang on'"):
        await asyncio.wait_for(bad, 10)
    assert (await asyncio.wait_for(beside, 10)).seconds > 0
    assert worker.closed is None


async def test_no_more_than_a_few_threads_are_ever_left_hanging(worker: Worker, hanging: type[Hanging]) -> None:
    hanging.times = 100
    for number in range(10):
        await asyncio.gather(say(worker, f"hang {number}"), return_exceptions=True)
        if worker.closed is not None:
            break
        await asyncio.gather(say(worker, "well"), return_exceptions=True)
    assert worker.closed is not None and len(hanging.made) <= MOST_LEFT


async def test_who_has_gone_while_it_hung_is_not_served_again(worker: Worker, hanging: type[Hanging]) -> None:
    gone, stays = say(worker, "hang on", 1), say(worker, "stays", 2)
    await asyncio.sleep(PATIENCE / 3)
    gone.cancel()
    assert (await asyncio.wait_for(stays, 10)).seconds > 0
    assert [batch for engine in hanging.made[1:] for batch in engine.batches] == [["stays"]]


async def test_an_engine_that_hangs_while_it_opens_is_given_up(hanging: type[Hanging]) -> None:
    class Stuck(SineEngine):
        def open(self) -> None:
            hanging.let_go.wait(20)

    worker = Worker(Stuck, patience=PATIENCE / 10)
    with pytest.raises(EngineClosed, match="no sign of life"):
        await asyncio.wait_for(worker.start(), 10)
    hanging.let_go.set()


async def test_an_engine_that_is_only_slow_is_left_alone() -> None:
    made: list[SineEngine] = []

    def slow() -> SineEngine:
        made.append(SineEngine(before=lambda utterance: time.sleep(PATIENCE / 2)))
        return made[-1]

    worker = Worker(slow, patience=PATIENCE)
    await asyncio.gather(*(say(worker, f"row {number}") for number in range(3)))
    await asyncio.sleep(2 * PATIENCE)
    await say(worker, "after a while")
    assert len(made) == 1
    assert worker.last_beat is not None
    await worker.stop()


async def test_a_lesson_that_waited_behind_a_hang_has_its_turn(worker: Worker, hanging: type[Hanging]) -> None:
    held = say(worker, "hang on")
    await asyncio.sleep(PATIENCE / 3)
    lesson = asyncio.create_task(worker.enroll(Reference(passages=()), "ada", lambda share: None))
    with pytest.raises(EngineError, match="does not clone"):
        await asyncio.wait_for(lesson, 10)
    await asyncio.wait_for(held, 10)


class Scarce(SineEngine):
    """Has memory for so many utterances at once; `make_room` makes it enough for one more."""

    def __init__(self, room: int = 2, error: Callable[[], Exception] = MemoryError, relief: int = 0) -> None:
        super().__init__(batch=8)
        self.room, self.error, self.relief = room, error, relief
        self.asked = 0

    def synthesize(self, batch: Sequence[Utterance], stopped: Stopped) -> Iterator[tuple[int, Audio]]:
        self.batches.append([each.text for each in batch])
        if len(batch) > self.room:
            raise self.error()
        for row, each in enumerate(batch):
            yield from ((row, chunk) for chunk in self._whistle(each))

    def make_room(self) -> bool:
        self.asked += 1
        self.room += self.relief
        return self.relief > 0


def torchs() -> Exception:
    """What torch raises on a graphics processor; it is known by its name, for torch need not be there."""

    class OutOfMemoryError(RuntimeError):
        pass

    return OutOfMemoryError("CUDA out of memory")


def torchs_on_cpu() -> Exception:
    return RuntimeError("[enforce fail at alloc_cpu.cpp:121] . DefaultCPUAllocator: can't allocate memory")


@pytest.mark.parametrize("error", [MemoryError, torchs, torchs_on_cpu, lambda: OutOfMemory("too little")])
async def test_where_memory_runs_out_fewer_are_said_at_once(error: Callable[[], Exception]) -> None:
    engine = Scarce(error=error)
    worker = Worker(lambda: engine)
    await worker.start()
    sounds = await asyncio.wait_for(asyncio.gather(*(say(worker, f"row {number}", number) for number in range(8))), 10)
    assert len(sounds) == 8 and all(sound.seconds > 0 for sound in sounds)
    later = len(engine.batches)
    await asyncio.gather(*(say(worker, f"more {number}", number) for number in range(8)))
    assert max(map(len, engine.batches[later:])) <= 2
    assert engine.asked == 0
    await worker.stop()


async def test_where_there_is_too_little_for_one_the_engine_gives_some_back() -> None:
    engine = Scarce(room=0, relief=1)
    worker = Worker(lambda: engine)
    assert (await asyncio.wait_for(say(worker, "one"), 10)).seconds > 0
    assert engine.asked == 1
    await worker.stop()


async def test_then_others_do_and_it_is_tried_again() -> None:
    engine, asked = Scarce(room=0), []

    async def room() -> bool:
        asked.append(threading.current_thread())
        engine.room = 1
        return True

    worker = Worker(lambda: engine)
    worker.room = room
    assert (await asyncio.wait_for(say(worker, "one"), 10)).seconds > 0
    assert asked == [threading.current_thread()]
    await worker.stop()


async def test_where_nobody_can_it_is_refused_and_the_engine_lives() -> None:
    engine = Scarce(room=0)
    worker = Worker(lambda: engine)
    with pytest.raises(OutOfMemory, match="too little memory"):
        await asyncio.wait_for(say(worker, "one"), 10)
    engine.room = 1
    assert (await asyncio.wait_for(say(worker, "one"), 10)).seconds > 0
    await worker.stop()


async def test_those_who_join_are_fewer_too_once_memory_ran_out() -> None:
    class ScarceJoining(JoiningEngine):
        short = True

        def synthesize_more(self, batch, stopped, more):  # type: ignore[no-untyped-def]  # the base class says it
            if self.short and len(batch) > 1:
                self.short = False
                raise MemoryError
            return super().synthesize_more(batch, stopped, more)

    engine = ScarceJoining()
    worker = Worker(lambda: engine)
    await worker.start()
    engine.gate.set()
    await asyncio.wait_for(asyncio.gather(*(say(worker, f"row {number}", number) for number in range(6))), 10)
    assert engine.most == 1
    await worker.stop()


async def test_an_engine_without_memory_to_open_says_so() -> None:
    class Fat(SineEngine):
        def open(self) -> None:
            raise MemoryError("64 GB")

    with pytest.raises(OutOfMemory, match="too little memory"):
        await Worker(Fat).start()


@pytest.fixture
async def streaming() -> AsyncIterator[tuple[StreamingEngine, Worker]]:
    engine = StreamingEngine()
    worker = Worker(lambda: engine)
    yield engine, worker
    engine.gate.set()
    await worker.stop()


def listen(worker: Worker, text: str, parts: list[Part]) -> asyncio.Task[Audio]:
    return asyncio.create_task(worker.say(utterance(text), lane=0, user=1, hear=parts.append))


async def test_who_listens_hears_parts_before_the_whole(streaming: tuple[StreamingEngine, Worker]) -> None:
    engine, worker = streaming
    parts: list[Part] = []
    saying = listen(worker, "hold " * 10, parts)
    await until(lambda: len(parts) == 2)
    assert not saying.done()
    engine.gate.set()
    whole = await asyncio.wait_for(saying, 10)
    together = [sample for part in parts for sample in part.audio.samples]
    assert together == list(whole.samples)
    assert [part.begin for part in parts] == [0, 2_000, 4_000, 6_000]


async def test_who_does_not_listen_is_given_no_parts(streaming: tuple[StreamingEngine, Worker]) -> None:
    engine, worker = streaming
    assert (await asyncio.wait_for(say(worker, "well"), 10)).seconds > 0
    assert engine.parts == 0


async def test_who_has_gone_hears_nothing_more(streaming: tuple[StreamingEngine, Worker]) -> None:
    engine, worker = streaming
    parts: list[Part] = []
    saying = listen(worker, "hold " * 10, parts)
    await until(lambda: len(parts) == 2)
    saying.cancel()
    engine.gate.set()
    await asyncio.wait_for(say(worker, "next"), 10)
    assert len(parts) == 2


async def test_where_one_hangs_after_a_part_another_says_it_all_and_the_first_is_not_heard_any_more() -> None:
    made: list[StreamingEngine] = []
    let_go = threading.Event()

    class Sticking(StreamingEngine):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

        def _whistle(self, utterance: Utterance) -> Iterator[Audio]:
            for number, chunk in enumerate(super()._whistle(utterance)):
                if number == 1 and len(made) == 1:
                    let_go.wait(20)
                yield chunk

    worker = Worker(Sticking, patience=PATIENCE)
    parts: list[Part] = []
    whole = await asyncio.wait_for(listen(worker, "sticks " * 6, parts), 10)
    let_go.set()
    await until(lambda: made[0].closed)
    assert [part.begin for part in parts] == [0, 0, 2_000, 4_000, 6_000]
    assert [sample for part in parts[1:] for sample in part.audio.samples] == list(whole.samples)
    await worker.stop()


class Listing(SineEngine):
    """Gives samples as a list, which is no sound."""

    def synthesize(self, batch: Sequence[Utterance], stopped: Stopped) -> Iterator[tuple[int, Audio]]:
        for row, _ in enumerate(batch):
            yield row, Audio(samples=[0.5] * 800, rate=8_000)  # type: ignore[arg-type]  # a plugin may do so


async def test_what_is_no_sound_fails_everybody_in_a_batch_who_was_given_it() -> None:
    worker = Worker(lambda: Listing(batch=4))
    await worker.start()
    try:
        async with asyncio.timeout(5):
            said = [worker.say(utterance(text), lane=0, user=1) for text in ("one", "two", "three", "four")]
            found = await asyncio.gather(*said, return_exceptions=True)
    finally:
        await worker.stop()
    assert [isinstance(each, EngineError) for each in found] == [True] * 4


def test_what_hangs_counts_as_lost() -> None:
    assert issubclass(EngineHung, EngineError)
