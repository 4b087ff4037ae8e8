"""Figures as a person says them: amounts, measures, dates, times, telephone numbers and the like."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from engine.text.grammar import Grammar, Number
from engine.text.shapes import AROUND, Shapes, after, before

Say = Callable[[re.Match[str]], str | None]
"""Returns what is said for a match; None where it is not what its shape promised."""
Rule = tuple[re.Pattern[str], Say]


class Figures:
    """The rules for what begins with a digit, or with a sign of one; the first that says something wins."""

    def __init__(self, grammar: Grammar) -> None:
        """`grammar` is how the language says it."""
        self._grammar = grammar
        self._shapes = shapes = Shapes(grammar)
        self.amounts: tuple[Rule, ...] = ((shapes.price, self._money),)
        """For what begins with the sign of a currency."""
        self.phones: tuple[Rule, ...] = tuple((phone, self._phone) for phone in shapes.phones[:2])
        """For what begins with a plus or a bracket."""
        self.points: tuple[Rule, ...] = ((shapes.point, self._point),)
        """For what begins with a decimal point."""
        self.digits: tuple[Rule, ...] = (
            (shapes.iso_date, self._iso_date),
            (shapes.date, self._date),
            (shapes.clock, self._clock),
            (shapes.hour, self._hour),
            (shapes.ratio, self._ratio),
            (shapes.version, self._version),
            *((phone, self._phone) for phone in shapes.phones[2:]),
            (shapes.amount, self._money),
            (shapes.times, self._times),
            (shapes.suffixed, self._suffixed),
            (shapes.measure, self._measure),
            (shapes.scaled, self._scaled),
            (shapes.vulgar, self._vulgar),
            (shapes.fraction, self._fraction),
            (shapes.day, self._day),
            (shapes.placed, self._placed),
            (shapes.feet, self._feet),
            (shapes.range, self._range),
            (shapes.foreign, self._foreign),
            (shapes.number, self._number),
        )
        """For what begins with a digit."""

    def _parse(self, written: str) -> Number:
        whole, _, fraction = written.partition(self._grammar.decimal)
        return Number(whole=_ascii(self._shapes.groups.sub("", whole)), fraction=_ascii(fraction))

    def _price(self, written: str) -> Number:
        """Parse an amount, whose decimals may stand behind either mark."""
        match = re.fullmatch(r"(.*)[.,](\d{2})", written)
        return self._parse(f"{match[1]}{self._grammar.decimal}{match[2]}" if match else written)

    def _point(self, match: re.Match[str]) -> str | None:
        said = self._grammar.decimals("", _ascii(match["n"])).strip()
        return said if self._grammar.decimal == "." else None

    def _money(self, match: re.Match[str]) -> str | None:
        sign = match["sign"]
        if sign[0].isalpha() and before(match)[-1:].isalnum():
            return None
        said = self._grammar.amount(self._price(match["n"]), self._shapes.currencies[sign], match["scale"] or "")
        if said and match.groupdict().get("minus"):
            said = f"{self._grammar.signs.get('-', '-')} {said}"
        return self._per(match, _ended(said, sign, match))

    def _measure(self, match: re.Match[str]) -> str | None:
        joined = match["gap"] == "-"
        if before(match)[-1:].isalpha() or (joined and len(match["unit"]) < 2):
            return None
        return self._per(match, self._grammar.measure(self._parse(match["n"]), match["unit"], joined))

    def _per(self, match: re.Match[str], said: str | None) -> str | None:
        if said is None or not match["per"]:
            return said
        if not self._grammar.per or (match["of"] and not self._grammar.bare):
            return None
        return f"{said} {self._grammar.per} {self._name(match['of'], Number(whole='1')) if match['of'] else ''}"

    def _name(self, unit: str, number: Number) -> str | None:
        """Return the name that a unit has behind a number."""
        measured = self._grammar.measure(number, unit)
        return measured.split(" ", len(self._grammar.number(number).split(" ")))[-1] if measured else None

    def _scaled(self, match: re.Match[str]) -> str | None:
        short = len(match["scale"]) < 2
        few = len(match["n"]) < 2 and not (self._grammar.many and match["scale"] in "BMT")  # 4K is no count
        if short and (match["gap"] or few or before(match)[-1:].isalpha()):
            return None
        if short and match["scale"].isupper() and not re.match(self._grammar.many, after(match)):
            return None
        return _ended(self._grammar.scaled(self._parse(match["n"]), match["scale"]), match["scale"], match)

    def _iso_date(self, match: re.Match[str]) -> str | None:
        said = self._calendar(match, int(match["d"]), int(match["m"]), int(match["y"]))
        return f"{said}, " if said and match[0].endswith("T") else said

    def _date(self, match: re.Match[str]) -> str | None:
        first, mark, second, year = int(match[1]), match[2], int(match[3]), int(match[4])
        if len(match[4]) == 2:
            if mark == "-":
                return None
            year += 2000 if year < 70 else 1900
        day, month = (second, first) if self._grammar.month_first and mark != "." else (first, second)
        if month > 12 >= day:
            day, month = month, day
        return self._calendar(match, day, month, year)

    def _day(self, match: re.Match[str]) -> str | None:
        if not self._grammar.dotted:
            return None
        said = self._calendar(match, int(match["d"]), int(match["m"]), None)
        return said if said is None or after(match).strip() else f"{said}."

    def _calendar(self, match: re.Match[str], day: int, month: int, year: int | None) -> str | None:
        try:
            date(year or 2000, month, day)
        except ValueError:
            return None
        return self._grammar.date(day, month, year, before(match), after(match))

    def _clock(self, match: re.Match[str]) -> str | None:
        if match["mark"].strip() == "." and not match["word"]:
            wanted = self._grammar.clock_before
            if not wanted or not re.search(wanted, before(match), re.IGNORECASE):
                return None
        if match["h"] == "24" and match["m"] != "00":
            return None
        second = int(match["s"]) if match["s"] else None
        half = (match["half"] or "").lower()
        said = self._grammar.clock(int(match["h"]), int(match["m"]), second, half, before(match))
        return self._until(_stopped(said, match), match)

    def _until(self, said: str | None, match: re.Match[str]) -> str | None:
        return f"{said} {self._grammar.to} " if said and match["to"] else said

    def _hour(self, match: re.Match[str]) -> str | None:
        if not 1 <= int(match["h"]) <= 12:
            return None
        said = self._grammar.clock(int(match["h"]), 0, None, match["half"].lower(), before(match))
        return self._until(_stopped(said, match), match)

    def _ratio(self, match: re.Match[str]) -> str | None:
        return self._grammar.score(self.run(match["a"]), self.run(match["b"]), before(match))

    def _feet(self, match: re.Match[str]) -> str | None:
        return self._grammar.feet(int(match[1]), int(match[2]))

    def _version(self, match: re.Match[str]) -> str | None:
        parts = match[0].split(".")
        if "." in self._grammar.groups and all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3:
            return None
        address = len(parts) == 4 and all(int(part) < 256 for part in parts)
        dot = self._grammar.address.get(".") if address or self._grammar.decimal != "." else self._grammar.point
        return f" {dot} ".join(map(self.run, parts)) if dot else None

    def _phone(self, match: re.Match[str]) -> str | None:
        if before(match)[-1:].isalnum() or before(match)[-1:] in ("/", "."):
            return None
        plus = self._grammar.signs.get("+", "")
        said = ", ".join(self._grammar.phone(_ascii(run)) for run in re.findall(r"\d+", match[0]))
        return f"{plus} {said}" if plus and match[0].startswith("+") else said

    def _suffixed(self, match: re.Match[str]) -> str | None:
        return self._grammar.suffixed(int(match["n"]), match["mark"], before(match), after(match))

    def _times(self, match: re.Match[str]) -> str | None:
        letter = match["by"].strip() == "x"
        by = self._grammar.signs.get("x" if letter else "\u00d7")
        return f"{self._plain(match, match['n'])} {by}{'' if letter or match['gap'] else ' '}" if by else None

    def _vulgar(self, match: re.Match[str]) -> str | None:
        part = self._grammar.fraction(int(match["a"]), int(match["b"]))
        return self._of_unit(match, self._whole(match, part)) if part else None

    def _fraction(self, match: re.Match[str]) -> str | None:
        number, parts = int(match["a"]), int(match["b"])
        if before(match)[-1:] == "/":
            return None
        if match["whole"]:
            part = self._grammar.fraction(number, parts) if number < parts <= 16 else None
            return self._of_unit(match, self._whole(match, part)) if part else None
        return self._of_unit(match, self._parted(match["a"], match["b"]))

    def _whole(self, match: re.Match[str], part: str) -> str:
        return self._grammar.mixed(self.run(match["whole"]), part) if match["whole"] else part

    def _of_unit(self, match: re.Match[str], said: str | None) -> str | None:
        """Put the name of a unit behind a fraction."""
        if said is None or match["unit"] is None:
            return said
        number = Number(whole=match["whole"], fraction="5") if match["whole"] else self._grammar.half
        name = self._name(match["unit"], number)
        return f"{said} {name}" if name else None

    def _parted(self, left: str, right: str) -> str | None:
        number, parts = int(left), int(right)
        if number == parts > 10:
            return f"{self._grammar.cardinal(number)} {self._grammar.cardinal(parts)}"
        if len(left) == 4 and len(right) in (2, 4):
            return f"{self._grammar.year(number)} {self.run(right)}"
        if (number, parts) in ((24, 7), (9, 11)):
            return f"{self._grammar.cardinal(number)} {self._grammar.cardinal(parts)}"
        said = self._grammar.fraction(number, parts) if len(left) <= 3 and left[0] != "0" != right[0] else None
        slash = self._grammar.address.get("/")
        return said or (f"{self.run(left)} {slash} {self.run(right)}" if slash else None)

    def _placed(self, match: re.Match[str]) -> str | None:
        if not self._grammar.dotted or not (match["to"] or before(match).strip() or after(match)[1:2].islower()):
            return None
        said = self._grammar.placed(int(match[1]), before(match), after(match))
        return self._until(said, match)

    def _range(self, match: re.Match[str]) -> str | None:
        """Say the first number and what joins it to the second, which is said for itself."""
        rest = match.string[match.end() : match.end() + AROUND]
        end = re.match(r"\d+", rest)
        first, second = match["n"], end[0] if end else ""
        behind = rest[len(second) : len(second) + 2]
        if before(match)[-1:] in ("-", "\u2013") or (behind[:1] in ("-", "\u2013") and behind[1:].isdigit()):
            return None
        said = self._plain(match, first)
        falls = first.isdigit() and len(first) <= len(second) < 4 and int(first) > int(second)
        if (
            falls
            and match["dash"].strip() == "-"
            and not re.search(rf"\b(?:{self._grammar.ranging})\s\Z", before(match))
        ):
            return f"{said} "
        if match["dash"].strip() != "-" or len(match["dash"]) < 3:
            return f"{said} {self._grammar.to} " if self._grammar.to else None
        return None

    def _foreign(self, match: re.Match[str]) -> str | None:
        """Say decimals behind a point where the language has a comma."""
        dot = self._grammar.address.get(".")
        if not dot or self._grammar.decimal == "." or ("." in self._grammar.groups and len(match["part"]) == 3):
            return None
        return f"{self.run(match['n'])} {dot} {self.run(match['part'])}"

    def _number(self, match: re.Match[str]) -> str | None:
        """Say a number that is nothing more; parted from letters that it is written together with."""
        said = self._plain(match, match["n"])
        front, back = before(match)[-1:], after(match)[:1]
        return f"{' ' * _cased(front)}{said}{' ' * _cased(back)}"

    def _plain(self, match: re.Match[str], written: str) -> str:
        number = self._parse(written)
        around = before(match), match.string[match.start() + len(written) :][:AROUND]
        alone = written.isdigit()
        if alone and re.search(rf"\b(?:{self._grammar.spelled})\W{{0,2}}\Z", around[0]):
            return self._grammar.digits(number.whole)
        said = self._grammar.plain(number, *around) if alone else None
        if (
            said is None
            and alone
            and not around[0][-1:].isalpha()
            and len(written) == 4
            and 1100 <= int(written) <= 2099
        ):
            said = self._grammar.year(int(written), *around)
        return said or self._grammar.number(number)

    def run(self, digits: str) -> str:
        """Say a run of digits as a number."""
        return self._grammar.number(Number(whole=_ascii(digits)))


def _cased(character: str) -> bool:
    """Tell whether it is a letter of a script that parts its words with blanks."""
    return character.islower() or character.isupper()


def _ascii(digits: str) -> str:
    return digits if digits.isascii() else "".join(str(int(digit)) for digit in digits)


def _ended(said: str | None, sign: str, match: re.Match[str]) -> str | None:
    """Give back the stop of 'kr.' where a sentence ends there too."""
    return f"{said}." if said and sign.endswith(".") and not after(match).strip() else said


def _stopped(said: str | None, match: re.Match[str]) -> str | None:
    """Give back the stop of 'p.m.' where a sentence ends there too."""
    ends = match["half"] and match["stop"] and not after(match).strip()
    return f"{said}." if ends and said and said[-1:] != "." else said
