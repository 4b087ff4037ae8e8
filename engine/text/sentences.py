"""A clean text, cut into its sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from engine.text.hygiene import speakable

SENTENCE_LIMIT = 300
"""The most characters of one sentence; what is longer is cut where it hurts least."""

_CLOSERS = r"\"'\u2018\u2019\u201c\u201d\u00ab\u00bb\u2039\u203a)\]}\u300d\u300f\u3011\uff09"
_UNSPACED_STOPS = r"\u3002\uff61\u0964\u0965\u061f\u06d4\u0589\u1362\u1367\u104b\u104a\u17d4\u17d5"
"""Full stops of scripts that need no blank behind them: CJK, Devanagari, Arabic, Armenian, Ethiopic, Burmese, Khmer."""
_UNSPACED = r"\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff"
# Every run is read once, from its beginning (`(?<!`) to its end (`++`): else a million dots would take a million times
# as long as they should.
_STOP = re.compile(
    rf"""(?: (?<![.!?…]) [.!?…]++ [{_CLOSERS}]*+ (?=\s)
           | (?<![!?]) [!?]++ [{_CLOSERS}]*+ (?=[{_UNSPACED}])
           | [{_UNSPACED_STOPS}]++ [{_CLOSERS}]*+
         ) \s*""",
    re.VERBOSE,
)
_LAST_WORD = re.compile(r"[\w.]+$")
_LONGEST_ABBREVIATION = 12
_TITLE = re.compile(
    r"adm|capt|cmdr|col|cpl|dr|drs|fr|gen|gov|hon|lt|maj|messrs|mlle|mme|mr|mrs|ms|mt|prof|rep|rev|sen|sgt|sr|st|vs",
    re.IGNORECASE,
)
"""Its full stop never ends a sentence: a name follows."""
_INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])*")
"""Of a person, or of an institution: J. R. R. Tolkien, the U.S. Army."""
_COUNTED = re.compile(r"art|ca|ch|chap|cf|eq|figs?|nos?|nr|pp?|par|sec|vols?", re.IGNORECASE)
"""Its full stop ends no sentence where a number follows."""
_ITEM = re.compile(r"\s*\d{1,3}")
"""The number of an item in a list, before its full stop."""
_CUTS = (
    re.compile(r"(?<=[,;:)\]])(?=\s)|(?=\s[-\u2013\u2014]\s)|(?<=[\u2013\u2014\u3001\uff0c\uff1b\uff1a\u060c\u061b])"),
    re.compile(r"(?=\s)"),
)
"""Where a sentence that is too long may be cut, the best first."""
_WRAPPED_WIDTHS = range(50, 121)
"""How wide a program wraps text."""


def sentences(text: str, limit: int = SENTENCE_LIMIT) -> list[str]:
    """Cut a clean text into its sentences, none longer than `limit` characters and none without a letter or digit.

    A sentence ends at its stop or at a line break, but not at the stop of a title (Dr.), an initial or a number,
    nor before a small letter; nor at the line breaks of a text whose lines a program has wrapped. One that is
    too long is cut at commas and the like, else at blanks, else anywhere.
    """
    pieces: list[str] = []
    for line in _lines(text):
        for sentence in _at_stops(line):
            for piece in _cut(sentence.strip(), limit):
                if speakable(piece):
                    pieces.append(piece)
                elif pieces and len(pieces[-1]) + 1 + len(piece) <= limit:
                    pieces[-1] += " " + piece  # an emoji, dots: they belong to what was said before
    return pieces


def _lines(text: str) -> Iterator[str]:
    """Yield the lines that people meant."""
    for paragraph in text.split("\n\n"):
        lines = paragraph.split("\n")
        if _wrapped(lines):
            yield " ".join(lines)
        else:
            yield from lines


def _wrapped(lines: Sequence[str]) -> bool:
    """Tell whether a program broke these lines: each is as long as the next one's first word allows."""
    width = max(map(len, lines))
    return width in _WRAPPED_WIDTHS and all(
        len(line) + 1 + len(after.partition(" ")[0]) > width for line, after in pairwise(lines)
    )


def _at_stops(line: str) -> Iterator[str]:
    begin = 0
    for stop in _STOP.finditer(line):
        if _ends(line, begin, stop):
            yield line[begin : stop.end()]
            begin = stop.end()
    yield line[begin:]


def _ends(line: str, begin: int, stop: re.Match[str]) -> bool:
    """Tell whether a sentence that began at `begin` ends with a stop."""
    after = line[stop.end() : stop.end() + 1]
    if after.islower():
        return False
    if stop[0].rstrip() != ".":
        return True
    if _ITEM.fullmatch(line, begin, stop.start()):
        return False
    word = _LAST_WORD.search(line, max(begin, stop.start() - _LONGEST_ABBREVIATION), stop.start())
    if word is None:
        return True
    last = word[0]
    if _TITLE.fullmatch(last) or (last.isupper() and last != "I" and _INITIALS.fullmatch(last)):
        return False
    return not (after.isdigit() and _COUNTED.fullmatch(last))


def _cut(sentence: str, limit: int) -> Iterator[str]:
    """Yield pieces of at most `limit` characters."""
    while len(sentence) > limit:
        place = _place(sentence, limit)
        yield sentence[:place].rstrip()
        sentence = sentence[place:].lstrip()
    if sentence:
        yield sentence


def _place(sentence: str, limit: int) -> int:
    """Where to cut a sentence that is too long: at the last good place in what fits, but not in its first third."""
    for cuts in _CUTS:
        good = [cut.start() for cut in cuts.finditer(sentence, limit // 3 + 1, limit + 1) if cut.start() <= limit]
        if good:
            return good[-1]
    place = limit
    while place > limit // 2 + 1 and unicodedata.category(sentence[place])[0] == "M":
        place -= 1  # a mark stays with its letter
    return place
