"""flite as an engine: better English than espeak's, where the system has it, and nothing to download."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from engine.arpabet import TO_IPA
from engine.engine import Abilities, Engine, EngineError, Stopped
from engine.flite_library import TESTED, Segment, Speech, flite_library
from engine.flite_words import Word, phrases
from engine.speech import Audio, Speaker, Timing, TimingKind, Utterance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SLOWEST, FASTEST = 0.2, 4.0
"""The paces that flite keeps; beyond them its models no longer say anything that is speech."""
LEAD = 0.05
"""How much of the silence with which flite begins is kept, in seconds."""
NOTHING = 0.1
"""How long the silence is that stands for a text in which nothing can be said, in seconds."""

_SPEAKERS = (
    Speaker(engine="flite", key="slt", name="English (America), slt", language="en-us", sex="female"),
    Speaker(engine="flite", key="rms", name="English (America), rms", language="en-us", sex="male"),
    Speaker(engine="flite", key="awb", name="English (Scotland), awb", language="en-gb-scotland", sex="male"),
    Speaker(
        engine="flite",
        key="kal16",
        name="English (America), kal16",
        language="en-us",
        sex="male",
        notes="An older way to speak: plainer, and a tenth of the others' work.",
    ),
)
_PAUSE = "pau"
_LOUD, _LEAP = 32_000, 40_000
"""From which peak on something may have been too loud, and which step between two samples shows that it was."""
_IPA: Mapping[str, str] = MappingProxyType(
    {
        **{phone.lower(): ipa for phone, ipa in TO_IPA.items()},
        **{"ax": "ə", "axr": "ɚ", "dx": "ɾ", "el": "l̩", "em": "m̩", "en": "n̩", "hv": "ɦ", "nx": "ɾ̃"},
    }
)
"""The IPA of flite's phones: ARPAbet and eight more (us_phonenames in lang/usenglish/us_phoneset.c)."""


class FliteEngine(Engine):
    """flite, in this process: English, said by the voices that the system has."""

    name = "flite"

    def open(self) -> None:
        import numpy

        self._numpy = numpy
        self._library = flite_library()

    def abilities(self) -> Abilities:
        return Abilities(
            languages=frozenset(tag for speaker in self.speakers() for tag in (speaker.language, *speaker.also)),
            clones=False,
            timings=frozenset({"word", "syllable", "phoneme"}),
            pitch=True,
            batch=1,
            licence="MIT-Festival",
            version=TESTED,
            quality=30,
            strength="sounds more like a person",
        )

    def speakers(self) -> Sequence[Speaker]:
        return [speaker for speaker in _SPEAKERS if speaker.key in self._library.voices]

    def synthesize(self, batch: Sequence[Utterance], stopped: Stopped) -> Iterator[tuple[int, Audio]]:
        for row, utterance in enumerate(batch):
            for audio in self._say(utterance, partial(stopped, row)):
                yield row, audio

    def close(self) -> None:
        """Nothing: flite stays open for whoever else speaks in this process."""

    def _say(self, utterance: Utterance, gone: partial[bool]) -> Iterator[Audio]:
        if utterance.speaker not in self._library.voices:
            raise EngineError(f"flite has no speaker {utterance.speaker!r}")
        if not math.isfinite(utterance.speed) or not math.isfinite(utterance.pitch):
            raise EngineError(f"{utterance.speed} is no speed, or {utterance.pitch} no pitch")
        stretch = 1 / min(max(utterance.speed, SLOWEST), FASTEST)
        pitch = 2 ** (min(max(utterance.pitch, -12.0), 12.0) / 12)
        start = 0.0
        for phrase in phrases(utterance.text):
            if gone():
                return
            tokens = [token for word in phrase for token in word.tokens]
            speech = self._library.say(tokens, voice=utterance.speaker, stretch=stretch, pitch=pitch, stopped=gone)
            if speech is None:
                return
            audio = self._audio(utterance.text, phrase, speech, start)
            start += audio.seconds
            yield audio
        if not start and not gone():
            yield Audio(pcm=self._numpy.zeros(round(NOTHING * 16_000), self._numpy.int16), rate=16_000)

    def _audio(self, text: str, phrase: Sequence[Word], speech: Speech, start: float) -> Audio:
        """Turn what flite made of a phrase into audio that begins `start` seconds after its row."""
        pcm = unwrap(self._numpy.frombuffer(speech.pcm, self._numpy.int16))
        first = speech.segments[0]
        cut = max(0, round((first.end - LEAD) * speech.rate)) if first.phone == _PAUSE else 0
        pcm = pcm[cut:]
        shift = start - cut / speech.rate
        timings = read_timings(text, phrase, speech.segments, shift, start, start + len(pcm) / speech.rate)
        return Audio(pcm=pcm, rate=speech.rate, timings=timings)


def unwrap(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return sound whose loudest peaks are cut off, where they came out at the other end of the scale.

    flite turns what it makes into 16-bit numbers without a limit (`vocoder` in src/cg/cst_mlsa.c): 33,000 becomes
    -32,536, which is heard as a crack. No speech goes from one end of the scale to the other within a sample.

    Args:
        samples: The sound, shape (n,).
    """
    import numpy

    loudest = max(samples.max(initial=0), -int(samples.min(initial=0)))
    if loudest < _LOUD:
        return samples
    wide = samples.astype(numpy.int32)
    steps = numpy.diff(wide, prepend=wide[:1])
    turns = numpy.cumsum((steps < -_LEAP).astype(numpy.int32) - (steps > _LEAP).astype(numpy.int32))
    cut: NDArray[np.int16] = numpy.clip(wide + 65_536 * turns, -32_767, 32_767).astype(numpy.int16)
    return cut


def read_timings(
    text: str, phrase: Sequence[Word], segments: Sequence[Segment], shift: float, begin: float, until: float
) -> tuple[Timing, ...]:
    """Turn what flite tells of a phrase into timings.

    Args:
        text: The text of which the phrase is a part.
        phrase: Its words.
        segments: What flite said of them.
        shift: What to add to flite's times, in seconds.
        begin: When the phrase begins, in seconds; nothing does so earlier.
        until: When it ends, in seconds; nothing does so later.
    """
    places = [place for place, word in enumerate(phrase) for _ in word.tokens]
    phonemes: list[_Said] = []
    now = math.ceil(1000 * begin)
    ceiling = max(int(1000 * until), now)
    for segment in segments:
        end = min(max(round(1000 * (segment.end + shift)), now), ceiling)
        if segment.token >= 0:
            ipa = _IPA.get(segment.phone, segment.phone)
            timing = Timing(kind="phoneme", text=ipa, start_ms=now, end_ms=end)
            phonemes.append(_Said(places[segment.token], segment.syllable, timing))
        now = end
    timings: list[Timing] = []
    for place, of_word in groupby(phonemes, key=attrgetter("place")):
        said = list(of_word)
        word = phrase[place]
        timings.append(_whole("word", text[word.begin : word.until], said))
        for _, of_syllable in groupby(said, key=attrgetter("syllable")):
            part = list(of_syllable)
            timings.append(_whole("syllable", "".join(each.timing.text for each in part), part))
            timings += [each.timing for each in part]
    return tuple(timings)


class _Said(NamedTuple):
    """A phoneme and where it belongs."""

    place: int
    """Its word's place in the phrase."""
    syllable: int
    timing: Timing


def _whole(kind: TimingKind, text: str, said: Sequence[_Said]) -> Timing:
    """Return the timing of what is made of some phonemes."""
    return Timing(kind=kind, text=text, start_ms=said[0].timing.start_ms, end_ms=said[-1].timing.end_ms)
