"""Syllables, out of words and phonemes, in any language that is written in IPA.

A vowel, a diphthong or a syllabic consonant is the nucleus of a syllable. The consonants between two nuclei go to the
later one as far as a word of the language could begin so (the maximal onset principle, Kahn 1976), which is judged by
what holds for most languages: one consonant; an obstruent before a liquid, or anything before a glide; a sibilant
before those where the language's words begin so. In Germanic languages a stressed short vowel keeps one consonant
(Wells, Syllabification and allophony, 1990): 'quick-ly', not 'qui-ckly'.
"""

# ruff: noqa: RUF001  # letters and sounds of many scripts are what it is about

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter
from types import MappingProxyType

from engine.ipa import GLIDES, VOWELS, is_nucleus
from engine.speech import Timing
from engine.spelling import parts

_STRESSES = "ˈˌ"
_LATERALS = frozenset("lɫɭʎ")
_LIQUIDS = frozenset("lɫɭʎrɹɾɻʁʀɽ")
_OBSTRUENTS = frozenset("pbtdkɡgqɢcɟʈɖfvθðszʃʒɕʑçʝxɣχɸβʂʐħ")
_NASALS = frozenset("mnɲŋɴɱ")
_STOPS = frozenset("pbtdkɡgqcɟʈɖ")
_CORONALS = frozenset("tdθð")

_SLAVIC = "sʃzʒʂʐɕʑ"
_SIBILANTS: Mapping[str, str] = MappingProxyType({
    "en": "s", "nl": "s", "da": "s", "sv": "s", "nb": "s", "is": "s", "fr": "s", "it": "sz", "el": "sz", "de": "ʃ",
    "ru": _SLAVIC, "uk": _SLAVIC, "be": _SLAVIC, "pl": _SLAVIC, "cs": _SLAVIC, "sk": _SLAVIC, "sl": _SLAVIC,
    "hr": _SLAVIC, "sr": _SLAVIC, "bs": _SLAVIC, "bg": _SLAVIC, "mk": _SLAVIC, "lt": "sʃ", "lv": "s", "ro": "sʃ",
})  # fmt: skip
"""The sibilants that begin words before a stop or a nasal: English 'stay', German 'Stein', not Spanish 'estar'."""
_NASAL_ONSETS = frozenset({"vi", "th", "id", "ms", "mi", "my", "yue", "sw", "haw"})
"""Languages whose words begin with the nasal of 'sing'."""
_CHECKING = frozenset({"en", "de", "nl", "af"})
_CHECKED = frozenset("ɪɛæʌʊɒœʏaɔɐ")
"""The short vowels that do not end a stressed syllable there; 'a' and 'ɔ' only where they are short."""
_GLIDING: Mapping[str, str] = MappingProxyType({
    **dict.fromkeys(("es", "it", "pt", "ca", "gl", "ro", "la"), "iuɪʊ"), "fr": "y",
})  # fmt: skip
"""Close vowels that are no syllable beside another vowel: Spanish 'ciu-dad', Italian 'buon-gior-no', French 'hui'."""
_BY_START = attrgetter("start_ms")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sound:
    """A phoneme, or a part of one that is a nucleus of its own."""

    text: str
    """In IPA, without stress."""
    stress: str
    """The sign of its stress, or nothing."""
    start_ms: int
    end_ms: int
    nucleus: bool


def syllables(timings: Sequence[Timing], language: str) -> tuple[Timing, ...]:
    """Tell when each syllable is said.

    Its text is the part of the written word that it is ('med', 'i', 'cine'), which is what singing along needs: the
    texts of a word's syllables together are the word. Where letters cannot honestly be given to each (numbers,
    abbreviations, vowels that are not written) it is the IPA, which is what moving lips need; theirs are best moved
    by the phonemes.

    Args:
        timings: Words and their phonemes, in the order of their starts. Where an engine tells syllables too, those
            are kept and only their texts are looked at.
        language: What is spoken, as a BCP 47 tag.

    Returns:
        The syllables alone, in order. A word without phonemes has none; one without a vowel has one.
    """
    tag = language.lower().partition("-")[0]
    told = [timing for timing in timings if timing.kind == "syllable"]
    found: list[Timing] = []
    for word, phonemes in _by_word(timings):
        sounds = _sounds(phonemes, tag)
        groups = _as_told(sounds, told) if told else [sounds[a:b] for a, b in pairwise(_cuts(sounds, tag))]
        found.extend(_spelled(word, [group for group in groups if group], tag))
    return tuple(found)


def _by_word(timings: Sequence[Timing]) -> Iterator[tuple[str, list[Timing]]]:
    """Yield each word with its phonemes; phonemes before any word stand with none."""
    word, phonemes = "", list[Timing]()
    for timing in timings:
        if timing.kind == "word":
            if phonemes:
                yield word, phonemes
            word, phonemes = timing.text, []
        elif timing.kind == "phoneme":
            phonemes.append(timing)
    if phonemes:
        yield word, phonemes


