"""A tiny engine that whistles, for tests: quick, batched, and wrong on demand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from engine.engine import Abilities, Engine, EngineError, Stopped
from engine.speech import Audio, Speaker, Timing, Utterance, Variant

RATE = 8_000
CHARACTER_SECONDS = 0.02
"""How long a character lasts at a speed of 1."""
CHUNK_SECONDS = 0.25


class Breakdown(BaseException):
    """Ends the thread that it is raised in."""


class SineEngine(Engine):
    """Whistles a tone for every utterance, in chunks; the rows of a batch take turns.

    Some texts make it misbehave: 'fail' raises EngineError, 'bug' any other exception, 'crash' ends the thread,
    'nan' and 'silence' make sound that nobody may hear, 'mute' makes none.
    """

    name = "sine"

    def __init__(self, batch: int = 4, before: Callable[[Utterance], None] = lambda utterance: None) -> None:
        """`before` is called in the engine's thread before each utterance."""
        self._batch = batch
        self._before = before
        self.batches: list[list[str]] = []
        """The texts of every batch that it was given."""
        self.chunks = 0
        """How many chunks it has made."""
        self.thread: threading.Thread | None = None
        """The thread in which it was opened."""
        self.closed = False

    def open(self) -> None:
        self.thread = threading.current_thread()

    def abilities(self) -> Abilities:
        return Abilities(
            languages=frozenset({"en"}),
            clones=False,
            timings=frozenset({"word"}),
            pitch=False,
            batch=self._batch,
            licence="MIT",
            version="1",
        )

    def speakers(self) -> Sequence[Speaker]:
        return [Speaker(engine=self.name, key=key, name=f"Sine {key}", language="en") for key in ("low", "high")]

    def variants(self) -> Sequence[Variant]:
        return [Variant(key="soft", name="Soft")]

    def synthesize(self, batch: Sequence[Utterance], stopped: Stopped) -> Iterator[tuple[int, Audio]]:
        self.batches.append([utterance.text for utterance in batch])
        rows = {row: self._whistle(utterance) for row, utterance in enumerate(batch)}
        while rows:
            for row in list(rows):
                chunk = None if stopped(row) else next(rows[row], None)
                if chunk is None:
                    del rows[row]
                else:
                    self.chunks += 1
                    yield row, chunk

    def close(self) -> None:
        self.closed = True

    def _whistle(self, utterance: Utterance) -> Iterator[Audio]:
        self._before(utterance)
        text = utterance.text
        if utterance.speaker.partition("+")[0] not in ("low", "high"):
            raise EngineError(f"sine has no speaker {utterance.speaker!r}")
        if text == "fail":
            raise EngineError("it does not whistle that")
        if text == "bug":
            raise ZeroDivisionError("a bug")
        if text == "crash":
            raise Breakdown("a crash")
        if text == "mute":
            return
        level = {"nan": np.nan, "silence": 0.0}.get(text, 0.5)
        count = round(len(text) * CHARACTER_SECONDS / utterance.speed * RATE)
        tone = (level * np.sin(np.arange(1, count + 1) * 0.3)).astype(np.float32)
        step = round(CHUNK_SECONDS * RATE)
        for begin in range(0, count, step):
            end = min(begin + step, count)
            timing = Timing(kind="word", text=text, start_ms=begin * 1000 // RATE, end_ms=end * 1000 // RATE)
            yield Audio(samples=tone[begin:end], rate=RATE, timings=(timing,))


def utterance(text: str, speaker: str = "low", speed: float = 1.0) -> Utterance:
    """An utterance for the sine engine."""
    return Utterance(text=text, engine=SineEngine.name, speaker=speaker, speed=speed)
