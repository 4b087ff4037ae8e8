"""espeak-ng as an engine: in every install, all major languages, nothing to download."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from operator import attrgetter
from typing import overload

from engine.engine import Abilities, Engine, EngineError, Stopped
from engine.espeak_library import (
    FASTEST,
    PHONEME,
    SENTENCE,
    SLOWEST,
    WORD,
    Events,
    Mark,
    VoiceFile,
    espeak_library,
)
from engine.speech import Audio, Sex, Speaker, Timing, TimingKind, Utterance, Variant

PACE = 175
"""espeak's own pace, in words a minute."""
MUTE = frozenset({"fo", "kaa", "xex"})
"""Languages that are listed and say nothing: their dictionaries are not in the wheel (a test holds this true)."""

_VARIANT_FOLDER = "!v/"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_REST_OF_WORD = re.compile(r"(?:[^\w\s]?[\w\u0300-\u036f])*")
_BY_START = attrgetter("start_ms")
_SEXES: dict[int, Sex] = {1: "male", 2: "female"}


class EspeakEngine(Engine):
    """espeak-ng, in this process.

    Every language is a speaker, its key the language's first tag: 'en-gb', 'de'. Every variant of espeak's is
    taken behind a '+': 'en-gb+annie', by its file's name or its human one, in upper or lower case.
    """

    name = "espeak"

    def open(self) -> None:
        import numpy

        self._numpy = numpy
        self._library = espeak_library()
        self._languages = _by_key(self._library.languages)
        self._also = _also(self._languages.values())
        self._variants = {_variant_key(file): file for file in self._library.variants}
        self._by_folded_key = {key.lower(): file for key, file in self._languages.items()}
        self._by_alias = {_fold(file.name): file for file in self._library.variants} | self._variants
        self._paths: dict[str, str] = {}

    def abilities(self) -> Abilities:
        return Abilities(
            languages=frozenset(tag for speaker in self.speakers() for tag in (speaker.language, *speaker.also)),
            clones=False,
            timings=frozenset({"sentence", "word", "phoneme"}),
            pitch=True,
            batch=1,
            passage=600,
            licence="GPL-3.0-or-later",
            version=self._library.version,
            quality=10,
            strength="speaks nearly all of them",
        )

    def speakers(self) -> Sequence[Speaker]:
        return [
            Speaker(
                engine=self.name,
                key=key,
                name=_language_name(file),
                language=file.languages[0],
                sex=_SEXES.get(file.gender, ""),
                notes=f"Sounds otherwise with a variant behind its name, such as {key}+annie or {key}+adam.",
                also=self._also.get(file.path, ()),
            )
            for key, file in self._languages.items()
        ]

    def variants(self) -> Sequence[Variant]:
        return [
            Variant(key=key, name=_variant_name(file), sex=_SEXES.get(file.gender, ""))
            for key, file in sorted(self._variants.items())
        ]

    def synthesize(self, batch: Sequence[Utterance], stopped: Stopped) -> Iterator[tuple[int, Audio]]:
        for row, utterance in enumerate(batch):
            gone = partial(stopped, row)
            if gone():
                continue
            speech = self._library.say(
                utterance.text,
                voice=self._path(utterance.speaker),
                pace=_pace(utterance.speed),
                pitch=_ratio(utterance.pitch) if utterance.pitch else 1.0,
                stopped=gone,
            )
            if gone():
                continue
            pcm = self._numpy.frombuffer(speech.pcm, self._numpy.int16)
            rate = self._library.rate
            timings = _MarkedTimings(utterance.text, speech.events, 1000 * len(pcm) // rate)
            yield row, Audio(pcm=pcm, rate=rate, timings=timings)

    def close(self) -> None:
        """Nothing: espeak stays open for whoever else speaks in this process."""

    def _path(self, key: str) -> str:
        """Return the path by which espeak knows a speaker."""
        folded = _fold(key)
        path = self._paths.get(folded)
        if path is None:
            language, _, variant = folded.partition("+")
            try:
                path = self._by_folded_key[language].path
                if variant:
                    path += "+" + self._by_alias[variant].path.removeprefix(_VARIANT_FOLDER)
            except KeyError:
                raise EngineError(f"espeak has no speaker {key!r}") from None
            self._paths[folded] = path
        return path


@dataclass(slots=True)
class _Stretch:
    """A word or a sentence that grows while the marks are read."""

    kind: TimingKind
    begin: int
    """Its first character in the text, from 0."""
    until: int
    """The first character after it."""
    start_ms: int
    end_ms: int

    def timing(self, text: str) -> Timing:
        said = text[self.begin : self.until].strip()
        return Timing(kind=self.kind, text=said, start_ms=self.start_ms, end_ms=self.end_ms)


class _MarkedTimings(Sequence[Timing]):
    """The timings that espeak's marks tell of, read when somebody wants them: most texts are only listened to."""

    def __init__(self, text: str, events: Events, length_ms: int) -> None:
        self._text, self._events, self._length_ms = text, events, length_ms

    @cached_property
    def _all(self) -> tuple[Timing, ...]:
        return read_timings(self._text, self._events.marks(), self._length_ms)

    @overload
    def __getitem__(self, index: int) -> Timing: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Timing, ...]: ...
    def __getitem__(self, index: int | slice) -> Timing | tuple[Timing, ...]:
        return self._all[index]

    def __len__(self) -> int:
        return len(self._all)


