from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.child import Child, Tell
from engine.engine import EngineError, EngineMissing
from engine.speech import Audio, Timing


class Awkward(Exception):
    """Cannot be taken out of a pickle again."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} {other}")


def where() -> int:
    return os.getpid()


def doubled(audio: Audio) -> Audio:
    return Audio(samples=audio.samples * 2, rate=audio.rate, timings=audio.timings)


def fail(kind: str) -> None:
    raise {"missing": EngineMissing("install it first"), "awkward": Awkward("left", "right")}[kind]


def die(status: int) -> None:
    os._exit(status)


def chatter(text: str) -> str:
    os.write(1, text.encode())
    return text


def nap(seconds: float, mark: str) -> None:
    Path(mark).touch()
    time.sleep(seconds)


def steps(tell: Tell, count: int) -> int:
    for step in range(count):
        tell((step + 1) / count)
    return count


def secrets() -> list[str]:
    return [name for name in os.environ if name.startswith("MYNAH_")]


def modules() -> list[str]:
    return sorted(sys.modules)


def unpicklable() -> object:
    return lambda: None


@pytest.fixture
def child() -> Iterator[Child]:
    child = Child()
    yield child
    child.close()


def wait_for(file: Path) -> None:
    until = time.monotonic() + 10
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert file.exists()


def test_it_works_in_one_process_that_is_not_this_one(child: Child) -> None:
    first = child.call(where)
    assert first != os.getpid()
    assert child.call(where) == first


def test_sound_goes_there_and_back(child: Child) -> None:
    timing = Timing(kind="word", text="a", start_ms=0, end_ms=5)
    sent = Audio(samples=np.linspace(-0.4, 0.4, 1_000_000, dtype=np.float32), rate=16_000, timings=(timing,))
    back = child.call(doubled, sent)
    assert np.array_equal(back.samples, sent.samples * 2)
    assert back.samples.dtype == np.float32 and back.timings == (timing,)


def test_what_is_raised_there_is_raised_here_and_tells_where(child: Child) -> None:
    with pytest.raises(EngineMissing, match="install it first") as raised:
        child.call(fail, "missing")
    assert "in fail" in raised.value.__notes__[0]
    assert child.call(where) > 0


@pytest.mark.parametrize("case", ["awkward", "result"])
def test_what_cannot_be_brought_back_is_told_of(child: Child, case: str) -> None:
    with pytest.raises(EngineError, match="left right" if case == "awkward" else "lambda"):
        child.call(fail, case) if case == "awkward" else child.call(unpicklable)


def test_after_a_death_the_next_call_is_served_by_another(child: Child) -> None:
    first = child.call(where)
    with pytest.raises(EngineError, match="status 3"):
        child.call(die, 3)
    assert child.call(where) != first


def test_what_a_library_prints_does_not_come_between_the_answers(
    child: Child, capfd: pytest.CaptureFixture[str]
) -> None:
    assert child.call(chatter, "a word of a library's") == "a word of a library's"
    assert "a word of a library's" in capfd.readouterr().err


def test_it_tells_how_far_it_is(child: Child) -> None:
    told: list[float] = []
    assert child.follow(told.append, steps, 4) == 4
    assert told == [0.25, 0.5, 0.75, 1.0]


def test_who_does_not_want_to_hear_more_ends_it(child: Child) -> None:
    first = child.call(where)

    def enough(share: float) -> None:
        raise InterruptedError("enough")

    with pytest.raises(InterruptedError, match="enough"):
        child.follow(enough, steps, 4)
    assert child.call(where) != first


def test_one_that_was_idle_has_gone_and_another_comes() -> None:
    child = Child(idle=0.05)
    pids = [child.call(where)]
    for _ in range(3):
        time.sleep(0.15)
        pids.append(child.call(where))
    child.close()
    assert len(set(pids)) == 4


def test_what_takes_too_long_is_ended_and_another_comes(tmp_path: Path) -> None:
    child = Child(deadline=1.0)
    first = child.call(where)
    began = time.monotonic()
    with pytest.raises(EngineError, match="ended"):
        child.call(nap, 30.0, str(tmp_path / "mark"))
    assert time.monotonic() - began < 10
    assert child.call(where) != first
    child.close()


def test_another_thread_can_end_it_whatever_it_does(tmp_path: Path) -> None:
    child = Child()

    def kill() -> None:
        wait_for(tmp_path / "mark")
        child.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    began = time.monotonic()
    with pytest.raises(EngineError, match="ended"):
        child.call(nap, 30.0, str(tmp_path / "mark"))
    assert time.monotonic() - began < 10
    killer.join()
    with pytest.raises(EngineError, match="ended"):
        child.call(where)


def test_it_is_not_told_what_was_set_for_mynah(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYNAH_DISCORD__TOKEN", "canary")
    assert child.call(secrets) == []


def test_it_imports_nothing_of_the_program(child: Child) -> None:
    loaded = child.call(modules)
    assert not [name for name in loaded if name.split(".")[0] in ("bot", "commands", "storage", "pytest_asyncio")]
