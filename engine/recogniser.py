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
from engine.cepstra import RATE, STEP, mean_cepstrum
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
TEXT_WEIGHT = 6.5
"""PocketSphinx's own weight of what is likely."""
_HISS = 12
"""The standard deviation of the noise under a sound whose peak is 16,384."""
_ANY_END = 0.5
_FILLERS = ("<", "[", "(")
"""How what is no word begins: silence, noise, an empty step."""
_LEAST = 1e-300
_PACE = 175
_LONGEST_WORD = 100
"""Characters; what is longer is no word that anybody says."""


Arc = tuple[int, int, float] | tuple[int, int, float, str]
"""A step of a grammar: from where, to where, how likely, and the word, by its name, where one is said."""


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

    def __init__(self, *, weight: float = TEXT_WEIGHT) -> None:
        """Open the model; .2 s and 75 MB.

        Args:
            weight: How much counts what a text or a grammar makes likely, beside how it sounds.

        Raises:
            ModuleNotFoundError: PocketSphinx is not installed.
        """
        from pocketsphinx import Decoder

        # Scores are told against the best of all sounds, not of those that the text allows: else any text would fit.
        self._decoder: Decoder = Decoder(
            samprate=RATE, loglevel="FATAL", lm=None, bestpath=False, compallsen=True, lw=weight, **_BEAMS
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
            phones = self._pronounce(folded)
            if not phones:
                return ""
            self._names[folded] = self._learn(phones)
        return self._names.get(folded, "")

    def name_sound(self, phones: Sequence[str]) -> str:
        """Return what the dictionary calls a row of phones, in ARPAbet, that is no word; it learns it if need be."""
        said = f"/{' '.join(phones)}/"
        if said not in self._names:
            self._names[said] = self._learn(phones)
        return self._names[said]

    def _learn(self, phones: Sequence[str]) -> str:
        name = f"_{len(self._names)}"
        self._decoder.add_word(name, " ".join(phones), True)
        return name

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
        count = len(names)
        words: list[Arc] = [(place, place + 1, 1.0, name) for place, name in enumerate(names)]
        ends: list[Arc] = [(place, count + 1, _ANY_END) for place in range(least, count + 1)]
        self.follow([*words, *ends], count + 1)
        heard = self._heard(pcm, phones)
        return heard[:least] if heard and len(heard) >= least else None

    def follow(self, arcs: Sequence[Arc], last: int) -> None:
        """Hear from now on, with `hear_any`, what leads from step 0 of a grammar to its last one.

        Args:
            arcs: From which step to which, how likely it is, and the word that is said there, by its name, if any.
            last: The step at which all is said.
        """
        decoder, before = self._decoder, self._grammar
        self._grammar += 1
        # One that is in use must not be replaced or removed: that ends the process.
        decoder.add_fsg(f"{self._grammar}", decoder.create_fsg("text", 0, last, list(arcs)))
        decoder.activate_search(f"{self._grammar}")
        if before:
            decoder.remove_search(f"{before}")

    def hear_any(self, pcm: NDArray[np.int16]) -> Sequence[Heard] | None:
        """Find the words of the grammar that is followed which fit a sound best; None where none do."""
        return self._heard(pcm, phones=False)

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


def to_pcm(samples: NDArray[np.float32], rate: int) -> NDArray[np.int16] | None:
    """Return a sound, shape (n,), as a recogniser takes it, its peak at half of full scale; None: there is none."""
    import numpy as np
    import soxr  # type: ignore[import-untyped]  # it has no types

    peak = float(np.abs(samples).max()) if len(samples) else 0.0
    if not 0 < peak < np.inf or rate <= 0:
        return None
    resampled = soxr.resample(samples, rate, RATE) if rate != RATE else samples
    pcm: NDArray[np.int16] = np.clip(resampled * (16384 / peak), -32768, 32767).astype(np.int16)
    return pcm if len(pcm) >= STEP else None


def with_hiss(pcm: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return what `to_pcm` gives with a little noise under it, always the same.

    Voice messages are without any sound in their pauses. A recogniser that has never heard such silence takes it for
    part of the voice, and mishears the words; where the words are known, it does not matter.
    """
    import numpy as np

    hiss = _HISS * np.random.default_rng(0).standard_normal(len(pcm))
    noisy: NDArray[np.int16] = np.clip(np.rint(pcm + hiss), -32768, 32767).astype(np.int16)
    return noisy


def _phones(entry: AlignmentEntry) -> tuple[Phone, ...]:
    return tuple(Phone(phone.name, phone.start, phone.start + phone.duration) for phone in entry)
