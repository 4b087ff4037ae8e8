"""Voices learned from recordings, without a neural network: a base voice of espeak or flite, made similar to somebody.

`engine.conversion` says how. WORLD's library lets other threads run while it works, so speaking needs no process of its
own; learning, which takes a minute of Python, has one.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.child import Child
from engine.conversion.bases import Bases
from engine.conversion.conversion import Conversion, pieces
from engine.conversion.features import RATE, check_installed
from engine.conversion.speaker_file import LearnedSpeaker, read
from engine.engine import Abilities, Engine, EngineError, Stopped
from engine.speech import Audio, Enrolled, Reference, Speaker, Utterance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = "1"
"""The version of how a learned speaker is spoken; a change means that the same text may sound different."""

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_TIMINGS = frozenset({"word", "phoneme"})
"""What every base voice tells."""
_HELD = 32
"""How many speakers are kept in memory, at some 12 kB each."""
_CHUNK = RATE // 2
_SEAM = RATE // 20
"""How much of neighbouring pieces overlaps, in samples: 50 ms."""
_LEAST = RATE // 40


class WorldEngine(Engine):
    """Speaks as the speakers that it has learned; it has none built in."""

    name = "world"
    enrolls_apart = True
    converts = True

    def open(self) -> None:
        check_installed()
        self._bases = Bases()
        self._speakers: OrderedDict[str, LearnedSpeaker] = OrderedDict()
        self._teacher = Child()
        self._one_at_a_time = threading.Lock()

    def abilities(self) -> Abilities:
        return Abilities(
            languages=self._bases.languages,
            clones=True,
            timings=_TIMINGS,
            pitch=False,
            batch=1,
            licence="MIT AND GPL-3.0-or-later AND MIT-Festival",
            version=f"{VERSION} ({self._bases.version})",
            strength="can be made similar to somebody",
        )

    def speakers(self) -> Sequence[Speaker]:
        return []

    def synthesize(self, batch: Sequence[Utterance], stopped: Stopped) -> Iterator[tuple[int, Audio]]:
        for row, utterance in enumerate(batch):
            gone = partial(stopped, row)
            if not gone():
                for audio in self._say(utterance, gone):
                    yield row, audio

    @classmethod
    def check_learned(cls, file: Path) -> bool:
        read(file)
        return True

    def enroll(self, reference: Reference, key: str, report: Callable[[float], None]) -> Enrolled:
        from engine.conversion.learning import keep

        if self.home is None or self.models is None:
            raise EngineError("there is no folder to keep a speaker in")
        file = self._file(key)
        with self._one_at_a_time:  # several at once would only slow each other down, and everybody else
            report(0.0)
            enrolled = self._teacher.follow(report, keep, reference, file, self.models)
        self._speakers.pop(key, None)
        return enrolled

    def close(self) -> None:
        """End what is being learned; espeak and flite stay open for whoever else speaks in this process."""
        self._teacher.kill()
        with self._one_at_a_time:
            self._teacher.close()

    def _say(self, utterance: Utterance, gone: Callable[[], bool]) -> Iterator[Audio]:
        speaker = self._speaker(utterance.speaker)
        said = self._bases.say(speaker.base, utterance.text, speed=utterance.speed, stopped=gone)
        timings = [timing for timing in said.timings if timing.kind in _TIMINGS]
        begin = 0
        for samples in _converted(speaker.conversion, said.samples, gone):
            for start in range(0, len(samples), _CHUNK):
                if gone():
                    return
                part = samples[start : start + _CHUNK]
                begin += len(part)
                until = 1000 * begin / RATE
                count = next((place for place, each in enumerate(timings) if each.start_ms >= until), len(timings))
                if begin == len(said.samples):
                    count = len(timings)
                yield Audio(samples=part, rate=RATE, timings=tuple(timings[:count]))
                del timings[:count]

    def _speaker(self, key: str) -> LearnedSpeaker:
        found = self._speakers.get(key)
        if found is None:
            found = self._speakers[key] = read(self._file(key))
            while len(self._speakers) > _HELD:
                self._speakers.popitem(last=False)
        self._speakers.move_to_end(key)
        return found

    def _file(self, key: str) -> Path:
        if self.home is None or not _KEY.fullmatch(key):
            raise EngineError(f"{self.name} has no speaker {key!r}")
        return self.home / f"{key}.safetensors"


def _converted(
    conversion: Conversion, samples: NDArray[np.float32], gone: Callable[[], bool]
) -> Iterator[NDArray[np.float32]]:
    """Convert speech piece by piece; each piece fades into the next, so that no seam is heard."""
    import numpy as np

    if len(samples) < _LEAST:  # nothing is said in so little
        if len(samples):
            yield samples
        return
    rise = np.linspace(0, 1, _SEAM, dtype=np.float32)
    tail = np.zeros(0, np.float32)
    for begin, until in pieces(samples):
        if gone():
            return
        made = conversion.apply(samples[begin : until + _SEAM])
        made[: len(tail)] = made[: len(tail)] * rise[: len(tail)] + tail * rise[: len(tail)][::-1]
        tail = made[until - begin :]
        yield made[: until - begin]
