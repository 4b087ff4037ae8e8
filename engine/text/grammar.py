"""How a language says figures, amounts, dates and signs; each language that Mynah knows well adds what is its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, ClassVar

from engine.discovery import plugins
from engine.text import cldr, languages
from engine.text.numerals import Numerals, numerals

if TYPE_CHECKING:
    from decimal import Decimal

_TAG = re.compile("[a-z]{2,3}")
LONGEST = 15
"""The most digits before or behind a decimal mark that are said as a number; more are said one by one, with pauses."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Number:
    """A number as its digits stand in a text."""

    whole: str
    """The digits before the decimal mark, without the marks of thousands."""
    fraction: str = ""
    """The digits behind it."""

    @property
    def single(self) -> bool:
        """Whether it is exactly one, and written so."""
        return self.whole == "1" and not self.fraction

    @property
    def amount(self) -> Decimal:
        """What it stands for, with its decimals; of more digits than anyone says, those that tell its plural."""
        from decimal import Decimal

        whole = self.whole if len(self.whole) <= LONGEST else "1" + self.whole[1 - LONGEST :]
        return Decimal(f"{whole}.{self.fraction[:LONGEST]}" if self.fraction else whole)


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    """The names of a currency in a language, their forms by number parted by bars."""

    major: str
    """Of the whole: 'dollar|dollars'."""
    minor: str = ""
    """Of the hundredth: 'cent|cents'; empty where there is none in use."""
    gender: str = ""
    """Of the whole, as `Grammar.rules` names it; empty is the plain form."""
    minor_gender: str = ""
    """Of the hundredth."""


