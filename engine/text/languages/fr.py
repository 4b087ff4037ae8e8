"""French."""

from __future__ import annotations

import re

from engine.text.grammar import Grammar, Money, Number, words

_MONTHS = words("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")
_MONTH_AFTER = re.compile(rf"\s(?:{'|'.join(_MONTHS)}|janv\.|févr\.|juill\.|sept\.|oct\.|nov\.|déc\.)")
_ONE_OF = re.compile(r"\s(?:heure|minute|seconde|semaine|journée|année|fois|personne|page|tasse|tonne|livre)s?\b")


class French(Grammar):
    """French."""

    language = "fr"
    decimal = ","
    groups = " ."
    point = "virgule"
    together = 2
    to = "à"
    ratio = "à"
    per = "par"
    address = {".": "point", "@": "arobase", "/": "slash", "-": "tiret", "_": "tiret bas", ":": "deux points"}
    signs = {
        **{"&": "et", "%": "pour cent", "+": "plus", "-": "moins", "\u2212": "moins", "=": "égale", "x": "sur"},
        **{"<": "inférieur à", ">": "supérieur à", "~": "environ", "≈": "environ", "≤": "au plus", "≥": "au moins"},
        **{"×": "fois", "÷": "divisé par", "±": "plus ou moins", "@": "arobase", "#": "numéro", "#a": "hashtag"},
        **{"C#": "sharp", "^": "puissance", "^2": "au carré", "^3": "au cube", "§": "paragraphe", "→": "vers"},
    }
    abbreviations = {
        **{"M.": "monsieur", "MM.": "messieurs", "etc.": "et cetera", "p.ex.": "par exemple", "cf.": "confer"},
        **{"env.": "environ", "tél.": "téléphone", "janv.": "janvier", "févr.": "février", "juill.": "juillet"},
        **{"sept.": "septembre", "oct.": "octobre", "nov.": "novembre", "déc.": "décembre", "max.": "maximum"},
        **{"min.": "minutes", "hab.": "habitants", "ex.": "exemple", "Prof.": "professeur", "boul.": "boulevard"},
        **{"c.": "contre", "S.A.": "S A", "S.V.P.": "s'il vous plaît", "s.v.p.": "s'il vous plaît", "N.B.": "N B"},
        **{"Dr.": "docteur", "dr.": "docteur", "Pr.": "professeur", "St.": "saint", "Ste.": "sainte"},
        **{"Mme.": "madame", "Mlle.": "mademoiselle", "bd.": "boulevard", "av.": "avenue"},
        **{"apr.": "après", "J.-C.": "Jésus-Christ"},
    }
    counted = {
        **{"p.": "page", "pp.": "pages", "vol.": "volume", "chap.": "chapitre", "art.": "article", "fig.": "figure"},
        **{"No.": "numéro", "no.": "numéro", "n.": "numéro", "t.": "tome", "Art.": "Article", "Fig.": "Figure"},
        **{"n°.": "numéro", "N°.": "numéro"},
    }
    stopless = {
        **{"Mme": "madame", "Mmes": "mesdames", "Mlle": "mademoiselle", "Mlles": "mesdemoiselles", "Dr": "docteur"},
        **{"Pr": "professeur", "St": "saint", "Ste": "sainte", "n°": "numéro", "N°": "numéro", "No": "", "no": ""},
        **{"bd": "boulevard", "Bd": "boulevard", "Me": "maître", "Mgr": "monseigneur"},
    }
    ending = frozenset(words("etc. max. min. hab. S.A. S.V.P. s.v.p. boul."))
    months = tuple(_MONTHS)
    money = {
        "EUR": Money(major="euro|euros", minor="centime|centimes"),
        **{code: Money(major="dollar|dollars", minor="cent|cents") for code in ("USD", "CAD", "AUD")},
        "GBP": Money(major="livre|livres", minor="penny|pence", gender="f"),
        "CHF": Money(major="franc|francs", minor="centime|centimes"),
        "JPY": Money(major="yen|yens"),
        "RUB": Money(major="rouble|roubles", minor="kopeck|kopecks"),
        "INR": Money(major="roupie|roupies", gender="f"),
        "PLN": Money(major="zloty|zlotys", minor="grosz"),
        **{code: Money(major="couronne|couronnes", minor="øre", gender="f") for code in ("SEK", "NOK", "DKK", "CZK")},
    }
    unit_names = {
        "energy-kilowatt-hour": "kilowattheure|kilowattheures",
        "digital-gigabyte": "gigaoctet|gigaoctets",
        "speed-mile-per-hour": "mile à l'heure|miles à l'heure",
        "speed-kilometer-per-hour": "kilomètre à l'heure|kilomètres à l'heure",
        "speed-meter-per-second": "mètre par seconde|mètres par seconde",
    }
    units = {"Go": "digital-gigabyte", "Mo": "digital-megabyte", "Ko": "digital-kilobyte", "ko": "digital-kilobyte"}
    units |= {"To": "digital-terabyte"}
    genders = dict.fromkeys(("hour", "minute", "second", "millisecond", "tonne", "ounce", "pound", "calorie"), "f")
    genders |= {"kilocalorie": "f", "kilowatt-hour": "", "microsecond": "f", "nanosecond": "f"}
    rules = {"": "spellout-cardinal-masculine", "f": "spellout-cardinal-feminine"}
    scales = {
        **{word: "million|millions" for word in ("million", "millions", "M")},
        **{word: "milliard|milliards" for word in ("milliard", "milliards", "Md", "Mds", "Mrd")},
        **{word: "billion|billions" for word in ("billion", "billions")},
    }
    clock_marks = ":hH"
    tails = "er|e|ère|ème|re"
    numbered = "chapitre|tome|partie|acte|scène|volume|article|livre|titre|annexe|figure|tableau|type|guerre|mondiale"

    def ordinal(self, number: int, form: str = "") -> str | None:
        return self.numbers.say(number, f"spellout-ordinal-{form or 'masculine'}")

    def plural(self, number: Number) -> int:
        return 0 if number.whole.lstrip("0") in ("", "1") else 1

    def part(self, name: str) -> str:
        return f"d'{name}" if name[0] in "aeiouyéèh" and not name.startswith("yen") else f"de {name}"

    def coins(self, major: str, cents: Number, money: Money) -> str:
        return f"{major} {self.number(cents)}"

    def date(self, day: int, month: int, year: int | None, before: str, after: str) -> str | None:
        said = f"{'premier' if day == 1 else self.cardinal(day)} {self.months[month - 1]}"
        return f"{said} {self.year(year)}" if year is not None else said

    def clock(self, hour: int, minute: int, second: int | None, half: str, before: str) -> str | None:
        said = f"{self.cardinal(hour, 'f')} {'heure' if hour < 2 else 'heures'}"
        if minute:
            said += f" {self.cardinal(minute, 'f')}"
        if second is not None:
            said += f" et {self.cardinal(second, 'f')} {'seconde' if second < 2 else 'secondes'}"
        if half:
            said += " du matin" if half == "a" else " du soir" if 6 <= hour < 12 else " de l'après-midi"
        return said

    def fraction(self, number: int, parts: int) -> str | None:
        if parts in (10, 20) and number <= parts:
            return f"{self.cardinal(number)} sur {self.cardinal(parts)}"
        if not 2 <= parts <= 100 or number > parts:
            return None
        part = {2: "demi", 3: "tiers", 4: "quart"}.get(parts) or self.ordinal(parts) or ""
        return f"{self.cardinal(number)} {part}{'s' if number > 1 and not part.endswith('s') else ''}"

    def mixed(self, whole: str, fraction: str) -> str:
        return f"{whole} et {fraction.removeprefix('un ') if fraction == 'un demi' else fraction}"

    def suffixed(self, number: int, mark: str, before: str, after: str) -> str | None:
        forms = {
            **dict.fromkeys(("e", "è", "ème", "ième", "eme"), "masculine"),
            **dict.fromkeys(("es", "èmes", "ièmes", "emes"), "masculine-plural"),
            **{
                "er": "masculine",
                "ers": "masculine-plural",
                "re": "feminine",
                "ère": "feminine",
                "res": "feminine-plural",
            },
        }
        if mark in ("nd", "nde") and number == 2:
            return "second" if mark == "nd" else "seconde"
        if mark not in forms or (mark in ("er", "ers", "re", "ère", "res") and number != 1):
            return None
        return self.ordinal(number, forms[mark])

    def plain(self, number: Number, before: str, after: str) -> str | None:
        if number.whole == "1" and _MONTH_AFTER.match(after):
            return "premier"
        if _ONE_OF.match(after) and number.whole[0] != "0" and len(number.whole) < 7:
            return self.cardinal(int(number.whole), "f")
        return None

    def phone(self, digits: str) -> str:
        if len(digits) == 2 and digits[0] != "0":
            return self.cardinal(int(digits))
        return self.digits(digits)

    def reign(self, number: int, name: str, before: str, after: str) -> str | None:
        return "premier" if number == 1 else self.cardinal(number)

    def century(self, number: int, tail: str, before: str, after: str) -> str | None:
        if tail:
            return self.ordinal(number)
        return None

    def abbreviation(self, written: str, before: str, after: str) -> str | None:
        if written == "M." and not re.match(r"\s(?:[A-ZÀ-Ý]|et\sM)", after):
            return None
        if written in ("av.", "Av."):
            return "avant" if after.startswith(" J.-C") else f"{written[0]}venue"
        if written == "J.-C." and re.match(r"\s[A-ZÀ-Ý]", after):
            return "Jésus-Christ."
        if written in ("min.", "c.", "C.") and not re.search(r"\d\s?\Z", before):
            return None
        return super().abbreviation(written, before, after)
