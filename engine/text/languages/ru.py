"""Russian."""

from __future__ import annotations

import re

from engine.text.grammar import Grammar, Money, Number, words

_MONTHS = words("января февраля марта апреля мая июня июля августа сентября октября ноября декабря")
_MONTH_AFTER = re.compile(rf"\s(?:{'|'.join(_MONTHS)})\b")
_MONTH_BEFORE = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\s\Z")
_IN = re.compile(r"\b[ВвНн][ао]?\s\Z")
_PARTS = {1: "десятая|десятых|десятых", 2: "сотая|сотых|сотых", 3: "тысячная|тысячных|тысячных"}
_QUEENS = frozenset(words("Екатерина Елизавета Мария"))
_OF_QUEENS = frozenset(words("Екатерины Елизаветы"))
_OF_KINGS = frozenset(words("Петра Павла Николая Наполеона Людовика Карла Александра Ивана"))
_ENDINGS = {
    **dict.fromkeys(("й", "ый", "ий", "ой"), "masculine"),
    **dict.fromkeys(("я", "ая"), "feminine"),
    **dict.fromkeys(("е", "ое"), "neuter"),
    **dict.fromkeys(("го", "ого"), "masculine-genitive"),
    **dict.fromkeys(("му", "ому"), "masculine-dative"),
    **dict.fromkeys(("м", "ом"), "masculine-locative"),
    **dict.fromkeys(("х", "ых"), "plural-genitive"),
}


