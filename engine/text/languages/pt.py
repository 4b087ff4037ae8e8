"""Portuguese, of Brazil and of Portugal."""

from __future__ import annotations

import re

from engine.text import endings
from engine.text.grammar import Grammar, Money, Number, words

_MONTHS = words("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro")
_MONTH_AFTER = re.compile(rf"\sde (?:{'|'.join(_MONTHS)})\b")
_QUEENS = frozenset(words("Isabel Elizabeth Catarina Maria Margarida Juliana"))


class Portuguese(Grammar):
    """Portuguese."""

    language = "pt"
    decimal = ","
    groups = " ."
    point = "vírgula"
    together = 2
    to = "a"
    ratio = "a"
    per = "por"
    address = {".": "ponto", "@": "arroba", "/": "barra", "-": "hífen", "_": "sublinhado", ":": "dois pontos"}
    signs = {
        **{"&": "e", "%": "por cento", "+": "mais", "-": "menos", "\u2212": "menos", "=": "igual a", "x": "por"},
        **{"<": "menor que", ">": "maior que", "~": "cerca de", "≈": "cerca de", "≤": "no máximo", "≥": "no mínimo"},
        **{"×": "vezes", "÷": "dividido por", "±": "mais ou menos", "@": "arroba", "#": "número", "#a": "hashtag"},
        **{"C#": "sharp", "^": "elevado a", "§": "parágrafo", "→": "para"},
    }
    abbreviations = {
        **{"Sr.": "senhor", "Sra.": "senhora", "Srta.": "senhorita", "Srs.": "senhores", "Dr.": "doutor"},
        **{"sr.": "senhor", "sra.": "senhora", "dr.": "doutor", "dra.": "doutora", "prof.": "professor"},
        **{"profa.": "professora", "eng.": "engenheiro"},
        **{"Dra.": "doutora", "Prof.": "professor", "Profa.": "professora", "Eng.": "engenheiro", "D.": "dom"},
        **{"p.ex.": "por exemplo", "etc.": "et cetera", "a.C.": "antes de Cristo", "d.C.": "depois de Cristo"},
        **{"tel.": "telefone", "Tel.": "telefone", "Av.": "Avenida", "av.": "avenida", "aprox.": "aproximadamente"},
        **{"máx.": "máximo", "mín.": "mínimo", "Ltda.": "limitada", "S.A.": "S A", "E.U.A.": "Estados Unidos"},
        **{"ex.": "exemplo", "Exmo.": "excelentíssimo", "Sto.": "Santo", "Sta.": "Santa", "cf.": "confira"},
    }
    counted = {
        **{"pág.": "página", "págs.": "páginas", "p.": "página", "pp.": "páginas", "núm.": "número", "vol.": "volume"},
        **{"cap.": "capítulo", "art.": "artigo", "Art.": "Artigo", "fig.": "figura", "No.": "número", "n.": "número"},
        **{"n°.": "número", "N°.": "número"},
    }
    stopless = {"n.o": "número", "N.o": "número", "n°": "número", "N°": "número", "No": "", "no": ""}
    ending = frozenset(words("etc. a.C. d.C. S.A. Ltda. E.U.A. máx. mín."))
    months = tuple(_MONTHS)
    rules = {"": "spellout-cardinal-masculine", "f": "spellout-cardinal-feminine"}
    unit_names = {"mass-tonne": "tonelada|toneladas", "energy-kilowatt-hour": "quilowatt-hora|quilowatts-hora"}
    genders = dict.fromkeys(("hour", "tonne", "pound", "ounce", "mile", "inch", "yard", "calorie", "kilocalorie"), "f")
    genders |= {"kilowatt-hour": ""}
    scales = {
        **{word: "milhão|milhões" for word in ("milhão", "milhões", "mi")},
        **{word: "bilhão|bilhões" for word in ("bilhão", "bilhões", "bi")},
        **{word: "mil milhões" for word in ("mil milhões",)},
        "mil": "mil",
    }
    clock_marks = ":hH"
    clock_words = r"h|hs|horas|min|m"
    numbered = "capítulo|tomo|parte|ato|cena|volume|artigo|livro|título|anexo|figura|tabela|tipo|mundial|fase|grau"

    def __init__(self, tag: str) -> None:
        """`tag` tells Portugal's coins and first days of months from Brazil's."""
        super().__init__(tag)
        cents = "cêntimo|cêntimos" if self.region == "pt" else "centavo|centavos"
        self.money = {
            "EUR": Money(major="euro|euros", minor="cêntimo|cêntimos"),
            "BRL": Money(major="real|reais", minor="centavo|centavos"),
            **{code: Money(major="dólar|dólares", minor=cents) for code in ("USD", "CAD", "AUD")},
            "GBP": Money(major="libra|libras", minor="péni|pence", gender="f"),
            "CHF": Money(major="franco|francos", minor=cents),
            "JPY": Money(major="iene|ienes"),
            "RUB": Money(major="rublo|rublos"),
            "INR": Money(major="rupia|rupias", gender="f"),
            **{code: Money(major="coroa|coroas", gender="f") for code in ("SEK", "NOK", "DKK", "CZK")},
        }

    def ordinal(self, number: int, form: str = "") -> str | None:
        return self.numbers.say(number, f"spellout-ordinal-{form or 'masculine'}")

    def plural(self, number: Number) -> int:
        return 0 if number.whole.lstrip("0") in ("", "1") and number.whole != "0" else 1

    def part(self, name: str) -> str:
        return f"de {name}"

    def coins(self, major: str, cents: Number, money: Money) -> str:
        return f"{major} e {self.number(cents)} {self.form(money.minor, cents)}"

    def date(self, day: int, month: int, year: int | None, before: str, after: str) -> str | None:
        said = f"{self._first() if day == 1 else self.cardinal(day)} de {self.months[month - 1]}"
        return f"{said} de {self.year(year)}" if year is not None else said

    def clock(self, hour: int, minute: int, second: int | None, half: str, before: str) -> str | None:
        said = self.cardinal(hour, "f")
        said += f" e {self.cardinal(minute)}" if minute else " hora" if hour == 1 else " horas"
        if second is not None:
            said += f" e {self.cardinal(second)} {'segundo' if second == 1 else 'segundos'}"
        return said

    def fraction(self, number: int, parts: int) -> str | None:
        if not 2 <= parts <= 100 or number > parts:
            return None
        count = self.cardinal(number)
        if parts == 2:
            return "meio" if number == 1 else f"{count} meios"
        if parts > 10:
            return f"{count} {self.cardinal(parts)} avos"
        part = "terço" if parts == 3 else self.ordinal(parts)
        return f"{count} {part}{'s' if number > 1 else ''}"

    def mixed(self, whole: str, fraction: str) -> str:
        return f"{whole} e {fraction}"

    def suffixed(self, number: int, mark: str, before: str, after: str) -> str | None:
        if number > 100:
            return None
        if mark == "\u00b0" and re.match(r"\s[a-z]", after):
            return self.ordinal(number, "feminine" if endings.gender(after) == "f" else "masculine")
        forms = {"o": "masculine", "a": "feminine", ".o": "masculine", ".a": "feminine"}
        return self.ordinal(number, forms[mark]) if mark in forms else None

    def plain(self, number: Number, before: str, after: str) -> str | None:
        if number.whole == "1" and _MONTH_AFTER.match(after):
            return self._first()
        if endings.gender(after) == "f" and number.whole[0] != "0" and len(number.whole) < 7:
            return self.cardinal(int(number.whole), "f")
        return None

    def reign(self, number: int, name: str, before: str, after: str) -> str | None:
        if number > 10:
            return self.cardinal(number)
        return self.ordinal(number, "feminine" if name in _QUEENS else "masculine")

    def century(self, number: int, tail: str, before: str, after: str) -> str | None:
        if tail or not re.search(r"\bséculos?\s\Z", before, re.IGNORECASE):
            return None
        return self.ordinal(number) if number <= 10 else self.cardinal(number)

    def abbreviation(self, written: str, before: str, after: str) -> str | None:
        if written == "D." and not re.match(r"\s[A-ZÁÉÍÓÚ]", after):
            return None
        return super().abbreviation(written, before, after)

    def _first(self) -> str:
        return "um" if self.region == "pt" else "primeiro"
