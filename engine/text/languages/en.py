"""English, as it is said in America and, with a region, elsewhere."""

from __future__ import annotations

import re

from engine.text.grammar import Grammar, Money, Number, words

_MONTHS = words("January February March April May June July August September October November December")
_SHORT_MONTHS = words("Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec")
_TENS = {20: "twenties", 30: "thirties", 40: "forties", 50: "fifties", 60: "sixties", 70: "seventies", 80: "eighties"}
_TENS |= {90: "nineties"}
_PARTS = {2: "half|halves", 3: "third|thirds", 4: "quarter|quarters"}
_ORDINAL_MARKS = {"st", "nd", "rd", "th"}
_MONTH_BEFORE = re.compile(
    rf"\b(?:{'|'.join(_MONTHS)}|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)\s\Z"
)
_MONTH_AFTER = re.compile(rf"\s(?:{'|'.join(_MONTHS)}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b)")
_STREETS = re.compile(r"\s*(?:\Z|[,.;:)]|[a-z\d]|(?:N|S|E|W|NE|NW|SE|SW)\b)")
_NAME_BEFORE = re.compile(r"(?:\b[A-Z][\w'’]*|\d(?:st|nd|rd|th)|[a-z]treet)\s\Z")
_SHORT_BEFORE = re.compile(
    r"\b(?:Room|Flight|Route|Highway|Interstate|Boeing|Airbus|Suite|Apartment|Channel|Gate|Bus)\s\Z|[A-Z]-?\Z"
)
_AFTER_A_KING = re.compile(r"\s*(?:\Z|[.,;:!?)]|(?:of|was|died)\b)")
_DOLLARS = ("USD", "CAD", "AUD", "NZD", "HKD", "SGD")

_MANY = (
    r"\+?(?:\s(?!(?:is|was|has|does|and|or|to|in|on|at|by|for|with|the|that|which|will|can|then|from|as|goes)\b)"
    r"[a-z]{2,20}){0,2}?\s(?!(?:is|was|has|does|goes|as|this|its|his|always|leaves|opens|closes|costs)\b)"
    r"(?:[a-z]{2,20}s|people|men|women|children)\b"
)
"""Something in the plural, perhaps with an adjective or two before it."""