class Russian(Grammar):
    """Russian."""

    language = "ru"
    decimal = ","
    groups = " ."
    point = "запятая"
    to = "—"
    ratio = "—"
    per = "в"
    sequels = False
    bare = False
    half = Number(whole="0", fraction="5")
    address = {".": "точка", "@": "собака", "/": "слэш", "-": "дефис", "_": "подчёркивание"}
    signs = {
        **{"&": "и", "%": "процент", "+": "плюс", "-": "минус", "\u2212": "минус", "=": "равно", "x": "на"},
        **{"<": "меньше", ">": "больше", "~": "около", "≈": "около", "≤": "не больше", "≥": "не меньше"},
        **{"×": "на", "÷": "делить на", "±": "плюс-минус", "@": "собака", "#": "номер", "#a": "хештег"},
        **{"C#": "шарп", "^": "в степени", "§": "параграф"},
    }
    abbreviations = {
        **{"т.е.": "то есть", "т.д.": "так далее", "т.п.": "тому подобное", "др.": "другие", "напр.": "например"},
        **{
            "см.": "смотри",
            "ул.": "улица",
            "пр.": "проспект",
            "им.": "имени",
            "проф.": "профессор",
            "акад.": "академик",
        },
        **{
            "т.к.": "так как",
            "н.э.": "нашей эры",
            "р.": "рублей",
            "руб.": "рублей",
            "коп.": "копеек",
            "тел.": "телефон",
        },
        **{"тыс.": "тысяч", "г.": "город", "гг.": "годы", "в.": "век", "вв.": "века", "св.": "святой", "мин.": "минут"},
        **{"ч.": "часов", "сек.": "секунд", "чел.": "человек", "ок.": "около", "т.ч.": "том числе", "обл.": "область"},
        **{"и.о.": "исполняющий обязанности", "ср.": "сравни", "макс.": "максимум", "пос.": "посёлок"},
    }
    counted = {"стр.": "страница", "с.": "страница", "рис.": "рисунок", "гл.": "глава", "д.": "дом", "кв.": "квартира"}
    counted |= {"No.": "номер", "ст.": "статья", "п.": "пункт", "т.": "том", "корп.": "корпус", "табл.": "таблица"}
    stopless = {"No": "", "Д-р": "доктор", "д-р": "доктор", "г-н": "господин", "г-жа": "госпожа"}
    ending = frozenset(words("т.д. т.п. др. н.э. р. руб. коп. тыс. г. гг. в. вв. мин. ч. сек. чел. обл."))
    months = tuple(_MONTHS)
    money = {
        "RUB": Money(major="рубль|рубля|рублей", minor="копейка|копейки|копеек", minor_gender="f"),
        "EUR": Money(major="евро", minor="цент|цента|центов"),
        **{code: Money(major="доллар|доллара|долларов", minor="цент|цента|центов") for code in ("USD", "CAD", "AUD")},
        "GBP": Money(major="фунт|фунта|фунтов", minor="пенс|пенса|пенсов"),
        "UAH": Money(major="гривна|гривны|гривен", minor="копейка|копейки|копеек", gender="f", minor_gender="f"),
        "CHF": Money(major="франк|франка|франков", minor="сантим|сантима|сантимов"),
        "JPY": Money(major="иена|иены|иен", gender="f"),
        "CNY": Money(major="юань|юаня|юаней"),
        **{code: Money(major="крона|кроны|крон", gender="f") for code in ("SEK", "NOK", "DKK", "CZK")},
    }
    symbols = {"руб.": "RUB", "руб": "RUB", "р.": "RUB", "долл.": "USD", "евро": "EUR"}
    units = {
        **{"км": "length-kilometer", "м": "length-meter", "см": "length-centimeter", "мм": "length-millimeter"},
        **{"кг": "mass-kilogram", "г": "mass-gram", "мг": "mass-milligram", "т": "mass-tonne", "л": "volume-liter"},
        **{"мл": "volume-milliliter", "ч": "duration-hour", "мин": "duration-minute", "сек": "duration-second"},
        **{"км/ч": "speed-kilometer-per-hour", "м/с": "speed-meter-per-second", "ГБ": "digital-gigabyte"},
        **{"МБ": "digital-megabyte", "КБ": "digital-kilobyte", "ТБ": "digital-terabyte", "Гц": "frequency-hertz"},
        **{"кВт": "power-kilowatt", "Вт": "power-watt", "м2": "area-square-meter", "км2": "area-square-kilometer"},
        **{
            "га": "area-hectare",
            "кВт⋅ч": "energy-kilowatt-hour",
            "ГГц": "frequency-gigahertz",
            "°С": "temperature-celsius",
        },
    }
    unit_names = {"mass-gram": "грамм|грамма|граммов"}
    genders = dict.fromkeys(
        ("minute", "second", "millisecond", "microsecond", "tonne", "mile", "ounce", "calorie"), "f"
    )
    genders |= {"kilocalorie": "f", "nanosecond": "f"}
    rules = {"f": "spellout-cardinal-feminine", "n": "spellout-cardinal-neuter"}
    scales = {
        **{word: "тысяча|тысячи|тысяч" for word in ("тыс.", "тысяча", "тысячи", "тысяч")},
        **{word: "миллион|миллиона|миллионов" for word in ("млн", "млн.", "миллион", "миллиона", "миллионов")},
        **{word: "миллиард|миллиарда|миллиардов" for word in ("млрд", "млрд.", "миллиард", "миллиарда", "миллиардов")},
    }
    numbered = "глава|часть|том|акт|тип"

    def cardinal(self, number: int, gender: str = "") -> str:
        said = self.numbers.say(number, self.rules.get(gender, "spellout-cardinal-masculine"))
        return said.removeprefix("одна ") if 1000 <= number < 2000 else said

    def ordinal(self, number: int, form: str = "") -> str | None:
        said = self.numbers.say(number, f"spellout-ordinal-{form or 'masculine'}")
        return said.removeprefix("одна ") if 1000 <= number < 2000 else said

    def year(self, number: int, before: str = "", after: str = "") -> str:
        if re.match(r"\sгоду\b", after) or (re.match(r"\sг\.", after) and _IN.search(before)):
            return self.ordinal(number, "masculine-locative") or ""
        if _MONTH_BEFORE.search(before) or re.match(r"\s(?:года\b|г\.)", after):
            return self.ordinal(number, "masculine-genitive") or ""
        if re.match(r"\sгод\b", after):
            return self.ordinal(number) or ""
        return self.cardinal(number)

    def plural(self, number: Number) -> int:
        if number.fraction:
            return 1
        last = int(number.whole[-2:])
        if last % 10 == 1 and last != 11:
            return 0
        return 1 if last % 10 in (2, 3, 4) and last // 10 != 1 else 2

    def number(self, number: Number, gender: str = "") -> str:
        parts = _PARTS.get(len(number.fraction))
        if parts is None or len(number.whole) > 9:
            return super().number(number, gender)
        whole, part = Number(whole=number.whole), Number(whole=str(int(number.fraction)))
        one = "целая" if self.plural(whole) == 0 else "целых"
        name = parts.split("|")[min(self.plural(part), 1)]
        return f"{self.number(whole, 'f')} {one} {self.number(part, 'f')} {name}"

    def measure(self, number: Number, sign: str, joined: bool = False) -> str | None:
        if sign == "г" and len(number.whole) == 4 and not number.fraction:
            return None  # a year
        return super().measure(number, sign, joined)

    def date(self, day: int, month: int, year: int | None, before: str, after: str) -> str | None:
        said = f"{self.ordinal(day, 'neuter-genitive')} {self.months[month - 1]}"
        if year is None:
            return said
        stated = re.match(r"\s(?:г\.|года\b)", after)
        return f"{said} {self.ordinal(year, 'masculine-genitive')}{'' if stated else ' года'}"

    def clock(self, hour: int, minute: int, second: int | None, half: str, before: str) -> str | None:
        said = self.cardinal(hour)
        if minute:
            said += f" {'ноль ' * (minute < 10)}{self.cardinal(minute)}"
        else:
            said += f" {self.form('час|часа|часов', Number(whole=str(hour)))}"
        if second is not None:
            said += f" {self.cardinal(second, 'f')} {self.form('секунда|секунды|секунд', Number(whole=str(second)))}"
        return said

    def fraction(self, number: int, parts: int) -> str | None:
        if parts == 10 and number <= 10:
            return f"{self.cardinal(number)} из десяти"
        if not 2 <= parts <= 20 or number > parts:
            return None
        if (number, parts) == (1, 2):
            return "половина"
        if parts in (3, 4):
            stem = "трет" if parts == 3 else "четверт"
            return f"{stem}ь" if number == 1 else f"{self.cardinal(number, 'f')} {stem}и"
        form = "feminine" if number == 1 else "plural-genitive"
        return f"{self.cardinal(number, 'f')} {self.ordinal(parts, form)}"

    def mixed(self, whole: str, fraction: str) -> str:
        if fraction == "половина":
            return "полтора" if whole == "один" else f"{whole} с половиной"
        return f"{whole} и {fraction}"

    def suffixed(self, number: int, mark: str, before: str, after: str) -> str | None:
        form = _ENDINGS.get(mark.lstrip("-")) if mark.startswith("-") else None
        return self.ordinal(number, form) if form and number < 3_000 else None

    def plain(self, number: Number, before: str, after: str) -> str | None:
        value = int(number.whole) if len(number.whole) < 3 else 0
        if 1 <= value <= 31 and number.whole[0] != "0" and _MONTH_AFTER.match(after):
            return self.ordinal(value, "neuter-genitive")
        if value % 10 in (1, 2) and value // 10 != 1:
            noun = re.match(r"\s(?:минут|секунд|тысяч|недел|книг|страниц|копе)", after)
            return self.cardinal(value, "f") if noun and number.whole[0] != "0" else None
        return None

    def reign(self, number: int, name: str, before: str, after: str) -> str | None:
        if name in _QUEENS:
            return self.ordinal(number, "feminine")
        if name in _OF_QUEENS:
            return self.ordinal(number, "feminine-genitive")
        return self.ordinal(number, "masculine-genitive" if name in _OF_KINGS else "masculine")

    def century(self, number: int, tail: str, before: str, after: str) -> str | None:
        noun = re.match(r"\s(веке|века|век|в\.|столети\w+)(?!\w)", after)
        if noun is None:
            return None
        if noun[1].startswith("столети"):
            return self.ordinal(number, {"я": "neuter-genitive", "и": "neuter-locative"}.get(noun[1][-1], "neuter"))
        if noun[1] == "веке" or (noun[1] == "в." and _IN.search(before)):
            return self.ordinal(number, "masculine-locative")
        return self.ordinal(number, "masculine-genitive" if noun[1] == "века" else "masculine")

    def closes(self, written: str, before: str, after: str) -> bool:
        if written == "г.":
            return bool(re.search(r"\d\s?\Z", before))
        return super().closes(written, before, after)

    def abbreviation(self, written: str, before: str, after: str) -> str | None:
        if written == "г." and re.search(r"\d\s?\Z", before):
            return "году" if re.search(r"\b[Вв]\s\d{4}\s?\Z", before) else "года"
        if written == "в.":
            if not re.search(r"[IVX]\s\Z", before):
                return None
            return "веке" if re.search(r"\b[Вв]\s[IVX]+\s\Z", before) else "век"
        if written in ("р.", "мин.", "ч.", "гг.") and not re.search(r"\d\s?\Z", before):
            return None
        return super().abbreviation(written, before, after)
