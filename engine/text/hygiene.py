"""Text that people type, cleaned of what is no language."""

from __future__ import annotations

import re
import unicodedata

_MARKS = 2
"""The most marks that one letter carries in any living script; more of them is a joke."""
_MARKS_APART = 4
"""The most before composition, which makes one letter of a letter and its marks."""
JOINERS = "\u200c\u200d"
"""Between letters they belong to the spelling (Persian, Sinhala …); elsewhere they glue emoji together."""
_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs without a form: fillers of Hangul, the empty cell of Braille."""
_PLAIN = re.compile(r"[\w\x20-\x7e\n\t\xa1-\xac\xae-\xbf\u2010-\u2027\u20a0-\u20c0\u3001-\u301f]*+")
"""What needs no second look once it is composed; of letters, only those that nothing stands over or under."""
_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_BREAK_RUN = re.compile(rf"[{_BREAKS}]+")
_POWER = re.compile(
    r"(?:(?<![^\W_])(?!(?:[cdkm]?m|ft|in|mi|s|yd)[\u2070-\u209f\xb2\xb3\xb9])[A-Za-z]{1,2}|(?<!\d)\d{1,3}"
    r"|(?<=\d\))|(?<=[\W\d][A-Za-z]\)))"
    r"(?=[\u207a\u207b]?[\u2070\xb9\xb2\xb3\u2074-\u2079])"
)
"""What is raised to a power where one stands behind it: x, mc, 10; not metres, a word or a year, which have a note."""
_NOTE = re.compile(r"(?<=\d{4})(?=[\u2070\xb9\xb2\xb3\u2074-\u2079])")
"""Where the number of a note begins, behind a year."""
_NUMERO = re.compile(r"(?<![^\W_])([Nn])\xba")
"""'nº', which would become 'no'."""
_NEWLINES = re.compile(r" *\n[ \n]*")
_BLANKS = re.compile(r"[^\S\n]+")


def clean(text: str) -> str:
    """Return a text as it is meant to be read: in composed and compatible form (NFKC), and without what is unseen.

    Surrogates become the characters that they stand for, or go. Controls, format signs (bidirectional ones, tags,
    joiners outside words), fillers, private and unassigned characters and variation selectors go; of the marks on one
    letter no more than two stay. Blanks become one space, line breaks stay as one newline, empty lines as two. A power
    gets a '^' before it, for NFKC makes 103 of 10 and a small 3. The result can be up to 18 times as long as what came
    in: count its characters, not those.
    """
    if not text.isascii():
        text = _composed(_apart(text))
    elif not text.isprintable() and not _PLAIN.fullmatch(text):
        text = _sift(text, _MARKS)
    text = _NEWLINES.sub(_newlines, _BLANKS.sub(" ", text))
    return text.strip()


def speakable(text: str) -> bool:
    """Tell whether there is a letter or a digit in a text; without one there is nothing to say."""
    return any(character.isalnum() for character in text)


def _apart(text: str) -> str:
    """Keep apart what would run together in NFKC: small figures and what they stand behind."""
    return _NUMERO.sub("\\1.\xba", _NOTE.sub(" ", _POWER.sub(r"\g<0>^", text)))


def _composed(text: str) -> str:
    """Return a text in NFKC, sifted before and after it, for composition makes one letter of a letter and its marks."""
    if _PLAIN.fullmatch(text):  # else marks may be heaped up, and to put a heap of them in order takes its square
        composed = unicodedata.normalize("NFKC", text)
        if _PLAIN.fullmatch(composed) and not any(filler in composed for filler in _FILLERS):
            return composed
    text = _sift(unicodedata.normalize("NFKC", _sift(_pair(text), _MARKS_APART)), _MARKS)
    return unicodedata.normalize("NFKC", text)


def _pair(text: str) -> str:
    """Join the surrogates of a pair to the character that they stand for, and drop the lone ones."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return text


def _sift(text: str, most_marks: int) -> str:
    """Drop the characters that nobody reads, and the marks beyond so many in a row."""
    text = _BREAK_RUN.sub(_breaks, text)
    kept: list[str] = []
    marks = 0
    for place, character in enumerate(text):
        category = unicodedata.category(character)
        if category in ("Mn", "Me"):
            marks += 1
            if marks > most_marks or _selects_variant(character):
                continue
        else:
            marks = 0
            if character in _FILLERS:
                continue
            if category[0] == "C" and character not in "\n\t" and not _joins(text, place):
                continue
        kept.append(character)
    return "".join(kept)


def _breaks(match: re.Match[str]) -> str:
    lines = match[0].replace("\r\n", "\n")
    return "\n" * (2 if len(lines) > 1 else 1)


def _newlines(match: re.Match[str]) -> str:
    return "\n\n" if match[0].count("\n") > 1 else "\n"


def _selects_variant(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _joins(text: str, place: int) -> bool:
    """Tell whether the character at a place is a joiner between letters."""
    around = text[place - 1 : place] + text[place + 1 : place + 2]
    return (
        text[place] in JOINERS
        and len(around) == 2
        and all(unicodedata.category(c)[0] in "LM" and not c.isascii() for c in around)
    )
