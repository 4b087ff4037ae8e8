"""ARPAbet, in which pronouncing dictionaries of English are written, from and to the IPA."""

# ruff: noqa: RUF001  # letters and sounds of many scripts are what it is about

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TO_IPA: Mapping[str, str] = MappingProxyType({
    "AA": "ɑː", "AE": "æ", "AH": "ʌ", "AO": "ɔː", "AW": "aʊ", "AY": "aɪ", "B": "b", "CH": "tʃ", "D": "d", "DH": "ð",
    "EH": "ɛ", "ER": "ɚ", "EY": "eɪ", "F": "f", "G": "ɡ", "HH": "h", "IH": "ɪ", "IY": "iː", "JH": "dʒ", "K": "k",
    "L": "l", "M": "m", "N": "n", "NG": "ŋ", "OW": "oʊ", "OY": "ɔɪ", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ",
    "T": "t", "TH": "θ", "UH": "ʊ", "UW": "uː", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
})  # fmt: skip
"""The phones of CMUdict (http://www.speech.cs.cmu.edu/cgi-bin/cmudict) in American English."""

_FROM_IPA: Mapping[str, str] = MappingProxyType({
    **{ipa: phone for phone, ipa in TO_IPA.items()},
    "aɪə": "AY AH", "aɪɚ": "AY ER", "aʊə": "AW AH", "aʊɚ": "AW ER", "iə": "IY AH", "eə": "EH R", "ʊə": "UH R",
    "əl": "AH L", "ɑ": "AA", "ɒ": "AA", "a": "AE", "ɐ": "AH", "ə": "AH", "ɜ": "ER", "ɝ": "ER", "ɔ": "AO", "o": "OW",
    "əʊ": "OW", "e": "EH", "i": "IY", "ᵻ": "IH", "ɨ": "IH", "u": "UW", "y": "UW", "ø": "ER", "œ": "ER", "ɾ": "T",
    "ʔ": "T", "r": "R", "ɬ": "L", "ɫ": "L", "x": "K", "ç": "HH", "ɲ": "N Y", "β": "V", "ɣ": "G", "q": "K", "g": "G",
})  # fmt: skip
_LONGEST = max(map(len, _FROM_IPA))


def from_ipa(ipa: str) -> tuple[str, ...]:
    """Return the phones that are nearest to a pronunciation in IPA; stress and what English does not tell apart go."""
    phones: list[str] = []
    at = 0
    while at < len(ipa):
        length = next((n for n in range(_LONGEST, 0, -1) if ipa[at : at + n] in _FROM_IPA), 0)
        if length:
            phones.extend(_FROM_IPA[ipa[at : at + length]].split())
        at += length or 1
    return tuple(phones)
