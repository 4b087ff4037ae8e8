"""German."""

from __future__ import annotations

import re

from engine.text.grammar import Grammar, Money, Number, words

_MONTHS = words("Januar Februar März April Mai Juni Juli August September Oktober November Dezember")
_TO_ALL = re.compile(
    r"\b(?:a[mn]|im|vom|zum|zur|beim|bis|de[nms]|[mds]?eine[nmrs]|ihre[nmrs]|unsere[nmrs]|jede[nms]|diese[nms]"
    r"|(?:in|an|auf|von|mit|nach|aus|bei|zu|seit|vor|unter|während|wegen) der)\s\Z",
    re.IGNORECASE,
)
_PLACES_BEFORE = re.compile(r"(?:\b\d{1,3}\.(?:,| und| oder| bis)?\s){1,3}\Z")
_TO_ONE = re.compile(r"\b(?:der|die|das|eine|jede|diese|meine|deine|seine|ihre|unsere)\s\Z", re.IGNORECASE)
_MONTH_AFTER = re.compile(rf"\s(?:{'|'.join(_MONTHS)}|Jan\.|Feb\.|Aug\.|Sept\.|Okt\.|Nov\.|Dez\.)")
_STARTS = (
    r"(?:Aber|Alle|Als|Am|Auch|Auf|Bei|Da|Dann|Das|Dem|Den|Denn|Der|Die|Diese[nmrs]?|Doch"
    r"|Ein(?:e[nmrs]?)?|Er|Es|Für|Hier|Ich|Ihr|Im|In"
    r"|Damals|Danach|Deshalb|Dort|Heute"
    r"|Ist|Ja|Jetzt|Man|Meine?|Mit|Nach|Nein|Nun|Nur|Ob|Seine?|Sie|So|Und|Vor|Was|Wenn|Wer|Wie|Wir|Wo|Zu)\b"
)
_ONE_OF = re.compile(r"\s(?:Stunde|Minute|Sekunde|Woche|Nacht|Tonne|Person|Seite|Frau|Stimme|Tasse|Flasche|Prise)\b")
_ONE = re.compile(
    r"\s(?:Uhr|Mal|Tag|Monat|Jahr|Kilo|Liter|Meter|Kilometer|Euro|Dollar|Prozent|Punkt|Mann|Kind|Stück)\b"
)
_TITLES = r"(?:\s(?:Kaiser|König|Papst|Zar|Herzog|Kurfürst|Johannes|Königin|Kaiserin|Zarin))?\s\Z"
_OF_HIM = re.compile(rf"\b(?:von|vom|mit|unter|bei|beim|zu|zum|nach|aus|seit|dem){_TITLES}", re.IGNORECASE)
_FOR_HIM = re.compile(rf"\b(?:für|gegen|durch|ohne|um|den){_TITLES}", re.IGNORECASE)
_QUEENS = frozenset(words("Elisabeth Elizabeth Katharina Maria Margarethe Margrethe Isabella Juliana Wilhelmina"))
_OPENERS = "\"'(\u201e\u201a\u201c\u00bb\u203a"
_FEMININE = ("Rubrik", "Klasse", "Auflage", "Etage", "Runde", "Liga", "Bundesliga", "Stunde", "Woche", "Reihe", "Stufe")