class English(Grammar):
    """English."""

    language = "en"
    point = "point"
    groups = ",'"
    ranging = "[Ff]rom|[Hh]ours|[Oo]pen|[Dd]aily|[Ww]eekdays"
    to = "to"
    ratio = "to"
    per = "per"
    address = {".": "dot", "@": "at", "/": "slash", "-": "dash", "_": "underscore", "+": "plus", ":": "colon"}
    signs = {
        **{"&": "and", "%": "percent", "+": "plus", "-": "minus", "\u2212": "minus", "=": "equals", "x": "by"},
        **{"<": "less than", ">": "greater than", "~": "about", "≈": "about", "≤": "at most", "≥": "at least"},
        **{"×": "times", "÷": "divided by", "±": "plus or minus", "@": "at", "#": "number", "#a": "hashtag"},
        **{"C#": "sharp", "^": "to the power of", "^2": "squared", "^3": "cubed", "§": "section", "→": "to"},
    }
    abbreviations = {
        **{"Dr.": "Doctor", "Drs.": "Doctors", "St.": "Saint"},
        **{"Mr.": "Mister", "Mrs.": "Missus", "Ms.": "Miz", "Prof.": "Professor", "Messrs.": "Messers"},
        **{"Capt.": "Captain", "Lt.": "Lieutenant", "Col.": "Colonel", "Gen.": "General", "Sgt.": "Sergeant"},
        **{"Cpl.": "Corporal", "Cmdr.": "Commander", "Maj.": "Major", "Adm.": "Admiral", "Rev.": "Reverend"},
        **{"Hon.": "Honorable", "Gov.": "Governor", "Sen.": "Senator", "Rep.": "Representative", "Pres.": "President"},
        **{"Supt.": "Superintendent", "Jr.": "Junior", "Sr.": "Senior", "Esq.": "Esquire", "Mt.": "Mount"},
        **{"e.g.": "for example", "i.e.": "that is", "etc.": "et cetera", "vs.": "versus", "cf.": "compare"},
        **{"al.": "al", "viz.": "namely", "approx.": "approximately", "ca.": "circa", "est.": "established"},
        **{"dept.": "department", "Dept.": "Department", "govt.": "government", "Assn.": "Association"},
        **{"Co.Ltd.": "Company Limited", "Sep.": "September", "qtr.": "quarter", "sq.ft.": "square feet"},
        **{"Inc.": "Incorporated", "Ltd.": "Limited", "Corp.": "Corporation", "Co.": "Company", "Bros.": "Brothers"},
        **{"Ave.": "Avenue", "Blvd.": "Boulevard", "Rd.": "Road", "Hwy.": "Highway", "Apt.": "Apartment"},
        **{"Ph.D.": "P H D", "M.D.": "M D", "B.A.": "B A", "M.A.": "M A", "R.I.P.": "rest in peace", "P.S.": "P S"},
        **{"U.S.": "U S", "U.S.A.": "U S A", "U.K.": "U K", "U.N.": "U N", "E.U.": "E U", "D.C.": "D C"},
        **{"B.C.": "B C", "A.D.": "A D", "B.C.E.": "B C E", "C.E.": "C E", "a.k.a.": "also known as"},
        **{
            "Mon.": "Monday",
            "Wed.": "Wednesday",
            "Thu.": "Thursday",
            "Fri.": "Friday",
            "Tue.": "Tuesday",
            "Tues.": "Tuesday",
            "Thur.": "Thursday",
            "Thurs.": "Thursday",
        },
        **{"Jan.": "January", "Feb.": "February", "Aug.": "August", "Sept.": "September", "Oct.": "October"},
        **{"Nov.": "November", "Dec.": "December", "misc.": "miscellaneous", "min.": "minutes", "max.": "maximum"},
        **{"hrs.": "hours", "hr.": "hour", "mins.": "minutes", "secs.": "seconds", "lbs.": "pounds", "ft.": "feet"},
        **{"tel.": "telephone", "Tel.": "Telephone", "ext.": "extension", "fig.": "figure", "figs.": "figures"},
    }
    counted = {
        **{"No.": "Number", "no.": "number", "Nos.": "Numbers", "nos.": "numbers", "Nr.": "Number", "p.": "page"},
        **{"pp.": "pages", "P.": "Page", "Pp.": "Pages", "vol.": "volume", "Vol.": "Volume", "ch.": "chapter"},
        **{"Ch.": "Chapter", "chap.": "chapter", "Chap.": "Chapter", "Fig.": "Figure", "Figs.": "Figures"},
        **{"sec.": "section", "Sec.": "Section", "art.": "article", "Art.": "Article", "eq.": "equation"},
        **{"Eq.": "Equation", "c.": "circa", "Mar.": "March", "Apr.": "April", "Jun.": "June", "Jul.": "July"},
        **{"Op.": "Opus", "op.": "opus", "v.": "version", "ver.": "version", "b.": "born", "d.": "died"},
        **{"fl.": "flourished"},
    }
    stopless = {
        **{"Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Dr": "", "vs": "versus", "Prof": "Professor"},
        **{
            "w/o": "without",
            "w/": "with",
            "St": "",
            "No": "",
            "etc": "et cetera",
            "approx": "approximately",
            "Ltd": "Limited",
        },
        **{"WWI": "World War one", "WWII": "World War two"},
        **dict.fromkeys(_SHORT_MONTHS, ""),
    }
    ending = frozenset(
        words(
            "etc. al. Inc. Ltd. Corp. Co. Bros. Jr. Sr. Esq. Ave. Blvd. Rd. Hwy. Ph.D. M.D. B.A. M.A. B.C. A.D. B.C.E."
            " C.E. D.C. U.K. R.I.P. min. max. hrs. hr. mins. secs. lbs. ft. govt. dept. Dept. Assn. misc. est. Mon."
            " Tue. Wed. Thu. Fri. ext. fig. figs. tel."
        )
    )
    starts = (
        r"(?:The|He|She|It|They|We|You|I|This|That|These|Those|But|And|A|An|In|On|At|If|When|There|Then|His|Her|My|Our"
        r"|Its|Their|So|What|Why|How|Who|Yes|No|Not|As|For|From|After|Before)\b"
    )
    months = tuple(_MONTHS)
    money = {
        **{code: Money(major="dollar|dollars", minor="cent|cents") for code in _DOLLARS},
        "EUR": Money(major="euro|euros", minor="cent|cents"),
        "GBP": Money(major="pound|pounds", minor="penny|pence"),
        "JPY": Money(major="yen"),
        "CNY": Money(major="yuan"),
        "INR": Money(major="rupee|rupees", minor="paisa|paise"),
        "CHF": Money(major="franc|francs", minor="centime|centimes"),
        "RUB": Money(major="ruble|rubles", minor="kopeck|kopecks"),
        "KRW": Money(major="won"),
        "BRL": Money(major="real|reais", minor="centavo|centavos"),
        "MXN": Money(major="peso|pesos", minor="centavo|centavos"),
        "SEK": Money(major="krona|kronor", minor="öre"),
        **{code: Money(major="krone|kroner", minor="øre") for code in ("NOK", "DKK")},
    }
    spelled = "PIN|IBAN|ISBN|BIC|ID|ZIP|zip|[Zz]ip code|[Cc]all|[Dd]ial|[Cc]ode|ext\\.|extension"
    units = {
        "Mbps": "speed-megabit",
        "Gbps": "speed-gigabit",
        "hr": "duration-hour",
        "hrs": "duration-hour",
        **{"tbsp": "volume-tablespoon", "tbsp.": "volume-tablespoon"},
        **{"tsp": "volume-teaspoon", "tsp.": "volume-teaspoon"},
        **{"wk": "duration-week", "mo": "duration-month", "yr": "duration-year", "yrs": "duration-year"},
        **{"¢": "currency-cent", "dB": "sound-decibel", "mAh": "electric-milliampere-hour", "kbps": "speed-kilobit"},
        "mins": "duration-minute",
        "secs": "duration-second",
    }
    unit_names = {
        **{"currency-cent": "cent|cents", "sound-decibel": "decibel|decibels"},
        **{"electric-milliampere-hour": "milliampere hour|milliampere hours"},
        "speed-kilobit": "kilobit per second|kilobits per second",
        "speed-megabit": "megabit per second|megabits per second",
        "speed-gigabit": "gigabit per second|gigabits per second",
        "mass-tonne": "tonne|tonnes",
        "temperature-celsius": "degree Celsius|degrees Celsius",
    }
    scales = {
        **{word: word for word in ("hundred", "thousand", "million", "billion", "trillion")},
        **{"k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million"},
        **{"bn": "billion", "B": "billion", "tn": "trillion", "T": "trillion"},
    }
    many = _MANY
    clock_words = r"o['’]clock|hours"
    numbered = (
        "chapter|part|act|scene|volume|vol|book|section|phase|stage|type|class|war|article|title|appendix|figure|table|"
        "canto|level|round|grade|category|bowl|mark|model|group|unit|apollo|step|world"
    )

    def __init__(self, tag: str) -> None:
        """`tag` tells how dates and hundreds are said: by America's custom where it names no region."""
        super().__init__(tag)
        self.american = self.region in ("", "us")
        self.month_first = self.american

    def cardinal(self, number: int, gender: str = "") -> str:
        return self.numbers.say(number, "spellout-cardinal" if self.american else "spellout-cardinal-verbose")

    def ordinal(self, number: int, form: str = "") -> str | None:
        return self.numbers.say(number, "spellout-ordinal" if self.american else "spellout-ordinal-verbose")

    def year(self, number: int, before: str = "", after: str = "") -> str:
        if 2000 <= number < 2010:
            return self.cardinal(number)
        if number % 100 == 0 and number % 1000:
            return f"{self.cardinal(number // 100)} hundred"
        if 1100 <= number <= 2099:
            high, low = divmod(number, 100)
            return f"{self.cardinal(high)} {'oh ' * (low < 10)}{self.cardinal(low)}"
        return self.cardinal(number)

    def coins(self, major: str, cents: Number, money: Money) -> str:
        if len(cents.whole) == 2:
            return f"{major} {self.number(cents)}"
        return f"{major} and {self.number(cents)} {self.form(money.minor, cents)}"

    def measure(self, number: Number, sign: str, joined: bool = False) -> str | None:
        said = super().measure(Number(whole="1") if joined else number, sign)
        return f"{self.number(number)} {said.removeprefix('one ')}" if said and joined else said

    def date(self, day: int, month: int, year: int | None, before: str, after: str) -> str | None:
        name, place = self.months[month - 1], self.ordinal(day)
        if self.american:
            said = f"{name} {place}"
        else:
            said = f"{'' if before.lower().endswith('the ') else 'the '}{place} of {name}"
        if year is None:
            return said
        return f"{said}, {self.year(year)}" if self.american else f"{said} {self.year(year)}"

    def clock(self, hour: int, minute: int, second: int | None, half: str, before: str) -> str | None:
        said = self.cardinal(hour)
        if minute:
            said += f" {'oh ' * (minute < 10)}{self.cardinal(minute)}"
        elif not half and second is None:
            said += " o'clock" if 0 < hour <= 12 else " hundred" if hour else " hundred hours"
        if second is not None:
            said += (
                f"{'' if minute else ' hundred'} and {self.cardinal(second)} {'second' if second == 1 else 'seconds'}"
            )
        return f"{said} {half}.m." if half else said

    def score(self, left: str, right: str, before: str) -> str | None:
        book = re.search(r"\b([A-Z][a-z]+)\.?\s\Z", before)
        return (
            f"{left} {right}" if book and not re.fullmatch(self.starts, book[1]) else super().score(left, right, before)
        )

    def feet(self, feet: int, inches: int) -> str | None:
        return f"{self.cardinal(feet)} foot {self.cardinal(inches)}"

    def fraction(self, number: int, parts: int) -> str | None:
        if parts == 100:
            return f"{self.cardinal(number)} {'hundredth' if number == 1 else 'hundredths'}"
        if parts == 10 and number <= parts:
            return f"{self.cardinal(number)} out of {self.cardinal(parts)}"
        if not 2 <= parts <= 100 or number > parts:
            return None
        forms = _PARTS.get(parts) or f"{self.ordinal(parts)}|{self.ordinal(parts)}s"
        return f"{self.cardinal(number)} {self.form(forms, Number(whole=str(number)))}"

    def mixed(self, whole: str, fraction: str) -> str:
        part = fraction.removeprefix("one ")
        return f"{whole} and {'a ' + part if part in ('half', 'quarter', 'third') else fraction}"

    def suffixed(self, number: int, mark: str, before: str, after: str) -> str | None:
        low = mark.lower()
        if low in _ORDINAL_MARKS:
            return self.ordinal(number)
        if low in ("s", "'s", "’s") and number % 10 == 0:
            if 20 <= number <= 90:
                return _TENS[number]
            if 1100 <= number <= 2090:
                high, low_part = divmod(number, 100)
                if low_part:
                    return (
                        f"{self.cardinal(high)} {_TENS[low_part]}" if low_part > 10 else f"{self.cardinal(high)} tens"
                    )
                return f"{self.cardinal(high)} hundreds" if number % 1000 else f"{self.cardinal(number)}s"
        if low == "x":
            return f"{self.cardinal(number)} times"
        if mark == "k":
            return f"{self.cardinal(number)} thousand"
        return None

    def plain(self, number: Number, before: str, after: str) -> str | None:
        if len(number.whole) == 3 and number.whole[0] != "0" and _SHORT_BEFORE.search(before):
            return self._short(int(number.whole))
        value = int(number.whole) if len(number.whole) < 3 else 0
        if not 1 <= value <= 31 or number.whole[0] == "0":
            return None
        if _MONTH_BEFORE.search(before) and not re.match(r"\s?(?:%|[\u2013-]\s?\d{3})", after):
            return self.ordinal(value)
        if _MONTH_AFTER.match(after):
            the = "" if re.search(r"\b(?:the|[Tt]his|[Ee]very)\s\Z", before) else "the "
            return f"{the}{self.ordinal(value)} of"
        return None

    def _short(self, number: int) -> str:
        """Say a number of three digits that counts nothing: Room 101, Flight 370."""
        high, low = divmod(number, 100)
        if not low:
            return self.cardinal(number)
        return f"{self.cardinal(high)} {'oh ' * (low < 10)}{self.cardinal(low)}"

    def reign(self, number: int, name: str, before: str, after: str) -> str | None:
        if number == 1 and not _AFTER_A_KING.match(after):
            return None  # 'I told Charles I would'
        return f"the {self.ordinal(number)}"

    def century(self, number: int, tail: str, before: str, after: str) -> str | None:
        if re.match(r"\s(?:century|dynasty|Olympi|Corps)", after) and not tail:
            return self.ordinal(number)
        return None

    def unstopped(self, written: str, before: str, after: str) -> str | None:
        if written in _SHORT_MONTHS:
            dated = re.search(r"(?<!\d)\d{1,2}(?:st|nd|rd|th)?\s\Z", before) or re.match(r"\s\d", after)
            month = next(month for month in _MONTHS if month.startswith(written[:3]))
            return month if dated else None
        return super().unstopped(written, before, after)

    def closes(self, written: str, before: str, after: str) -> bool:
        if written in ("St.", "Dr."):
            return bool(_NAME_BEFORE.search(before) and re.match(self.starts, after))
        return super().closes(written, before, after)

    def abbreviation(self, written: str, before: str, after: str) -> str | None:
        if written in ("St.", "Dr."):
            street = _NAME_BEFORE.search(before) and _STREETS.match(after)
            if written == "St.":
                return "Street" if street else "Saint"
            return "Drive" if street else "Doctor"
        if written in ("b.", "d.", "fl.") and not re.match(r"\s?[12]\d{3}\b", after):
            return None
        if written in ("min.", "hr.", "ft.", "Mon.", "Fri.", "Wed.", "Thu.") and not re.search(r"\d\s?\Z|\A\Z", before):
            return None
        return super().abbreviation(written, before, after)
