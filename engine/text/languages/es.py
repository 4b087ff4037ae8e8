"""Spanish, of Spain and of America."""

from __future__ import annotations

import re

from engine.text import endings
from engine.text.grammar import Grammar, Money, Number, words

_MONTHS = words("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre")
_MONTH_AFTER = re.compile(rf"\sde (?:{'|'.join(_MONTHS)})\b")
_POINTED = {"419", "mx", "us", "pr", "gt", "hn", "ni", "pa", "pe", "sv", "do"}
"""Where the decimal mark is a point."""
_QUEENS = frozenset(words("Isabel Catalina Isabella Elizabeth Margarita Juliana"))


class Spanish(Grammar):
    """Spanish."""

    language = "es"
    decimal = ","
    groups = " ."
    point = "coma"
    together = 2
    to = "a"
    ratio = "a"
    per = "por"
    address = {".": "punto", "@": "arroba", "/": "barra", "-": "guion", "_": "guion bajo", ":": "dos puntos"}
    signs = {
        **{"&": "y", "%": "por ciento", "+": "más", "-": "menos", "\u2212": "menos", "=": "igual a", "x": "por"},
        **{"<": "menor que", ">": "mayor que", "~": "aproximadamente", "≈": "aproximadamente", "≤": "como máximo"},
        **{"≥": "como mínimo", "×": "por", "÷": "entre", "±": "más menos", "@": "arroba", "#": "número"},
        **{"^": "elevado a", "^2": "al cuadrado", "^3": "al cubo"},
        **{"#a": "hashtag", "C#": "sharp", "§": "sección", "→": "a"},
    }
    abbreviations = {
        **{"Sr.": "señor", "Sra.": "señora", "Srta.": "señorita", "Sres.": "señores", "Dr.": "doctor"},
        **{"sr.": "señor", "sra.": "señora", "srta.": "señorita", "dr.": "doctor", "dra.": "doctora"},
        **{"prof.": "profesor", "profa.": "profesora"},
        **{"Dra.": "doctora", "D.": "don", "Dña.": "doña", "Ud.": "usted", "Uds.": "ustedes", "Vd.": "usted"},
        **{"p.ej.": "por ejemplo", "etc.": "etcétera", "EE.UU.": "Estados Unidos", "a.C.": "antes de Cristo"},
        **{"d.C.": "después de Cristo", "tel.": "teléfono", "Tel.": "teléfono", "av.": "avenida", "avda.": "avenida"},
        **{"Av.": "Avenida", "Avda.": "Avenida", "aprox.": "aproximadamente", "máx.": "máximo", "mín.": "mínimo"},
        **{"S.A.": "S A", "S.L.": "S L", "Prof.": "profesor", "Profa.": "profesora", "Sto.": "Santo", "Sta.": "Santa"},
        **{"ej.": "ejemplo", "Lic.": "licenciado", "Ing.": "ingeniero", "Gral.": "general", "admón.": "administración"},
        **{"Ltda.": "limitada", "Cía.": "compañía", "cf.": "confer", "R.R.H.H.": "recursos humanos"},
    }
    counted = {
        **{"pág.": "página", "págs.": "páginas", "núm.": "número", "Núm.": "Número", "vol.": "volumen"},
        **{
            "cap.": "capítulo",
            "art.": "artículo",
            "Art.": "Artículo",
            "fig.": "figura",
            "p.": "página",
            "pp.": "páginas",
        },
        **{"No.": "número", "n.o.": "número", "N.o.": "número", "n°.": "número", "N°.": "número"},
    }
    stopless = {"n.o": "número", "N.o": "número", "n°": "número", "N°": "número", "No": ""}
    ending = frozenset(words("etc. EE.UU. a.C. d.C. S.A. S.L. Ltda. Cía. máx. mín. Ud. Uds. Vd."))
    months = tuple(_MONTHS)
    money = {
        "EUR": Money(major="euro|euros", minor="céntimo|céntimos", gender="m", minor_gender="m"),
        **{
            code: Money(major="dólar|dólares", minor="centavo|centavos", gender="m", minor_gender="m")
            for code in ("USD", "CAD", "AUD")
        },
        "GBP": Money(major="libra|libras", minor="penique|peniques", gender="f", minor_gender="m"),
        "MXN": Money(major="peso|pesos", minor="centavo|centavos", gender="m", minor_gender="m"),
        "CHF": Money(major="franco|francos", minor="céntimo|céntimos", gender="m", minor_gender="m"),
        "JPY": Money(major="yen|yenes", gender="m"),
        "BRL": Money(major="real|reales", minor="centavo|centavos", gender="m", minor_gender="m"),
        "RUB": Money(major="rublo|rublos", minor="kopek|kopeks", gender="m", minor_gender="m"),
        "INR": Money(major="rupia|rupias", gender="f"),
        **{code: Money(major="corona|coronas", gender="f") for code in ("SEK", "NOK", "DKK", "CZK")},
    }
    genders = dict.fromkeys(("hour", "tonne", "pound", "ounce", "mile", "inch", "yard", "calorie", "kilocalorie"), "f")
    genders |= {"hectare": "f", "kilowatt-hour": "m"}
    unit_gender = "m"
    rules = {"m": "spellout-cardinal-masculine", "f": "spellout-cardinal-feminine"}
    scales = {
        **{word: "millón|millones" for word in ("millón", "millones", "M")},
        **{word: "mil millones" for word in ("mil millones",)},
        **{word: "billón|billones" for word in ("billón", "billones")},
        "mil": "mil",
    }
    scale_gender = "m"
    clock_words = r"h\.?|hs\.?|horas"
    clock_marks = ":hH"
    numbered = (
        "capítulo|tomo|parte|acto|escena|volumen|artículo|libro|título|anexo|figura|tabla|tipo|mundial|fase|grado"
    )

    def __init__(self, tag: str) -> None:
        """`tag` tells which decimal mark is in use."""
        super().__init__(tag)
        if self.region in _POINTED:
            self.decimal, self.groups, self.point = ".", " ,", "punto"

    def ordinal(self, number: int, form: str = "") -> str | None:
        return self.numbers.say(number, f"spellout-ordinal-{form or 'masculine'}")

    def part(self, name: str) -> str:
        return f"de {name}"

    def coins(self, major: str, cents: Number, money: Money) -> str:
        return f"{major} con {self.number(cents)}"

    def date(self, day: int, month: int, year: int | None, before: str, after: str) -> str | None:
        said = f"{self._first() if day == 1 else self.cardinal(day)} de {self.months[month - 1]}"
        return f"{said} de {self.year(year)}" if year is not None else said

    def clock(self, hour: int, minute: int, second: int | None, half: str, before: str) -> str | None:
        said = self.cardinal(hour, "f")
        if minute:
            said += f" y {self.cardinal(minute)}"
        elif not half and not re.search(r"\blas?\s\Z", before):
            said += " hora" if hour == 1 else " horas"
        if second is not None:
            said += f" y {self.cardinal(second, 'm')} {'segundo' if second == 1 else 'segundos'}"
        if half:
            said += " de la mañana" if half == "a" else " de la noche" if 8 <= hour < 12 else " de la tarde"
        return said

    def fraction(self, number: int, parts: int) -> str | None:
        if not 2 <= parts <= 100 or number > parts:
            return None
        part = {2: "medio", 3: "tercio"}.get(parts) or (
            self.ordinal(parts) if parts <= 10 else f"{self.cardinal(parts).removesuffix('o')}avo"
        )
        return f"{self.cardinal(number, 'm')} {part}{'s' if number > 1 else ''}"

    def mixed(self, whole: str, fraction: str) -> str:
        return f"{whole} y {'medio' if fraction == 'un medio' else fraction}"

    def suffixed(self, number: int, mark: str, before: str, after: str) -> str | None:
        forms = {"o": "masculine", "a": "feminine", "er": "masculine-adjective", "os": "masculine-plural"}
        forms |= {".o": "masculine", ".a": "feminine", ".er": "masculine-adjective", "as": "feminine-plural"}
        if mark == "\u00b0" and re.match(r"\s[a-z]", after):
            return self.ordinal(number, "feminine" if endings.gender(after) == "f" else "masculine-adjective")
        if mark not in forms or number > 100:
            return None
        before_noun = forms[mark] == "masculine" and re.match(r"\s[a-zñ]{4}", after)
        return self.ordinal(number, "masculine-adjective" if before_noun else forms[mark])

    def plain(self, number: Number, before: str, after: str) -> str | None:
        if number.whole == "1" and _MONTH_AFTER.match(after):
            return self._first()
        gender = endings.gender(after)
        return (
            self.cardinal(int(number.whole), gender)
            if gender and number.whole[0] != "0" and len(number.whole) < 7
            else None
        )

    def reign(self, number: int, name: str, before: str, after: str) -> str | None:
        if number > 10:
            return self.cardinal(number)
        return self.ordinal(number, "feminine" if name in _QUEENS else "masculine")

    def century(self, number: int, tail: str, before: str, after: str) -> str | None:
        if tail or not re.search(r"\b(?:siglos?|s\.)\s\Z", before, re.IGNORECASE):
            return None
        return self.ordinal(number) if number < 10 else self.cardinal(number)

    def abbreviation(self, written: str, before: str, after: str) -> str | None:
        if written == "D." and not re.match(r"\s[A-ZÁÉÍÓÚ]", after):
            return None
        return super().abbreviation(written, before, after)

    def _first(self) -> str:
        return "uno" if self.region in ("", "es") else "primero"
