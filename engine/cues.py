"""Cues: what subtitles show at once, cut out of what is said as broadcasters do it.

The measures are those that the BBC's and Netflix's guides for subtitles agree on for English, within a little: two
lines of 42 columns, from one second to seven, 17 characters a second, cut at the ends of sentences, then of clauses.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from engine.speech import Timing
from engine.written import REACH, UNSPACED, bare

LINE = 42
"""The most columns of a line; a character of Chinese, Japanese or Korean takes two."""
SHORTEST, LONGEST = 1000, 7000
"""How long a cue is shown at least, where what follows leaves it the time, and at most, in milliseconds."""
PACE = 17
"""How many characters people read in a second: a cue stays for that long where nothing follows."""

_OPENERS = "\u3008\u300a\u300c\u300e\u3010\uff08"
_TOKEN = re.compile(rf"[{_OPENERS}]*[{UNSPACED}][^\w\s{_OPENERS}]*|[^\s{UNSPACED}]+")
_UNSPACED_END = re.compile(rf"[{UNSPACED}]\W*\Z")
_CLAUSE_ENDS = frozenset("!?…;:,)\u2013\u2014-\u3002\u3001\uff0c\uff1b\uff1a\uff01\uff1f\u061f\u060c\u061b\u0964")
"""What ends a clause where it stands in a sentence; a full stop there belongs to an abbreviation."""
_CLOSERS = "\"'\u2018\u2019\u201c\u201d\u00ab\u00bb\u203a\u2039]}\u300d\u300f\u3011\uff09"
_JOINERS = "\u200c\u200d"
_BREAK_COSTS = (4.0, 3.0, 0.7, 0.0)
"""What it costs to end a cue after a short word, another within a clause, at a clause's end and at a sentence's."""
_SHORT_WORD = 3
"""Words of so few columns are articles, prepositions and the like in most languages: what follows belongs to them."""
_CLAUSE, _SENTENCE = 2, 3
_CUE_COST = 1.0
_PAUSE = 300
"""A silence so long, in milliseconds, parts clauses too."""
_SILENCE = 1500
"""Where words come without sentences, a silence so long parts them."""
_MOST_WORDS = 60
"""How many words without a sentence are cut into cues together."""
_WIDE = "WF"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cue:
    """What is shown at once."""

    start_ms: int
    """When it appears, in milliseconds."""
    end_ms: int
    """When it goes, in milliseconds; always after it appears, and not after the next one does."""
    lines: tuple[str, ...]
    """One or two lines, from the top, with nothing in them but what is shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Token:
    """What may not be parted: a word with the punctuation around it."""

    text: str
    width: int
    """In columns."""
    spaced: bool
    """Whether a blank parts it from what stands before it in its line."""
    start_ms: int
    end_ms: int
    rank: int
    """How good it is to end a cue after it: an index of _BREAK_COSTS."""


def cues(timings: Iterable[Timing]) -> Iterator[Cue]:
    """Cut what is said into cues; of what comes in, no more than a sentence or two is held at a time.

    Args:
        timings: In the order of their starts, a sentence before its words. Words are shown with the punctuation of
            their sentence; without sentences they stand alone. A sentence without words is shown by its length.
            Other timings are passed over.

    Returns:
        In order, never two at once. A cue longer than LONGEST is a single word. The last is shown for SHORTEST at
        least, even beyond the end of what is said.
    """
    shown_until = 0
    held: Sequence[_Token] = ()
    for part in (part for sentence, words in _sentences(timings) for part in _cut(list(_tokens(sentence, words)))):
        if held and part[0].start_ms - held[0].start_ms < SHORTEST and _fits(joined := [*held, *part]):
            held = joined
            continue
        if held:
            cue = _cue(held, shown_until, part[0].start_ms)
            shown_until = cue.end_ms
            yield cue
        held = part
    if held:
        # Nothing may follow but the sound's end, and players show what is left of a cue after it.
        yield _cue(held, shown_until, max(held[-1].end_ms, max(held[0].start_ms, shown_until) + SHORTEST))


