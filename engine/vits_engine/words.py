"""When each word is said: found by how long each letter or phoneme lasts, which a VITS decides before it speaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from engine.speech import Timing

_WORD = re.compile(r"\w+(?:['\u2019\u2010-]\w+)*")


def timings(text: str, said: str, ends: Sequence[float], alone: Callable[[str], str]) -> list[Timing]:
    """Return when a sentence and each of its words is said.

    A model does not say text, but letters or phonemes that were made of it, in which words may have run together ("of
    the" is one to espeak). So every word is made into them alone, these are put one after another, and compared with
    what is said; what they have in common tells where a word ends, to within a phoneme.

    Args:
        text: The sentence, as it was given.
        said: The letters or phonemes that are said of it, with spaces and punctuation.
        ends: When each of these ends, in seconds from the start of the sound, as long as `said`.
        alone: Makes them of a word.
    """
    if not ends:
        return []
    last = round(1000 * ends[-1])
    words = list(_WORD.finditer(text))
    found = [Timing(kind="sentence", text=text, start_ms=0, end_ms=last)]
    sounding = [place for place, sign in enumerate(said) if sign.isalnum()]
    if not words or not sounding:
        return found
    pieces = ["".join(sign for sign in alone(word[0]) if sign.isalnum()) for word in words]
    places = _boundaries(pieces, "".join(said[place] for place in sounding))
    for word, begin, end in zip(words, places, places[1:], strict=False):
        if begin < end:
            first, until = sounding[begin], sounding[end - 1]
            start = round(1000 * ends[first - 1]) if first else 0
            found.append(Timing(kind="word", text=word[0], start_ms=start, end_ms=round(1000 * ends[until])))
    return found


def _boundaries(pieces: Sequence[str], said: str) -> list[int]:
    """Return where in what is said each piece begins, and where the last one ends; they never go back."""
    whole = "".join(pieces)
    matcher = SequenceMatcher(None, whole, said, autojunk=False)
    knots = [(0, 0), *((m.a + at, m.b + at) for m in matcher.get_matching_blocks() for at in (0, m.size))]
    knots.append((len(whole), len(said)))
    places, at = [0], 0
    for piece in pieces[:-1]:
        at += len(piece)
        places.append(_between(knots, at))
    return [*places, len(said)]


def _between(knots: Sequence[tuple[int, int]], at: int) -> int:
    """Read a line through points that go up."""
    for (left, low), (right, high) in pairwise(knots):
        if left <= at <= right and right > left:
            return low + round((high - low) * (at - left) / (right - left))
    return knots[-1][1]
