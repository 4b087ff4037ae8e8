from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import numpy as np
import pytest

from engine.engine import EngineError, EngineMissing
from engine.lesson import Lesson
from engine.router import Router
from engine.speech import Audio, Enrolled, Reference, Speaker
from engine.worker import Worker
from tests.engine.sines import SineEngine, utterance

REFERENCE = Reference(passages=(Audio(samples=np.zeros(8_000, np.float32), rate=8_000),), name="Ada")


class Learner(SineEngine):
    """Learns in steps; at 'hold' it waits until it is let go on, and some keys make it fail."""

    def __init__(self) -> None:
        super().__init__(batch=1)
        self.held, self.on = threading.Event(), threading.Event()
        self.learned_in: list[threading.Thread] = []

    def enroll(self, reference: Reference, key: str, report: Callable[[float], None]) -> Enrolled:
        self.learned_in.append(threading.current_thread())
        if key == "missing":
            raise EngineMissing("install it first")
        if key == "bug":
            raise ZeroDivisionError("a bug")
        for step in range(4):
            if key == "hold" and step == 2:
                self.held.set()
                assert self.on.wait(10)
            report(step / 4)
        speaker = Speaker(engine=self.name, key=key, name=reference.name, language=reference.language)
        return Enrolled(speaker=speaker, figures={"home": str(self.home)})


class ApartLearner(Learner):
    enrolls_apart = True


@pytest.fixture(params=[Learner, ApartLearner])
def engine(request: pytest.FixtureRequest) -> Learner:
    made: Learner = request.param()
    return made


async def test_a_speaker_is_learned_and_who_waits_hears_how_far_it_is(engine: Learner) -> None:
    told: list[float] = []
    worker = Worker(lambda: engine)
    enrolled = await worker.enroll(REFERENCE, "ada", told.append)
    assert (enrolled.speaker.key, enrolled.speaker.name) == ("ada", "Ada")
    assert told == [0.0, 0.0, 0.25, 0.5, 0.75]
    await worker.stop()


async def test_it_is_learned_in_the_engines_thread_unless_the_engine_allows_another(engine: Learner) -> None:
    worker = Worker(lambda: engine)
    await worker.enroll(REFERENCE, "ada", lambda share: None)
    assert (engine.learned_in == [engine.thread]) == (not engine.enrolls_apart)
    await worker.stop()


async def test_one_that_learns_apart_speaks_meanwhile() -> None:
    engine = ApartLearner()
    worker = Worker(lambda: engine)
    lesson = asyncio.create_task(worker.enroll(REFERENCE, "hold", lambda share: None))
    await asyncio.to_thread(engine.held.wait, 10)
    assert len((await worker.say(utterance("hello"), lane=0, user=1)).samples) > 0
    assert not lesson.done()
    engine.on.set()
    assert (await lesson).speaker.key == "hold"
    await worker.stop()


async def test_a_lesson_waits_behind_what_somebody_wants_to_hear_now() -> None:
    engine = Learner()
    worker = Worker(lambda: engine)
    held = asyncio.create_task(worker.enroll(REFERENCE, "hold", lambda share: None))
    await asyncio.to_thread(engine.held.wait, 10)
    ended: list[str] = []
    other = asyncio.create_task(worker.enroll(REFERENCE, "other", lambda share: None, lane=1))
    said = asyncio.create_task(worker.say(utterance("now"), lane=0, user=1))
    other.add_done_callback(lambda task: ended.append("other"))
    said.add_done_callback(lambda task: ended.append("said"))
    await asyncio.sleep(0)
    engine.on.set()
    await asyncio.gather(held, other, said)
    await asyncio.sleep(0)
    assert ended == ["said", "other"]
    await worker.stop()


async def test_what_hinders_it_is_told(engine: Learner) -> None:
    worker = Worker(lambda: engine)
    with pytest.raises(EngineMissing, match="install it first"):
        await worker.enroll(REFERENCE, "missing", lambda share: None)
    with pytest.raises(EngineError, match="a bug") as raised:
        await worker.enroll(REFERENCE, "bug", lambda share: None)
    assert isinstance(raised.value.__cause__, ZeroDivisionError)
    assert (await worker.enroll(REFERENCE, "ada", lambda share: None)).speaker.key == "ada"
    await worker.stop()


async def test_one_that_nobody_waits_for_ends_at_its_next_report(engine: Learner) -> None:
    told: list[float] = []
    worker = Worker(lambda: engine)
    lesson = asyncio.create_task(worker.enroll(REFERENCE, "hold", told.append))
    await asyncio.to_thread(engine.held.wait, 10)
    lesson.cancel()
    with pytest.raises(asyncio.CancelledError):
        await lesson
    engine.on.set()
    await worker.enroll(REFERENCE, "ada", lambda share: None)
    assert max(told) < 0.5
    await worker.stop()


async def test_an_engine_that_stops_ends_its_lesson(engine: Learner) -> None:
    worker = Worker(lambda: engine)
    lesson = asyncio.create_task(worker.enroll(REFERENCE, "hold", lambda share: None))
    await asyncio.to_thread(engine.held.wait, 10)
    stopping = asyncio.create_task(worker.stop())
    await asyncio.sleep(0.05)
    engine.on.set()
    with pytest.raises(EngineError, match="stopped"):
        await lesson
    await stopping


async def test_an_engine_that_learns_none_says_so() -> None:
    router = Router({"sine": Worker(SineEngine)})
    with pytest.raises(EngineError, match="sine does not clone"):
        await router.enroll("sine", REFERENCE, "ada", lambda share: None)
    with pytest.raises(EngineError, match="no engine 'parrot'"):
        await router.enroll("parrot", REFERENCE, "ada", lambda share: None)
    await router.close()


def test_a_lesson_that_was_given_up_is_not_begun() -> None:
    async def give_up() -> None:
        from engine.answer import Answer

        engine = Learner()
        lesson = Lesson(REFERENCE, "ada", lambda share: None, Answer[Enrolled](asyncio.get_running_loop()))
        lesson.gone = True
        lesson.take(engine, lambda: False)
        with pytest.raises(EngineError, match="stopped"):
            await lesson.answer.future
        assert engine.learned_in == []

    asyncio.run(give_up())
