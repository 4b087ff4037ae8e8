"""How long a text should take to say: seconds for each of its letters, by language."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

LETTER: Mapping[str, float] = {
    "en": 0.076, "de": 0.065, "fr": 0.056, "es": 0.073, "it": 0.068, "pt": 0.073, "pl": 0.076, "ru": 0.063,
    "tr": 0.084, "hi": 0.087, "zh": 0.259, "ar": 0.119, "nl": 0.072, "cs": 0.073, "hu": 0.079, "ko": 0.201,
    "ja": 0.142,
}  # fmt: skip
"""Seconds that a letter takes on average while somebody talks, pauses of 0.2 s and more left out, by language.

The English figure is the mean of five readers of LibriSpeech and LJSpeech (0.062 to 0.102, standard deviation 0.009).
The others are to it as espeak's are to each other on the same two sentences: the figures of a machine, right to about a
fifth, so that bounds for them have to be wide. A letter is what Unicode says is one, marks of vowels included."""
DIGIT = 4.0
"""How many letters a digit counts for that was left in a text: 'seven' has five, 'two' three."""
KANJI = 2.0
"""How many kana a Chinese character counts for in Japanese."""

_ALSO = {"cmn": "zh", "yue": "zh"}
_LATIN = 0.07
"""Seconds of a Latin letter in a text that is not written in them."""
_DENSE = 0.12
"""From how many seconds a letter on a language is not written in an alphabet."""


def seconds(text: str, language: str) -> float:
    """Return how long it takes on average to say a text, in seconds without pauses; 0 where nobody knows.

    Args:
        text: What is said.
        language: As a BCP 47 tag; 'de-at' is taken for 'de'.
    """
    bare = language.lower().partition("-")[0]
    bare = _ALSO.get(bare, bare)
    return sum(_counted(each, bare) for each in text) * LETTER.get(bare, 0.0)


def letters(text: str) -> int:
    """Count the letters of a text."""
    return sum(unicodedata.category(each)[0] in "LM" for each in text)


def _counted(letter: str, language: str) -> float:
    """Return for how many letters of its language a character counts."""
    kind = unicodedata.category(letter)
    each = LETTER.get(language, _LATIN)
    if kind[0] == "N":
        return DIGIT if each < _DENSE else 1.0
    if kind[0] not in "LM":
        return 0.0
    if each > _DENSE and letter.isascii():
        return _LATIN / each
    return KANJI if language == "ja" and "\u4e00" <= letter <= "\u9fff" else 1.0