class Grammar:
    """How one language says what is written in digits and signs; this one knows what the CLDR knows."""

    language: ClassVar[str] = ""
    """Its tag, without a region."""
    decimal: str = "."
    """The decimal mark."""
    groups: str = ","
    """The marks that may stand between thousands."""
    point: str = ""
    """What is said for the decimal mark; empty is the CLDR's word."""
    together: int = 0
    """The most decimals that are said as one number; more are said one by one."""
    address: Mapping[str, str] = {}
    """What is said for the signs in addresses of the web and of mail ('.', '@', '/'); empty leaves addresses alone."""
    to: str = ""
    """What is said between the ends of a range; empty leaves the dash as it is."""
    ranging: str = "(?!)"
    """Words (a regular expression) behind which 9-5 is a range, not a score."""
    ratio: str = ""
    """What is said for the colon of a score."""
    spelled: str = "PIN|IBAN|ISBN|BIC|ID"
    """Words (a regular expression) behind which a number is said digit by digit."""
    per: str = ""
    """What is said for the slash behind a unit or a currency."""
    bare: bool = True
    """Whether a unit stands behind `per` as it does behind a one: 50 km per hour."""
    signs: Mapping[str, str] = {}
    """What is said for signs that stand alone, and for those before a number ('-', '+', '#'); '^2' is one."""
    abbreviations: Mapping[str, str] = {}
    """What is said for abbreviations, written without blanks and with their stops."""
    counted: Mapping[str, str] = {}
    """The same for those that are abbreviations only where a number follows."""
    stopless: Mapping[str, str] = {}
    """The same for those that may be written without a stop; empty where it is as if there was one."""
    ending: frozenset[str] = frozenset()
    """Those of the abbreviations that a sentence may end with; behind the others it goes on."""
    months: tuple[str, ...] = ()
    """The names of the months, as they stand in a date."""
    month_first: bool = False
    """Whether 4/5 is the fifth of April."""
    dotted: bool = False
    """Whether a stop behind a number makes it an ordinal."""
    starts: str = "(?!)"
    """Words (a regular expression) that begin a sentence, so that a stop behind a number before them is its end."""
    placing: str = "(?!)"
    """Words (a regular expression) that stand before a place in a row, so that the stop behind its number is no end."""
    money: Mapping[str, Money] = {}
    """The currencies by code; others take the CLDR's name, and decimals."""
    symbols: Mapping[str, str] = {}
    """More signs of currencies, beside those that all languages share."""
    units: Mapping[str, str] = {}
    """More signs of units and their names in the CLDR."""
    unit_names: Mapping[str, str] = {}
    """Names of units (by their CLDR name) where people say another than the CLDR's; forms by number parted by bars."""
    genders: Mapping[str, str] = {}
    """Genders of units, by the last part of their CLDR name, where it is not the plain one."""
    unit_gender: str = ""
    """The gender of units that are not among those."""
    rules: Mapping[str, str] = {}
    """Which of the CLDR's rules says a number in a gender."""
    scales: Mapping[str, str] = {}
    """Millions and the like, short or full, and how they are said: 'Million|Millionen'."""
    many: str = ""
    """What is counted (a regular expression for what stands behind), where a single capital is a scale: 10M users."""
    scale_gender: str = ""
    """The gender of those."""
    half: Number = Number(whole="1")
    """The number whose form a unit takes behind a fraction."""
    clock_marks: str = ":"
    """What may stand between hours and minutes, in a character class."""
    clock_words: str = ""
    """What may stand behind a time and belong to it (a regular expression): 'Uhr'."""
    clock_before: str = ""
    """What makes a time of 10.30 (a regular expression for what stands before it)."""
    kings: frozenset[str] = frozenset()
    """Names of kings that are this language's own, and their genitives."""
    sequels: bool = True
    """Whether a Roman numeral behind any other name is said as one counts: Rocky II."""
    tails: str = ""
    """Letters (a regular expression) that make a Roman numeral an ordinal: the e of XIXe."""
    numbered: str = ""
    """Words (a regular expression) behind which a Roman numeral is said as one counts: 'chapter'."""

    def __init__(self, tag: str) -> None:
        """`tag` is the language with its region ('en-gb')."""
        self.tag = tag.partition("-")[0]
        self.region = region(tag)

    @cached_property
    def numbers(self) -> Numerals:
        """Its number words, read when the first number comes."""
        found = numerals(self.tag, self.region)
        if found is None:
            raise LookupError(f"there are no number words for {self.tag}")
        return found

    def cardinal(self, number: int, gender: str = "") -> str:
        """Say a number as one counts."""
        return self.numbers.say(number, self.rules.get(gender, ""))

    def ordinal(self, number: int, form: str = "") -> str | None:
        """Say a place in a row; None where that is not known."""
        return None

    def year(self, number: int, before: str = "", after: str = "") -> str:
        """Say a year that stands between two stretches of text."""
        return self.cardinal(number)

    def digits(self, digits: str) -> str:
        """Say digits one by one, with a pause after every four."""
        said = [self.cardinal(int(digit)) for digit in digits]
        return ", ".join(" ".join(said[at : at + 4]) for at in range(0, len(said), 4))

    def phone(self, digits: str) -> str:
        """Say a group of digits of a telephone number."""
        return self.digits(digits)

    def number(self, number: Number, gender: str = "") -> str:
        """Say a number, decimals included."""
        whole, fraction = number.whole, number.fraction
        if (len(whole) > 1 and whole[0] == "0") or len(whole) > LONGEST:
            said = self.digits(whole)
        else:
            said = self.cardinal(int(whole), "" if fraction else gender)
        return self.decimals(said, fraction) if fraction else said

    def decimals(self, whole: str, fraction: str) -> str:
        """Say what follows a decimal mark, behind what was said before it."""
        zeros = len(fraction) - len(fraction.lstrip("0"))
        if len(fraction) - zeros <= self.together and zeros < len(fraction):
            said = " ".join([self.cardinal(0)] * zeros + [self.cardinal(int(fraction))])
        elif len(fraction) <= LONGEST:
            said = " ".join(self.cardinal(int(digit)) for digit in fraction)
        else:
            said = self.digits(fraction)
        return f"{whole} {self.point or self.numbers.point or ','} {said}"

    def plural(self, number: Number) -> int:
        """Tell which of a word's forms goes with a number."""
        return 0 if number.single else 1

    def form(self, forms: str, number: Number) -> str:
        """Return the one of a word's forms that goes with a number."""
        each = forms.split("|")
        return each[min(self.plural(number), len(each) - 1)]

    def amount(self, number: Number, code: str, scale: str = "") -> str | None:
        """Say an amount of a currency, perhaps in millions; None where the currency has no name."""
        money = self.money.get(code)
        if scale:
            words = self.scaled(number, scale)
            many = Number(whole="5")
            name = self.form(money.major, many) if money else self._currency(code, many)
            return f"{words} {self.part(name)}" if name else None
        if money is None:
            name = self._currency(code, number)
            return f"{self.number(number)} {name}" if name else None
        if len(number.fraction) == 2 and money.minor:
            return self.change(number, money)
        if number.fraction and not number.fraction.strip("0"):
            number = Number(whole=number.whole)
        return f"{self.number(number, money.gender)} {self.form(money.major, number)}"

    def change(self, number: Number, money: Money) -> str:
        """Say an amount with two decimals."""
        whole, cents = Number(whole=number.whole), Number(whole=str(int(number.fraction)))
        major = f"{self.number(whole, money.gender)} {self.form(money.major, whole)}"
        if cents.whole == "0":
            return major
        if not number.whole.strip("0"):
            return f"{self.number(cents, money.minor_gender)} {self.form(money.minor, cents)}"
        return self.coins(major, cents, money)

    def coins(self, major: str, cents: Number, money: Money) -> str:
        """Say the hundredths behind the whole of an amount."""
        return f"{major} {self.number(cents, money.minor_gender)} {self.form(money.minor, cents)}"

    def part(self, name: str) -> str:
        """Say what millions are of: 'de dollars'."""
        return name

    def scaled(self, number: Number, scale: str) -> str:
        """Say a number of millions and the like."""
        return f"{self.number(number, self.scale_gender)} {self.form(self.scales[scale], number)}"

    def measure(self, number: Number, sign: str, joined: bool = False) -> str | None:
        """Say a number of a unit; `joined` by a hyphen, as in a 5-km run. None where the unit has no name."""
        unit = self.units.get(sign) or cldr.UNITS[sign]
        tail = unit.partition("-")[2]
        gender = self.genders.get(tail, self.genders.get(tail.split("-per-")[0].split("-")[-1], self.unit_gender))
        if unit in self.unit_names:
            return f"{self.number(number, gender)} {self.form(self.unit_names[unit], number)}"
        names = cldr.names(self.tag, self.region)
        said = names.unit(unit, abs(number.amount)) if names else None
        return said.replace("{}", self.number(number, gender)) if said else None

    def date(self, day: int, month: int, year: int | None, before: str, after: str) -> str | None:
        """Say a date; None where the language does not know how."""
        return None

    def score(self, left: str, right: str, before: str) -> str | None:
        """Say what stands on both sides of a colon, both said already."""
        return f"{left} {self.ratio} {right}" if self.ratio else None

    def feet(self, feet: int, inches: int) -> str | None:
        """Say a height of feet and inches; None where nobody measures so."""
        return None

    def clock(self, hour: int, minute: int, second: int | None, half: str, before: str) -> str | None:
        """Say a time that stands behind a stretch of text; `half` is 'a' or 'p' of a twelve-hour clock."""
        return None

    def fraction(self, number: int, parts: int) -> str | None:
        """Say a fraction; None where it is none that people say."""
        return None

    def mixed(self, whole: str, fraction: str) -> str:
        """Say a whole number and a fraction."""
        return f"{whole} {fraction}"

    def suffixed(self, number: int, mark: str, before: str, after: str) -> str | None:
        """Say a number with letters behind it: 1st, 90s; None where it is no such thing."""
        return None

    def placed(self, number: int, before: str, after: str) -> str | None:
        """Say a number with a stop behind it as a place in a row; None where it is not certain."""
        return None

    def plain(self, number: Number, before: str, after: str) -> str | None:
        """Say a number by what stands around it: a day before its month; None where that changes nothing."""
        return None

    def reign(self, number: int, name: str, before: str, after: str) -> str | None:
        """Say the Roman numeral behind the name of a king or a pope, that with what is before it in `before`."""
        return self.ordinal(number)

    def century(self, number: int, tail: str, before: str, after: str) -> str | None:
        """Say a Roman numeral by its letters ('XIXe') and what stands around it; None where that tells nothing."""
        return None

    def abbreviation(self, written: str, before: str, after: str) -> str | None:
        """Return what is said for an abbreviation, given without blanks; None where it is none."""
        if after[:2].strip()[:1].isdigit() and written in self.counted:
            return self.counted[written]
        if written in self.abbreviations:
            return self.abbreviations[written]
        small = self.abbreviations.get(written[0].lower() + written[1:])
        return small[0].upper() + small[1:] if small else None

    def unstopped(self, written: str, before: str, after: str) -> str | None:
        """Return what is said for an abbreviation that lacks its stop; None where it is a word there."""
        return self.abbreviation(f"{written}.", before, after)

    def spells(self, written: str) -> bool:
        """Tell whether this is an abbreviation, wherever it stands."""
        return written in self.abbreviations or written[0].lower() + written[1:] in self.abbreviations

    def closes(self, written: str, before: str, after: str) -> bool:
        """Tell whether the stop of an abbreviation, before a word with a capital, ends a sentence."""
        return (written if written in self.abbreviations else written[0].lower() + written[1:]) in self.ending

    def _currency(self, code: str, number: Number) -> str | None:
        names = cldr.names(self.tag, self.region)
        return names.currency(code, number.amount) if names else None


