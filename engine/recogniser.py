"""PocketSphinx, spoken to: what was said is known, and it tells where each word of it is.

The engine is PocketSphinx 5 with the acoustic model and the dictionary that its wheel carries (BSD-2-Clause,
https://github.com/cmusphinx/pocketsphinx). Words that are not in the dictionary are pronounced as espeak says them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from engine.arpabet import from_ipa
from engine.cepstra import RATE, mean_cepstrum
from engine.espeak_library import PHONEME, espeak_library

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pocketsphinx import AlignmentEntry, Decoder  # type: ignore[import-untyped]  # it has no types

_BEAMS = {"beam": 1e-64, "wbeam": 1e-48, "pbeam": 1e-64}
"""Wider than PocketSphinx's own, by which synthetic voices fall through."""
_SCALE = 1024
"""PocketSphinx keeps a 1024th of what its scores are."""
_CHUNK = 800
"""Samples given at once: 50 ms, for some milliseconds of work during which no other thread of Python runs."""
_ANY_END = 0.5
_FILLERS = ("<", "[", "(")
"""How what is no word begins: silence, noise, an empty step."""
_LEAST = 1e-300
_PACE = 175
_LONGEST_WORD = 100
"""Characters; what is longer is no word that anybody says."""


class Phone(NamedTuple):
    """A phone of a word, where it was found."""

    name: str
    """In ARPAbet."""
    first: int
    """Its first frame."""
    until: int
    """The first frame after it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A word where it was found."""

    name: str
    """As the dictionary has it."""
    first: int
    """Its first frame."""
    until: int
    """The first frame after it."""
    score: float
    """How well it fits, in nats over all its frames; 0 is the best that any sound could."""
    phones: tuple[Phone, ...] = ()
    """Its phones, where they were asked for."""


class Recogniser:
    """One decoder: one thread at a time may use it."""

    def __init__(self) -> None:
        """Open the model; .2 s and 75 MB.

        Raises:
            ModuleNotFoundError: PocketSphinx is not installed.
        """
        from pocketsphinx import Decoder

        # Scores are told against the best of all sounds, not of those that the text allows: else any text would fit.
        self._decoder: Decoder = Decoder(
            samprate=RATE, loglevel="FATAL", lm=None, bestpath=False, compallsen=True, **_BEAMS
        )
        self._names: dict[str, str] = {}
        self._grammar = 0

    @property
    def learnt(self) -> int:
        """How many words it has learnt since it was opened."""
        return len(self._names)

    def name(self, word: str) -> str:
        """Return what the dictionary calls a word, which it learns if need be; nothing where it cannot be said.

        Raises:
            EngineMissing: It is not known, and there is no espeak to say it.
        """
        folded = word.lower().replace("\u2019", "'")
        if self._decoder.lookup_word(folded) is not None:
            return folded
        if folded not in self._names and len(folded) <= _LONGEST_WORD:
            name = f"_{len(self._names)}"
            phones = self._pronounce(folded)
            if not phones:
                return ""
            self._decoder.add_word(name, " ".join(phones), True)
            self._names[folded] = name
        return self._names.get(folded, "")

    def hear(self, pcm: NDArray[np.int16], names: Sequence[str], *, phones: bool = False) -> Sequence[Heard] | None:
        """Find words that are said one after another, and nothing else.

        Args:
            pcm: The sound at RATE, shape (n,).
            names: The words, by their names.
            phones: Whether to find the phones of each, too.

        Returns:
            As many as there are names, or None where they cannot be all that is said.
        """
        self._decoder.set_align_text(" ".join(names))
        return self._heard(pcm, phones)

    def hear_some(
        self, pcm: NDArray[np.int16], names: Sequence[str], least: int, *, phones: bool = False
    ) -> Sequence[Heard] | None:
        """Find the first `least` of some words, where the sound may end after any of the others; see `hear`."""
        decoder, count, before = self._decoder, len(names), self._grammar
        words = [(place, place + 1, 1.0, name) for place, name in enumerate(names)]
        ends = [(place, count + 1, _ANY_END) for place in range(least, count + 1)]
        self._grammar += 1
        # One that is in use must not be replaced or removed: that ends the process.
        decoder.add_fsg(f"{self._grammar}", decoder.create_fsg("text", 0, count + 1, [*words, *ends]))
        decoder.activate_search(f"{self._grammar}")
        if before:
            decoder.remove_search(f"{before}")
        heard = self._heard(pcm, phones)
        return heard[:least] if heard and len(heard) >= least else None

    def _heard(self, pcm: NDArray[np.int16], phones: bool) -> Sequence[Heard] | None:
        mean = ",".join(f"{value:.3f}" for value in mean_cepstrum(pcm))
        self._listen(pcm, mean)
        if self._decoder.hyp() is None:
            return None
        words = [
            Heard(
                name=found.word,
                first=found.start_frame,
                until=found.end_frame + 1,
                score=math.log(max(found.ascore, _LEAST)) * _SCALE,
            )
            for found in self._decoder.seg()
            if not found.word.startswith(_FILLERS)
        ]
        return self._with_phones(words, pcm, mean) if phones else words

    def _with_phones(self, words: Sequence[Heard], pcm: NDArray[np.int16], mean: str) -> Sequence[Heard]:
        """Listen once more, for the phones of the words that were found."""
        self._decoder.set_alignment()
        self._listen(pcm, mean)
        alignment = self._decoder.get_alignment()  # held: its entries point into it
        aligned = [_phones(entry) for entry in alignment if not entry.name.startswith(_FILLERS)]
        return [
            replace(word, first=phones[0].first, until=phones[-1].until, phones=phones)
            for word, phones in zip(words, aligned, strict=True)
        ]

    def _listen(self, pcm: NDArray[np.int16], mean: str) -> None:
        decoder = self._decoder
        decoder.set_cmn(mean)
        decoder.start_utt()
        for begin in range(0, len(pcm), _CHUNK):
            decoder.process_raw(pcm[begin : begin + _CHUNK].tobytes())
        decoder.end_utt()

    def _pronounce(self, word: str) -> Sequence[str]:
        """Return how espeak says a word, in ARPAbet."""
        marks = espeak_library().say(word, voice=self._american, pace=_PACE).marks
        return from_ipa("".join(mark.phoneme for mark in marks if mark.kind == PHONEME))

    @cached_property
    def _american(self) -> str:
        """The path of the voice that speaks the dictionary's English."""
        return next(file.path for file in espeak_library().languages if file.languages[0] == "en-us")


def _phones(entry: AlignmentEntry) -> tuple[Phone, ...]:
    return tuple(Phone(phone.name, phone.start, phone.start + phone.duration) for phone in entry)
