"""Polish."""

from __future__ import annotations

import re

from engine.text.grammar import Grammar, Money, Number, words

_MONTHS = words("stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia")
_MONTH_AFTER = re.compile(rf"\s(?:{'|'.join(_MONTHS)})\b")
_MONTH_BEFORE = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\s\Z")
_SMALL = words(
    "zerowy pierwszy drugi trzeci czwarty piąty szósty siódmy ósmy dziewiąty dziesiąty jedenasty dwunasty trzynasty"
    " czternasty piętnasty szesnasty siedemnasty osiemnasty dziewiętnasty"
)
_TENS = words(
    "dwudziesty trzydziesty czterdziesty pięćdziesiąty sześćdziesiąty siedemdziesiąty osiemdziesiąty dziewięćdziesiąty"
)
_HUNDREDS = words("setny dwusetny trzechsetny czterechsetny pięćsetny sześćsetny siedemsetny osiemsetny dziewięćsetny")
_ENDINGS = {"": "y", "f": "a", "gen": "ego", "loc": "ym", "f-gen": "ej", "n": "e"}
"""Endings of ordinals by gender and case."""
_SOFT_ENDINGS = {"": "i", "gen": "iego", "loc": "im", "f-gen": "iej", "n": "ie"}
"""The same for drugi and trzeci, but for the feminine: druga, trzecia."""
_AT = re.compile(r"\b(?:o|O|po|Po|przed|od|Od|do|około)\s(?:godz\.\s|godzinie\s)?\Z")
_IN = re.compile(r"\b[Ww]e?\s\Z")
_QUEENS = frozenset(words("Elżbieta Katarzyna Maria Izabela Małgorzata"))


