"""Dutch."""

from __future__ import annotations

import re

from engine.text.grammar import Grammar, Money, Number, words

_MONTHS = words("januari februari maart april mei juni juli augustus september oktober november december")


class Dutch(Grammar):
    """Dutch."""

    language = "nl"
    decimal = ","
    groups = " ."
    point = "komma"
    together = 2
    to = "tot"
    per = "per"
    ratio = "tegen"
    address = {".": "punt", "@": "apenstaartje", "/": "slash", "-": "streepje", "_": "liggend streepje"}
    signs = {
        **{"&": "en", "%": "procent", "+": "plus", "-": "min", "\u2212": "min", "=": "is", "x": "bij"},
        **{"<": "kleiner dan", ">": "groter dan", "~": "ongeveer", "≈": "ongeveer", "≤": "hoogstens", "≥": "minstens"},
        **{"×": "keer", "÷": "gedeeld door", "±": "plusminus", "@": "at", "#": "nummer", "#a": "hashtag"},
        **{"C#": "sharp", "^": "tot de macht", "§": "paragraaf", "→": "naar"},
    }
    abbreviations = {
        **{"bijv.": "bijvoorbeeld", "bv.": "bijvoorbeeld", "d.w.z.": "dat wil zeggen", "enz.": "enzovoort"},
        **{"o.a.": "onder andere", "m.b.t.": "met betrekking tot", "dhr.": "de heer", "mevr.": "mevrouw"},
        **{"mw.": "mevrouw", "dr.": "doctor", "Dr.": "doctor", "prof.": "professor", "ir.": "ingenieur"},
        **{"ing.": "ingenieur", "drs.": "doctorandus", "mr.": "meester", "ca.": "circa", "i.p.v.": "in plaats van"},
        **{"t.o.v.": "ten opzichte van", "i.v.m.": "in verband met", "a.u.b.": "alstublieft", "e.d.": "en dergelijke"},
        **{"s.v.p.": "alstublieft", "m.a.w.": "met andere woorden", "o.l.v.": "onder leiding van", "etc.": "et cetera"},
        **{"vgl.": "vergelijk", "jl.": "jongstleden", "max.": "maximaal", "min.": "minimaal", "incl.": "inclusief"},
        **{"excl.": "exclusief", "v.Chr.": "voor Christus", "n.Chr.": "na Christus", "tel.": "telefoon", "St.": "Sint"},
        **{"z.s.m.": "zo snel mogelijk", "n.a.v.": "naar aanleiding van", "t.a.v.": "ter attentie van"},
        **{"o.i.d.": "of iets dergelijks", "evt.": "eventueel", "resp.": "respectievelijk", "nl.": "namelijk"},
    }
    counted = {
        **{"nr.": "nummer", "Nr.": "Nummer", "blz.": "bladzijde", "p.": "pagina", "art.": "artikel", "fig.": "figuur"},
        **{"hfst.": "hoofdstuk", "No.": "nummer", "no.": "nummer", "afb.": "afbeelding"},
    }
    stopless = {"t/m": "tot en met", "nr": "", "No": "", "dr": "doctor", "mw": "mevrouw", "dhr": "de heer"}
    ending = frozenset(words("enz. etc. e.d. o.i.d. a.u.b. s.v.p. v.Chr. n.Chr. jl. z.s.m. max. min."))
    months = tuple(_MONTHS)
    money = {
        "EUR": Money(major="euro", minor="cent", gender="c", minor_gender="c"),
        **{code: Money(major="dollar", minor="cent", gender="c", minor_gender="c") for code in ("USD", "CAD", "AUD")},
        "GBP": Money(major="pond", minor="penny|pence", gender="c", minor_gender="c"),
        "CHF": Money(major="frank", minor="rappen", gender="c"),
        "JPY": Money(major="yen", gender="c"),
        "RUB": Money(major="roebel", minor="kopeke|kopeken", gender="c"),
        "INR": Money(major="roepie", gender="c"),
        **{code: Money(major="kroon|kronen", gender="c") for code in ("SEK", "NOK", "DKK", "CZK")},
    }
    unit_names = {
        "duration-hour": "uur",
        "mass-tonne": "ton",
        "digital-byte": "byte|bytes",
        "speed-mile-per-hour": "mijl per uur",
    }
    units = {"u": "duration-hour", "uur": "duration-hour", "km/u": "speed-kilometer-per-hour"}
    scales = {
        **{word: "miljoen" for word in ("miljoen", "mln.", "mln")},
        **{word: "miljard" for word in ("miljard", "mld.", "mld", "mrd.")},
        "duizend": "duizend",
    }
    clock_marks = ":."
    clock_words = r"uur|u\b\.?"
    clock_before = r"\bom\s\Z"
    numbered = "hoofdstuk|deel|akte|scène|boek|artikel|titel|bijlage|figuur|tabel|type|wereldoorlog|fase|klasse|groep"

    def cardinal(self, number: int, gender: str = "") -> str:
        return "één" if number == 1 else self.numbers.say(number, "spellout-cardinal")

    def ordinal(self, number: int, form: str = "") -> str | None:
        return self.numbers.say(number, "spellout-ordinal")

    def year(self, number: int, before: str = "", after: str = "") -> str:
        return self.numbers.say(number, "spellout-numbering-year")

    def coins(self, major: str, cents: Number, money: Money) -> str:
        return f"{major} {self.number(cents)}"

    def date(self, day: int, month: int, year: int | None, before: str, after: str) -> str | None:
        said = f"{self.cardinal(day)} {self.months[month - 1]}"
        return f"{said} {self.year(year)}" if year is not None else said

    def clock(self, hour: int, minute: int, second: int | None, half: str, before: str) -> str | None:
        said = f"{self.cardinal(hour)} uur"
        if minute:
            said += f" {self.cardinal(minute)}"
        if second is not None:
            said += f" en {self.cardinal(second)} {'seconde' if second == 1 else 'seconden'}"
        return said

    def fraction(self, number: int, parts: int) -> str | None:
        if not 2 <= parts <= 100 or number > parts:
            return None
        if parts == 10:
            return f"{self.cardinal(number)} op tien"
        part = {2: "half", 4: "kwart"}.get(parts) or self.ordinal(parts)
        return f"{'een' if number == 1 else self.cardinal(number)} {part}"

    def mixed(self, whole: str, fraction: str) -> str:
        return "anderhalf" if (whole, fraction) == ("één", "een half") else f"{whole} en {fraction}"

    def suffixed(self, number: int, mark: str, before: str, after: str) -> str | None:
        if mark in ("e", "de", "ste") and number < 1000:
            return self.ordinal(number)
        return f"{self.cardinal(number)} keer" if mark == "x" else None

    def plain(self, number: Number, before: str, after: str) -> str | None:
        if (
            number.whole.isdigit()
            and len(number.whole) == 2
            and number.whole[1] == "0"
            and re.search(r"jaren ['’]?\Z", before)
        ):
            return self.cardinal(int(number.whole))
        return None

    def reign(self, number: int, name: str, before: str, after: str) -> str | None:
        return f"de {self.ordinal(number)}"

    def abbreviation(self, written: str, before: str, after: str) -> str | None:
        if written == "nl." and not before.strip():
            return None
        return super().abbreviation(written, before, after)
