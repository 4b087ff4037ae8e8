"""What figures look like in a text, by the marks, signs and units of a language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.text import cldr
from engine.text.grammar import Grammar

AROUND = 32
"""How many characters before and behind a match a language looks at."""


def before(match: re.Match[str]) -> str:
    """Return what stands before a match."""
    return match.string[max(0, match.start() - AROUND) : match.start()]


def after(match: re.Match[str]) -> str:
    """Return what stands behind a match."""
    return match.string[match.end() : match.end() + AROUND]


def choice(signs: Iterable[str]) -> str:
    """Return the alternatives of a regular expression, the longest first; what never matches where there are none."""
    return "|".join(map(re.escape, sorted(signs, key=lambda sign: (-len(sign), sign)))) or "(?!)"


class Shapes:
    """The regular expressions of one language.

    Each is bounded, or takes a run of digits once and whole, so that a hostile text costs no more than its length.
    """

    iso_date = re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?=T\d\d:|(?![\d-]))T?")
    date = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})(?!\d|\2\d)")
    day = re.compile(r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.(?!\d)")
    hour = re.compile(r"(?P<h>\d{1,2})\s?(?P<half>[AaPp])\.?\s?[Mm](?!\w)(?P<stop>\.?)(?P<to>\s?[\u2013-]\s?(?=\d))?")
    ratio = re.compile(r"(?P<a>\d{1,3}):(?P<b>\d{1,3})(?![\d:])")
    version = re.compile(r"(\d{1,5})(?:\.\d{1,5}){2,7}(?!\d)")
    point = re.compile(r"\.(?P<n>\d{1,15})(?!\d|\.\d)")
    foreign = re.compile(r"(?P<n>\d{1,6})\.(?P<part>\d{1,6})(?!\d|\.\d)")
    times = re.compile(r"(?P<n>\d{1,5})(?P<by>\s?[x\u00d7])(?=(?P<gap>\s?)\d)")
    suffixed = re.compile(r"(?P<n>\d{1,9})(?P<mark>[:.'\u2019-]?[^\W\d_]{1,6}|\u00b0)(?!\w)")
    feet = re.compile(r"(\d{1,2})['\u2019\u2032]\s?(\d{1,2})(?:[\"\u201d]|\u2032\u2032)")
    placed = re.compile(r"(\d{1,4})\.(?:(?=\s[^\W\d_]|,\s\d{1,3}\.)|(?P<to>\s?[\u2013-]\s?)(?=\d{1,3}\.\s))")
    phones = (
        re.compile(r"\+\d{1,3}(?:[ ./-]{0,2}\(?\d{1,5}\)?){2,6}(?!\d)"),
        re.compile(r"\(\d{2,5}\)[ -]?\d{2,8}(?:[ -]\d{2,5}){0,3}(?!\d)"),
        re.compile(r"0\d{1,5}(?:(?: ?[/.-] ?| )\d{2,8}){1,5}(?!\d)|0\d{6,14}(?!\d)"),
        re.compile(r"(?:1[-. ])?[1-9]\d{2}(?:[-. ]\d{3})?-\d{4}(?![\d-])"),
        re.compile(r"(?=(?:-?\d){9})\d{1,5}(?:-\d{1,7}){3,6}(?![\d-])"),
    )

    def __init__(self, grammar: Grammar) -> None:
        """`grammar` tells the language's marks and signs."""
        self.currencies = {**cldr.CURRENCIES, **grammar.symbols}
        money, units = choice(self.currencies), choice({**cldr.UNITS, **grammar.units})
        group = rf"(?:[{re.escape(grammar.groups)}]| (?=000(?!\d)))"
        decimal = re.escape(grammar.decimal)
        whole = rf"(?:[1-9]\d{{0,2}}(?:{group}\d{{3}}){{1,5}}(?!\d)|\d++)"
        number = rf"(?P<n>{whole}(?:{decimal}\d++)?)"
        cash = rf"(?P<n>{whole}(?:[.,]\d{{2}}(?!\d)|{decimal}\d++)?)"
        scales = choice(grammar.scales)
        scale = rf"(?:\s?(?P<scale>{scales})(?!\w))?"
        per = rf"(?P<per>/(?:(?P<of>{units})(?![^\W_])|(?=[^\W\d_])))?"
        unit = rf"(?P<unit>{units})(?![^\W_])"
        self.groups = re.compile(group)
        self.number = re.compile(number)
        self.price = re.compile(
            rf"(?P<sign>{money})(?:\s?|(?P<minus>[-\u2212])){cash}{scale}{per}(?:\.[-\u2013\u2014]+)?"
        )
        less = rf"(?!(?<=\s[$\u00a3])[-\u2212]\d[\d.,]{{0,20}}+(?!\s?(?:{money})))"  # the sign of the next: 20 $-5
        even = rf"(?:{decimal}[-\u2013\u2014])?"  # 20,- €
        self.amount = re.compile(rf"{cash}{even}{scale}\s?(?P<sign>{money})(?![^\W_]){less}{per}")
        self.measure = re.compile(rf"{number}(?P<gap>[\s-]?){unit}{per}")
        self.scaled = re.compile(rf"{number}(?P<gap>\s?)(?P<scale>{scales})(?!\w)")
        self.vulgar = re.compile(rf"(?P<whole>\d{{0,6}}?)(?P<a>\d)\u2044(?P<b>\d{{1,2}})(?!\d)(?:\s?{unit})?")
        self.fraction = re.compile(
            rf"(?:(?P<whole>\d{{1,4}}) )?(?P<a>\d{{1,4}})/(?P<b>\d{{1,4}})(?![\d/])(?:\s?{unit})?"
        )
        self.range = re.compile(rf"{number}(?P<dash> ?[\u2013\u2212-] ?)(?={whole})")
        marks, words = grammar.clock_marks, grammar.clock_words or "(?!)"
        self.clock = re.compile(
            rf"(?P<h>[01]?\d|2[0-4])(?P<mark>\s?[{marks}]\s?)(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?(?![\d:]|[.,/]\d)"
            rf"(?:\s?(?P<half>[AaPp])\.?\s?[Mm](?!\w)(?P<stop>\.?))?(?P<word>\s?(?:{words})(?!\w))?"
            rf"(?P<to>\s?[\u2013-]\s?(?=\d{{1,2}}\s?[{marks}]\s?\d\d))?"
        )