class Polish(Grammar):
    """Polish."""

    language = "pl"
    decimal = ","
    groups = " ."
    point = "przecinek"
    together = 2
    to = "–"
    ratio = "do"
    per = "na"
    sequels = False
    bare = False
    half = Number(whole="0", fraction="5")
    kings = frozenset(words("Pawła Zygmunta Kazimierza Stanisława Władysława Augusta Karola Henryka Ludwika Piotra"))
    address = {".": "kropka", "@": "małpa", "/": "ukośnik", "-": "myślnik", "_": "podkreślenie"}
    signs = {
        **{"&": "i", "%": "procent", "+": "plus", "-": "minus", "\u2212": "minus", "=": "równa się", "x": "na"},
        **{"<": "mniejsze niż", ">": "większe niż", "~": "około", "≈": "około", "≤": "najwyżej", "≥": "co najmniej"},
        **{"×": "razy", "÷": "podzielić przez", "±": "plus minus", "@": "małpa", "#": "numer", "#a": "hasztag"},
        **{"C#": "sharp", "^": "do potęgi", "§": "paragraf", "→": "do"},
    }
    abbreviations = {
        **{"np.": "na przykład", "itd.": "i tak dalej", "itp.": "i tym podobne", "m.in.": "między innymi"},
        **{
            "tzn.": "to znaczy",
            "tj.": "to jest",
            "prof.": "profesor",
            "dr.": "doktor",
            "inż.": "inżynier",
            "godz.": "godzina",
        },
        **{"ul.": "ulica", "al.": "aleja", "pl.": "plac", "p.n.e.": "przed naszą erą", "n.e.": "naszej ery"},
        **{"św.": "święty", "ok.": "około", "tel.": "telefon", "ps.": "pseudonim", "im.": "imienia"},
        **{
            "tys.": "tysięcy",
            "r.": "roku",
            "w.": "wieku",
            "wg.": "według",
            "ds.": "do spraw",
            "m.st.": "miasta stołecznego",
        },
        **{
            "ww.": "wyżej wymieniony",
            "cd.": "ciąg dalszy",
            "por.": "porównaj",
            "zob.": "zobacz",
            "max.": "maksymalnie",
        },
    }
    counted = {"nr.": "numer", "s.": "strona", "str.": "strona", "art.": "artykuł", "rozdz.": "rozdział", "t.": "tom"}
    counted |= {"No.": "numer", "rys.": "rysunek", "ust.": "ustęp", "poz.": "pozycja", "m.": "mieszkanie"}
    stopless = {"dr": "doktor", "mgr": "magister", "nr": "numer", "wg": "według", "No": "", "Dr": "doktor", "ds": ""}
    ending = frozenset(words("itd. itp. n.e. p.n.e. r. w. tys. cd."))
    months = tuple(_MONTHS)
    dotted = True
    starts = r"(?:W|Na|To|Nie|On|Ona|Ono|Oni|One|Jest|Ale|I|A|Po|Od|Do|Z|Za|Tak|Gdy|Kiedy|Jak|Potem|Wtedy|Był\w*)\b"
    money = {
        "PLN": Money(major="złoty|złote|złotych|złotego", minor="grosz|grosze|groszy|grosza"),
        "EUR": Money(major="euro", minor="cent|centy|centów|centa", gender="n"),
        **{
            code: Money(major="dolar|dolary|dolarów|dolara", minor="cent|centy|centów|centa")
            for code in ("USD", "CAD", "AUD")
        },
        "GBP": Money(major="funt|funty|funtów|funta", minor="pens|pensy|pensów|pensa"),
        "CHF": Money(major="frank|franki|franków|franka", minor="centym|centymy|centymów|centyma"),
        "RUB": Money(major="rubel|ruble|rubli|rubla", minor="kopiejka|kopiejki|kopiejek|kopiejki", minor_gender="f"),
        "JPY": Money(major="jen|jeny|jenów|jena"),
        **{code: Money(major="korona|korony|koron|korony", gender="f") for code in ("SEK", "NOK", "DKK", "CZK")},
    }
    symbols = {"zl": "PLN"}
    units = {"godz.": "duration-hour"}
    genders = dict.fromkeys(("hour", "minute", "second", "millisecond", "tonne", "mile", "ounce", "calorie"), "f")
    genders |= {"kilocalorie": "f", "microsecond": "f", "nanosecond": "f", "kilowatt-hour": "f"}
    rules = {"f": "spellout-cardinal-feminine", "n": "spellout-cardinal-neuter"}
    scales = {
        **{word: "tysiąc|tysiące|tysięcy|tysiąca" for word in ("tys.", "tysiąc", "tysiące", "tysięcy", "tysiąca")},
        **{word: "milion|miliony|milionów|miliona" for word in ("mln", "milion", "miliony", "milionów", "miliona")},
        **{
            word: "miliard|miliardy|miliardów|miliarda"
            for word in ("mld", "miliard", "miliardy", "miliardów", "miliarda")
        },
    }
    clock_marks = ":."
    clock_before = r"\b(?:o|godz\.|godzinie)\s\Z"
    numbered = "rozdział|tom|część|akt|scena|artykuł|typ|faza"

    def ordinal(self, number: int, form: str = "") -> str | None:
        """Say a place in a row; the CLDR has no Polish ones."""
        front, rest = divmod(number, 100)
        if not 1 <= number < 3_000 or (not rest and not front % 10 and number != 1000 and number != 2000):
            return None
        if rest:
            said = [self.cardinal(front * 100)] if front else []
            if rest < 20:
                return " ".join([*said, _declined(_SMALL[rest], form)])
            tens, ones = divmod(rest, 10)
            return " ".join(
                [*said, *(_declined(word, form) for word in (_TENS[tens - 2], *_SMALL[ones : ones + 1] * bool(ones)))]
            )
        if front % 10 == 0:
            return _declined("tysięczny" if front == 10 else "dwutysięczny", form)
        thousands = [self.cardinal(front // 10 * 1000)] if front >= 10 else []
        return " ".join([*thousands, _declined(_HUNDREDS[front % 10 - 1], form)])

    def year(self, number: int, before: str = "", after: str = "") -> str:
        if _MONTH_BEFORE.search(before) or re.search(r"\broku\s\Z", before) or re.match(r"\s(?:roku\b|r\.)", after):
            said = self.ordinal(number, "loc" if _IN.search(before) else "gen")
        elif re.match(r"\srok\b", after):
            said = self.ordinal(number)
        else:
            said = None
        return said or self.cardinal(number)

    def plural(self, number: Number) -> int:
        if number.fraction:
            return 3
        if number.whole == "1":
            return 0
        last = int(number.whole[-2:])
        return 1 if last % 10 in (2, 3, 4) and last // 10 != 1 else 2

    def date(self, day: int, month: int, year: int | None, before: str, after: str) -> str | None:
        said = f"{self.ordinal(day, 'gen')} {self.months[month - 1]}"
        if year is None:
            return said
        stated = re.match(r"\s(?:r\.|roku\b)", after)
        return f"{said} {self.ordinal(year, 'gen') or self.cardinal(year)}{'' if stated else ' roku'}"

    def clock(self, hour: int, minute: int, second: int | None, half: str, before: str) -> str | None:
        form = "f-gen" if _AT.search(before) else "f"
        said = self.ordinal(hour, form) if hour else "zero"
        if minute or not hour:
            said = f"{said} {'zero ' * (minute < 10)}{self.cardinal(minute)}"
        if second is not None:
            forms = "sekunda|sekundy|sekund|sekundy"
            said = f"{said} i {self.cardinal(second, 'f')} {self.form(forms, Number(whole=str(second)))}"
        return said

    def fraction(self, number: int, parts: int) -> str | None:
        if parts == 10 and number <= 10:
            return f"{self.cardinal(number)} na dziesięć"
        if not 2 <= parts <= 20 or number > parts:
            return None
        if (number, parts) == (1, 2):
            return "pół"
        many = self.plural(Number(whole=str(number)))
        part = _declined(_SMALL[parts], "f") if parts < 20 else "dwudziesta"
        if many:
            stem = _SMALL[parts] if parts < 20 else "dwudziesty"
            part = _declined(stem, "f-gen").removesuffix("ej") + "e" if many == 1 else f"{_declined(stem, '')}ch"
        return f"{self.cardinal(number, 'f')} {part}"

    def mixed(self, whole: str, fraction: str) -> str:
        return "półtora" if (whole, fraction) == ("jeden", "pół") else f"{whole} i {fraction}"

    def placed(self, number: int, before: str, after: str) -> str | None:
        if re.match(rf"\s{self.starts}", after) or not re.match(r"\s[a-zżźćńółęąś]", after):
            return None
        return self.ordinal(number, _case(before, after))

    def plain(self, number: Number, before: str, after: str) -> str | None:
        value = int(number.whole) if len(number.whole) < 3 else 0
        if number.whole[0] == "0":
            return None
        if 1 <= value <= 31 and _MONTH_AFTER.match(after):
            return self.ordinal(value, "gen")
        if value == 1 and re.match(r"\s(?:godzina|minuta|sekunda|osoba|książka|strona|korona)\b", after):
            return "jedna"
        return None

    def reign(self, number: int, name: str, before: str, after: str) -> str | None:
        if name in _QUEENS:
            return self.ordinal(number, "f")
        return self.ordinal(number, "gen" if name in self.kings else "")

    def century(self, number: int, tail: str, before: str, after: str) -> str | None:
        if re.match(r"\s(?:wiek|wieku|w\.|wojn\w+|tysiąclec\w+|klas\w+|piętr\w+|liceum|etap\w*)(?!\w)", after):
            return self.ordinal(number, _case(before, after))
        return None

    def abbreviation(self, written: str, before: str, after: str) -> str | None:
        if written == "r." and not re.search(r"\d\s?\Z", before):
            return None
        if written == "w." and not re.search(r"[IVX]\s\Z", before):
            return None
        if written == "godz." and re.search(r"\b[Oo]\s\Z", before):
            return "godzinie"
        if written == "ul." and re.search(r"\b(?:[Nn]a|[Pp]rzy|z|do)\s\Z", before):
            return "ulicy"
        return super().abbreviation(written, before, after)


def _case(before: str, after: str) -> str:
    """Return the form of an ordinal that fits the noun behind it."""
    noun = re.match(r"\s(\w+\.?)", after)
    word = noun[1] if noun else ""
    if word.endswith(("a", "sa")) and not word.endswith("ia"):
        return "f"
    if word.endswith(("y", "ie")) and not word.endswith("wie"):
        return "f-gen"
    if word.endswith(("o", "e")):
        return "n"
    if word.endswith(("u", ".")):
        return "loc" if _IN.search(before) else "gen"
    return ""


def _declined(word: str, form: str) -> str:
    if not word.endswith("i"):
        return word[:-1] + _ENDINGS[form]
    if form == "f":
        return word[:-1] + ("a" if word == "drugi" else "ia")
    return word[:-1] + _SOFT_ENDINGS[form]