def read_timings(text: str, marks: Sequence[Mark], length_ms: int) -> tuple[Timing, ...]:
    """Turn espeak's marks into timings.

    espeak tells only when things begin. A phoneme ends where the next mark stands, a word and a sentence
    with the last phoneme in them that sounds. What espeak says in several words ('3.50') is one word here, as
    it is in the text, and what it marks a part of ('It' of 'It's', the first character of a Chinese word) is the
    whole of it. A word that begins with a vowel is marked before the consonant that ends the last one, where that
    is a nasal or a liquid: it begins with its own first phoneme here.

    Args:
        text: What was said.
        marks: What espeak told of it.
        length_ms: How long the sound is, in milliseconds; nothing ends later.
    """
    phonemes: list[Timing] = []
    stretches: list[_Stretch] = []
    sentence = word = None
    starts = [*(mark.ms for mark in marks), length_ms]
    now = 0
    for index, (kind, position, length, ms, phoneme) in enumerate(marks, start=1):
        now = min(max(now, ms), length_ms)
        begin = max(position - 1, 0)
        if kind == PHONEME:
            if phoneme:
                late = index + 1 < len(starts) and marks[index].kind == WORD and starts[index] == ms
                end = min(max(now, starts[index + late]), length_ms)
                phonemes.append(Timing(kind="phoneme", text=phoneme, start_ms=now, end_ms=end))
                if word:
                    word.end_ms = end
                if sentence:
                    sentence.end_ms = end
                now = end if late else now
        elif kind == SENTENCE:
            if sentence:
                sentence.until = begin
            sentence = _Stretch("sentence", begin, len(text), now, now)
            stretches.append(sentence)
        elif not (word and begin < word.until) and (said := text[begin : begin + length].strip()):
            if word:
                word.until = _end_of_word(text, word.until, begin)
            number = _NUMBER.match(text, begin) if said[0].isdigit() else None
            word = _Stretch("word", begin, number.end() if number else begin + length, now, now)
            stretches.append(word)
    if word:
        word.until = _end_of_word(text, word.until, len(text))
    timings = [stretch.timing(text) for stretch in stretches]
    timings += phonemes
    timings.sort(key=_BY_START)  # stable: a sentence stands before its words, a word before its phonemes
    return tuple(timings)


def _end_of_word(text: str, until: int, limit: int) -> int:
    """Return where a word ends that espeak marks up to `until`, when the next one begins at `limit`."""
    rest = _REST_OF_WORD.match(text, until, max(until, limit))
    return rest.end() if rest and text[until - 1 : until].isalnum() else until


def _pace(speed: float) -> int:
    """Turn a speed into words a minute, as near as espeak can."""
    if not math.isfinite(speed):
        raise EngineError(f"{speed} is no speed")
    # From here on espeak hastens more than it is told; measured over English, German and French.
    pace = PACE * speed if speed <= 1.5 else PACE * 1.5 + 134 * (speed - 1.5)
    return round(min(max(pace, SLOWEST), FASTEST))


def _ratio(semitones: float) -> float:
    """Turn semitones into how many times as high."""
    if not math.isfinite(semitones):
        raise EngineError(f"{semitones} is no pitch")
    return float(2 ** (min(max(semitones, -12.0), 12.0) / 12))


def _by_key(files: Sequence[VoiceFile]) -> dict[str, VoiceFile]:
    """Give every language that speaks a key: its first tag, or its file's name where another has that tag."""
    found: dict[str, VoiceFile] = {}
    for file in files:
        tag = file.languages[0]
        if tag not in MUTE:
            found[tag if tag not in found else file.path.rpartition("/")[2].lower()] = file
    return found


def _also(files: Collection[VoiceFile]) -> dict[str, tuple[str, ...]]:
    """Tell by their paths for which tags files are the best, besides their own: 'gmw/en' is it for 'en'."""
    best: dict[str, VoiceFile] = {}
    taken = {file.languages[0].lower() for file in files}
    for file in files:
        for tag, rank in zip(file.languages[1:], file.ranks[1:], strict=True):
            other = best.get(tag)
            if tag not in taken and (other is None or rank < other.ranks[other.languages.index(tag)]):
                best[tag] = file
    found: dict[str, tuple[str, ...]] = {}
    for tag, file in best.items():
        found[file.path] = (*found.get(file.path, ()), tag)
    return found


def _fold(name: str) -> str:
    return name.lower().replace(" ", "_")


def _variant_key(file: VoiceFile) -> str:
    return _fold(file.path.removeprefix(_VARIANT_FOLDER))


def _language_name(file: VoiceFile) -> str:
    return " ".join(file.name.replace("latin as", "Latin as").split())


def _variant_name(file: VoiceFile) -> str:
    name = file.name.replace("_", " ")
    return name[:1].upper() + name[1:]
