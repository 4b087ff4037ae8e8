"""Who says what in a batch: utterances come, are cut into rows, and are put together again as their rows are heard."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.engine import EngineError, More, Stopped
from engine.speech import Utterance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.coqui_engine.batch import Heard
    from engine.coqui_engine.slots import Row


@dataclass(kw_only=True, slots=True, eq=False)
class _Saying:
    """An utterance that is being said, in one or more parts."""

    row: int
    utterance: Utterance
    parts: list[list[NDArray[np.float32]]] = field(default_factory=list)
    """What was heard of each part so far."""
    left: int = 0
    """How many parts have not ended."""
    aloud: bool = False
    """Whether somebody hears its first part while that is decoded."""
    heard: int = 0
    """How many samples of it they have heard."""


class Talk:
    """The utterances of one batch and of those who join it."""

    def __init__(self, rows: Callable[[Utterance, int], Sequence[Row]], stopped: Stopped, more: More) -> None:
        """Take what makes rows of an utterance for which take of it, who has gone, and who comes.

        The first take is 0; what makes rows of it may raise EngineError.
        """
        self._rows, self._stopped, self._more = rows, stopped, more
        self._waiting: deque[tuple[_Saying, int, Row]] = deque()
        self._begun: list[tuple[_Saying, int]] = []
        self._sayings: list[_Saying] = []
        self._refused: list[tuple[int, EngineError]] = []
        self.utterances = 0
        """How many have come so far."""

    @property
    def waits(self) -> bool:
        """Whether anything waits to be said."""
        return bool(self._waiting)

    def utterance(self, row: int) -> Utterance:
        """Return the utterance of a row."""
        return self._sayings[row].utterance

    def was_heard(self, row: int) -> bool:
        """Tell whether somebody has heard some of an utterance before it was whole."""
        return self._sayings[row].heard > 0

    def retake(self, row: int, take: int) -> None:
        """Let an utterance that was said be said again, before those that wait."""
        saying = self._sayings[row]
        made = self._rows(saying.utterance, take)
        saying.parts, saying.left, saying.aloud = [[] for _ in made], len(made), False
        self._waiting.extendleft(reversed([(saying, part, each) for part, each in enumerate(made)]))

    def add(self, utterances: Sequence[Utterance]) -> None:
        """Let utterances wait; they become the next rows of the batch."""
        for utterance in utterances:
            saying = _Saying(row=self.utterances, utterance=utterance, aloud=utterance.parts)
            self._sayings.append(saying)
            self.utterances += 1
            try:
                made = self._rows(utterance, 0)
            except EngineError as error:
                self._refused.append((saying.row, error))
                continue
            saying.parts, saying.left = [[] for _ in made], len(made)
            self._waiting.extend((saying, part, row) for part, row in enumerate(made))

    def begin(self) -> None:
        """Get ready for a run, which counts the rows that it is handed from 0."""
        self._begun.clear()

    def source(self, room: int) -> Sequence[Row]:
        """Hand out rows to decode, at most so many; who has gone meanwhile is left out."""
        if len(self._waiting) < room:
            self.add(self._more(room - len(self._waiting)))
        taken: list[Row] = []
        while self._waiting and len(taken) < room:
            saying, part, row = self._waiting.popleft()
            if not self._stopped(saying.row):
                saying.aloud = saying.aloud and (part > 0 or self._is_alone(saying))
                self._begun.append((saying, part))
                taken.append(row)
        return taken

    def gone(self, number: int) -> bool:
        """Tell of a row that was handed out whether nobody waits for it any more."""
        return self._stopped(self._begun[number][0].row)

    def listens(self, number: int) -> bool:
        """Tell of a row that was handed out whether somebody listens while it is decoded."""
        saying, part = self._begun[number]
        return saying.aloud and part == 0

    def aloud(self, heard: Heard) -> tuple[int, int, NDArray[np.float32]] | None:
        """Tell what is heard of a stretch of sound before its utterance is whole: row, where it begins, and samples.

        What comes whole is not: it is to be judged first.
        """
        if heard.last or not self.listens(heard.row):
            return None
        saying, _ = self._begun[heard.row]
        begin, saying.heard = saying.heard, saying.heard + len(heard.samples)
        return saying.row, begin, heard.samples.numpy()

    def hear(self, heard: Heard) -> tuple[int, NDArray[np.float32]] | None:
        """Take in a stretch of sound; where its utterance is complete with it, return that: its row, and samples."""
        import numpy as np

        saying, part = self._begun[heard.row]
        saying.parts[part].append(heard.samples.numpy())
        saying.left -= heard.last
        if saying.left:
            return None
        whole = np.concatenate([sound for each in saying.parts for sound in each])
        saying.parts = []
        return saying.row, whole

    def _is_alone(self, saying: _Saying) -> bool:
        """Tell whether nothing else waits or is being said."""
        others = (each for each in self._sayings if each.left and each is not saying)
        return all(self._stopped(each.row) for each in others)

    def refused(self) -> Iterator[tuple[int, EngineError]]:
        """Yield what could not be said since this was last asked, by row."""
        while self._refused:
            yield self._refused.pop(0)
