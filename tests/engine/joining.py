"""A whistling engine that others may join while it whistles, for tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.audio import join
from engine.engine import Abilities, EngineError, More, Stopped
from engine.speech import Audio, Utterance
from tests.engine.sines import SineEngine


class JoiningEngine(SineEngine):
    """Whistles all rows side by side, a chunk of each in turn; a text that begins with 'hold' waits for the gate."""

    name = "joining"

    def __init__(self) -> None:
        super().__init__(batch=3)
        self.gate = threading.Event()
        """Opened by a test when what holds may go on."""
        self.most = 0
        """How many rows were said side by side at most."""

    def abilities(self) -> Abilities:
        return replace(super().abilities(), joins=True)

    def synthesize_more(
        self, batch: Sequence[Utterance], stopped: Stopped, more: More
    ) -> Iterator[tuple[int, Audio | EngineError]]:
        come = list(batch)
        speaking = {row: self._whistle(each) for row, each in enumerate(come)}
        heard: dict[int, list[Audio]] = {}
        while speaking:
            joining = more(3 - len(speaking))
            speaking |= {row: self._whistle(each) for row, each in enumerate(joining, len(come))}
            come += joining
            self.most = max(self.most, len(speaking))
            for row, chunks in list(speaking.items()):
                if come[row].text.startswith("hold") and not self.gate.wait(0.001) and not stopped(row):
                    continue
                try:
                    chunk = None if stopped(row) else next(chunks, None)
                except EngineError as error:
                    del speaking[row]
                    yield row, error
                    continue
                if chunk is not None:
                    heard.setdefault(row, []).append(chunk)
                    continue
                del speaking[row]
                if row in heard and not stopped(row):
                    yield row, join(heard[row])
