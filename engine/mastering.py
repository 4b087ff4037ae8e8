"""Mastering: what an engine has said becomes what a file holds, at one loudness, with its pauses and its timings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.audio import Sound, to_sound
from engine.loudness import CEILING, limit
from engine.seams import is_smooth, soften
from engine.speech import Audio, Timing, TimingKind, Utterance
from engine.text.reading import Sentence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """Something to say, and the silence around it."""

    utterance: Utterance
    """What the engine is given."""
    before: float = 0.0
    """Seconds of silence before it."""
    after: float = 0.0
    """Seconds of silence after it."""
    sentence: Sentence | None = None
    """Whose words the timings are told in; None: the utterance's own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mix:
    """How everything that is said in one file is to sound, and what is to be told of it."""

    gain: float = 1.0
    """How many times as loud it becomes as the engine made it."""
    semitones: float = 0.0
    """By how much it is shifted above the engine's pitch."""
    kinds: frozenset[TimingKind] = frozenset()
    """Which timings are kept."""
    language: str = ""
    """What is spoken, as a BCP 47 tag; syllables go by it."""


WITHIN = frozenset({"word", "syllable", "phoneme"})
"""What is within a sentence."""
PLAIN = Mix(kinds=frozenset({"sentence", "word", "phoneme"}))
"""As the engine makes it, with all that it tells."""
UNSURE = 0.025
"""How much of the end of a sound that goes on may become another, in seconds: a peak that follows turns down what is
up to 20 ms before it (`engine.loudness.limit`), and what is the end may be faded out."""


def master(audio: Audio, line: Line, mix: Mix) -> Sound:
    """Return a line's sound as it goes into the file.

    Args:
        audio: What the engine has said, whole.
        line: What it was asked for.
        mix: How it is to sound.
    """
    timings = timings_of(audio, line, mix) if mix.kinds else ()
    if mix.semitones:
        from engine.effects import shift

        audio = shift(audio, mix.semitones)
    softened = _softened(audio)
    if mix.gain * audio.peak > CEILING:
        sound = to_sound(_limited(softened, mix.gain))
    else:
        sound = to_sound(softened, gain=mix.gain)
    pcm, rate = sound.pcm, sound.rate
    if line.before or line.after:
        pcm = _padded(pcm, rate, line.before, line.after)
    return Sound(pcm=pcm, rate=rate, peak=sound.peak, timings=_later(timings, 1000 * round(line.before * rate) // rate))


def beginning(audio: Audio, line: Line, mix: Mix) -> NDArray[np.int16]:
    """Return what is known already of a line's sound while it is still being said.

    Args:
        audio: What the engine has said of it so far, from its start.
        line: What it was asked for.
        mix: How it is to sound.

    Returns:
        Samples, shape (n,): `master` of the whole begins with them. Up to the first peak that is to be turned down;
        none where the pitch is to be shifted, for which all of it is needed.
    """
    import numpy as np

    if mix.semitones:
        return np.zeros(0, np.int16)
    loud = np.flatnonzero(~(np.abs(audio.samples * mix.gain) <= CEILING))  # what is no number is not known either
    until = max(0, (int(loud[0]) if len(loud) else len(audio.samples)) - round(UNSURE * audio.rate))
    sound = to_sound(audio.with_samples(soften(audio.samples, audio.rate)[:until]), gain=mix.gain)
    return _padded(sound.pcm, sound.rate, line.before, 0.0) if until else sound.pcm


def timings_of(audio: Audio, line: Line, mix: Mix) -> Sequence[Timing]:
    """Return what is said when, of the kinds that are wanted, from the start of the audio and in the text's own words.

    Where the engine tells nothing, the words are looked for in the sound; where they are not found, the sentence as
    a whole stands for them.
    """
    told: Sequence[Timing] = audio.timings
    if not told and mix.kinds & WITHIN:
        told = _aligned(audio, line, mix)
    if not told:
        written = line.sentence.written.strip() if line.sentence else line.utterance.text
        whole = Timing(kind="sentence", text=written, start_ms=0, end_ms=int(1000 * audio.seconds))
        return (whole,) if "sentence" in mix.kinds or "word" in mix.kinds else ()
    if "syllable" in mix.kinds:
        from engine.syllables import syllables

        others = (timing for timing in told if timing.kind != "syllable")
        told = sorted((*others, *syllables(told, mix.language)), key=lambda timing: timing.start_ms)
    if line.sentence is not None:
        from engine.written import as_written

        told = as_written(told, line.sentence)
    return tuple(timing for timing in told if timing.kind in mix.kinds)


def _aligned(audio: Audio, line: Line, mix: Mix) -> Sequence[Timing]:
    """Find the words in a sound, and the sentence with them."""
    from engine.alignment import aligner, can_align

    if not can_align(mix.language):
        return ()
    phonemes = bool(mix.kinds & {"syllable", "phoneme"})
    words = aligner().align(audio.samples, audio.rate, line.utterance.text, phonemes=phonemes)
    if not words:
        return ()
    text, end = line.utterance.text, max(word.end_ms for word in words)
    return (Timing(kind="sentence", text=text, start_ms=words[0].start_ms, end_ms=end), *words)


def _softened(audio: Audio) -> Audio:
    return audio if is_smooth(audio) else audio.with_samples(soften(audio.samples, audio.rate))


def _limited(audio: Audio, gain: float) -> Audio:
    return audio.with_samples(limit(audio.samples * gain, audio.rate))


def _padded(pcm: NDArray[np.int16], rate: int, before: float, after: float) -> NDArray[np.int16]:
    import numpy as np

    return np.pad(pcm, (round(before * rate), round(after * rate)))


def _later(timings: Sequence[Timing], ms: int) -> Sequence[Timing]:
    if not ms:
        return timings
    return tuple(replace(timing, start_ms=timing.start_ms + ms, end_ms=timing.end_ms + ms) for timing in timings)
