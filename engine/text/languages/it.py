"""Italian."""

from __future__ import annotations

import re

from engine.text import endings
from engine.text.grammar import Grammar, Money, Number, words

_MONTHS = words("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre")
_MONTH_AFTER = re.compile(rf"\s(?:{'|'.join(_MONTHS)})\b")
_QUEENS = frozenset(words("Elisabetta Elizabeth Caterina Isabella Margherita Maria Giuliana"))


class Italian(Grammar):
    """Italian."""

    language = "it"
    decimal = ","
    groups = " .'"
    point = "virgola"
    together = 2
    to = "a"
    ratio = "a"
    per = "al"
    address = {".": "punto", "@": "chiocciola", "/": "barra", "-": "trattino", "_": "trattino basso", ":": "due punti"}
    signs = {
        **{"&": "e", "%": "per cento", "+": "più", "-": "meno", "\u2212": "meno", "=": "uguale", "x": "per"},
        **{"<": "minore di", ">": "maggiore di", "~": "circa", "≈": "circa", "≤": "al massimo", "≥": "almeno"},
        **{"×": "per", "÷": "diviso", "±": "più o meno", "@": "chiocciola", "#": "numero", "#a": "hashtag"},
        **{"C#": "sharp", "^": "alla", "^2": "al quadrato", "^3": "al cubo", "§": "paragrafo", "→": "a"},
    }
    abbreviations = {
        **{"Sig.": "signor", "Sigg.": "signori", "Dott.": "dottor", "Dr.": "dottor", "Prof.": "professor"},
        **{"Ing.": "ingegner", "Avv.": "avvocato", "Arch.": "architetto", "On.": "onorevole", "ecc.": "eccetera"},
        **{"sig.": "signor", "sigg.": "signori", "dott.": "dottor", "dr.": "dottor", "prof.": "professor"},
        **{"ing.": "ingegner", "avv.": "avvocato", "arch.": "architetto", "on.": "onorevole", "geom.": "geometra"},
        **{"rag.": "ragionier", "Geom.": "geometra", "Rag.": "ragionier"},
        **{
            "etc.": "eccetera",
            "es.": "esempio",
            "p.es.": "per esempio",
            "a.C.": "avanti Cristo",
            "d.C.": "dopo Cristo",
        },
        **{"tel.": "telefono", "Tel.": "telefono", "ca.": "circa", "max.": "massimo", "min.": "minuti"},
        **{
            "S.p.A.": "S P A",
            "cfr.": "confronta",
            "c.a.": "circa",
            "P.S.": "P S",
            "v.": "vedi",
            "ndr.": "nota del redattore",
        },
    }
    counted = {
        **{"pag.": "pagina", "pagg.": "pagine", "n.": "numero", "N.": "numero", "vol.": "volume", "cap.": "capitolo"},
        **{"art.": "articolo", "Art.": "Articolo", "fig.": "figura", "p.": "pagina", "pp.": "pagine", "No.": "numero"},
        **{"n°.": "numero", "N°.": "numero"},
    }
    stopless = {
        "n.o": "numero",
        "N.o": "numero",
        **{"Sig.ra": "signora", "Sig.na": "signorina", "Dott.ssa": "dottoressa", "Prof.ssa": "professoressa"},
        **{"sig.ra": "signora", "sig.na": "signorina", "dott.ssa": "dottoressa", "prof.ssa": "professoressa"},
        **{"n°": "numero", "N°": "numero", "No": ""},
    }
    ending = frozenset(words("ecc. etc. a.C. d.C. S.p.A. max. min."))
    months = tuple(_MONTHS)
    money = {
        "EUR": Money(major="euro", minor="centesimo|centesimi", gender="m", minor_gender="m"),
        **{
            code: Money(major="dollaro|dollari", minor="centesimo|centesimi", gender="m", minor_gender="m")
            for code in ("USD", "CAD", "AUD")
        },
        "GBP": Money(major="sterlina|sterline", minor="penny|pence", gender="f", minor_gender="m"),
        "CHF": Money(major="franco|franchi", minor="centesimo|centesimi", gender="m", minor_gender="m"),
        "JPY": Money(major="yen", gender="m"),
        "RUB": Money(major="rublo|rubli", gender="m"),
        "INR": Money(major="rupia|rupie", gender="f"),
        **{code: Money(major="corona|corone", gender="f") for code in ("SEK", "NOK", "DKK", "CZK")},
    }
    unit_names = {
        "mass-tonne": "tonnellata|tonnellate",
        "digital-byte": "byte",
        "concentr-percent": "per cento",
        "energy-kilowatt-hour": "chilowattora",
        "speed-meter-per-second": "metro al secondo|metri al secondo",
        "speed-mile-per-hour": "miglio orario|miglia orarie",
    }
    genders = dict.fromkeys(("hour", "tonne", "pound", "ounce", "yard", "calorie", "kilocalorie"), "f")
    genders |= {"kilowatt-hour": "m"}
    unit_gender = "m"
    rules = {"m": "spellout-cardinal-masculine", "f": "spellout-cardinal-feminine"}
    scales = {
        **{word: "milione|milioni" for word in ("milione", "milioni", "mln")},
        **{word: "miliardo|miliardi" for word in ("miliardo", "miliardi", "mld")},
        **{"mila": "mila"},
    }
    scale_gender = "m"
    clock_marks = ":."
    clock_before = r"\b(?:ore|alle|dalle|le|verso le)\s\Z"
    numbered = (
        "capitolo|tomo|parte|atto|scena|volume|articolo|libro|titolo|allegato|figura|tabella|tipo|mondiale|fase|grado"
    )

    def ordinal(self, number: int, form: str = "") -> str | None:
        return self.numbers.say(number, f"spellout-ordinal-{form or 'masculine'}")

    def part(self, name: str) -> str:
        return f"di {name}"

    def coins(self, major: str, cents: Number, money: Money) -> str:
        return f"{major} e {self.number(cents)}"

    def measure(self, number: Number, sign: str, joined: bool = False) -> str | None:
        said = super().measure(number, sign, joined)
        return re.sub(r"\Auna (?=o)", "un'", said) if said else None

    def date(self, day: int, month: int, year: int | None, before: str, after: str) -> str | None:
        said = f"{'primo' if day == 1 else self.cardinal(day)} {self.months[month - 1]}"
        return f"{said} {self.year(year)}" if year is not None else said

    def clock(self, hour: int, minute: int, second: int | None, half: str, before: str) -> str | None:
        said = self.cardinal(hour, "f")
        if minute:
            said += f" e {self.cardinal(minute)}"
        elif not re.search(r"\b(?:alle|dalle|le|ore|alla|la)\s\Z", before):
            said = "un'ora" if hour == 1 else f"{said} in punto"
        if second is not None:
            said += f" e {self.cardinal(second, 'm')} {'secondo' if second == 1 else 'secondi'}"
        return said

    def fraction(self, number: int, parts: int) -> str | None:
        if not 2 <= parts <= 100 or number > parts:
            return None
        if parts == 10:
            return f"{self.cardinal(number)} su dieci"
        part = "mezzo" if parts == 2 else self.ordinal(parts) or ""
        return f"{self.cardinal(number, 'm')} {part[:-1] + 'i' if number > 1 else part}"

    def mixed(self, whole: str, fraction: str) -> str:
        return f"{whole} e {'mezzo' if fraction == 'un mezzo' else fraction}"

    def suffixed(self, number: int, mark: str, before: str, after: str) -> str | None:
        if number > 100:
            return None
        if mark == "\u00b0" and re.match(r"\s[a-z]", after):
            return self.ordinal(number, "feminine" if endings.gender(after) == "f" else "masculine")
        forms = {"o": "masculine", "a": "feminine"}
        return self.ordinal(number, forms[mark]) if mark in forms else None

    def plain(self, number: Number, before: str, after: str) -> str | None:
        if number.whole != "1":
            return None
        if _MONTH_AFTER.match(after):
            return "primo"
        gender = endings.gender(after)
        return self.cardinal(1, gender) if gender else None

    def reign(self, number: int, name: str, before: str, after: str) -> str | None:
        return self.ordinal(number, "feminine" if name in _QUEENS else "masculine")

    def century(self, number: int, tail: str, before: str, after: str) -> str | None:
        around = re.match(r"\s(?:secolo|sec\.)", after) or re.search(r"\bsecolo\s\Z", before)
        return self.ordinal(number) if around and not tail else None

    def abbreviation(self, written: str, before: str, after: str) -> str | None:
        if written == "min." and not re.search(r"\d\s?\Z", before):
            return "minimo"
        if written == "v." and not re.match(r"\s[a-z]", after):
            return None
        return super().abbreviation(written, before, after)
