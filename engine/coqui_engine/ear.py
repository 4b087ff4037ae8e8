"""The ear: with what the engine listens to itself, and tells whose voice it hears."""

from __future__ import annotations

import logging
import statistics
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from engine.audio import join
from engine.identity import Encoder, TooShort, VoicePrint, WeightsMissing, similarity
from engine.selfcheck import Expected, Verdict, judge
from engine.speech import Audio, Utterance

THREADS = 2
"""In how many threads it listens, beside the engine's own."""
KNOWN, LAST = 5, 31
"""After how many good utterances it is known how fast a speaker talks, and of how many of the last ones."""
MOST_SPEAKERS = 4_096
"""Of how many speakers that is known at most."""

_log = logging.getLogger(__name__)


class Ear:
    """Listens to what was said."""

    def __init__(self, models: Path) -> None:
        """Open what tells voices apart, where its weights lie in the folder of models or can be put there."""
        self.threads = ThreadPoolExecutor(THREADS, "coqui listens")
        """Those in which to listen."""
        self._paces: dict[str, deque[float]] = {}
        self._encoder: Encoder | None = None
        try:
            self._encoder = Encoder.load(models)
        except (WeightsMissing, OSError) as error:
            _log.info("Nobody hears whose voice it is: %s", error)

    def judge(self, utterance: Utterance, audio: Audio, language: str, speaker: VoicePrint | None) -> Verdict:
        """Listen to an utterance; any thread may.

        Args:
            utterance: What should have been said.
            audio: What was.
            language: In which language.
            speaker: Whose voice it should have; None where nobody knows.
        """
        paces = tuple(self._paces.get(utterance.speaker, ()))
        expected = Expected(
            language=language,
            speed=utterance.speed,
            pace=statistics.median(paces) if len(paces) >= KNOWN else 0.0,
            encoder=self._encoder,
            speaker=speaker if self._encoder else None,
        )
        verdict = judge(audio, utterance.text, expected)
        if not verdict.faults and verdict.pace and len(self._paces) < MOST_SPEAKERS:
            self._paces.setdefault(utterance.speaker, deque(maxlen=LAST)).append(verdict.pace)
        return verdict

    def whose(self, passages: Sequence[Audio]) -> VoicePrint | None:
        """Return whose voice some stretches of speech have; None where they are too short, or nobody can tell.

        Args:
            passages: One person's; only those count that have the rate of the first.
        """
        if self._encoder is None or not passages:
            return None
        try:
            return self._encoder.print(join([each for each in passages if each.rate == passages[0].rate]))
        except TooShort:
            return None

    def likeness(self, one: VoicePrint | None, passages: Sequence[Audio]) -> float | None:
        """Return how alike some speech is to a voice, as a cosine; None where nobody can tell."""
        other = self.whose(passages) if one is not None else None
        return None if one is None or other is None else round(similarity(one, other), 3)

    def close(self) -> None:
        """Listen to nothing more."""
        self.threads.shutdown(wait=False, cancel_futures=True)