def _sentences(timings: Iterable[Timing]) -> Iterator[tuple[Timing | None, Sequence[Timing]]]:
    """Yield each sentence with its words; words without a sentence by the silences between them."""
    sentence: Timing | None = None
    words: list[Timing] = []
    for timing in timings:
        if timing.kind == "sentence":
            if sentence or words:
                yield sentence, words
            sentence, words = timing, []
        elif timing.kind == "word":
            apart = bool(words) and timing.start_ms - words[-1].end_ms >= _SILENCE
            if not sentence and (apart or len(words) == _MOST_WORDS):
                yield None, words
                words = []
            words.append(timing)
    if sentence or words:
        yield sentence, words


def _tokens(sentence: Timing | None, words: Sequence[Timing]) -> Iterator[_Token]:
    """Yield what a sentence is shown as, every token with its time."""
    text = shown(sentence.text if sentence else _side_by_side(words))
    clock = _Clock(text, sentence, words)
    spans = [span for match in _TOKEN.finditer(text) for span in _chopped(text, *match.span())]
    cores = [_core(text, begin, until) for begin, until in spans]
    last = -1
    for place, (begin, until) in enumerate(spans):
        start, end = clock.opens(cores[place][0]), clock.closes(cores[place][1])
        rank = _CLAUSE if text[begin:until].rstrip(_CLOSERS)[-1:] in _CLAUSE_ENDS else int(until - begin > _SHORT_WORD)
        if place + 1 == len(spans):
            rank = _SENTENCE
        elif clock.opens(cores[place + 1][0]) - end >= _PAUSE:
            rank = _CLAUSE
        yield _Token(
            text=text[begin:until],
            width=columns(text[begin:until]),
            spaced=begin != last,
            start_ms=start,
            end_ms=max(start, end),
            rank=rank,
        )
        last = until


def _core(text: str, begin: int, until: int) -> tuple[int, int]:
    """Return where in a token that is said begins and ends which is no punctuation."""
    core = bare(text[begin:until])
    first = text.find(core, begin, until)
    return first, first + len(core)


def _side_by_side(words: Sequence[Timing]) -> str:
    """Put words together that come without their sentence."""
    text = ""
    for word in words:
        apart = not (_UNSPACED_END.search(text) and _UNSPACED_END.search(word.text[:1]))
        text += " " * apart + word.text
    return text


class _Clock:
    """Tells when each character of a sentence is said: between the words that are known, by their lengths."""

    def __init__(self, text: str, sentence: Timing | None, words: Sequence[Timing]) -> None:
        self._places: list[int] = []
        self._times: list[int] = []
        if sentence:
            self._add(0, sentence.start_ms)
        at = 0
        for word in words:
            said = shown(word.text)
            place = text.find(said, at, at + REACH + len(said)) if said else -1
            if place >= 0:
                at = place + len(said)
                self._add(place, word.start_ms)
                self._add(at, word.end_ms)
        self._add(len(text), sentence.end_ms if sentence else words[-1].end_ms)

    def _add(self, place: int, ms: int) -> None:
        self._places.append(place)
        self._times.append(max(ms, self._times[-1]) if self._times else ms)

    def opens(self, place: int) -> int:
        """Return when what begins at a place is said."""
        return self._at(place, bisect_right(self._places, place))

    def closes(self, place: int) -> int:
        """Return when what ends at a place has been said."""
        return self._at(place, bisect_left(self._places, place))

    def _at(self, place: int, after: int) -> int:
        if after == 0:
            return self._times[0]
        if after == len(self._places):
            return self._times[-1]
        begin, until = self._places[after - 1], self._places[after]
        start, end = self._times[after - 1], self._times[after]
        return start + (end - start) * (place - begin) // (until - begin)


