"""A clean text, cut into its sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from engine.text.hygiene import speakable
from engine.text.monarchs import MONARCHS
from engine.text.numerals import roman

if TYPE_CHECKING:
    from engine.text.grammar import Grammar

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
_TITLE_ANYWHERE = re.compile(
    r"[Dd]r|Prof|M(?:r|rs|s|me|lle)|Messrs|St|Capt|Sgt|Lt",
)
"""The same in a language whose own abbreviations are known: no word of its own, as 'maj' and 'gen' may be."""
_INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])*")
"""Of a person, or of an institution: J. R. R. Tolkien, the U.S. Army."""
_COUNTED = re.compile(r"art|ca|ch|chap|cf|eq|figs?|nos?|nr|pp?|par|sec|vols?", re.IGNORECASE)
"""Its full stop ends no sentence where a number follows."""
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_]{1,4}\.\s?){0,3}[^\W\d_]+\Z")
"""The last word, and the stopped ones before it: z. B, d. h, EE. UU."""
_PLACE = re.compile(r"(?:([^\W\d_]+) )?(?:(\d{1,3})|([IVXLCDM]{1,15}))\Z")
"""A number that its stop may make a place in a row, and the word before it."""
_WINDOW = 40
"""How many characters around a stop tell whether a sentence ends there."""
_ITEM = re.compile(r"\s*\d{1,3}")
"""The number of an item in a list, before its full stop."""
_CUTS = (
    re.compile(r"(?<=[,;:)\]])(?=\s)|(?=\s[-\u2013\u2014]\s)|(?<=[\u2013\u2014\u3001\uff0c\uff1b\uff1a\u060c\u061b])"),
    re.compile(r"(?=\s)"),
)
"""Where a sentence that is too long may be cut, the best first."""
_WRAPPED_WIDTHS = range(50, 121)
"""How wide a program wraps text."""


def sentences(text: str, limit: int = SENTENCE_LIMIT, language: str = "") -> list[str]:
    """Cut a clean text into its sentences, none longer than `limit` characters and none without a letter or digit.

    A sentence ends at its stop or at a line break, but not at the stop of a title (Dr.), an initial or a number,
    nor before a small letter, nor at that of an abbreviation of the language (a BCP 47 tag: 'de') that more follows;
    nor at the line breaks of a text whose lines a program has wrapped. One that is
    too long is cut at commas and the like, else at blanks, else anywhere.
    """
    pieces: list[str] = []
    known = _known(language) if language else None
    for line in _lines(text):
        for sentence in _at_stops(line, known):
            for piece in _cut(sentence.strip(), limit):
                if speakable(piece):
                    pieces.append(piece)
                elif pieces and len(pieces[-1]) + 1 + len(piece) <= limit:
                    pieces[-1] += " " + piece  # an emoji, dots: they belong to what was said before
    return pieces


def _known(language: str) -> Grammar | None:
    from engine.text.grammar import grammar

    return grammar(language)


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


def _at_stops(line: str, known: Grammar | None) -> Iterator[str]:
    begin = 0
    for stop in _STOP.finditer(line):
        if _ends(line, begin, stop, known):
            yield line[begin : stop.end()]
            begin = stop.end()
    yield line[begin:]


def _ends(line: str, begin: int, stop: re.Match[str], known: Grammar | None) -> bool:
    """Tell whether a sentence that began at `begin` ends with a stop."""
    after = line[stop.end() : stop.end() + 1]
    if after.islower() or after == "&":
        return False
    if stop[0].rstrip() != ".":
        return True
    if _ITEM.fullmatch(line, begin, stop.start()):
        return False
    word = _LAST_WORD.search(line, max(begin, stop.start() - _LONGEST_ABBREVIATION), stop.start())
    if word is None:
        return True
    last = word[0]
    if known is not None:
        return _ends_in(known, line, begin, stop, last)
    if _TITLE.fullmatch(last) or (last.isupper() and last != "I" and _INITIALS.fullmatch(last)):
        return False
    return not (after.isdigit() and _COUNTED.fullmatch(last))


def _ends_in(known: Grammar, line: str, begin: int, stop: re.Match[str], last: str) -> bool:
    """Tell whether a sentence of a known language ends with the single stop behind its last word."""
    front = line[max(begin, stop.start() - _WINDOW) : stop.start()]
    back = line[stop.end() : stop.end() + _WINDOW]
    starts = re.match(known.starts, back) is not None
    if last.isupper() and last != "I" and _INITIALS.fullmatch(last):
        return "." in last and starts
    if known.dotted and (place := _PLACE.search(front)):
        return _ends_at_number(known, place, back, starts)
    spaced = _SPACED.search(front)
    if spaced is None:
        return True
    parts = spaced[0].replace(" ", "").split(".")
    ahead = re.match(r"[^\W\d_]{1,4}\.", back)
    if ahead and any(known.spells(".".join([*parts[at:], ahead[0]])) for at in range(len(parts))):
        return False  # its first word only: z. B.
    if _TITLE_ANYWHERE.fullmatch(last) and not known.spells(f"{last}."):
        return False
    before = front[: spaced.end() - len(parts[-1])]
    return not any(_goes_on(known, ".".join([*parts[at:], ""]), before, back) for at in range(len(parts)))


def _goes_on(known: Grammar, written: str, before: str, back: str) -> bool:
    """Tell whether what stands before a stop is an abbreviation behind which a sentence goes on."""
    if back[:1].isdigit():
        return written in known.counted or known.spells(written)
    if back and unicodedata.category(back[0]) == "Sc":
        return known.spells(written)
    return known.spells(written) and not known.closes(written, before, back)


def _ends_at_number(known: Grammar, place: re.Match[str], back: str, starts: bool) -> bool:
    """Tell whether the stop behind a number ends a sentence, where one makes a place in a row too."""
    word, digits, letters = place.groups()
    if letters:
        king = word is not None and (word in MONARCHS or word.removesuffix("s") in MONARCHS)
        return starts or not king or roman(letters) is None
    if back.startswith(known.months) or (back[:1].isdigit() and int(digits) <= 31):
        return False
    return starts or word is None or re.fullmatch(known.placing, word) is None


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
