"""Whole numbers in words, by the rules of the Unicode CLDR."""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unicode_rbnf import RbnfEngine

MOST = 10**15 - 1
"""The greatest number that is said in words; the rules reckon in floats and go wrong beyond."""
_KIN = {"cmn": "zh", "nb": "no", "in": "id", "iw": "he"}
"""Tags that the rules know by another name."""
_ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


class Numerals:
    """Number words of one language, by Unicode's rule-based number formats (RBNF, UTS 35 part 3)."""

    def __init__(self, rules: RbnfEngine) -> None:
        """`rules` is the language's, read."""
        self._rules = rules
        public = [name for name, each in rules.rulesets.items() if not each.is_private]
        self._cardinals = [name for name in public if name.startswith(("spellout-numbering", "spellout-cardinal"))]
        self._plain = "spellout-numbering" if "spellout-numbering" in public else next(iter(self._cardinals), "")
        self._said: dict[tuple[int, str], str] = {}

    def say(self, number: int, rule: str = "") -> str:
        """Return a number from 0 to `MOST` in words, by a rule ('spellout-ordinal'), else as one counts.

        Raises:
            LookupError: There is no such rule, or it does not reach so far.
        """
        key = (number, rule)
        if key not in self._said:
            if len(self._said) > 2_000:
                self._said.clear()
            self._said[key] = self._words(number, rule or self._plain)
        return self._said[key]

    def _words(self, number: int, rule: str) -> str:
        from unicode_rbnf.engine import RbnfError

        if not 0 <= number <= MOST:
            raise LookupError(f"{number} is not said in words")
        try:
            words = "".join(self._rules.iter_format_number(number, rule))
        except RbnfError as error:
            raise LookupError(str(error)) from error
        return words.replace("\xad", "")  # they mark where a word may be broken

    @cached_property
    def point(self) -> str:
        """What is said for the decimal mark; nothing where the rules do not tell."""
        from decimal import Decimal

        from unicode_rbnf.engine import RbnfError

        for rule in self._cardinals:
            try:
                words = "".join(self._rules.iter_format_number(Decimal("2.3"), rule)).replace("\xad", "")
            except RbnfError:
                continue
            return words.removeprefix(self.say(2, rule)).removesuffix(self.say(3, rule)).strip()
        return ""


@cache
def numerals(language: str, region: str = "") -> Numerals | None:
    """Return the number words of a language ('pt') as a region ('pt') says them; None where no rules are known."""
    from unicode_rbnf import RbnfEngine

    for tag in (f"{language}_{region.upper()}", language, _KIN.get(language, "")):
        try:
            rules = RbnfEngine.for_language(tag)
        except ValueError:
            continue
        if rules.rulesets:  # some tags have a file in which nothing stands, for they are another's kin
            return Numerals(rules)
    return None


def roman(written: str) -> int | None:
    """Return what a Roman numeral in capitals stands for, from 1 to 3999; None where it is none."""
    if not written or len(written) > 15 or not _ROMAN.fullmatch(written):
        return None
    total = 0
    for sign, after in zip(written, [*written[1:], ""], strict=True):
        value = _ROMAN_VALUES[sign]
        total += -value if after and _ROMAN_VALUES[after] > value else value
    return total
