"""The ear: with what the engine listens to itself, and tells whose voice it hears."""

from __future__ import annotations

import logging
import statistics
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path

from engine.audio import join
from engine.coqui_engine.listeners import Listeners, judged, print_of
from engine.identity import Encoder, VoicePrint, WeightsMissing, similarity
from engine.selfcheck import Expected, Verdict
from engine.speech import Audio, Utterance

KNOWN, LAST = 5, 31
"""After how many good utterances it is known how fast a speaker talks, and of how many of the last ones."""
MOST_SPEAKERS = 4_096
"""Of how many speakers that is known at most."""

_log = logging.getLogger(__name__)


class Ear:
    """Listens to what was said."""

    def __init__(self, models: Path) -> None:
        """Look for what tells voices apart: its weights lie in the folder of models, or can be put there."""
        self.listeners = Listeners()
        """Who listens."""
        self._paces: dict[str, deque[float]] = {}
        self._models: Path | None = None
        try:
            Encoder.load(models)
        except (WeightsMissing, OSError) as error:
            _log.info("Nobody hears whose voice it is: %s", error)
        else:
            self._models = models
        self.listeners.begin(self._models)

    @property
    def threads(self) -> Executor:
        """Those in which to wait for what is heard."""
        return self.listeners.threads

    def judge(self, utterance: Utterance, audio: Audio, language: str, speaker: VoicePrint | None) -> Verdict:
        """Listen to an utterance; any thread may, and waits for it.

        Args:
            utterance: What should have been said.
            audio: What was.
            language: In which language.
            speaker: Whose voice it should have; None where nobody knows.

        Raises:
            EngineError: Whoever listened has gone.
        """
        paces = tuple(self._paces.get(utterance.speaker, ()))
        expected = Expected(
            language=language,
            speed=utterance.speed,
            pace=statistics.median(paces) if len(paces) >= KNOWN else 0.0,
            speaker=speaker if self._models else None,
        )
        verdict = self.listeners.call(judged, self._models, audio, utterance.text, expected)
        if not verdict.faults and verdict.pace and len(self._paces) < MOST_SPEAKERS:
            self._paces.setdefault(utterance.speaker, deque(maxlen=LAST)).append(verdict.pace)
        return verdict

    def whose(self, passages: Sequence[Audio]) -> VoicePrint | None:
        """Return whose voice some stretches of speech have; None where they are too short, or nobody can tell.

        Args:
            passages: One person's; only those count that have the rate of the first.

        Raises:
            EngineError: Whoever listened has gone.
        """
        if self._models is None or not passages:
            return None
        whole = join([each for each in passages if each.rate == passages[0].rate])
        return self.listeners.call(print_of, self._models, whole)

    def likeness(self, one: VoicePrint | None, passages: Sequence[Audio]) -> float | None:
        """Return how alike some speech is to a voice, as a cosine; None where nobody can tell."""
        other = self.whose(passages) if one is not None else None
        return None if one is None or other is None else round(similarity(one, other), 3)

    def close(self) -> None:
        """Listen to nothing more."""
        self.listeners.close()
