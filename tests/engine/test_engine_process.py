"""An engine in a process of its own: it speaks as it would here, and what ends it ends nothing else."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine import engine_process
from engine.engine import Engine, EngineError, EngineHung, EngineLost, EngineMissing, OutOfMemory
from engine.engine_process import EngineProcess
from engine.speech import Audio, Part, Reference, Utterance
from engine.worker import Worker
from tests.fakes.odd_engines import MIB, Absent, OddEngine, OddJoining, OddStreaming, odd
from tests.fakes.waiting import until

REFERENCE = Reference(passages=(Audio(samples=np.full(800, 0.25, np.float32), rate=8_000),), name="Ada", language="de")
SECONDS = 20.0
"""How long anything may take in these tests at most."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EngineProcess]:
    engine = EngineProcess(OddEngine)
    engine.home = tmp_path
    engine.open()
    yield engine
    engine.kill()
    engine.close()


def texts(engine: Engine, *said: str) -> list[float]:
    """Say a batch whole, and return how many seconds each row lasted."""
    rows = [0.0] * len(said)
    for row, chunk in engine.synthesize([odd(text) for text in said], lambda row: False):
        rows[row] += chunk.seconds
    return [round(each, 3) for each in rows]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_says_of_itself_what_it_would_say_here(engine: EngineProcess) -> None:
    here = OddEngine()
    assert engine.abilities() == here.abilities()
    assert list(engine.speakers()) == list(here.speakers())
    assert (engine.name, engine.bytes_held(), engine.pid != os.getpid()) == ("odd", 5 * MIB, True)
    assert isinstance(engine.bytes_free(), int | None)


def test_what_it_says_comes_whole_with_its_timings(engine: EngineProcess) -> None:
    ((_, there),) = engine.synthesize([odd("humming")], lambda row: False)
    ((_, here),) = OddEngine().synthesize([odd("humming")], lambda row: False)
    np.testing.assert_array_equal(there.samples, here.samples)
    assert (there.rate, tuple(there.timings)) == (here.rate, tuple(here.timings))
    there.samples[0] = 1.0  # it is nobody else's


def test_what_goes_wrong_there_is_told_here_in_its_own_kind(engine: EngineProcess) -> None:
    with pytest.raises(EngineError, match="does not hum that"):
        texts(engine, "fail")
    with pytest.raises(OutOfMemory):
        texts(engine, "greedy")
    with pytest.raises(EngineError, match=r"ZeroDivisionError\('a bug'\)"):
        texts(engine, "mad")
    assert engine.make_room() is False
    assert texts(engine, "well") == [0.4]


def test_one_that_cannot_be_opened_says_why_and_leaves_no_process() -> None:
    engine = EngineProcess(Absent)
    with pytest.raises(EngineMissing, match="install it"):
        engine.open()
    pid = engine.pid
    engine.close()
    assert pid is not None and not alive(pid)


def test_a_row_that_nobody_waits_for_ends_and_the_others_go_on(engine: EngineProcess) -> None:
    heard: list[int] = []
    batch = [odd("a " * 50), odd("b " * 50)]
    for row, _ in engine.synthesize(batch, lambda row: row == 0 and len(heard) > 3):
        heard.append(row)
    assert heard.count(1) == 50 and heard.count(0) < 50


def test_one_that_does_not_listen_is_ended_when_nobody_waits(
    engine: EngineProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_process, "GRACE", 0.2)
    pid, begun = engine.pid, time.monotonic()
    with pytest.raises(EngineLost, match="went on with what nobody waits for"):
        list(engine.synthesize([odd("deaf")], lambda row: time.monotonic() - begun > 0.1))
    assert time.monotonic() - begun < SECONDS
    engine.close()
    assert pid is not None and not alive(pid)


def test_one_that_gives_no_sign_of_life_is_ended(engine: EngineProcess) -> None:
    engine.patience = 0.6
    with pytest.raises(EngineHung, match="gave no sign of life"):
        texts(engine, "hang")


def test_when_its_process_ends_that_is_told_to_whoever_waits_and_asks_later(engine: EngineProcess) -> None:
    for _ in range(2):
        with pytest.raises(EngineLost, match="process of odd ended with status 7"):
            texts(engine, "well exit")


def test_it_learns_there_and_tells_how_far_it_is(engine: EngineProcess, tmp_path: Path) -> None:
    told: list[float] = []
    enrolled = engine.enroll(REFERENCE, "ada", told.append)
    assert told == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert (enrolled.speaker.key, enrolled.speaker.name, enrolled.speaker.language) == ("ada", "Ada", "de")
    assert enrolled.figures == {"loudest": 0.25, "home": str(tmp_path)}


