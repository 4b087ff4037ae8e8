"""Engines that behave oddly, to be run in threads and in processes of their own: heavy, slow, hung, dying, greedy."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from engine.engine import Abilities, Engine, EngineMissing, More, Stopped
from engine.engine import EngineError as _EngineError
from engine.speech import Audio, Enrolled, Part, Reference, Speaker, Timing, Utterance

RATE = 8_000
FOREVER = 3_600.0
MIB = 2**20


class OddEngine(Engine):
    """Hums as long as a text has letters, a tenth of a second for each, and pauses as a test wants it.

    A text says what it does: 'slow' takes half a second, 'hang' and 'deaf' never end and ask nothing, 'exit' ends the
    process, 'greedy' has no memory, 'mad' raises what nobody expects. How many it says at once goes to the log.
    """

    name = "odd"
    patience = 10.0

    def open(self) -> None:
        """Nothing is heavy here."""

    def abilities(self) -> Abilities:
        return Abilities(
            languages=frozenset({"en", "de"}),
            clones=True,
            timings=frozenset({"word"}),
            pitch=False,
            batch=4,
            licence="MIT",
            version="7",
            quality=90,
            strength="hums",
        )

    def speakers(self) -> Sequence[Speaker]:
        return [Speaker(engine=self.name, key=f"{self.name}-ada", name=f"{self.name} Ada", language="en", also=("de",))]

    def synthesize(self, batch: Sequence[Utterance], stopped: Stopped) -> Iterator[tuple[int, Audio]]:
        logging.getLogger("odd").info("%d at once", len(batch))
        for row, utterance in enumerate(batch):
            for word in utterance.text.split():
                if stopped(row):
                    break
                self._misbehave(word)
                yield row, _hum(word)

    def enroll(self, reference: Reference, key: str, report: Callable[[float], None]) -> Enrolled:
        for step in range(5):
            report(step / 4)
            if key == "exit":
                os._exit(3)
            time.sleep(FOREVER if key == "deaf" else 0.002)
        speaker = Speaker(engine=self.name, key=key, name=reference.name, language=reference.language)
        loudest = max(float(np.abs(passage.samples).max()) for passage in reference.passages)
        return Enrolled(speaker=speaker, figures={"loudest": round(loudest, 3), "home": str(self.home)})

    def bytes_held(self) -> int:
        return 5 * MIB

    def make_room(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing is held."""

    def _misbehave(self, word: str) -> None:
        if word == "slow":
            time.sleep(0.5)
        if word in ("hang", "deaf"):
            time.sleep(FOREVER)
        if word == "exit":
            os._exit(7)
        if word == "greedy":
            raise MemoryError
        if word == "mad":
            raise ZeroDivisionError("a bug")
        if word == "fail":
            raise _EngineError("it does not hum that")


class OddJoining(OddEngine):
    """Says a word of each in turn, and lets others join."""

    name = "oddjoin"

    def abilities(self) -> Abilities:
        return replace(super().abilities(), joins=True)

    def synthesize_more(
        self, batch: Sequence[Utterance], stopped: Stopped, more: More
    ) -> Iterator[tuple[int, Audio | Part | _EngineError]]:
        come = list(batch)
        left = {row: each.text.split() for row, each in enumerate(come)}
        while left:
            joining = more(4 - len(left))
            left |= {row: each.text.split() for row, each in enumerate(joining, len(come))}
            come += joining
            logging.getLogger("odd").info("%d at once", len(left))
            time.sleep(0.01)
            for row in list(left):
                if stopped(row):
                    del left[row]
                elif left[row][0] == "fail":
                    del left[row]
                    yield row, _EngineError("it does not hum that")
                else:
                    self._misbehave(left[row].pop(0))
                    if not left[row]:
                        del left[row]
                        yield row, _hum(come[row].text)


class OddStreaming(OddJoining):
    """Lets whoever listens hear the first word of each, and says the rest with the whole; 'once' ends it in between.

    What it says 'once' it says well in its next life, for which a file of that name in its home is a sign.
    """

    name = "oddstream"

    def abilities(self) -> Abilities:
        return replace(super().abilities(), streams=True)

    def synthesize_more(
        self, batch: Sequence[Utterance], stopped: Stopped, more: More
    ) -> Iterator[tuple[int, Audio | Part | _EngineError]]:
        for row, each in enumerate(batch):
            if each.parts:
                first = _hum(each.text.split()[0])
                yield row, Part(begin=0, audio=Audio(samples=first.samples, rate=first.rate))
            if "once" in each.text and self.home is not None and not (sign := self.home / "once").exists():
                sign.touch()
                time.sleep(0.2)
                os._exit(7)
        yield from super().synthesize_more(batch, stopped, more)


class Absent(OddEngine):
    """Is not installed."""

    name = "absent"

    def open(self) -> None:
        raise EngineMissing("it is not installed; install it")


class Heavy(OddEngine):
    """Takes as long to open as a test wants, and as much memory as it says; tests make classes of their own of it."""

    name = "heavy"
    heavy = True
    may_open: threading.Event
    opened = 0
    closed = 0
    holds = 100 * MIB
    fails: Exception | None = None

    def open(self) -> None:
        assert self.may_open.wait(20)
        if (error := type(self).fails) is not None:
            raise error
        type(self).opened += 1

    def bytes_held(self) -> int:
        return self.holds

    def bytes_free(self) -> int | None:
        return None

    def close(self) -> None:
        type(self).closed += 1


def heavy(name: str, holds: int = 100, waits: bool = False) -> type[Heavy]:
    """Make a heavy engine of that name, which takes so many MiB; with `waits` it opens when a test lets it."""
    event = threading.Event()
    if not waits:
        event.set()
    members = {"name": name, "may_open": event, "holds": holds * MIB, "opened": 0, "closed": 0, "fails": None}
    return type(f"Heavy{name.title()}", (Heavy,), members)


def odd(text: str, name: str = "odd") -> Utterance:
    """An utterance for one of these engines."""
    return Utterance(text=text, engine=name, speaker=f"{name}-ada")


def _hum(text: str) -> Audio:
    samples = 0.4 * np.sin(np.arange(round(0.1 * len(text) * RATE)) * 0.2)
    timing = Timing(kind="word", text=text, start_ms=0, end_ms=100 * len(text))
    return Audio(samples=samples.astype(np.float32), rate=RATE, timings=(timing,))
