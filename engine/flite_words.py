"""What flite is given to say: English words in ASCII, each knowing where it stands in the text.

flite knows 7-bit English only, and its C code trusts what it gets. So everything is made into short runs of ASCII
letters and digits here; what is in another script is named, not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from engine.flite_library import Token

LONGEST = 100
"""The most letters of one word that are said; no word has more, only what is none."""
ENOUGH, MOST = 25, 40
"""After how many words a comma ends what flite gets at a time, and after how many anything does."""

_PIECE = re.compile(
    r"""
    (?P<time> [0-9]{1,2} : [0-9]{2} (?![0-9]) )
    | (?P<number>
        \$? [0-9]{1,3} (?: (?:,[0-9]{3}){1,3} | [0-9]{0,9} ) (?: \.[0-9]{1,12} )? (?![0-9])
        (?: % | (?:st|nd|rd|th|s)\b )?
    )
    | (?P<initials> (?:[A-Za-z]\.){2,8} (?![A-Za-z]) )
    | (?P<plain> [A-Za-z]{1,100} (?: '[A-Za-z]{1,20} )? (?![^\W\d_]|['\u2019\u0300-\u036f]) )
    | (?P<letters> [^\W\d_] (?: [^\W\d_] | [\u0300-\u036f] | ['\u2019](?=[^\W\d_]) )* )
    | (?P<digits> \d{1,12} )
    | (?P<symbol> [&@+=%$\u00a3\u20ac\u00b0] | [\u2600-\u27bf\U0001f300-\U0001faff] )
    | (?P<pause> [.!?:;,\u2026](?![^\W_]) | [\u2013\u2014()\n] | (?<=\s)-(?=\s) )
    """,
    re.VERBOSE,
)
_PAUSES = {"?": b"?", "!": b"!", ".": b".", "\u2026": b".", ":": b":", ";": b";"}
_STRONGEST = b"?!.:;,"
_SYMBOLS = {
    "&": "and", "@": "at", "+": "plus", "=": "equals", "%": "percent", "$": "dollars", "\u00a3": "pounds",
    "\u20ac": "euros", "\u00b0": "degrees",
}  # fmt: skip
_LATIN = str.maketrans({
    "\u00df": "ss", "\u00e6": "ae", "\u00c6": "Ae", "\u0153": "oe", "\u0152": "Oe", "\u00f8": "o", "\u00d8": "O",
    "\u0111": "d", "\u0110": "D", "\u00f0": "th", "\u00d0": "Th", "\u00fe": "th", "\u00de": "Th", "\u0142": "l",
    "\u0141": "L", "\u0131": "i", "\u2019": "'",
})  # fmt: skip
"""Letters of Latin that do not come apart into an ASCII one and a mark, and the apostrophe that books use."""
_NAMES = {"CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}
"""What people call the letters whose Unicode names begin so; others begin with the name of their script."""
_NOT_ASCII = re.compile(r"[^A-Za-z']+")


class Word(NamedTuple):
    """A word of the text, and what flite is to say for it."""

    begin: int
    """Its first character in the text, from 0."""
    until: int
    """The first character after it."""
    tokens: list[Token]
    """What is said for it, at least one."""


def phrases(text: str) -> Iterator[list[Word]]:
    """Cut a text into what flite says at a time: sentences, or parts of long ones.

    Args:
        text: Any text at all.
    """
    phrase: list[Word] = []
    count = 0
    for word in words(text):
        phrase.append(word)
        count += sum(map(_weight, word.tokens))
        after = word.tokens[-1].after
        if after in (b".", b"?", b"!") or count >= MOST or (after and count >= ENOUGH):
            yield phrase
            phrase, count = [], 0
    if phrase:
        yield phrase


def words(text: str) -> Iterator[Word]:
    """Tell the words of a text one after the other, each with the punctuation that follows it.

    Args:
        text: Any text at all.
    """
    word: Word | None = None
    named = ""
    for match in _PIECE.finditer(text):
        kind, written = match.lastgroup, match.group()
        if kind == "pause":
            if word:
                _pause(word.tokens, _PAUSES.get(written, b","))
            continue
        said = [written] if kind in ("plain", "number", "time") else _said(kind, written)
        name = " ".join(said) if kind == "symbol" or not written.isascii() else ""
        if not said or (name and name == named):  # a script or a picture is named once in a row
            continue
        named = name
        if word:
            yield word
        word = Word(match.start(), match.end(), [Token(part.encode("ascii")) for part in said])
    if word:
        yield word


def _weight(token: Token) -> int:
    """Tell about how many words flite may make of a token: it says digits, and letters that are no word, one by one."""
    return len(token.text) if token.text[-1:].isdigit() else 1 + len(token.text) // 8


def _pause(tokens: list[Token], pause: bytes) -> None:
    """Put a pause behind the last token, if there is no stronger one."""
    last = tokens[-1]
    if not last.after or _STRONGEST.index(pause) < _STRONGEST.index(last.after):
        tokens[-1] = last._replace(after=pause)


def _said(kind: str | None, written: str) -> list[str]:
    """Return the ASCII words in which flite says a piece that is not plain; none where nothing can be said."""
    if kind == "initials":
        return [written.removesuffix(".")]
    if kind == "digits":
        return ["".join(str(unicodedata.digit(each)) for each in written)]
    if kind == "symbol":
        return [_SYMBOLS[written]] if written in _SYMBOLS else _ascii(unicodedata.name(written, "").lower())
    folded = unicodedata.normalize("NFKD", written.translate(_LATIN))
    found = _ascii("".join(each for each in folded if not unicodedata.combining(each)))
    if found:
        return ["".join(found)[:LONGEST]]
    script = unicodedata.name(folded[0], "").partition(" ")[0] if folded[0].isalpha() else ""
    return _ascii(_NAMES.get(script, script.capitalize()))


def _ascii(text: str) -> list[str]:
    """Return the words of ASCII letters in a text."""
    return [word for part in _NOT_ASCII.split(text) if (word := part.strip("'"))]
