"""Whether an engine has really said what it was asked to: neural ones garble, repeat, stop early or never.

Nothing here understands words. What is judged is how long it takes, where it is silent, what repeats, what does not
move on, how it ends, and whose voice it is: `python -m bench selfcheck` damages people's recordings on purpose, and
says how much of that is found and how often a sound one is blamed. What sounds right and is another word is not found.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from engine.quality.clipping import clipping
from engine.selfcheck import pace
from engine.selfcheck.listening import Heard, listen
from engine.selfcheck.sameness import held, likeness
from engine.selfcheck.verdict import Expected, Fault, Verdict
from engine.selfcheck.whose import LEAST, Whose, whose
from engine.speech import Audio

__all__ = ["Expected", "Fault", "Verdict", "judge"]

FAST, SLOW = 0.66, 1.6
"""Between which the time for a long text may lie, against what is usual, where nobody knows how this speaker talks."""
OWN_FAST, OWN_SLOW = 0.78, 1.32
"""The same, against what is usual for this speaker."""
LONGEST_PAUSE = 1.25
"""Seconds of silence between two sounds at most, at speed 1."""
LONGEST_AROUND = 1.5
"""Seconds of silence before the first sound at most, and behind the last one."""
REPEATED = 0.75
"""How alike two stretches may be that are not said to be the same, as a mean cosine."""
REPEATS = 0.6
"""How long the stretches are that are compared with each other, in seconds at speed 1: some three syllables."""
HELD, STILL = 0.65, 2.5
"""How long a sound may stand still, in seconds, and below which change it does, in dB."""
ENDS = -14.0
"""How loud the last 30 ms may be, in dB under the loudest twentieth of moments."""
CLIPPED = 1e-3
"""The share of samples that may be cut off."""
STEADY = 0.775
"""How alike the voice before any moment and behind it has to be, as a cosine."""

_FEW = 20
"""Letters of a text for which the time may stray as far again as for an endless one (as a root: chance evens out)."""
_ROUGH = 1.25
"""How much further the time may stray where what is usual comes from a machine."""
_TINY = 0.15
"""What takes less of the time that it should is not speech that was rushed, but none."""
_END = 3
"""Frames that an utterance ends with: 30 ms."""
_WORDS = 200
"""The most words of a text that are compared with each other; no sentence has more."""


class _Mark(NamedTuple):
    """How an utterance does in one respect."""

    fault: Fault
    part: float
    """From 0 to 1; below 0.5 is a fault."""


def judge(audio: Audio, text: str, expected: Expected) -> Verdict:
    """Judge an utterance; about 1 % of its length in CPU, and twice that with an encoder.

    The figures: `pace` (time against what is usual for the text, see `pace`), `pause` (the longest silence between two
    sounds, in seconds), `around` (the longer silence before or behind, in seconds), `repeat` (how alike the most alike
    stretches are, a cosine, see `sameness`), `held` (how long a sound stands still, in seconds, likewise), `end` (how
    loud it stops, in dB), `clipped` (a share of samples, see `engine.quality.clipping`), and with an encoder
    `steady` and `like` (cosines, see `whose`).

    Args:
        audio: What was said, shape (n,), at any rate from 8 kHz on.
        text: What should have been said.
        expected: What it should be like.

    Returns:
        The verdict; of several takes the one with the highest score is the best.
    """
    import numpy as np

    if not len(audio.samples) or not np.isfinite(audio.samples).all():
        return Verdict(score=0.0, faults=("silent",), figures={}, pace=0.0)
    heard = listen(audio)
    usual = pace.seconds(text, expected.language)
    may_come_twice = _said_twice(text) * usual / max(pace.letters(text), 1)
    taken = heard.talked * expected.speed / usual if usual else 0.0
    figures = {
        "pace": taken,
        "pause": max(heard.pauses, default=0.0),
        "around": max(heard.around),
        "repeat": likeness(heard, (REPEATS + may_come_twice) * _slowed(expected)),
        "held": held(heard, STILL),
        "end": float(heard.levels[-_END:].mean()),
        "clipped": clipping(audio.samples),
    }
    found: Whose | None = None
    if expected.encoder is not None and heard.talked >= LEAST:
        found = whose(audio, expected.encoder, expected.speaker)
        figures["steady"] = found.steady
        if found.like is not None:
            figures["like"] = found.like
    marks = sorted(_marks(heard, text, expected, figures, found), key=lambda mark: mark.part)
    return Verdict(
        score=math.floor(marks[0].part * 1000) / 1000,
        faults=tuple(mark.fault for mark in marks if mark.part < 0.5),
        figures={name: round(figure, 4) for name, figure in figures.items()},
        pace=round(taken, 4),
    )


def _marks(
    heard: Heard, text: str, expected: Expected, figures: dict[str, float], found: Whose | None
) -> Iterator[_Mark]:
    """Grade an utterance in every respect."""
    slowed = _slowed(expected)
    said = bool(heard.sounds) and not 0 < figures["pace"] < _TINY
    yield _Mark("silent", 1.0 if said or not pace.letters(text) else 0.0)
    if figures["pace"] >= _TINY:
        yield from _timed(figures["pace"], text, expected)
    yield _Mark("pause", _under(figures["pause"], LONGEST_PAUSE * slowed))
    yield _Mark("pause", _under(figures["around"], LONGEST_AROUND * slowed))
    yield _Mark("repeat", _under(1 - REPEATED, 1 - figures["repeat"]))
    yield _Mark("held", _under(figures["held"], HELD * slowed))
    yield _Mark("cut off", _under(-ENDS, -figures["end"]))
    yield _Mark("clipped", _under(figures["clipped"], CLIPPED))
    if found is not None:
        yield _Mark("changes speaker", _under(1 - found.steady, 1 - STEADY))
        if found.like is not None:
            yield _Mark("other speaker", _under(1 - found.like, 1 - found.bound))


def _timed(taken: float, text: str, expected: Expected) -> Iterator[_Mark]:
    """Grade how long it took; the fewer letters, the more it may stray."""
    fast, slow = (OWN_FAST, OWN_SLOW) if expected.pace else (FAST, SLOW)
    strays = math.sqrt(1 + _FEW / max(pace.letters(text), 1))
    if expected.language.partition("-")[0].lower() != "en" and not expected.pace:
        strays *= _ROUGH
    off = math.log(taken / (expected.pace or 1.0))
    yield _Mark("rushed", _under(max(-off, 0.0), -math.log(fast) * strays))
    yield _Mark("dragged", _under(max(off, 0.0), math.log(slow) * strays))


def _under(figure: float, limit: float) -> float:
    """Grade a figure that is to stay under a limit: 1 for none of it, 0.5 at the limit, less beyond it."""
    if figure <= limit:
        return 1 - 0.5 * figure / limit if limit > 0 else 1.0
    return 0.5 * max(limit, 0.0) / figure - 1e-9


def _slowed(expected: Expected) -> float:
    """Return how many times as long everything may last."""
    return max(1.0, 1 / expected.speed)


def _said_twice(text: str) -> int:
    """Return how many letters the longest run of words has that stands twice in a text: that may be heard twice."""
    words = re.findall(r"\w+", text.lower())[:_WORDS]
    longest, before = 0, [0] * (len(words) + 1)
    for first, word in enumerate(words):
        runs = [0] * (len(words) + 1)
        for second in range(first):
            if words[second] == word:
                runs[second + 1] = before[second] + len(word)
        longest = max(longest, *runs)
        before = runs
    return longest
