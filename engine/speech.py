"""The values of speech that every layer may name: what to say, who says it, and the sound of it.

This module imports nothing of Mynah's, so that everyone may import it.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Sex = Literal["female", "male", ""]
TimingKind = Literal["sentence", "word", "syllable", "phoneme"]


class Format(enum.StrEnum):
    """A kind of sound file."""

    WAV = "wav"
    MP3 = "mp3"
    FLAC = "flac"
    OPUS = "ogg-opus"
    M4A = "m4a"

    @property
    def suffix(self) -> str:
        """What the names of such files end with, without the dot."""
        return "ogg" if self is Format.OPUS else self.value


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """One stretch of speech: what was said, from when to when."""

    kind: TimingKind
    """What the stretch is."""
    text: str
    """The words as they stand in the text, or the phoneme in IPA."""
    start_ms: int
    """Where it begins, in milliseconds from the start of its audio."""
    end_ms: int
    """Where it ends, in milliseconds from the start of its audio."""


FULL_SCALE = 32768
"""What 1 is in 16 bits."""


class Audio:
    """A stretch of mono sound, never changed: as numbers from -1 to 1, or in the 16 bits in which an engine made it.

    What was made in 16 bits goes into a file in 16 bits: to make other numbers of them and those of these again would
    touch four times the memory. Who wants the numbers finds them all the same.
    """

    __slots__ = ("_peak", "_samples", "pcm", "rate", "score", "takes", "timings")

    def __init__(
        self,
        *,
        rate: int,
        samples: NDArray[np.float32] | None = None,
        pcm: NDArray[np.int16] | None = None,
        timings: Sequence[Timing] = (),
        score: float | None = None,
        takes: int = 1,
    ) -> None:
        """Take the sound in one of its two forms.

        Raises:
            TypeError: In both, or in none.
        """
        if (samples is None) is (pcm is None):
            raise TypeError("a sound is given as samples or as pcm")
        self._samples = samples
        self._peak: float | None = None
        self.pcm: Final = pcm
        """The sound as whole numbers, shape (n,), where `FULL_SCALE` is 1; None where it was not made so."""
        self.rate: Final = rate
        """Samples a second, in Hz."""
        self.timings: Final = timings
        """What is said when, in the order of their starts; empty where the engine does not tell."""
        self.score: Final = score
        """How sound the engine found it, from 0 to 1, where it listens to itself (`engine.selfcheck`)."""
        self.takes: Final = takes
        """How often it was said until it was found good enough, or no better."""

    @property
    def samples(self) -> NDArray[np.float32]:
        """The sound, shape (n,), from -1 to 1."""
        samples = self._samples
        if samples is None:
            samples = self.pcm.astype("f4")  # type: ignore[union-attr]  # one of the two is there
            samples *= 1 / FULL_SCALE
            self._samples = samples  # only when they are ready: another thread may ask at the same time
        return samples

    @property
    def as_made(self) -> tuple[NDArray[np.float32] | NDArray[np.int16], int]:
        """The sound in the form in which it was made, shape (n,), and what 1 is in it."""
        return (self.samples, 1) if self.pcm is None else (self.pcm, FULL_SCALE)

    @property
    def count(self) -> int:
        """How many samples it has."""
        return len(self.as_made[0])

    @property
    def peak(self) -> float:
        """Its largest magnitude, from 0 to 1; not a number if any of its samples is none. It is looked for once."""
        if self._peak is None:
            samples, one = self.as_made
            self._peak = max(float(samples.max()), -float(samples.min())) / one if len(samples) else 0.0
        return self._peak

    @property
    def seconds(self) -> float:
        """How long it lasts, in seconds."""
        return self.count / self.rate

    def with_samples(self, samples: NDArray[np.float32]) -> Audio:
        """Return the same with another sound, shape (n,), from -1 to 1."""
        return Audio(samples=samples, rate=self.rate, timings=self.timings, score=self.score, takes=self.takes)

    def judged(self, *, score: float | None, takes: int) -> Audio:
        """Return the same with what the engine found of it, after how many takes."""
        return Audio(
            samples=self._samples if self.pcm is None else None,
            pcm=self.pcm,
            rate=self.rate,
            timings=self.timings,
            score=score,
            takes=takes,
        )


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Part:
    """A stretch of an utterance that is there before the whole is."""

    begin: int
    """Where it begins, in samples from the start of the utterance; 0 again where that is said anew."""
    audio: Audio
    """Its sound, without timings or score."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Utterance:
    """A sentence to say, by whom, and how."""

    text: str
    """One sentence, clean and ready to be read aloud."""
    engine: str
    """The name of the engine that its speaker belongs to."""
    speaker: str
    """The key by which that engine knows the speaker."""
    speed: float = 1.0
    """Pace; 1 is the voice's own, 2 is twice as fast."""
    pitch: float = 0.0
    """Semitones above the voice's own pitch, from -12 to 12; an engine that cannot leaves it to `engine.effects`."""
    language: str = ""
    """What the text is in, as a BCP 47 tag, for speakers of several languages; empty is the speaker's own."""
    parts: bool = False
    """Whether somebody listens while it is said, so that an engine that streams hands out parts of it, too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Speaker:
    """An identity that an engine has built in, or has computed from a recording."""

    engine: str
    """The name of the engine that can speak as it."""
    key: str
    """How that engine calls it; a person picks a voice by this name to begin with."""
    name: str
    """A name for people to read, such as 'English (Great Britain)'."""
    language: str
    """What it speaks, as a BCP 47 tag such as 'en-gb'."""
    sex: Sex = ""
    """'female', 'male', or empty where nobody said."""
    notes: str = ""
    """Anything else worth knowing, in a sentence."""
    also: tuple[str, ...] = ()
    """Other tags, in lower case, for which it is this engine's best: 'zh' of one that speaks 'cmn'."""
    licence: str = ""
    """The licence of what it is spoken with, as an SPDX expression; empty: the engine's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """Another way in which any speaker of an engine can sound; `<speaker's key>+<variant's key>` is a key too."""

    key: str
    """What stands behind the '+': 'annie' in 'en-gb+annie'."""
    name: str
    """A name for people to read."""
    sex: Sex = ""
    """'female', 'male', or empty where nobody said."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Reference:
    """What an engine learns a speaker from: somebody's own speech, clean and checked."""

    passages: tuple[Audio, ...]
    """The best stretches of speech, the best first; some seconds at least, of one person."""
    transcript: str = ""
    """What is said in the first passage, word for word; empty where nobody knows."""
    language: str = "en"
    """What is spoken, as a BCP 47 tag."""
    name: str = ""
    """What the voice is to be called, for people to read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrolled:
    """A speaker that an engine has learned, and how well."""

    speaker: Speaker
    """Who can speak from now on."""
    figures: Mapping[str, float | str]
    """What was reached, by names that the engine explains where it makes them; fit for JSON."""
