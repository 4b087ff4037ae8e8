"""An engine that learns: it keeps how high somebody speaks, and beeps so for every word. It takes no time at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from engine.engine import Abilities, Engine, EngineError, Stopped
from engine.speech import Audio, Enrolled, Reference, Speaker, Timing, Utterance

RATE = 16_000
LETTER = 0.05


class Learner(Engine):
    """Has no speaker but those that it has learned."""

    name = "learner"
    refuses = ""
    """What a test has it say against learning anything."""

    def open(self) -> None:
        """Nothing is heavy here."""

    def abilities(self) -> Abilities:
        return Abilities(
            languages=frozenset({"en"}),
            clones=True,
            timings=frozenset({"word"}),
            pitch=False,
            batch=1,
            licence="MIT",
            version="1",
        )

    def speakers(self) -> Sequence[Speaker]:
        return ()

    def enroll(self, reference: Reference, key: str, report: Callable[[float], None]) -> Enrolled:
        if self.refuses:
            raise EngineError(self.refuses)
        assert self.home is not None
        report(0.5)
        seconds = sum(passage.seconds for passage in reference.passages)
        pitch = 100 + 100 * float(np.abs(reference.passages[0].samples).mean())
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / f"{key}.safetensors").write_text(json.dumps({"pitch": pitch}))
        report(1.0)
        speaker = Speaker(engine=self.name, key=key, name=reference.name, language=reference.language)
        figures = {"similarity": 0.71, "word_errors": 0.2, "word_errors_base": 0.02, "words": 50}
        figures["seconds"] = round(seconds, 1)
        return Enrolled(speaker=speaker, figures=figures)

    def synthesize(self, batch: Sequence[Utterance], stopped: Stopped) -> Iterator[tuple[int, Audio]]:
        for row, utterance in enumerate(batch):
            start = 0.0
            for word in utterance.text.split():
                if stopped(row):
                    break
                audio = self._word(word, utterance)
                yield row, Audio(samples=audio.samples, rate=audio.rate, timings=(_timing(word, start, audio.seconds),))
                start += audio.seconds

    def close(self) -> None:
        """Nothing is held."""

    def _word(self, word: str, utterance: Utterance) -> Audio:
        assert self.home is not None
        try:
            learned = json.loads((self.home / f"{utterance.speaker}.safetensors").read_text())
        except FileNotFoundError:
            raise EngineError(f"nothing was learned under {utterance.speaker!r}") from None
        seconds = min(1.0, len(word) * LETTER / utterance.speed)
        samples = 0.3 * np.sin(2 * np.pi * learned["pitch"] / RATE * np.arange(round(seconds * RATE)))
        return Audio(samples=samples.astype(np.float32), rate=RATE)


def _timing(word: str, start: float, seconds: float) -> Timing:
    return Timing(kind="word", text=word, start_ms=round(1000 * start), end_ms=round(1000 * (start + seconds)))
