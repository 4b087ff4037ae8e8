"""Danish."""

from __future__ import annotations

import re

from engine.text.grammar import Grammar, Money, Number, words

_MONTHS = words("januar februar marts april maj juni juli august september oktober november december")


class Danish(Grammar):
    """Danish."""

    language = "da"
    decimal = ","
    groups = " ."
    point = "komma"
    together = 2
    to = "til"
    ratio = "–"
    per = "per"
    address = {".": "punktum", "@": "snabel-a", "/": "skråstreg", "-": "bindestreg", "_": "understreg"}
    signs = {
        **{"&": "og", "%": "procent", "+": "plus", "-": "minus", "\u2212": "minus", "=": "er lig med", "x": "gange"},
        **{"<": "mindre end", ">": "større end", "~": "cirka", "≈": "cirka", "≤": "højst", "≥": "mindst"},
        **{"×": "gange", "÷": "divideret med", "±": "plus minus", "@": "at", "#": "nummer", "#a": "hashtag"},
        **{"C#": "sharp", "^": "opløftet til", "§": "paragraf", "→": "til"},
    }
    abbreviations = {
        **{"f.eks.": "for eksempel", "bl.a.": "blandt andet", "dvs.": "det vil sige", "osv.": "og så videre"},
        **{"ca.": "cirka", "kl.": "klokken", "m.m.": "med mere", "m.fl.": "med flere", "f.Kr.": "før Kristus"},
        **{"e.Kr.": "efter Kristus", "pga.": "på grund af", "mht.": "med hensyn til", "hr.": "herr", "fr.": "fru"},
        **{"dr.": "doktor", "Dr.": "doktor", "prof.": "professor", "inkl.": "inklusive", "ekskl.": "eksklusive"},
        **{"tlf.": "telefon", "evt.": "eventuelt", "jf.": "jævnfør", "mv.": "med videre", "m.v.": "med videre"},
        **{"vedr.": "vedrørende", "iflg.": "ifølge", "etc.": "et cetera", "maks.": "maksimum", "stk.": "styk"},
        **{"jan.": "januar", "feb.": "februar", "aug.": "august", "sept.": "september", "okt.": "oktober"},
        **{"nov.": "november", "dec.": "december", "p.t.": "for tiden", "d.d.": "dags dato", "ift.": "i forhold til"},
    }
    counted = {"nr.": "nummer", "s.": "side", "kap.": "kapitel", "fig.": "figur", "No.": "nummer", "bd.": "bind"}
    stopless = {"ca": "cirka", "nr": "nummer", "No": "", "kl": "klokken"}
    ending = frozenset(words("osv. m.m. m.fl. mv. m.v. f.Kr. e.Kr. etc. maks. stk."))
    months = tuple(_MONTHS)
    dotted = True
    starts = r"(?:Den|Det|De|Der|Han|Hun|Vi|Jeg|Du|I|Så|Men|Og|Da|Nu|Her|Hvad|Hvor)\b"
    money = {
        "DKK": Money(major="krone|kroner", minor="øre", gender="c", minor_gender="c"),
        **{code: Money(major="krone|kroner", minor="øre", gender="c", minor_gender="c") for code in ("NOK", "SEK")},
        "EUR": Money(major="euro", minor="cent", gender="c", minor_gender="c"),
        **{code: Money(major="dollar", minor="cent", gender="c", minor_gender="c") for code in ("USD", "CAD", "AUD")},
        "GBP": Money(major="pund", minor="penny|pence", minor_gender="c"),
        "CHF": Money(major="franc", gender="c"),
        "JPY": Money(major="yen", gender="c"),
    }
    symbols = {"kr": "DKK", "kr.": "DKK"}
    units = {"km/t": "speed-kilometer-per-hour"}
    unit_names = {"temperature-celsius": "grad celsius|grader celsius", "mass-tonne": "ton"}
    genders = dict.fromkeys(("gram", "kilogram", "milligram", "microgram", "tonne", "pound", "ounce"), "")
    unit_gender = "c"
    rules = {"c": "spellout-cardinal-common"}
    scales = {
        **{word: "million|millioner" for word in ("million", "millioner", "mio.", "mio")},
        **{word: "milliard|milliarder" for word in ("milliard", "milliarder", "mia.", "mia")},
        "tusind": "tusind",
    }
    scale_gender = "c"
    clock_marks = ":."
    clock_before = r"\b(?:kl\.?|klokken)\s\Z"
    numbered = "kapitel|del|akt|scene|bind|bog|artikel|bilag|figur|tabel|type|verdenskrig|fase|klasse|gruppe"

    def cardinal(self, number: int, gender: str = "") -> str:
        if gender == "c" and number < 100:
            return self.numbers.say(number, "spellout-cardinal-common")
        return self.numbers.say(number)

    def ordinal(self, number: int, form: str = "") -> str | None:
        if number == 30:
            return "tredivte"
        if number > 31:
            return None if number > 99 else f"nummer {self.cardinal(number)}"
        said = self.numbers.say(number, "spellout-ordinal-common")
        return f"en{said.removeprefix('et')}" if said.startswith("et") else said

    def year(self, number: int, before: str = "", after: str = "") -> str:
        return self.numbers.say(number, "spellout-numbering-year") if number < 2000 else self.cardinal(number)

    def coins(self, major: str, cents: Number, money: Money) -> str:
        return f"{major} og {self.number(cents)} {self.form(money.minor, cents)}"

    def date(self, day: int, month: int, year: int | None, before: str, after: str) -> str | None:
        said = f"{self.ordinal(day)} {self.months[month - 1]}"
        return f"{said} {self.year(year)}" if year is not None else said

    def clock(self, hour: int, minute: int, second: int | None, half: str, before: str) -> str | None:
        said = self.cardinal(hour)
        said += (
            f" {'nul ' * (minute < 10)}{self.cardinal(minute)}"
            if minute
            else ""
            if re.search(r"\bkl[.a-z]*\s\Z", before)
            else " nul nul"
        )
        if second is not None:
            said += f" og {self.cardinal(second, 'c')} {'sekund' if second == 1 else 'sekunder'}"
        return said

    def fraction(self, number: int, parts: int) -> str | None:
        if not 2 <= parts <= 20 or number > parts:
            return None
        count = self.cardinal(number, "c")
        if parts == 2:
            return f"{count} {'halv' if number == 1 else 'halve'}"
        return f"{count} {self.ordinal(parts)}{'del' if number == 1 else 'dele'}"

    def mixed(self, whole: str, fraction: str) -> str:
        return "halvanden" if (whole, fraction) == ("et", "en halv") else f"{whole} og {fraction}"

    def suffixed(self, number: int, mark: str, before: str, after: str) -> str | None:
        if mark in ("'erne", "’erne", "erne") and number % 10 == 0:
            return f"{self.cardinal(number) if number < 100 else self.year(number)}erne"
        return None

    def placed(self, number: int, before: str, after: str) -> str | None:
        if re.match(rf"\s{self.starts}", after):
            return None
        return self.ordinal(number) if number <= 31 else None

    def plain(self, number: Number, before: str, after: str) -> str | None:
        if number.whole == "1" and re.match(r"\s(?:krone|dag|uge|måned|time|gang|person|meter|liter|side)\b", after):
            return "en"
        return None

    def reign(self, number: int, name: str, before: str, after: str) -> str | None:
        return f"den {self.ordinal(number)}"
