"""Timings told in the words as they are written: one '$3.50' for what an engine says in three words."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter, itemgetter

from engine.speech import Timing
from engine.text.reading import Sentence

REACH = 24
"""How many characters may go unheard before the next word that an engine tells of; beyond, it is a chance likeness."""

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Scripts that put no blank between words: Thai, Lao, Burmese, Khmer, kana, Han."""
_TOKEN = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]+")
_FIRST_UNSPACED = re.compile(rf"[{UNSPACED}]")
_ONE_UNSPACED = re.compile(rf".?[{UNSPACED}]")
_SAID_SIGNS = "%&@#§"
"""Punctuation, as Unicode has it, that is read aloud where it stands at the edge of a word."""
_DOTTED = re.compile(r"(?:\w\.)+\w")
_RANKS = {"sentence": 0, "word": 1, "syllable": 2, "phoneme": 3}
_BY_START = attrgetter("start_ms")
_FIRST = itemgetter(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Unit:
    """The least of a sentence that is written and said for itself: a word, or several that one expansion covers."""

    text: str
    """As it is written, without the punctuation around it."""
    begin: int
    """Its first character in what is spoken."""
    until: int
    """The first character after it in what is spoken."""
    word: bool
    """Whether there is a letter or a digit in it; what else there is need not be said."""
    joined: bool
    """Whether it goes on from the unit before it, in a script that puts no blanks between words."""


def as_written(timings: Sequence[Timing], sentence: Sentence) -> tuple[Timing, ...]:
    """Tell the timings of what was spoken in the words that are written.

    A word's text is the word without the quotes, brackets, commas and stops around it, which is how speech services
    tell of words; what is said of them stays ('$3.50', '50%', 'U.S.', 'Dr.' where it was expanded). What one
    expansion covers is one word ('2,000 GB'). Every written word comes at most once and in order; where an engine
    merges words, they share its time by their lengths. The engine's sentences become one, with the text as it is
    written, punctuation and all. Syllables and phonemes pass as they are: they tell what is said.

    Args:
        timings: What an engine tells of the sentence's `spoken`; its words need not match that exactly.
        sentence: What was said.

    Returns:
        In the order of their starts, a sentence before its words, a word before its parts. Words do not overlap.
    """
    if not timings:
        return ()
    told = [timing for timing in timings if timing.kind not in ("sentence", "word")]
    events = sorted((timing for timing in timings if timing.kind == "word"), key=_BY_START)
    told.extend(_words(events, _units(sentence), sentence.spoken))
    written = sentence.written.strip()
    if written and any(timing.kind in ("sentence", "word") for timing in timings):
        start = min(timing.start_ms for timing in timings)
        end = max(max(timing.end_ms for timing in timings), start)
        told.append(Timing(kind="sentence", text=written, start_ms=start, end_ms=end))
    return tuple(sorted(told, key=lambda timing: (timing.start_ms, _RANKS[timing.kind])))


def bare(token: str) -> str:
    """Return a written word without the quotes, brackets, commas and stops around it; itself if it is all such."""
    return _stripped(token, len(token), 0) or token


def _units(sentence: Sentence) -> list[_Unit]:
    """Cut a sentence at blanks; what one expansion covers, and what touches it without a blank, stays together."""
    begins: list[int] = []  # where in what is spoken each written character begins, and where it ends
    ends: list[int] = []
    changed: list[tuple[int, int]] = []
    said = 0
    for piece in sentence.pieces:
        at, until = len(begins), said + len(piece.spoken)
        if piece.written == piece.spoken:
            begins.extend(range(said, until))
            ends.extend(range(said + 1, until + 1))
        else:
            begins.extend([said] * len(piece.written))
            ends.extend([until] * len(piece.written))
            core = piece.written.strip()
            lead = piece.written.find(core)
            changed.append((at + lead, at + lead + len(core)))
        said = until
    units: list[_Unit] = []
    written, last = sentence.written, -1
    for begin, until, inner in _merged([match.span() for match in _TOKEN.finditer(written)], changed):
        raw = written[begin:until]
        first, end = (inner[0][0] - begin, inner[-1][1] - begin) if inner else (len(raw), 0)
        unit = _Unit(
            text=_stripped(raw, first, end) or raw,
            begin=begins[begin],
            until=ends[until - 1],
            word=any(character.isalnum() for character in raw),
            joined=begin == last and not inner and bool(_FIRST_UNSPACED.match(raw)),
        )
        units.append(unit)
        last = until if unit.word and raw.endswith(unit.text) else -1
    return units


def _merged(
    spans: Sequence[tuple[int, int]], changed: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, Sequence[tuple[int, int]]]]:
    """Yield the spans, those that one of `changed` covers as one, with those in them; both are in order."""
    place, waiting = 0, deque(changed)
    while place < len(spans):
        begin, until = spans[place]
        inner: list[tuple[int, int]] = []
        while waiting and waiting[0][0] < until:
            if waiting[0][1] > begin:
                inner.append(waiting[0])
            until = max(until, waiting.popleft()[1])
            while place + 1 < len(spans) and spans[place + 1][0] < until:
                place += 1
                until = max(until, spans[place][1])
        yield begin, until, inner
        place += 1


