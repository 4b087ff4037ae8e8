"""Alignment: finds when each word of an English text is said in a sound, and whether it is said at all."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from engine.arpabet import TO_IPA
from engine.cepstra import RATE, STEP, frame_energies
from engine.recogniser import Heard, Recogniser, to_pcm
from engine.speech import Timing
from engine.written import bare

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MEAN_SCORE, WORST_SCORE = -8.2, -9.2
"""The least that words may score, all together and over any WORST_SPAN: nats a frame below what would fit best.

They stand between what people, flite and espeak score with the true text, the last of them by far the lowest, and with
texts that are wrong as a whole or in part; `python -m bench timings` counts what is mistaken on either side.
"""
WORST_SPAN = 150
"""In frames, 1.5 s: what is wrong for less is a word that was misread, and no reason to reject the rest."""
MOST_UNTOLD = 0.2
"""How much of what is loud may lie outside the words: some breath, but no other words."""
LONGEST_UNTOLD = 80
"""In frames, .8 s: how much that is loud may lie between two words that follow each other."""
AT_ONCE = 40 * RATE
"""How much sound is aligned in one go; more of it some sentences at a time."""

_LOUD, _LOUDEST = 10**-2.5, 95
"""What is louder than the loudest frames (by this percentile) less 25 dB is speech."""
_FRAME_MS = 1000 * STEP // RATE
_GROUP = 25
"""How many words of a long text are looked for at once: about two sentences."""
_WORDS_LEARNT = 20_000
"""How many words a recogniser may learn before a new one takes its place."""


def can_align(language: str) -> bool:
    """Tell whether texts in a language, a BCP 47 tag, can be aligned here."""
    return language.lower().partition("-")[0] == "en" and importlib.util.find_spec("pocketsphinx") is not None


@cache
def aligner() -> Aligner:
    """Return the one aligner of this process: its model takes 75 MB."""
    return Aligner()


class Aligner:
    """Aligns one sound at a time; who comes meanwhile waits. Not to be called on the event loop.

    It opens its model at the first call: .2 s and 75 MB. From then on a second of sound costs about 50 ms of one
    core, and twice that with phonemes. It holds up other threads for some milliseconds at a time.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        """`at_once` is how many samples at RATE are aligned in one go."""
        self._at_once = at_once
        self._lock = threading.Lock()
        self._opened: Recogniser | None = None

    def align(
        self, samples: NDArray[np.float32], rate: int, text: str, *, phonemes: bool = False
    ) -> tuple[Timing, ...] | None:
        """Find when each word of a text is said.

        Args:
            samples: The sound, shape (n,), from -1 to 1.
            rate: Samples a second, in Hz.
            text: What is said in it, in English, from its beginning to its end.
            phonemes: Whether to tell the phonemes of each word too, in IPA, which costs as much again.

        Returns:
            The words that have a letter or a digit, in order, without the punctuation around them, and each before
            its phonemes; or None where the text is not what is said, or nobody can be sure.

        Raises:
            ModuleNotFoundError: PocketSphinx is not installed; `can_align` tells beforehand.
            EngineMissing: A word is in no dictionary, and there is no espeak to say how it sounds.
        """
        words = [word for word in map(bare, text.split()) if any(character.isalnum() for character in word)]
        pcm = to_pcm(samples, rate)
        if not words or pcm is None:
            return None
        with self._lock:
            recogniser = self._recogniser()
            names = [recogniser.name(word) for word in words]
            heard = None
            if all(names) and len(pcm) <= self._at_once:
                heard = recogniser.hear(pcm, names, phones=phonemes)
            elif all(names):
                heard = _hear_in_parts(recogniser, pcm, words, names, phonemes)
        if heard is None or not _said(heard, frame_energies(pcm)):
            return None
        return tuple(_timings(words, heard, 1000 * len(samples) // rate))

    def _recogniser(self) -> Recogniser:
        if self._opened is None or self._opened.learnt > _WORDS_LEARNT:
            self._opened = Recogniser()
        return self._opened


def _hear_in_parts(
    recogniser: Recogniser, pcm: NDArray[np.int16], words: Sequence[str], names: Sequence[str], phones: bool
) -> Sequence[Heard] | None:
    """Find the words of a long sound some at a time, each time in a window that is sure to hold them."""
    lengths = [len(word) + 1 for word in words]
    found: list[Heard] = []
    begin = 0
    while len(found) < len(words):
        place = len(found)
        until = min(place + _GROUP, len(words))
        pace = (len(pcm) - begin) / sum(lengths[place:])
        end = begin + int(1.4 * pace * sum(lengths[place:until])) + 4 * RATE
        if end >= len(pcm):
            heard = recogniser.hear(pcm[begin:], names[place:], phones=phones)
        else:
            beyond, most = until, 1.5 * (end - begin) / pace
            while beyond < len(words) and sum(lengths[place:beyond]) < most:
                beyond += 1
            heard = recogniser.hear_some(pcm[begin:end], names[place:beyond], until - place, phones=phones)
        if not heard:
            return None
        found.extend(_later(word, begin // STEP) for word in heard)
        begin = found[-1].until * STEP
    return found


def _later(word: Heard, frames: int) -> Heard:
    phones = tuple(phone._replace(first=phone.first + frames, until=phone.until + frames) for phone in word.phones)
    return replace(word, first=word.first + frames, until=word.until + frames, phones=phones)


def _said(heard: Sequence[Heard], energies: NDArray[np.float64]) -> bool:
    """Tell whether it is these words that are said: they fit, everywhere, and there is no more than they."""
    import numpy as np

    frames = sum(word.until - word.first for word in heard)
    if sum(word.score for word in heard) < MEAN_SCORE * frames or _worst(heard) < WORST_SCORE:
        return False
    loud = energies > _LOUD * np.percentile(energies, _LOUDEST)
    so_far = np.concatenate([[0], np.cumsum(loud)])
    ends, starts = [0, *(word.until for word in heard)], [*(word.first for word in heard), len(energies)]
    untold = [
        max(0, int(so_far[min(b, len(loud))] - so_far[min(a, len(loud))])) for a, b in zip(ends, starts, strict=True)
    ]
    return max(untold) <= LONGEST_UNTOLD and sum(untold) <= MOST_UNTOLD * so_far[-1]


def _worst(heard: Sequence[Heard]) -> float:
    """Return the lowest score, in nats a frame, of words that follow each other for WORST_SPAN."""
    worst, first, score, frames = 0.0, 0, 0.0, 0
    for word in heard:
        score, frames = score + word.score, frames + word.until - word.first
        while (less := frames - (heard[first].until - heard[first].first)) >= WORST_SPAN:
            score, frames, first = score - heard[first].score, less, first + 1
        if frames >= WORST_SPAN:
            worst = min(worst, score / frames)
    return worst


def _timings(words: Sequence[str], heard: Sequence[Heard], length_ms: int) -> Iterator[Timing]:
    for word, found in zip(words, heard, strict=True):
        yield Timing(kind="word", text=word, start_ms=_ms(found.first, length_ms), end_ms=_ms(found.until, length_ms))
        for phone in found.phones:
            start, end = _ms(phone.first, length_ms), _ms(phone.until, length_ms)
            yield Timing(kind="phoneme", text=TO_IPA[phone.name], start_ms=start, end_ms=end)


def _ms(frame: int, length_ms: int) -> int:
    return min(frame * _FRAME_MS, length_ms)