class German(Grammar):
    """German."""

    language = "de"
    decimal = ","
    groups = ". '"
    point = "Komma"
    to = "bis"
    ratio = "zu"
    per = "pro"
    address = {".": "Punkt", "@": "ät", "/": "Schrägstrich", "-": "minus", "_": "Unterstrich", ":": "Doppelpunkt"}
    signs = {
        **{"&": "und", "%": "Prozent", "+": "plus", "-": "minus", "\u2212": "minus", "=": "gleich", "x": "mal"},
        **{"<": "kleiner als", ">": "größer als", "~": "circa", "≈": "circa", "≤": "höchstens", "≥": "mindestens"},
        **{"×": "mal", "÷": "geteilt durch", "±": "plus minus", "@": "ät", "#": "Nummer", "#a": "Hashtag"},
        **{"C#": "Sharp", "^": "hoch", "§": "Paragraf", "→": "nach"},
    }
    abbreviations = {
        **{"z.B.": "zum Beispiel", "d.h.": "das heißt", "u.a.": "unter anderem", "usw.": "und so weiter"},
        **{"bzw.": "beziehungsweise", "ca.": "circa", "evtl.": "eventuell", "ggf.": "gegebenenfalls"},
        **{"inkl.": "inklusive", "exkl.": "exklusive", "i.d.R.": "in der Regel", "o.ä.": "oder Ähnliches"},
        **{"o.Ä.": "oder Ähnliches", "u.ä.": "und Ähnliches", "u.Ä.": "und Ähnliches", "s.o.": "siehe oben"},
        **{"s.u.": "siehe unten", "v.a.": "vor allem", "z.T.": "zum Teil", "z.Zt.": "zurzeit", "z.Z.": "zurzeit"},
        **{"vgl.": "vergleiche", "Dr.": "Doktor", "Prof.": "Professor", "Hr.": "Herr", "Fr.": "Frau", "St.": "Sankt"},
        **{"Str.": "Straße", "Tel.": "Telefon", "Jh.": "Jahrhundert", "Jhdt.": "Jahrhundert", "geb.": "geboren"},
        **{"gest.": "gestorben", "max.": "maximal", "mind.": "mindestens", "Std.": "Stunden", "Min.": "Minuten"},
        **{"Sek.": "Sekunden", "Jan.": "Januar", "Feb.": "Februar", "Aug.": "August", "Sept.": "September"},
        **{
            "Okt.": "Oktober",
            "Nov.": "November",
            "Dez.": "Dezember",
            "v.Chr.": "vor Christus",
            "n.Chr.": "nach Christus",
            "med.": "med",
            "phil.": "phil",
            "jur.": "jur",
            "rer.nat.": "rer nat",
            "rer.pol.": "rer pol",
            "h.c.": "h c",
            "habil.": "habil",
        },
        **{"bspw.": "beispielsweise", "insb.": "insbesondere", "lt.": "laut", "zzgl.": "zuzüglich", "od.": "oder"},
        **{"abzgl.": "abzüglich", "m.E.": "meines Erachtens", "u.U.": "unter Umständen", "etc.": "et cetera"},
        **{"Hrsg.": "Herausgeber", "Ing.": "Ingenieur", "jun.": "junior", "sen.": "senior", "Mio.": "Millionen"},
        **{"Mrd.": "Milliarden", "Tsd.": "Tausend", "Pkt.": "Punkt", "m.a.W.": "mit anderen Worten", "e.V.": "e V"},
        **{"u.v.m.": "und vieles mehr", "u.a.m.": "und anderes mehr", "z.Hd.": "zu Händen", "i.A.": "im Auftrag"},
        **{
            "Dipl.": "Diplom",
            "prof.": "Professor",
            "dr.": "Doktor",
            "u.s.w.": "und so weiter",
            "Di.": "Dienstag",
            "MwSt.": "Mehrwertsteuer",
            "Stk.": "Stück",
            "ff.": "folgende",
            "Mo.": "Montag",
        },
    }
    counted = {
        **{"Nr.": "Nummer", "S.": "Seite", "Kap.": "Kapitel", "Bd.": "Band", "Abb.": "Abbildung", "Art.": "Artikel"},
        **{"Abs.": "Absatz", "Tab.": "Tabelle", "No.": "Nummer", "Aufl.": "Auflage", "Ziff.": "Ziffer"},
    }
    stopless = {"Dr": "Doktor", "Prof": "Professor", "Nr": "", "No": "", "ca": "circa", "usw": "und so weiter"}
    stopless |= {"MwSt": "Mehrwertsteuer"}
    ending = frozenset(
        words(
            "usw. etc. o.ä. o.Ä. u.ä. u.Ä. u.v.m. u.s.w. Str. Jh. Jhdt. Std. Min. Sek. v.Chr. n.Chr. jun. sen. Mio."
            " Mrd. Tsd. Pkt. e.V. s.o. s.u. od. MwSt. Stk. ff."
        )
    )
    months = tuple(_MONTHS)
    dotted = True
    starts = _STARTS
    placing = (
        "[Dd](?:er|ie|as|en|em|es)|[Aa]m|[Ii]m|[Vv]om|[Zz]u[mr]|[Bb]eim|[Bb]is|[Uu]nd|[Ee]in(?:e[nmrs]?)?|[Ii]n|[Aa]b"
        "|[Jj]ede[nmrs]?|[Dd]iese[nmrs]?|[MmDdSs]eine?[nmrs]?|[Ii]hre?[nmrs]?|[Uu]nsere?[nmrs]?|[Ss]eit"
    )
    money = {
        "EUR": Money(major="Euro", minor="Cent", gender="m", minor_gender="m"),
        **{code: Money(major="Dollar", minor="Cent", gender="m", minor_gender="m") for code in ("USD", "CAD", "AUD")},
        "GBP": Money(major="Pfund", minor="Penny|Pence", gender="m", minor_gender="m"),
        "CHF": Money(major="Franken", minor="Rappen", gender="m", minor_gender="m"),
        "JPY": Money(major="Yen", gender="m"),
        "RUB": Money(major="Rubel", minor="Kopeke|Kopeken", gender="m", minor_gender="f"),
        "INR": Money(major="Rupie|Rupien", gender="f"),
        "PLN": Money(major="Zloty", minor="Groschen", gender="m", minor_gender="m"),
        **{code: Money(major="Krone|Kronen", minor="Öre", gender="f") for code in ("SEK", "NOK", "DKK")},
        "CZK": Money(major="Krone|Kronen", minor="Heller", gender="f", minor_gender="m"),
    }
    spelled = "PIN|IBAN|ISBN|BIC|ID|PLZ|BLZ|[Cc]ode|Durchwahl"
    units = {
        "Mbit/s": "speed-megabit",
        "Gbit/s": "speed-gigabit",
        "PS": "power-horsepower",
        "Std.": "duration-hour",
        "Min.": "duration-minute",
        "Sek.": "duration-second",
    }
    unit_names = {
        "speed-megabit": "Megabit pro Sekunde",
        "speed-gigabit": "Gigabit pro Sekunde",
        "power-horsepower": "PS",
        "speed-mile-per-hour": "Meile pro Stunde|Meilen pro Stunde",
    }
    genders = dict.fromkeys(("hour", "minute", "second", "tonne", "mile", "ounce", "calorie", "kilocalorie"), "f")
    genders |= dict.fromkeys(("millisecond", "microsecond", "nanosecond"), "f")
    unit_gender = "m"
    rules = {"m": "spellout-cardinal-masculine", "f": "spellout-cardinal-feminine"}
    scales = {
        **{word: "Million|Millionen" for word in ("Million", "Millionen", "Mio.", "Mio")},
        **{word: "Milliarde|Milliarden" for word in ("Milliarde", "Milliarden", "Mrd.", "Mrd")},
        **{word: "Billion|Billionen" for word in ("Billion", "Billionen")},
        **{"Tsd.": "tausend", "tausend": "tausend"},
    }
    scale_gender = "f"
    clock_marks = ":."
    clock_words = "Uhr"
    clock_before = r"\b(?:um|ab|gegen)\s\Z"
    numbered = "kapitel|teil|band|akt|szene|abschnitt|artikel|weltkrieg|typ|stufe|klasse|phase|anhang"

    def ordinal(self, number: int, form: str = "") -> str | None:
        return self.numbers.say(number, f"spellout-ordinal{form}")

    def year(self, number: int, before: str = "", after: str = "") -> str:
        return self.numbers.say(number, "spellout-numbering-year")

    def coins(self, major: str, cents: Number, money: Money) -> str:
        return f"{major} {self.number(cents)}"

    def date(self, day: int, month: int, year: int | None, before: str, after: str) -> str | None:
        said = f"{self.ordinal(day, self._ending(before))} {self.months[month - 1]}"
        return f"{said} {self.year(year)}" if year is not None else said

    def clock(self, hour: int, minute: int, second: int | None, half: str, before: str) -> str | None:
        said = f"{self.cardinal(hour, 'm')} Uhr"
        if minute:
            said += f" {self.cardinal(minute)}"
        if second is not None:
            said += f" und {self.cardinal(second, 'f')} {'Sekunde' if second == 1 else 'Sekunden'}"
        return said

    def fraction(self, number: int, parts: int) -> str | None:
        if parts == 10 and number <= 10:
            return f"{self.cardinal(number)} von zehn"
        if not 2 <= parts <= 100 or number > parts:
            return None
        count = self.cardinal(number, "m")
        if parts == 2:
            return f"{count} halb"
        part = {3: "Drittel", 7: "Siebtel", 8: "Achtel"}.get(parts)
        return f"{count} {part or self.cardinal(parts).capitalize() + ('tel' if parts < 20 else 'stel')}"

    def mixed(self, whole: str, fraction: str) -> str:
        if fraction == "ein halb":
            return f"{whole.removesuffix('s') if whole == 'eins' else whole}einhalb"
        return f"{whole} {fraction}"

    def suffixed(self, number: int, mark: str, before: str, after: str) -> str | None:
        mark = mark.lower()
        if mark in ("er", "ern", "ers") and number % 10 == 0:
            return f"{self.year(number)}{mark}"
        if mark in ("x", "mal", "-mal"):
            return f"{self.cardinal(number, 'm')}mal"
        if mark in ("fach", "-fach"):
            return f"{self.cardinal(number, 'm')}fach"
        return None

    def placed(self, number: int, before: str, after: str) -> str | None:
        if re.match(rf"\s{_STARTS}", after) and not _TO_ALL.search(before) and not _TO_ONE.search(before):
            return None
        masculine = self._ending(before)
        feminine = masculine == "-r" and after.lstrip().startswith(_FEMININE)
        return self.ordinal(number, "" if feminine else masculine)

    def plain(self, number: Number, before: str, after: str) -> str | None:
        if number.whole != "1":
            return None
        return "eine" if _ONE_OF.match(after) else "ein" if _ONE.match(after) else None

    def reign(self, number: int, name: str, before: str, after: str) -> str | None:
        front = before.rstrip().removesuffix(name)
        woman = name.removesuffix("s") in _QUEENS
        place = (self.ordinal(number) or "").capitalize()
        if name.endswith("s") and name.removesuffix("s") in (
            *_QUEENS,
            "Wilhelm",
            "Ludwig",
            "Friedrich",
            "Karl",
            "Heinrich",
        ):
            return f"{'der' if woman else 'des'} {place}n"
        if _OF_HIM.search(front):
            return f"{'der' if woman else 'dem'} {place}n"
        if woman:
            return f"die {place}"
        return f"den {place}n" if _FOR_HIM.search(front) else f"der {place}"

    def closes(self, written: str, before: str, after: str) -> bool:
        if written in (
            "Mio.",
            "Mrd.",
            "Tsd.",
            "Jh.",
            "Jhdt.",
            "Std.",
            "Min.",
            "Sek.",
            "med.",
            "jur.",
            "phil.",
        ):  # what they count has a capital
            return re.match(self.starts, after.lstrip(_OPENERS)) is not None
        return super().closes(written, before, after)

    def abbreviation(self, written: str, before: str, after: str) -> str | None:
        if written.endswith("str.") and len(written) > 4:
            return f"{written[:-1]}aße"
        if written == "Fr." and not after.strip()[:1].isupper():
            return None
        if written in ("Mo.", "Di.") and not re.match(r",|\s\d", after):
            return None
        return super().abbreviation(written, before, after)

    def _ending(self, before: str) -> str:
        """Return the ending of an ordinal by what stands before it, as the CLDR names it."""
        before = _PLACES_BEFORE.sub("", before)
        if _TO_ALL.search(before):
            return "-n"
        return "" if _TO_ONE.search(before) else "-r"
