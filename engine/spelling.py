"""Spelling: which letters of a written word stand for which of its syllables."""
# ruff: noqa: RUF001  # sounds and letters of many scripts are what it is about

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from types import MappingProxyType

from engine.ipa import GLIDES, is_nucleus

_SYLLABLE_SIGNS = ((0x3400, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
"""Han and Hangul: a sign is a syllable."""
_KANA = (0x3041, 0x30FF)
_LEANING_KANA = frozenset("ぁぃぅぇぉっゃゅょゎんァィゥェォッャュョヮンー")
"""They belong to the sign before them."""
_VOWELS = frozenset("aeiouyæøœıаеиоуыэюяєіїαειουωη")
_SILENT = frozenset("'\u2019-\u2010\u00ad\u00b7ьъ")
_SOUNDS: Mapping[str, str] = MappingProxyType({
    "b": "bpvβ", "c": "ksθtɕxɡʃç", "d": "dtðɾz", "f": "fv", "g": "ɡgdʒɣxŋjkç", "h": "hxχɦ", "j": "jdʒʒxh", "k": "kɡ",
    "l": "lɫɭʎjw", "m": "m", "n": "nŋɲm", "p": "pbf", "q": "k", "r": "ɹrɾʁɻɚ", "s": "szʃʒ", "t": "tdθɾðʃsʔ",
    "v": "vfbβ", "w": "wvu", "x": "ksɡzʃx", "z": "zsθtʒ", "ß": "s", "ł": "w", "đ": "dð", "ð": "ð", "þ": "θ",
    "б": "bp", "в": "vfβw", "г": "ɡgkvɦx", "ґ": "ɡg", "д": "dt", "ж": "ʒʐʃ", "з": "zs", "й": "j", "к": "kɡ", "л": "lɫɭ",
    "м": "m", "н": "n", "п": "pb", "р": "rɾ", "с": "sz", "т": "td", "ф": "fv", "х": "xχ", "ц": "ts", "ч": "tʃɕ",
    "ш": "ʃʂ", "щ": "ɕʃ", "β": "vb", "γ": "ɣjŋɡ", "δ": "ðd", "ζ": "z", "θ": "θ", "κ": "kc", "λ": "lʎ", "μ": "m",
    "ν": "nɲ", "ξ": "ks", "π": "pb", "ρ": "rɾ", "σ": "sz", "ς": "s", "τ": "td", "φ": "f", "χ": "xç", "ψ": "ps",
})  # fmt: skip
"""What consonants are said as, somewhere; letters without their accents."""
_WHOLE = {"й": "й", "ё": "е", "ø": "ø", "ł": "ł", "đ": "đ"}
_WEAK = frozenset("əɚɐɪᵻ")
_SILENCES = {"h": 0.3, "e": 0.4, "r": 0.4, "n": 0.5, "m": 0.5, "t": 0.6, "c": 0.8}
_GOOD = 0.6
"""The most that a letter and a sound differ where the one stands for the other."""
_WRONG, _OTHER_KIND, _NEVER = 2.5, 3.5, 100.0
_MOST_COST = 0.75
"""The most that letters and sounds may differ, for each sound: beyond it a word is not spelled as it is said."""
_LONGEST = 60
"""Letters; the comparison takes the letters times the sounds."""
_DIGRAPHS = frozenset({("es", "l"), ("es", "r")})
"""Doubled letters that are one, and stay together: Spanish 'ca-lle', 'pe-rro'."""


def parts(word: str, syllables: Sequence[Sequence[str]], tag: str) -> tuple[str, ...] | None:
    """Cut a written word into the parts that stand for its syllables.

    Letters and sounds are aligned so that they differ least, as spelling checkers compare words (Wagner and Fischer,
    The string-to-string correction problem, 1974); a part begins with the first letter of its first sound.

    Args:
        word: As it is written.
        syllables: The sounds of each, in IPA without stress.
        tag: The language, as the first part of its BCP 47 tag.

    Returns:
        As many parts as there are syllables, which together are the word; or None where that would be guessing:
        numbers, abbreviations, scripts without vowels, and words that are said as if written otherwise.
    """
    if len(syllables) < 2:
        return (word,) if word and syllables else None
    if all(_is_sign(character) for character in word):
        return tuple(word) if len(word) == len(syllables) else None
    if all(_KANA[0] <= ord(character) <= _KANA[1] for character in word):
        return _morae(word, len(syllables))
    if len(word) > _LONGEST or not all(_fold(c) in _SOUNDS or _fold(c) in _VOWELS or c in _SILENT for c in word):
        return None
    sounds = [sound for syllable in syllables for sound in syllable]
    aligned = _align([_fold(character) for character in word], sounds)
    return _cut(word, aligned, list(accumulate(map(len, syllables))), tag) if aligned else None


def _is_sign(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _SYLLABLE_SIGNS)


def _morae(word: str, count: int) -> tuple[str, ...] | None:
    found: list[str] = []
    for sign in word:
        if found and sign in _LEANING_KANA:
            found[-1] += sign
        else:
            found.append(sign)
    return tuple(found) if len(found) == count else None


def _fold(character: str) -> str:
    """Return a letter small and without its accents."""
    small = character.lower()
    return _WHOLE.get(small) or unicodedata.normalize("NFD", small)[0]


def _align(letters: Sequence[str], sounds: Sequence[str]) -> list[int] | None:
    """Return for each letter which sound it stands for, -1 for a silent one; None where they differ too much."""
    silences = [_silence(letter, before) for before, letter in pairwise(["", *letters])]
    unwritten = [_unwritten(sound, before) for before, sound in pairwise(["", *sounds])]
    rows = [[0.0, *accumulate(unwritten)]]
    for letter, silence in zip(letters, silences, strict=True):
        above, row = rows[-1], [rows[-1][0] + silence]
        for place, sound in enumerate(sounds):
            row.append(
                min(above[place] + _difference(letter, sound), above[place + 1] + silence, row[-1] + unwritten[place])
            )
        rows.append(row)
    if rows[-1][-1] > _MOST_COST * len(sounds):
        return None
    aligned = [-1] * len(letters)
    row_number, place = len(letters), len(sounds)
    while row_number:
        cost, above = rows[row_number][place], rows[row_number - 1]
        difference = _difference(letters[row_number - 1], sounds[place - 1]) if place else _NEVER
        if place and cost == above[place - 1] + difference:
            row_number, place = row_number - 1, place - 1
            aligned[row_number] = place if difference <= _GOOD else -1
        elif cost == above[place] + silences[row_number - 1]:
            row_number -= 1
        else:
            place -= 1
    return aligned


def _difference(letter: str, sound: str) -> float:
    """How badly a letter stands for a sound."""
    if letter in _SILENT:
        return _NEVER
    nucleus = is_nucleus(sound)
    if letter in _VOWELS:
        if nucleus:
            return 0.0 if letter in sound else 0.2
        return 0.4 if sound[0] in GLIDES else _OTHER_KIND
    stands_for = any(character in _SOUNDS[letter] for character in sound)
    if nucleus:
        return _GOOD if stands_for else _OTHER_KIND
    return 0.0 if stands_for else _WRONG


def _silence(letter: str, before: str) -> float:
    """How unlikely it is that a letter is silent."""
    if letter in _SILENT:
        return 0.0
    if letter == before:
        return 0.2
    return _SILENCES.get(letter, 0.7 if letter in _VOWELS else 0.9)


def _unwritten(sound: str, before: str) -> float:
    """How unlikely it is that no letter stands for a sound."""
    if sound[0] in GLIDES or (sound == "s" and before == "k"):  # 'music', 'box'
        return 0.5
    if is_nucleus(sound):
        return 0.9 if sound[0] in _WEAK else 2.0
    return 1.3


def _cut(word: str, aligned: Sequence[int], ends: Sequence[int], tag: str) -> tuple[str, ...] | None:
    """Cut a word before the first letter of each syllable; None where one would have no letter of its own."""
    cuts = [0]
    for end in ends[:-1]:
        place = next((place for place, sound in enumerate(aligned) if sound >= end), len(word))
        cuts.append(_between_doubled(word, _after_silent(word, place, aligned), tag))
    cuts.append(len(word))
    if any(all(sound < 0 for sound in aligned[begin:until]) for begin, until in pairwise(cuts)):
        return None
    return tuple(word[begin:until] for begin, until in pairwise(cuts))


def _after_silent(word: str, place: int, aligned: Sequence[int]) -> int:
    """Move a cut before the silent letters that belong to what follows: 'na-tio-nal', 'fa-mi-glia'."""
    if 0 < place < len(word):
        vowel = _fold(word[place]) in _VOWELS
        while place > 1 and aligned[place - 1] < 0 and vowel and _fold(word[place - 1]) in _VOWELS:
            place -= 1
        if place > 1 and aligned[place - 1] < 0 and word[place - 1 : place + 1].lower() in ("gl", "gn"):
            place -= 1
    return place


def _between_doubled(word: str, place: int, tag: str) -> int:
    """Move a cut beside a doubled consonant to between its letters: 'lit-tle', 'bal-lon'."""
    for middle in (place + 1, place - 1):
        letter = _fold(word[middle]) if 0 < middle < len(word) else ""
        if letter in _SOUNDS and letter == _fold(word[middle - 1]) and (tag, letter) not in _DIGRAPHS:
            return middle
    return place
