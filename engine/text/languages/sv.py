"""Swedish."""

from __future__ import annotations

import re

from engine.text.grammar import Grammar, Money, Number, words

_MONTHS = words("januari februari mars april maj juni juli augusti september oktober november december")
_MONTH_AFTER = re.compile(rf"\s(?:{'|'.join(_MONTHS)}|jan\.|feb\.|aug\.|sept\.|okt\.|nov\.|dec\.)")


class Swedish(Grammar):
    """Swedish."""

    language = "sv"
    decimal = ","
    groups = " ."
    point = "komma"
    together = 2
    to = "till"
    ratio = "–"
    per = "per"
    address = {".": "punkt", "@": "snabel-a", "/": "snedstreck", "-": "bindestreck", "_": "understreck"}
    signs = {
        **{"&": "och", "%": "procent", "+": "plus", "-": "minus", "\u2212": "minus", "=": "är lika med", "x": "gånger"},
        **{"<": "mindre än", ">": "större än", "~": "ungefär", "≈": "ungefär", "≤": "högst", "≥": "minst"},
        **{"×": "gånger", "÷": "delat med", "±": "plus minus", "@": "at", "#": "nummer", "#a": "hashtag"},
        **{"C#": "sharp", "^": "upphöjt till", "§": "paragraf", "→": "till"},
    }
    abbreviations = {
        **{"t.ex.": "till exempel", "bl.a.": "bland annat", "d.v.s.": "det vill säga", "dvs.": "det vill säga"},
        **{"osv.": "och så vidare", "o.s.v.": "och så vidare", "m.m.": "med mera", "m.fl.": "med flera"},
        **{
            "kl.": "klockan",
            "st.": "stycken",
            "f.Kr.": "före Kristus",
            "e.Kr.": "efter Kristus",
            "p.g.a.": "på grund av",
        },
        **{"jfr.": "jämför", "resp.": "respektive", "t.o.m.": "till och med", "fr.o.m.": "från och med"},
        **{
            "tel.": "telefon",
            "dr.": "doktor",
            "Dr.": "doktor",
            "St.": "Sankt",
            "prof.": "professor",
            "inkl.": "inklusive",
        },
        **{"exkl.": "exklusive", "max.": "maximalt", "ca.": "cirka", "ev.": "eventuellt", "s.k.": "så kallad"},
        **{"etc.": "et cetera", "m.a.o.": "med andra ord", "f.d.": "före detta", "jan.": "januari", "feb.": "februari"},
        **{"aug.": "augusti", "sept.": "september", "okt.": "oktober", "nov.": "november", "dec.": "december"},
        **{"f.n.": "för närvarande", "p.s.": "p s", "d.y.": "den yngre", "d.ä.": "den äldre"},
    }
    counted = {"nr.": "nummer", "s.": "sidan", "kap.": "kapitel", "fig.": "figur", "No.": "nummer", "vol.": "volym"}
    stopless = {"ca": "cirka", "nr": "nummer", "No": "", "dvs": "det vill säga", "osv": "och så vidare", "kl": ""}
    ending = frozenset(words("osv. o.s.v. m.m. m.fl. st. etc. f.Kr. e.Kr. max. p.s."))
    months = tuple(_MONTHS)
    money = {
        "SEK": Money(major="krona|kronor", minor="öre|öre", gender="m"),
        **{code: Money(major="krona|kronor", minor="öre", gender="m") for code in ("NOK", "DKK")},
        "EUR": Money(major="euro", minor="cent", gender="m", minor_gender="m"),
        **{code: Money(major="dollar", minor="cent", gender="m", minor_gender="m") for code in ("USD", "CAD", "AUD")},
        "GBP": Money(major="pund", minor="penny|pence", minor_gender="m"),
        "CHF": Money(major="franc", gender="m"),
        "JPY": Money(major="yen", gender="m"),
    }
    symbols = {"kr": "SEK", "kr.": "SEK", ":-": "SEK"}
    genders = dict.fromkeys(("gram", "kilogram", "milligram", "microgram", "tonne", "pound", "ounce"), "")
    genders |= {"hectare": ""}
    unit_gender = "m"
    rules = {"m": "spellout-cardinal-reale"}
    scales = {
        **{word: "miljon|miljoner" for word in ("miljon", "miljoner", "milj.", "mn")},
        **{word: "miljard|miljarder" for word in ("miljard", "miljarder", "md")},
        "tusen": "tusen",
    }
    scale_gender = "m"
    clock_marks = ":."
    clock_before = r"\b(?:kl\.?|klockan)\s\Z"
    numbered = "kapitel|del|akt|scen|band|bok|artikel|bilaga|figur|tabell|typ|världskriget|fas|klass|grupp"

    def ordinal(self, number: int, form: str = "") -> str | None:
        return self.numbers.say(number, "spellout-ordinal-reale")

    def year(self, number: int, before: str = "", after: str = "") -> str:
        return self.numbers.say(number, "spellout-numbering-year")

    def coins(self, major: str, cents: Number, money: Money) -> str:
        return f"{major} och {self.number(cents)} {self.form(money.minor, cents)}"

    def date(self, day: int, month: int, year: int | None, before: str, after: str) -> str | None:
        said = f"{self.ordinal(day)} {self.months[month - 1]}"
        return f"{said} {self.year(year)}" if year is not None else said

    def clock(self, hour: int, minute: int, second: int | None, half: str, before: str) -> str | None:
        said = self.cardinal(hour)
        said += (
            f" {'noll ' * (minute < 10)}{self.cardinal(minute)}"
            if minute
            else ""
            if re.search(r"\bkl[.a-z]*\s\Z", before)
            else " noll noll"
        )
        if second is not None:
            said += f" och {self.cardinal(second, 'm')} {'sekund' if second == 1 else 'sekunder'}"
        return said

    def fraction(self, number: int, parts: int) -> str | None:
        if not 2 <= parts <= 20 or number > parts:
            return None
        if parts == 2:
            return "en halv" if number == 1 else f"{self.cardinal(number)} halva"
        stem = {10: "tion", 7: "sjunde", 8: "åtton", 9: "nion"}.get(parts) or (self.ordinal(parts) or "").removesuffix(
            "de"
        )
        stem = {4: "fjärde", 3: "tredje", 5: "femte", 6: "sjätte", 11: "elfte", 12: "tolfte"}.get(parts, stem)
        return f"{self.cardinal(number, 'm')} {stem}{'del' if number == 1 else 'delar'}"

    def mixed(self, whole: str, fraction: str) -> str:
        return f"{whole} och {fraction}"

    def suffixed(self, number: int, mark: str, before: str, after: str) -> str | None:
        if mark in (":a", ":e") and number < 1000:
            return self.ordinal(number)
        return None

    def plain(self, number: Number, before: str, after: str) -> str | None:
        value = int(number.whole) if len(number.whole) < 3 else 0
        if 1 <= value <= 31 and number.whole[0] != "0" and _MONTH_AFTER.match(after):
            return self.ordinal(value)
        if value == 1 and re.match(
            r"\s(?:krona|dag|vecka|månad|timme|minut|sekund|gång|person|meter|liter|sida)\b", after
        ):
            return "en"
        return None

    def reign(self, number: int, name: str, before: str, after: str) -> str | None:
        return f"den {self.ordinal(number)}"
