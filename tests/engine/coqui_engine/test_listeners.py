"""Who listens does so in processes of their own, as many as are wanted, and they end with the engine."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest

from engine.coqui_engine.listeners import Listeners, judged, print_of, ready
from engine.engine import EngineError
from engine.identity import weights
from engine.selfcheck import Expected, judge
from engine.speech import Audio

RATE = 16_000


@pytest.fixture
def listeners() -> Iterator[Listeners]:
    opened = Listeners(2)
    yield opened
    opened.close()


def hum(seconds: float) -> Audio:
    """A sound that stands still."""
    place = np.arange(round(seconds * RATE)) / RATE
    return Audio(samples=(0.3 * np.sin(2 * np.pi * 200 * place)).astype(np.float32), rate=RATE)


def meet(name: str, folder: Path) -> int:
    """Say that one is here, wait until there are two, and return in which process."""
    (folder / name).touch()
    until = time.monotonic() + 30
    while len(list(folder.iterdir())) < 2:
        assert time.monotonic() < until, "nobody else came"
        time.sleep(0.01)
    return os.getpid()


def die() -> None:
    os._exit(3)


def test_it_hears_there_what_it_hears_here(listeners: Listeners) -> None:
    sound = hum(2)
    there = listeners.call(judged, None, sound, "Good morning.", Expected())
    assert there == judge(sound, "Good morning.", Expected())
    assert "held" in there.faults


def test_one_who_is_free_listens_again_and_two_at_once_where_both_are_wanted(
    listeners: Listeners, tmp_path: Path
) -> None:
    one_after_another = {listeners.call(os.getpid) for _ in range(4)}
    assert len(one_after_another) == 1 and os.getpid() not in one_after_another
    at_once: list[Future[int]] = [listeners.threads.submit(listeners.call, meet, name, tmp_path) for name in "ab"]
    assert len({each.result(60) for each in at_once}) == 2
    assert listeners.call(os.getpid) in one_after_another, "the first that is free is the one that is always kept"


def test_one_that_dies_is_replaced(listeners: Listeners) -> None:
    with pytest.raises(EngineError, match="ended with status 3"):
        listeners.call(die)
    assert listeners.call(os.getpid) in listeners.processes


def test_the_first_is_there_before_anything_is_said(listeners: Listeners) -> None:
    listeners.begin(None)
    until = time.monotonic() + 30
    while not listeners.processes:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert listeners.call(os.getpid) in listeners.processes


def test_whoever_is_closed_in_the_middle_ends_at_once_and_leaves_no_process(tmp_path: Path) -> None:
    closed = Listeners(1)
    waiting = closed.threads.submit(closed.call, meet, "alone", tmp_path)
    until = time.monotonic() + 30
    while not (tmp_path / "alone").exists():
        assert time.monotonic() < until
        time.sleep(0.01)
    (listening,) = closed.processes
    closed.close()
    with pytest.raises(EngineError):
        waiting.result(30)
    with pytest.raises(ProcessLookupError):
        os.kill(listening, 0)
    with pytest.raises(EngineError, match="ended"):
        closed.call(os.getpid)


def test_one_that_hangs_is_ended_and_replaced(tmp_path: Path) -> None:
    impatient = Listeners(1, deadline=1.0)
    first = impatient.call(os.getpid)
    os.kill(first, signal.SIGSTOP)
    with pytest.raises(EngineError):
        impatient.call(os.getpid)
    assert impatient.call(os.getpid) != first
    impatient.close()


def test_whoever_is_let_go_of_is_ended_too() -> None:
    left = Listeners(1)
    process = left.call(os.getpid)
    del left
    gc.collect()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.mark.skipif(weights.find() is None, reason="resemblyzer is not installed")
def test_too_little_speech_is_nobodys(tmp_path: Path) -> None:
    assert print_of(tmp_path, hum(0.1)) is None
    ready(tmp_path)