def _sounds(phonemes: Sequence[Timing], tag: str) -> list[_Sound]:
    sounds: list[_Sound] = []
    for place, phoneme in enumerate(phonemes, start=1):
        stress = "".join(sign for sign in _STRESSES if sign in phoneme.text)
        text = "".join(character for character in phoneme.text if character not in _STRESSES)
        if text:
            sound = _Sound(
                text=text,
                stress=stress,
                start_ms=phoneme.start_ms,
                end_ms=max(phoneme.start_ms, phoneme.end_ms),
                nucleus=is_nucleus(text),
            )
            sounds.extend(_halves(sound) if _has_two(text) and place < len(phonemes) else [sound])
    return [_glided(sounds, place, tag) for place in range(len(sounds))] if tag in _GLIDING else sounds


def _has_two(text: str) -> bool:
    """Tell whether a phoneme is two syllables within a word: the three vowels of 'quiet', 'lion', 'tower'."""
    return len(text) == 3 and text[2] in "əɚɐ" and all(character in VOWELS for character in text)


def _halves(sound: _Sound) -> Sequence[_Sound]:
    middle = sound.start_ms + (sound.end_ms - sound.start_ms) * 2 // 3
    return (
        replace(sound, text=sound.text[:2], end_ms=middle),
        replace(sound, text=sound.text[2:], start_ms=middle, stress=""),
    )


def _glided(sounds: Sequence[_Sound], place: int, tag: str) -> _Sound:
    """Return a sound; where it is a close vowel that is no syllable beside another vowel, as no nucleus."""
    sound = sounds[place]
    if sound.stress or sound.text not in _GLIDING[tag]:
        return sound
    before, after = sounds[max(0, place - 1) : place], sounds[place + 1 : place + 2]
    if any(other.nucleus and other.text[0] not in _GLIDING[tag] for other in (*before, *after)):
        return replace(sound, nucleus=False)
    # Of two close vowels the later one is the syllable: 'pin-güi-no', 'au-jourd'hui'.
    close = any(other.nucleus and other.text != sound.text for other in after)
    return replace(sound, nucleus=False) if close else sound


def _cuts(sounds: Sequence[_Sound], tag: str) -> list[int]:
    """Return where syllables begin, and after them the end."""
    nuclei = [place for place, sound in enumerate(sounds) if sound.nucleus]
    cuts = [0]
    for left, right in pairwise(nuclei):
        first = left + 2 if right - left > 1 and _checked(sounds[left], tag) else left + 1
        place = right
        while place > first and _may_begin(sounds[place - 1 : right], tag):
            place -= 1
        cuts.append(place)
    return [*cuts, len(sounds)]


def _checked(vowel: _Sound, tag: str) -> bool:
    """Tell whether a vowel keeps a consonant behind it."""
    return tag in _CHECKING and vowel.stress == _STRESSES[0] and vowel.text in _CHECKED


def _may_begin(onset: Sequence[_Sound], tag: str) -> bool:
    """Tell whether consonants may begin a syllable of a language together."""
    letters = ["j" if sound.text[0] in VOWELS else sound.text[0] for sound in onset]
    if letters[0] == "ŋ" and tag not in _NASAL_ONSETS:
        return False
    return all(_rises(a, b, first=not place, tag=tag) for place, (a, b) in enumerate(pairwise(letters)))


def _rises(consonant: str, after: str, *, first: bool, tag: str) -> bool:
    if after in GLIDES:
        return True
    if after in _LIQUIDS:
        return consonant in _OBSTRUENTS and not (after in _LATERALS and consonant in _CORONALS)
    return first and (after in _STOPS or after in _NASALS) and consonant in _SIBILANTS.get(tag, "")


def _as_told(sounds: Sequence[_Sound], told: Sequence[Timing]) -> list[list[_Sound]]:
    """Put sounds together as an engine does that tells syllables."""
    groups: list[list[_Sound]] = []
    last = -1
    for sound in sounds:
        place = bisect_right(told, sound.start_ms, key=_BY_START)
        if place != last:
            groups.append([])
        groups[-1].append(sound)
        last = place
    return groups


def _spelled(word: str, groups: Sequence[Sequence[_Sound]], tag: str) -> Iterator[Timing]:
    letters = parts(word, [[sound.text for sound in group] for group in groups], tag)
    for place, group in enumerate(groups):
        ipa = "".join(sound.stress for sound in group) + "".join(sound.text for sound in group)
        text = letters[place] if letters else ipa
        yield Timing(kind="syllable", text=text, start_ms=group[0].start_ms, end_ms=group[-1].end_ms)
