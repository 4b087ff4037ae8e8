"""What the letters of the International Phonetic Alphabet are (https://www.internationalphoneticassociation.org)."""

# ruff: noqa: RUF001  # letters and sounds of many scripts are what it is about

from __future__ import annotations

import unicodedata
from itertools import pairwise

VOWELS = frozenset("iyɨʉɯuɪʏʊeøɘɵɤoəɛœɜɞʌɔæɐaɶɑɒɚɝᵻᵿ")
"""The vowels, those with an r, and the two that espeak writes for reduced ones."""
GLIDES = frozenset("jwɥɰʲʷ")
"""Vowels that are no nucleus, and the small ones that a consonant carries."""

_SYLLABIC = "\u0329\u030d"
_GLIDING = "\u032f\u0311"


def is_nucleus(sound: str) -> bool:
    """Tell whether a phoneme can be what a syllable is built around: a vowel, or a consonant marked as syllabic."""
    decomposed = unicodedata.normalize("NFD", sound)
    if any(mark in decomposed for mark in _SYLLABIC):
        return True
    return any(letter in VOWELS and after not in _GLIDING for letter, after in pairwise(decomposed + " "))
