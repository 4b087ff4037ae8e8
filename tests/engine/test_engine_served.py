"""The process of an engine, looked at from within: pipes to a thread of this one."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from queue import SimpleQueue
from typing import IO, Any

import pytest

from engine import engine_served, frames
from engine.engine import Engine
from engine.engine_served import Served
from tests.fakes.odd_engines import Absent, OddEngine, OddJoining, OddStreaming, odd


class Other:
    """The side that gives the orders."""

    def __init__(self, engine: Engine) -> None:
        orders, self._in = os.pipe()
        self._out, answers = os.pipe()
        self.orders: IO[bytes] = os.fdopen(self._in, "wb")
        self.answers: IO[bytes] = os.fdopen(self._out, "rb")
        self.left: SimpleQueue[int] = SimpleQueue()
        self.served = Served(engine, os.fdopen(orders, "rb"), os.fdopen(answers, "wb"), self.left.put)
        self._thread = threading.Thread(target=self.served.serve, daemon=True)
        self._thread.start()
        self._read: SimpleQueue[frames.Head] = SimpleQueue()
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def _listen(self) -> None:
        with suppress(EOFError):
            while True:
                self._read.put(frames.receive(self.answers)[0])

    def hear(self) -> frames.Head:
        """Wait for the next thing that it says."""
        return self._read.get(timeout=10)

    def order(self, call: int, do: str, **more: Any) -> None:
        frames.send(self.orders, {"call": call, "do": do, **more})

    def say(self, call: int, *texts: str, joins: bool = False) -> None:
        self.order(call, "say", joins=joins, utterances=[frames.pack(odd(text)) for text in texts])

    def until(self, kind: str) -> list[frames.Head]:
        """Read until something of that kind comes, and return all of it but signs of life."""
        read: list[frames.Head] = []
        while not read or read[-1]["kind"] != kind:
            head = self.hear()
            if head["kind"] not in ("beat", "log") or head["kind"] == kind:
                read.append(head)
        return read

    def ends(self) -> bool:
        self._thread.join(10)
        return not self._thread.is_alive()

    def leave(self) -> None:
        """Be there no more, by which the process ends."""
        self.orders.close()
        assert self.left.get(timeout=10) in (0, 1)
        self.served._answers.close()
        self.served._orders.close()
        self._listening.join(10)
        self.answers.close()


@contextmanager
def served(engine: Engine) -> Iterator[Other]:
    there = Other(engine)
    try:
        yield there
    finally:
        there.leave()


@pytest.fixture
def other() -> Iterator[Other]:
    with served(OddEngine()) as there:
        yield there


def test_it_says_what_it_can_do_and_then_what_it_is_asked(other: Other) -> None:
    (opened,) = other.until("open")
    assert opened["abilities"]["version"] == "7" and opened["held"] > 0
    other.say(1, "well", "good day")
    said = other.until("done")
    assert [(each["kind"], each.get("row")) for each in said] == [
        ("sound", 0),
        ("sound", 1),
        ("sound", 1),
        ("done", None),
    ]
    other.order(2, "close")
    assert other.until("done")[-1]["call"] == 2 and other.ends()


def test_it_gives_a_sign_of_life_for_what_the_engine_asks(other: Other) -> None:
    other.until("open")
    other.say(1, "a b c d e")
    asked: list[int] = []
    while (head := other.hear())["kind"] != "done":
        asked += head["asked"] if head["kind"] == "beat" else []
    assert asked == [0] * 5


def test_what_goes_wrong_is_told_and_it_goes_on(other: Other) -> None:
    other.until("open")
    for call, (text, error) in enumerate([("fail", "EngineError"), ("greedy", "OutOfMemory"), ("mad", "")], 1):
        other.say(call, text)
        failed = other.until("failed")[-1]
        assert failed["error"] == error and failed["words"]
    other.order(9, "make room")
    assert [each.get("made") for each in other.until("done")] == [False, None]


def test_words_about_what_is_long_done_change_nothing(other: Other) -> None:
    other.until("open")
    other.order(9, "stop", row=0)
    other.order(9, "unwanted")
    other.order(9, "join", utterances=[])
    other.say(1, "well")
    assert other.until("done")[-1]["call"] == 1


def test_an_order_that_makes_no_sense_ends_it(caplog: pytest.LogCaptureFixture) -> None:
    with served(OddEngine()) as there:
        there.until("open")
        frames.send(there.orders, {"what": "?"})
        status = there.left.get(timeout=10)
        assert status == 1
        there.left.put(status)
    assert "no order" in caplog.text


def test_an_engine_that_cannot_be_opened_says_why_and_ends() -> None:
    with served(Absent()) as there:
        (failed,) = there.until("failed")
        assert (failed["error"], failed["words"]) == ("EngineMissing", "it is not installed; install it")
        assert there.ends()


def test_who_joins_is_asked_for_now_and_then_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_served, "JOINING", 60.0)
    with served(OddJoining()) as there:
        there.until("open")
        there.say(1, "a b c d e", joins=True)
        assert there.until("more")[-1]["room"] == 3
        there.order(1, "join", utterances=[frames.pack(odd("well"))])
        first = there.until("more")
        there.order(1, "join", utterances=[])
        assert [each["kind"] for each in first + there.until("done")] == ["sound", "more", "sound", "done"]


def test_what_is_logged_comes_to_the_other_side(other: Other) -> None:
    other.until("open")
    handler = engine_served._Log(other.served)
    handler.emit(logging.LogRecord("odd", logging.INFO, "", 0, "%d at once", (3,), None))
    (logged,) = other.until("log")
    assert (logged["name"], logged["level"], logged["words"]) == ("odd", logging.INFO, "3 at once")


def test_a_part_is_told_before_the_whole_to_whoever_listens() -> None:
    with served(OddStreaming()) as other:
        other.until("open")
        listened = frames.pack(replace(odd("one two"), parts=True))
        other.order(1, "say", joins=True, utterances=[listened])
        told: list[frames.Head] = []
        while not told or told[-1]["kind"] != "done":
            head = other.hear()
            if head["kind"] == "more":
                other.order(1, "join", utterances=[])
            elif head["kind"] not in ("beat", "log"):
                told.append(head)
        assert [head["kind"] for head in told] == ["part", "sound", "done"]
        assert (told[0]["row"], told[0]["part"]["begin"]) == (0, 0)