@pytest.mark.parametrize("key", ["ada", "deaf"])
def test_it_stops_learning_when_nobody_waits(engine: EngineProcess, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_process, "GRACE", 0.3)

    def report(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        engine.enroll(REFERENCE, key, report)
    if key == "ada":
        assert texts(engine, "well") == [0.4]
    else:
        with pytest.raises(EngineLost):
            texts(engine, "well")


def test_its_process_ends_with_the_program_that_started_it(engine: EngineProcess) -> None:
    pid = engine.pid
    assert pid is not None and engine._process is not None and engine._process.stdin is not None
    engine._process.stdin.close()  # as the system does when the program is gone
    assert engine._process.wait(SECONDS) == 0


def test_what_it_sends_is_never_run_and_nonsense_is_the_end_of_it(caplog: pytest.LogCaptureFixture) -> None:
    engine = EngineProcess(Babbling)
    with pytest.raises(EngineLost):
        engine.open()
    engine.close()
    assert "said what makes no sense" in caplog.text


class Babbling(OddEngine):
    """Writes whatever it likes into the pipe: it has found the pipe's number."""

    def open(self) -> None:
        for number in range(3, 64):
            try:
                os.write(number, b"\xff" * 4096)
            except OSError:
                continue


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker(lambda: EngineProcess(OddEngine))
    await worker.start()
    yield worker
    await worker.stop()


def say(worker: Worker, text: str, name: str = "odd", user: int = 1) -> asyncio.Task[Audio]:
    utterance: Utterance = odd(text, name)
    return asyncio.create_task(worker.say(utterance, lane=0, user=user))


def process_of(worker: Worker) -> EngineProcess:
    thread = worker._thread
    assert thread is not None and isinstance(thread.engine, EngineProcess)
    return thread.engine


async def test_all_are_answered_though_its_process_is_killed_in_the_middle(worker: Worker) -> None:
    tasks = [say(worker, f"slow {'x' * number}", user=number) for number in range(1, 4)]
    tasks += [say(worker, "waits", user=number) for number in range(4, 9)]
    pid = process_of(worker).pid
    assert pid is not None
    await asyncio.sleep(0.3)
    os.kill(pid, signal.SIGKILL)
    sounds = await asyncio.wait_for(asyncio.gather(*tasks), SECONDS)
    assert [round(sound.seconds, 3) for sound in sounds] == [0.5, 0.6, 0.7, *[0.5] * 5]
    assert process_of(worker).pid != pid and not alive(pid)


async def test_what_ends_its_process_each_time_is_refused_and_nobody_else(worker: Worker) -> None:
    tasks = [say(worker, text, user=user) for user, text in enumerate(["well", "exit", "good", "fine"])]
    found = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), SECONDS)
    assert [isinstance(each, Audio) for each in found] == [True, False, True, True]
    assert "status 7 while it said 'exit'" in str(found[1])


async def test_its_process_is_replaced_when_it_hangs(worker: Worker) -> None:
    process_of(worker).patience = 0.6
    tasks = [say(worker, "waits", user=user) for user in range(3)]
    first, hung = process_of(worker).pid, say(worker, "hang", user=9)
    await asyncio.wait_for(asyncio.gather(*tasks), SECONDS)
    await until(lambda: process_of(worker).pid not in (None, first), SECONDS)
    process_of(worker).patience = 0.6
    with pytest.raises(EngineError, match="gave no sign of life"):
        await asyncio.wait_for(hung, SECONDS)
    assert (await asyncio.wait_for(say(worker, "well"), SECONDS)).seconds == pytest.approx(0.4)


async def test_others_join_what_is_being_said_there(caplog: pytest.LogCaptureFixture) -> None:
    worker = Worker(lambda: EngineProcess(OddJoining))
    await worker.start()
    with caplog.at_level(logging.INFO, "odd"):
        long = say(worker, "a " * 60, "oddjoin")
        await asyncio.sleep(0.05)
        short = await asyncio.wait_for(say(worker, "well", "oddjoin", 2), SECONDS)
        with pytest.raises(EngineError, match="does not hum that"):
            await asyncio.wait_for(say(worker, "fail", "oddjoin", 3), SECONDS)
        assert short.seconds == pytest.approx(0.4) and not long.done()
        gone = say(worker, "b " * 500, "oddjoin", 4)
        await asyncio.sleep(0.05)
        gone.cancel()
        assert (await asyncio.wait_for(long, SECONDS)).seconds == pytest.approx(12.0)
    assert "2 at once" in caplog.messages  # what the process logs comes to this log
    await asyncio.wait_for(worker.stop(), SECONDS)


async def test_parts_come_from_there_before_the_whole_and_anew_from_the_next_process(tmp_path: Path) -> None:
    worker = Worker(lambda: EngineProcess(OddStreaming), home=tmp_path)
    await worker.start()
    parts: list[Part] = []
    saying = asyncio.create_task(worker.say(odd("well once", "oddstream"), lane=0, user=1, hear=parts.append))
    await until(lambda: len(parts) == 1, SECONDS)
    assert not saying.done()
    whole = await asyncio.wait_for(saying, SECONDS)
    assert (tmp_path / "once").exists(), "its process ended on the way"
    assert [part.begin for part in parts] == [0, 0]
    for part in parts:
        np.testing.assert_array_equal(part.audio.samples, whole.samples[: len(part.audio.samples)])
    await asyncio.wait_for(worker.stop(), SECONDS)


async def test_stopping_it_ends_its_process(worker: Worker) -> None:
    pid = process_of(worker).pid
    long = say(worker, "a " * 5_000)
    await asyncio.sleep(0.1)
    await asyncio.wait_for(worker.stop(), SECONDS)
    with pytest.raises(EngineError, match="stopped"):
        await long
    assert pid is not None and not alive(pid)


async def test_a_lesson_that_ends_its_process_is_told_of_and_the_next_has_its_turn(worker: Worker) -> None:
    reports: Callable[[float], None] = lambda share: None  # noqa: E731  # nobody looks
    with pytest.raises(EngineLost, match="status 3"):
        await asyncio.wait_for(worker.enroll(REFERENCE, "exit", reports), SECONDS)
    enrolled = await asyncio.wait_for(worker.enroll(REFERENCE, "ada", reports), SECONDS)
    assert enrolled.speaker.key == "ada"
