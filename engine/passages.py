"""Passages: the stretches of a voice's recordings that an engine learns from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.clean import read
from engine.speech import Audio, Reference
from engine.value import value

if TYPE_CHECKING:
    from engine.speech import Timing

ENOUGH = 60.0
"""How many seconds an engine gets to learn from; more is not heard in the voice, and takes longer."""
LEAST = 3.0
"""How long a stretch has to be to be worth it, in seconds."""


@value
class Source:
    """A recording that a voice is made from."""

    path: Path
    """Its clean sound, as `engine.clean.keep` has written it."""
    passage: tuple[float, float]
    """The best stretch of it, from when to when, in seconds."""
    seconds: float
    """How long it is, in seconds."""
    transcript: str = ""
    """What is said in all of it; empty where nobody wrote that down."""


def gather(sources: Sequence[Source], *, language: str, name: str) -> Reference:
    """Read what an engine is to learn from: the best stretch of each recording, then what lies around these.

    It reads up to a minute of sound and, where there is a transcript, looks for its words in it: for the pool.

    Args:
        sources: The recordings, the best first; there is one.
        language: What is spoken in them, as a BCP 47 tag.
        name: What the voice is called.

    Raises:
        OSError: A recording is not there.
    """
    stretches = [(source, source.passage) for source in sources]
    stretches += [(source, rest) for source in sources for rest in _rests(source)]
    passages: list[Audio] = []
    left = ENOUGH
    for source, (begin, end) in stretches:
        end = min(end, begin + left)
        if end - begin < LEAST and passages:
            continue
        passages.append(read(source.path, begin, end))
        left -= end - begin
    return Reference(passages=tuple(passages), transcript=_said(sources[0], language), language=language, name=name)


def _rests(source: Source) -> list[tuple[float, float]]:
    """What lies before and behind the best stretch of a recording, the longer of both first."""
    begin, end = source.passage
    rests = [(0.0, begin), (end, source.seconds)]
    return sorted(rests, key=lambda rest: rest[0] - rest[1])


def _said(source: Source, language: str) -> str:
    """What is said in the best stretch of a recording, in the words of its transcript; empty where nobody knows."""
    begin, end = source.passage
    if not source.transcript or (begin <= 0 and end >= source.seconds):
        return source.transcript
    from engine.alignment import aligner, can_align

    if not can_align(language):
        return ""
    audio = read(source.path)
    words = aligner().align(audio.samples, audio.rate, source.transcript)
    return " ".join(word.text for word in words or () if _inside(word, begin, end))


def _inside(word: Timing, begin: float, end: float) -> bool:
    """Whether the middle of a word lies in a stretch; who cuts in pauses cuts no word."""
    return 1000 * begin <= (word.start_ms + word.end_ms) / 2 <= 1000 * end