def _stripped(raw: str, first: int, end: int) -> str:
    """Strip the punctuation around a word, of that before `first` and from `end` on only."""
    begin, until = 0, len(raw)
    while begin < min(first, until) and _around(raw[begin]) and not _signs(raw, begin):
        begin += 1
    while until > max(end, begin) and _around(raw[until - 1]):
        until -= 1
    if raw[until : until + 1] == "." and _DOTTED.fullmatch(raw, begin, until):
        until += 1
    return raw[begin:until]


def _around(character: str) -> bool:
    """Tell whether a character at the edge of a word is no part of it."""
    if character.isalnum() or character in _SAID_SIGNS:
        return False
    return unicodedata.category(character)[0] in "PZC" or character in "`<>|~^"


def _signs(raw: str, at: int) -> bool:
    """Tell whether a character is the sign of a number: the minus of -5."""
    return raw[at] == "-" and raw[at + 1 : at + 2].isdigit()


def _words(events: Sequence[Timing], units: Sequence[_Unit], spoken: str) -> Iterator[Timing]:
    """Yield the units with the time of the events that stand for them; events and units are in order."""
    if not events or not units:
        return
    heard: list[tuple[int, Timing]] = []
    pairs = zip(_settled(_found(events, units, spoken), units), events, strict=True)
    for place, group in groupby(pairs, key=_FIRST):
        said = [event for _, event in group]
        start, end = said[0].start_ms, max(event.end_ms for event in said)
        heard.append((place, Timing(kind="word", text=units[place].text, start_ms=start, end_ms=max(start, end))))
    nexts = [*heard[1:], (len(units), None)]
    for number, ((place, timing), (until, after)) in enumerate(zip(heard, nexts, strict=True)):
        if after and after.start_ms < timing.end_ms:
            timing = replace(timing, end_ms=after.start_ms)
        begin = place if number else 0  # words before the first that is told of share its time
        yield from _shared(units[begin:until], place - begin, timing)


def _shared(units: Sequence[_Unit], heard: int, timing: Timing) -> Iterator[Timing]:
    """Yield words that have one time together, each its share by its length; what a script joins is one word."""
    parts: list[tuple[str, int]] = []
    for place, unit in enumerate(units):
        length = max(1, unit.until - unit.begin)
        if place > heard and unit.joined and unit.word and parts:
            parts[-1] = (parts[-1][0] + unit.text, parts[-1][1] + length)
        elif place == heard or unit.word:
            parts.append((unit.text, length))
    total, span = sum(length for _, length in parts), timing.end_ms - timing.start_ms
    said = 0
    for text, length in parts:
        begin, end = span * said // total, span * (said + length) // total
        said += length
        yield Timing(kind="word", text=text, start_ms=timing.start_ms + begin, end_ms=timing.start_ms + end)


def _found(events: Sequence[Timing], units: Sequence[_Unit], spoken: str) -> list[int | None]:
    """Find what each event tells of in what is spoken, from where the one before it ends, and return its unit."""
    folded = spoken.lower()
    folded = folded if len(folded) == len(spoken) else spoken
    begins = [unit.begin for unit in units]
    found: list[int | None] = []
    at = 0
    for event in events:
        wanted = event.text.strip().lower()
        place = _find(folded, wanted, at) if wanted else -1
        if place < 0:
            found.append(None)
        else:
            found.append(max(0, bisect_right(begins, place) - 1))
            at = place + len(wanted)
    return found


def _find(text: str, wanted: str, begin: int) -> int:
    """Return where a word stands in a text, near after `begin`: there at once, or as a whole word; -1 if nowhere."""
    place, limit = begin - 1, begin + REACH + len(wanted)
    while (place := text.find(wanted, place + 1, limit)) >= 0:
        end = place + len(wanted)
        if (_ends_at(text, place) and _ends_at(text, end)) or not text[begin:place].strip():
            return place
    return -1


def _ends_at(text: str, place: int) -> bool:
    """Tell whether a word can end, and another begin, at a place of a text."""
    before, after = text[place - 1 : place], text[place : place + 1]
    return not (before.isalnum() and after.isalnum()) or bool(_ONE_UNSPACED.match(before + after))


def _settled(found: Sequence[int | None], units: Sequence[_Unit]) -> Iterator[int]:
    """Yield the unit of every event: those that were not found stand for the words between those that were."""
    last, place = -1, 0
    while place < len(found):
        until = place
        while until < len(found) and found[until] is None:
            until += 1
        after = found[until] if until < len(found) else None
        limit = len(units) if after is None else after
        free = [unit for unit in range(last + 1, limit) if units[unit].word]
        if not free:
            free = [last if last >= 0 else min(limit, len(units) - 1)]
        for lost in range(until - place):
            last = free[lost * len(free) // (until - place)]
            yield last
        if after is not None:
            last = after
            yield last
        place = until + 1