def _chopped(text: str, begin: int, until: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a token that each fit into a line; letters keep their marks."""
    while columns(text[begin:until]) > LINE:
        end = begin + 1
        width = columns(text[begin])
        while end < until and (width := width + columns(text[end])) <= LINE:
            end += 1
        yield begin, end
        begin = end
    yield begin, until


def _cut(tokens: Sequence[_Token]) -> Iterator[Sequence[_Token]]:
    """Yield the tokens of a sentence in such parts that cutting there costs least."""
    room = _Room(tokens)
    costs, froms = [0.0], [0]
    for until in range(1, len(tokens) + 1):
        end, last = tokens[until - 1], until == len(tokens)
        best, chosen = float("inf"), until - 1
        for begin in range(until - 1, -1, -1):
            lasts = end.end_ms - tokens[begin].start_ms
            if begin < until - 1 and (lasts > LONGEST or not room.fits(begin, until)):
                break
            cost = costs[begin] + _CUE_COST + max(0, SHORTEST - lasts) / 500 + (0 if last else _BREAK_COSTS[end.rank])
            if cost < best:
                best, chosen = cost, begin
        costs.append(best)
        froms.append(chosen)
    cuts = [len(tokens)]
    while cuts[-1]:
        cuts.append(froms[cuts[-1]])
    for until, begin in zip(reversed(cuts[:-1]), reversed(cuts[1:]), strict=True):
        yield tokens[begin:until]


class _Room:
    """Tells how much room tokens take in lines."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._blanks = [int(token.spaced) for token in tokens]
        self._ends = [0, *accumulate(token.spaced + token.width for token in tokens)]

    def width(self, begin: int, until: int) -> int:
        """Return how wide the tokens from `begin` up to `until` are in one line, in columns."""
        return self._ends[until] - self._ends[begin] - self._blanks[begin]

    def fits(self, begin: int, until: int) -> bool:
        """Tell whether they fit into two lines."""
        if self.width(begin, until) <= LINE:
            return True
        fold = bisect_right(self._ends, LINE + self._ends[begin] + self._blanks[begin]) - 1
        return begin < fold < until and self.width(fold, until) <= LINE


def _fits(part: Sequence[_Token]) -> bool:
    """Tell whether this can be shown at once: in two lines, and not for too long."""
    return part[-1].end_ms - part[0].start_ms <= LONGEST and _Room(part).fits(0, len(part))


def _lines(part: Sequence[_Token]) -> Iterator[Sequence[_Token]]:
    """Yield one line or two: about as long as each other, the lower one the longer, parted where the sense is."""
    room, count = _Room(part), len(part)
    if room.width(0, count) <= LINE or count == 1:
        yield part
        return
    best, chosen = float("inf"), 1
    for place in range(1, count):
        upper, lower = room.width(0, place), room.width(place, count)
        cost = abs(upper - lower) + 4 * (upper > lower) - 10 * part[place - 1].rank
        if upper <= LINE and lower <= LINE and cost < best:
            best, chosen = cost, place
    yield part[:chosen]
    yield part[chosen:]


def _cue(part: Sequence[_Token], earliest: int, latest: int) -> Cue:
    """Show this from when it is said, not before `earliest`, until it can be read, if possible not after `latest`."""
    start = max(part[0].start_ms, earliest)
    wanted = max(SHORTEST, 1000 * _Room(part).width(0, len(part)) // PACE)
    end = max(part[-1].end_ms, min(start + wanted, start + LONGEST))
    lines = tuple(_text(line) for line in _lines(part))
    return Cue(start_ms=start, end_ms=max(min(end, latest), start + 1), lines=lines)


def _text(line: Sequence[_Token]) -> str:
    return "".join(" " * (token.spaced and place > 0) + token.text for place, token in enumerate(line))


def columns(text: str) -> int:
    """Return how wide a text is shown, in columns: marks take none, letters of East Asia two."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in _WIDE else 1
        for c in text
    )


def shown(text: str) -> str:
    """Return a text in one line without what is unseen; what parts words becomes a blank."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() or c in _JOINERS else _instead(c) for c in text)
    return " ".join(text.split())


def _instead(character: str) -> str:
    return " " if unicodedata.category(character) in ("Cc", "Zs", "Zl", "Zp") else ""
