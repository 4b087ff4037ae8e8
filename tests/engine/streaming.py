"""A whistling engine that lets be heard what is not whole yet, for tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.audio import join
from engine.engine import Abilities, EngineError, More, Stopped
from engine.speech import Audio, Part, Utterance
from tests.engine.sines import SineEngine


class StreamingEngine(SineEngine):
    """Whistles one text after another; one that begins with 'hold' stops after two chunks until the gate is opened."""

    name = "sine"

    def __init__(self, level: float = 1.0) -> None:
        """`level` is how many times as loud it whistles as others of its kind."""
        super().__init__(batch=1)
        self._level = level
        self.gate = threading.Event()
        """Opened by a test when what holds may go on."""
        self.parts = 0
        """How many parts it has handed out."""

    def abilities(self) -> Abilities:
        return replace(super().abilities(), joins=True, streams=True)

    def synthesize_more(
        self, batch: Sequence[Utterance], stopped: Stopped, more: More
    ) -> Iterator[tuple[int, Audio | Part | EngineError]]:
        come = list(batch)
        for row, each in enumerate(come):
            self.batches.append([each.text])
            chunks: list[Audio] = []
            for chunk in self._whistle(each):
                if stopped(row):
                    break
                while len(chunks) == 2 and each.text.startswith("hold") and not self.gate.wait(0.001):
                    if stopped(row):
                        return
                if each.parts:
                    self.parts += 1
                    begin = sum(len(before.samples) for before in chunks)
                    yield row, Part(begin=begin, audio=Audio(samples=chunk.samples, rate=chunk.rate))
                chunks.append(chunk)
            else:
                yield row, join(chunks)
            come += more(1)

    def _whistle(self, utterance: Utterance) -> Iterator[Audio]:
        for chunk in super()._whistle(utterance):
            yield chunk.with_samples(chunk.samples * self._level)