class _Plain(Grammar):
    """A language of which only the CLDR is known."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        names = cldr.names(self.tag, self.region)
        if names:
            self.decimal, self.groups = names.decimal, names.group.replace("\xa0", " ").replace("\u202f", " ")


def words(written: str) -> list[str]:
    """Return the words of a list that is written as one text."""
    return written.split()


def region(tag: str) -> str:
    """Return the region in a tag, in small letters: 'gb' for 'en-gb-x-rp'; empty where it names none."""
    for part in tag.lower().split("-")[1:]:
        if len(part) == 1:
            break
        if re.fullmatch(r"[a-z]{2}|\d{3}", part):
            return part
    return ""


@cache
def grammar(tag: str) -> Grammar | None:
    """Return the grammar of a language by its tag; None for one that has neither a file nor a plugin."""
    tag = tag.lower().replace("_", "-")
    kind = _own(tag.partition("-")[0])
    return kind(tag) if kind else None


@cache
def known(tag: str) -> Grammar | None:
    """Return what the CLDR knows of a language by its tag; None where that is nothing."""
    tag = tag.lower().replace("_", "-")
    language = tag.partition("-")[0]
    if not _TAG.fullmatch(language) or numerals(language, region(tag)) is None:
        return None
    return _Plain(tag)


def _own(language: str) -> type[Grammar] | None:
    """Return what the folder (by the name of its file) or a plugin has for a language."""
    if not _TAG.fullmatch(language):
        return None
    name = f"{languages.__name__}.{language}"
    modules: list[ModuleType] = []
    try:
        modules.append(import_module(name))
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
    for module in modules or plugins():
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Grammar) and kind.language == language:
                return kind
    return None
