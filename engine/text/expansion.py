"""Figures, signs and abbreviations as a person would read them aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property

from engine.text import cldr
from engine.text.figures import Figures, Rule
from engine.text.grammar import Grammar, grammar, known
from engine.text.monarchs import MONARCHS
from engine.text.numerals import roman
from engine.text.reading import Piece
from engine.text.shapes import after, before, choice

_FIRST = r"(?<![^\W_])"
_LAST = r"(?![^\W_])"
_ENDINGS = (
    "com|org|net|edu|gov|info|io|dev|app|eu|uk|de|fr|es|pl|nl|ru|se|dk|ch|jp|cn|br|pt|tv"
    "|txt|md|pdf|docx?|xlsx?|csv|json|xml|html?|py|js|png|jpe?g|gif|svg|mp3|mp4|wav|ogg|flac|m4a|zip|exe|epub"
)
"""What the name of a host or of a file ends in."""
_SIGNS = "&%=+<>~^\u2248\u2264\u2265\u00d7\u00f7\u00b1\u2212@#/\u00a7\u2192"
_CURRENCY = "$\u20ac\u00a3\u00a5\u20b9\u20bd\u20a9\u20ba\u20b4\u20aa\u0e3f\u20ab\u20b1\u20a6"
_STOPPED = re.compile(r"[\s-]?[^\W\d_]+\.")
_LAST_WORD = re.compile(r"(?<![^\W_])([^\W\d_]{1,14}\.)\W*\Z")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)['\u2019]?\s\Z")
_ENDS = re.compile(r"[\s\"'\u2018-\u201e\u00ab\u00bb)\]]*\Z")
_HEADING = re.compile("[IVX]+|X?L[IVX]*")
"""A Roman numeral that may be the number of a chapter, where it stands alone."""
_PARTS = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_LONGEST_PATH = 40
"""The most characters of a web address behind its host that are said."""
_FIGURE = re.compile(rf"[\d{_CURRENCY}]")

Said = tuple[int, str] | None
"""Where what was read ends, and what is said for it."""


def expand(text: str, language: str) -> tuple[Piece, ...]:
    """Read a text as a person would: figures, signs and abbreviations become words.

    `language` is a BCP 47 tag ('en-gb', 'de'). What the pieces have written is the text, to the character; what
    is read as it stands is one piece. A language with a file in `engine/text/languages` is read by it, another that
    the Unicode CLDR knows gets its numbers, units and currencies, an unknown one nothing. Takes time in proportion to
    the text, and never raises.
    """
    reader = _reader(language) or (_reader_of_figures(language) if _FIGURE.search(text) else None)
    if reader is None or not reader.worth(text):
        return (Piece(written=text, spoken=text),) if text else ()
    return tuple(_pieces(text, reader))


@cache
def _reader(language: str) -> _Reader | None:
    found = grammar(language)
    return _Reader(found) if found else None


@cache
def _reader_of_figures(language: str) -> _Reader | None:
    found = known(language)
    return _Reader(found) if found else None


def _pieces(text: str, reader: _Reader) -> Iterator[Piece]:
    """Yield what is said and what is left; what is said back to back is one piece."""
    left = place = 0
    said: list[str] = []
    begin = 0
    while match := reader.trigger.search(text, place):
        found = reader.read(match)
        if found is None:
            place = max(reader.skip(match), match.start() + 1)
            continue
        if said and match.start() > left:
            yield Piece(written=text[begin:left], spoken="".join(said))
            said = []
        if not said:
            begin = match.start()
            if begin > left:
                yield Piece(written=text[left:begin], spoken=text[left:begin])
        left = place = found[0]
        front = said[-1][-1:] if said else text[match.start() - 1 : match.start()] if match.start() else ""
        back = text[left : left + 1]
        said.append(f"{' ' * _run_on(front, found[1][:1])}{found[1]}{' ' * _run_on(found[1][-1:], back)}")
    if said:
        yield Piece(written=text[begin:left], spoken="".join(said))
    if left < len(text):
        yield Piece(written=text[left:], spoken=text[left:])


def _run_on(left: str, right: str) -> bool:
    """Tell whether two words would run together: both are in letters that leave blanks between words."""
    return all(letter.islower() or letter.isupper() for letter in (left, right))


class _Reader:
    """Finds what is to be read in one language, and reads it."""

    def __init__(self, grammar: Grammar) -> None:
        """`grammar` is how the language says it."""
        self._grammar = grammar
        self._kings = MONARCHS | grammar.kings
        self._words = choice(grammar.stopless)
        tails = grammar.tails or "(?!)"
        self._hint = re.compile(rf"[\d{_CURRENCY}{_SIGNS}]|\.(?=.?[\w(])|\b(?:[IVXLCDM]+(?:{tails})?\b|{self._words})")

    def worth(self, text: str) -> bool:
        """Tell, soon, whether there may be something to read; what it says no to is read as it stands."""
        if self._hint.search(text):
            return True
        last = _LAST_WORD.search(text, max(0, len(text) - 24))
        return last is not None and self._grammar.abbreviation(last[1], "", "") is not None

    @cached_property
    def trigger(self) -> re.Pattern[str]:
        """Finds where what is to be read may begin."""
        grammar = self._grammar
        letters = choice(sign for sign in (*cldr.CURRENCIES, *grammar.symbols) if sign[0].isalpha())
        stop = r"(?:\.(?=\s[a-zß-ÿ]|[,;:)]))?" if grammar.dotted else ""
        own = rf"""
            | (?P<link> {_FIRST} (?:https?://|www\.) [^\s<>"]{{1,500}} )
            | (?P<mail> (?<![\w.+-]) [\w.+-]{{1,64}} @ [\w-]{{1,63}} (?:\.[\w-]{{1,63}}){{1,5}} )
            | (?P<host> (?<![\w.@/-]) (?:[\w-]{{1,63}}\.){{1,5}} (?:{_ENDINGS}) (?![\w@]|\.\w) (?:/[^\s<>"]{{0,200}})? )
            | (?P<stopless> {_FIRST} (?:{self._words}) (?![^\W\d_]|\.) )
            | (?P<roman> {_FIRST} (?:[IVX]{{1,7}}(?P<tail>{grammar.tails or "(?!)"})|[IVX]|[IVXLCDM]{{2,15}}) {_LAST}
                (?!\.[^\W\d_]) {stop} )
            | (?P<word> {_FIRST} (?:[^\W\d_]{{1,14}}\.) (?:[\s-]?[^\W\d_]{{1,6}}\.){{0,3}} )
        """
        return re.compile(
            rf"""(?: (?P<amount> (?:{_FIRST}(?:{letters})|[{_CURRENCY}]) (?=\s?\d|[-\u2212]\d) )
            {own if grammar.language else ""}
            | (?P<digits> \d++ )
            | (?P<point> (?<![\w.]) \. (?=\d) )
            | (?P<span> (?:(?<=\d[%{_CURRENCY}])|(?<=\d\s[%{_CURRENCY}]))\s?[-\u2013]\s?(?=[{_CURRENCY}]?\d)
                | (?<=\d[kKmMBT])[-\u2013](?=[{_CURRENCY}]\d)
                | (?<=\d)\s?(?:-(?=[{_CURRENCY}])|\u2013(?=[{_CURRENCY}]?\d)) )
            | (?P<minus> (?<![\w.,)\]%-]) [-\u2212\u2013] (?=[{_CURRENCY}]?\d) )
            | (?P<phone> [+(] (?=\d) )
            | (?P<sign> (?<![{_SIGNS}]) (?: (?:[{_SIGNS}] | (?<=[A-Z])\+\+ ) (?![{_SIGNS}]) | \^(?=\u2212\d) ) )
            )""",
            re.VERBOSE,
        )

    @cached_property
    def _figures(self) -> Figures:
        return Figures(self._grammar)

    def read(self, match: re.Match[str]) -> Said:
        """Return where what begins at a match ends and what is said for it; None where it is left as it is."""
        kind = match.lastgroup if match.lastgroup != "tail" else "roman"
        try:
            return self._by_kind(kind or "", match)
        except LookupError:
            return None  # beyond what the language's number words reach

    def skip(self, match: re.Match[str]) -> int:
        """Return where to go on behind what is left as it is."""
        if match["digits"]:
            return match.end()
        if match.groupdict().get("word"):
            first = _STOPPED.match(match.string, match.start())
            return first.end() if first else match.end()
        return match.start() + 1

    def _by_kind(self, kind: str, match: re.Match[str]) -> Said:
        match kind:
            case "digits":
                return _first(self._figures.digits, match)
            case "amount":
                return _first(self._figures.amounts, match)
            case "word":
                return self._abbreviation(match)
            case "stopless":
                return _kept(match, self._stopless(match))
            case "roman":
                return _kept(match, self._roman(match))
            case "link" | "mail" | "host":
                return self._address(match)
            case "phone":
                return _first(self._figures.phones, match) or _kept(match, self._sign(match))
            case "point":
                return _first(self._figures.points, match)
            case "span":
                return _kept(match, f" {self._grammar.to} " if self._grammar.to else None)
            case "minus":
                minus = self._grammar.signs.get("-")
                return _kept(match, f"{minus} " if minus else None)
            case _:
                return self._power(match) or _kept(match, self._sign(match))

    def _abbreviation(self, match: re.Match[str]) -> Said:
        """Read the longest run of stopped words that is an abbreviation: z. B., i.e."""
        text, start = match.string, match.start()
        ends = [part.end() for part in _STOPPED.finditer(text, start, match.end())]
        for end in reversed(ends):
            written = "".join(text[start:end].split())
            said = self._grammar.abbreviation(written, before(match), text[end : end + 32])
            if said is not None:
                return end, f"{said}." if _ENDS.match(text, end) and said[-1:] != "." else said
        return None

    def _stopless(self, match: re.Match[str]) -> str | None:
        written = match["stopless"]
        if said := self._grammar.stopless[written]:
            return said
        return self._grammar.unstopped(written, before(match), after(match))

    def _roman(self, match: re.Match[str]) -> str | None:
        written = match["roman"].rstrip(".").removesuffix(match["tail"] or "")
        value = roman(written)
        if value is None:
            return None
        behind = after(match)
        said = self._grammar.century(value, match["tail"] or "", before(match), behind)
        if said is not None or match["tail"]:
            return said
        if not before(match).strip() and not behind.strip(" .:\n"):
            return self._grammar.cardinal(value) if written != "I" and _HEADING.fullmatch(written) else None
        word = _WORD_BEFORE.search(before(match))
        if word is None or written in ("L", "C", "D", "M"):
            return None
        name = word[1]
        if self._grammar.numbered and re.fullmatch(self._grammar.numbered, name, re.IGNORECASE):
            return self._grammar.cardinal(value)
        if not self._kings.isdisjoint((name, name.removesuffix("s"))):
            return self._grammar.reign(value, name, before(match), behind)
        if self._grammar.sequels and name[0].isupper() and 2 <= value <= 19 and len(written) > 1:
            return self._grammar.cardinal(value)
        return None

    def _address(self, match: re.Match[str]) -> Said:
        """Read an address: without its scheme, and no farther than a person would."""
        words = self._grammar.address
        if not words:
            return None
        written = match[0].rstrip(".,;:!?)]}'\u2019\u201d\u00bb")
        bare = re.sub(r"\A(?:https?://)?(?:www\.)?|[?#].*\Z", "", written, flags=re.DOTALL).rstrip("/")
        host, slash, path = bare.partition("/")
        if len(path) > _LONGEST_PATH:
            path = path[:_LONGEST_PATH].rpartition("/")[0]
        said = [self._part(part) for part in _PARTS.findall(host + (slash + path if path else ""))]
        return (match.start() + len(written), " ".join(filter(None, said))) if said else None

    def _part(self, part: str) -> str:
        if part.isdecimal():
            return self._figures.run(part) if len(part) < 5 else self._grammar.digits(part)
        return part if part.isalpha() else self._grammar.address.get(part, "")

    def _power(self, match: re.Match[str]) -> Said:
        """Read the powers that have a name: x^2."""
        written = re.match(r"\^\d(?!\d)", match.string[match.start() : match.start() + 3])
        named = self._grammar.signs.get(written[0]) if written else None
        return (match.end() + 1, _worded(named, before(match)[-1:], "") or "") if named else None

    def _sign(self, match: re.Match[str]) -> str | None:
        sign, signs = match[0], self._grammar.signs
        left, right = before(match)[-1:], after(match)[:1]
        if sign == "#" and left.isupper():
            return _worded(signs.get("C#"), left, "")
        if sign == "\u00a7":
            return _worded(signs.get(sign), left, right)
        if sign in ("#", "@"):
            plain = sign == "@" or right.isdigit() or right.isspace()
            heard = not left.isalnum() and (right.strip() or sign == "@")
            return _worded(signs.get(sign if plain else "#a"), left, right) if heard else None
        if sign == "++":
            return _worded(signs.get("+") and f"{signs['+']} {signs['+']}", left, right)
        if sign == "/":
            return " " if left.isalpha() and right.isalpha() and not self._unit(match) else None
        before_a_number = right.isdigit() or (right != "" and right in _CURRENCY)
        if sign in ("<", ">", "~") and not (before_a_number or (left.isspace() and right.isspace())):
            return None
        if left.strip() and not left.isalnum() and left not in ")%]":
            return None
        return _worded(signs.get(sign), left, right)

    def _unit(self, match: re.Match[str]) -> bool:
        """Tell whether a slash is that of a unit: km/h."""
        left, right = re.search(r"[^\W_]{1,3}\Z", before(match)), re.match(r"[^\W_]{1,2}", after(match))
        return bool(left and right and f"{left[0]}/{right[0]}" in cldr.UNITS)


def _first(rules: tuple[Rule, ...], match: re.Match[str]) -> Said:
    """Return what the first rule that has something to say says at a place."""
    for pattern, say in rules:
        found = pattern.match(match.string, match.start())
        if found:
            said = say(found)
            if said is not None:
                return found.end(), said
    return None


def _kept(match: re.Match[str], said: str | None) -> Said:
    return None if said is None else (match.end(), said)


def _worded(word: str | None, left: str, right: str) -> str | None:
    """Part a word for a sign from what it was written together with."""
    if not word:
        return None
    front = left.isalnum() or left in (")", "%")
    back = right.isalnum() or (right != "" and right in _CURRENCY)
    return f"{' ' * front}{word}{' ' * back}"
