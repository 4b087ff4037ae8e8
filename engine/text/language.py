"""Which language a text is in."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from typing import Protocol

SURE = 0.6
"""How probable a language has to be, from 0 to 1, before the model's word is taken for it."""
_SAMPLE = 2_000
"""How much of a text is looked at, in characters."""
_LEAST_LETTERS = 10
"""The fewest letters that the model is asked about; names and greetings are shorter, and could be anything."""
_LEAD = 2.0
"""How many times as many of the commonest words the first language needs to have as the second."""

_WORD = re.compile(
    r"[^\s\d.,;:!?\"()\[\]{}<>'/\\|@#*_=+\-\u2013\u2014\u2018-\u201e\u2026\xab\xbb\xa1\xbf\u060c\u061b\u061f\u06d4\u0964]+"
)
_ADDRESS = re.compile(r"\S+(?:://|@|\.\w)\S*")
_ENGLISH = frozenset(
    {*("the", "and", "that", "this", "with", "you", "your", "it", "they", "she", "his", "not", "what", "which")}
    | {*("were", "been", "there", "their", "from", "have", "has", "could", "would", "than", "where")}
    | {*("hello", "thanks", "please")}
)
"""Words that no other language has much use for."""
_ENGLISH_AMONG_OTHERS = frozenset(
    {*("i", "a", "is", "in", "to", "on", "he", "was", "for", "am", "an", "at", "be", "of", "are", "my", "as", "we")}
)
"""Words that others have too."""
_CUT_OFF = frozenset("cdjlmnst")
"""What is left of 'don't' and 'l'eau'; it says little."""
_OF_ONE_LANGUAGE = {
    **{"HANGUL": "ko", "GREEK": "el", "HEBREW": "he", "THAI": "th", "LAO": "lo", "KHMER": "km", "MYANMAR": "my"},
    **{"GEORGIAN": "ka", "ARMENIAN": "hy", "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml"},
    **{"GUJARATI": "gu", "GURMUKHI": "pa", "SINHALA": "si", "ORIYA": "or", "ETHIOPIC": "am", "BENGALI": "bn"},
    **{"CHEROKEE": "chr", "HIRAGANA": "ja", "KATAKANA": "ja"},
}
"""Scripts, by the first word of their letters' names, that tell the language by themselves (or nearly so)."""
_CHINESE = frozenset("的了是我你他她们們这這那不在有和就都么麼吗嗎吧呢很说說没沒还還个個为為什从從对對着著过過")
"""Letters that stand in nearly every Chinese sentence, and in no Japanese one by themselves."""
_MACRO = {"zh": ("zh", "cmn", "yue"), "nb": ("nb", "no", "nn"), "fa": ("fa",), "he": ("he", "iw")}
"""By what other tags a language may be known; the first that is wanted is given."""
_OF_MODEL = {"no": "nb", "nn": "nb", "wuu": "zh", "yue": "zh", "ary": "ar", "arz": "ar"}
"""What the model tells apart and a listener would not, or what it calls otherwise."""


_OF_SCRIPT = {
    "CYRILLIC": ("ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "tt", "ba", "cv", "mn"),
    "ARABIC": ("ar", "fa", "ur", "ug", "sd", "ku"),
    "DEVANAGARI": ("hi", "mr", "ne", "kok"),
    "CJK": ("zh", "ja"),
    "BENGALI": ("bn", "as", "bpy"),
    "HEBREW": ("he", "yi"),
    "ETHIOPIC": ("am", "ti"),
}
"""The languages of scripts that have several, the one with the most readers first."""
_LETTERS_OF = {
    "fa": "\u067e\u0686\u0698\u06af\u06a9\u06cc",
    "ur": "\u0679\u0688\u0691\u06ba\u06d2\u06c1\u06be",
}
"""Letters that Arabic does not have, and who does."""
_TWINS = tuple(
    frozenset(group.split()) for group in ("id ms", "nb da", "hr sr bs sl", "cs sk", "es gl", "pt gl", "nl af", "bg mk")
)
"""Languages so near to each other that the model halves its word between them."""
_LONG = 30
"""From how many words on the likelier of two twins is better than none."""


class _Model(Protocol):
    def rank(self, text: str) -> list[tuple[str, float]]:
        """Return every language with its probability, the likeliest first."""


def detect(text: str, among: Collection[str], *, model: bool = True) -> str | None:
    """Tell the language of a clean text, or None where nobody can be sure: for a greeting, a name, a number.

    The script decides first, where it belongs to one language; then the commonest words, which costs microseconds;
    only where they do not is a model of character sequences loaded (py3langid, half a second of CPU and about 100 MB,
    once in a process). Of near twins that share a likelihood (Malay, Indonesian) a long text is given the likelier.

    A text that is mostly in another script than the Latin one is never nobody's where a language of that script is
    wanted: it is the one whose alphabet has all the letters and which has most of the words, else the likeliest by the
    model, or for a few letters the one with the most readers: Russian for Cyrillic, Arabic, Hindi for Devanagari, and
    Chinese for Han alone, while Kana make it Japanese.

    `python -m bench languages` prints how often each is right, and what it costs.

    Args:
        text: Only its beginning is looked at.
        among: The languages that can be the answer, as BCP 47 tags; of 'en-gb' the first part counts.
        model: Whether the model may be asked; without it an answer costs microseconds, and is None more often.
    """
    wanted = _without_regions(tuple(among))
    sample = _ADDRESS.sub(" ", text[:_SAMPLE])
    words = _WORD.findall(sample.casefold())
    script = _script(words)
    if not script:
        return None
    if script == "LATIN" and "en" in wanted and _plainly_english(words):
        return "en"
    found = _of_script(script, sample) or by_words(words, wanted)
    telling = script not in ("CJK", *_OF_ONE_LANGUAGE) and not _too_little(sample)
    if model and found is None and telling:
        found = by_model(sample, wanted)
    told = _wanted(found, wanted) if found else None
    if told or script == "LATIN" or (telling and not model):
        return told
    return _of_readers(script, words, sample if telling else "", wanted)


@lru_cache(maxsize=8)
def _without_regions(tags: tuple[str, ...]) -> frozenset[str]:
    return frozenset(tag.partition("-")[0].lower() for tag in tags)


def _wanted(language: str, wanted: AbstractSet[str]) -> str | None:
    """Return the tag of a language that is wanted."""
    return next((tag for tag in _MACRO.get(language, (language,)) if tag in wanted), None)


def _of_readers(script: str, words: Sequence[str], sample: str, wanted: AbstractSet[str]) -> str | None:
    """Tell the likeliest language of a script that is not the Latin one; the model is asked about a `sample` only."""
    own = [language for language in _OF_SCRIPT.get(script, ()) if _wanted(language, wanted)]
    if not own:
        return None
    letters = {letter for word in words for letter in word if letter.isalpha() and not letter.isascii()}
    fits = [language for language in own if _has_all(language, letters)] or own
    index, _ = _index()
    hits = Counter(language for word in words for language in index.get(word, ()) if language in fits)
    if hits:
        return _wanted(max(fits, key=hits.__getitem__), wanted)
    return _wanted((by_model(sample, frozenset(fits), sure=0.0) if sample else None) or fits[0], wanted)


def _has_all(language: str, letters: AbstractSet[str]) -> bool:
    """Tell whether all these letters may be of a language, as far as its alphabet is known."""
    if language == "ar":
        return all(letters.isdisjoint(others) for others in _LETTERS_OF.values())
    if language == "fa":
        return letters.isdisjoint(_LETTERS_OF["ur"])
    alphabet = _index()[1].get(language)
    return alphabet is None or letters <= alphabet


def _plainly_english(words: Sequence[str]) -> bool:
    """Tell whether a text needs no second look, nor the lists of other languages: most that Mynah says is English."""
    own = sum(word in _ENGLISH for word in words)
    if own >= 3 and own >= len(words) / 8:
        return True
    return own >= 1 and own + sum(word in _ENGLISH_AMONG_OTHERS for word in words) >= max(2, len(words) / 3)


def by_words(words: Sequence[str], among: AbstractSet[str]) -> str | None:
    """Tell a language from its commonest words: there have to be two, and clearly more than of any other.

    Args:
        words: In small letters.
        among: The languages to choose from; what is not known here counts against none.
    """
    index, alphabets = _index()
    votes: dict[str, float] = defaultdict(float)
    hits: Counter[str] = Counter()
    for word in words:
        languages = index.get(word, ())
        for language in languages:
            votes[language] += 1 / len(languages)
            hits[language] += 1
    odd = {letter for word in words if not word.isascii() for letter in word if not letter.isascii()}
    if odd:
        for language, letters in alphabets.items():
            votes[language] -= len(odd - letters)
    ranked = sorted(((votes[language], language) for language in hits), reverse=True)
    if not ranked:
        return None
    best, language = ranked[0]
    second = max(ranked[1][0], 0.0) if len(ranked) > 1 else 0.0
    clear = hits[language] >= 2 and best >= 1.2 and best >= _LEAD * second
    return language if clear and not among.isdisjoint(_MACRO.get(language, (language,))) else None


def by_model(sample: str, among: AbstractSet[str], sure: float = SURE) -> str | None:
    """Tell a language by the model, where it is sure enough that it is this one and no other of those wanted.

    In a long text the word for a near twin counts for the likelier of both. `sure` is from 0 to 1.
    """
    probable: dict[str, float] = defaultdict(float)
    for label, probability in _model().rank(sample):
        language = _OF_MODEL.get(label, label)
        if not among.isdisjoint(_MACRO.get(language, (language,))):
            probable[language] += float(probability)
    best = max(probable, key=probable.__getitem__, default=None)
    if best is None:
        return None
    likely = probable[best]
    if len(sample.split()) >= _LONG:
        twins = frozenset[str]().union(*(group for group in _TWINS if best in group))
        likely = sum(probable[language] for language in {best, *twins})
    return best if likely >= sure * max(sum(probable.values()), 0.5) else None


def _script(words: Collection[str]) -> str:
    """Name the script that most of the letters are in; empty where there are none."""
    if all(map(str.isascii, words)):
        return "LATIN" if words else ""
    scripts = Counter(_script_of(letter) for word in words for letter in word if letter.isalpha())
    if scripts["HIRAGANA"] + scripts["KATAKANA"] > 0.1 * scripts["CJK"]:
        scripts["HIRAGANA"] += scripts["KATAKANA"] + scripts["CJK"]
    return max(scripts, key=scripts.__getitem__, default="")


@lru_cache(maxsize=4_096)
def _script_of(letter: str) -> str:
    return "LATIN" if letter.isascii() else unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]


def _of_script(script: str, sample: str) -> str | None:
    if script == "CJK":
        return "zh" if not _CHINESE.isdisjoint(sample) else None
    return _OF_ONE_LANGUAGE.get(script)


def _too_little(sample: str) -> bool:
    """Tell whether a text is too short to be told by its letters, or looks like a name: 'Leonardo da Vinci'."""
    words = sample.split()
    named = len(words) <= 4 and all(word[:1].isupper() or len(word) <= 3 for word in words)
    return named or len(words) < 2 or sum(map(str.isalpha, sample)) < _LEAST_LETTERS


@cache
def _index() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, frozenset[str]]]:
    """Return the languages of each common word, and the letters of each language that we know them of."""
    from engine.text.commonest import LETTERS, WORDS  # made ready when it is first needed, not at the start

    index: dict[str, list[str]] = defaultdict(list)
    for language, words in WORDS.items():
        for word in set(_WORD.findall(words)) - _CUT_OFF:
            index[word].append(language)
    alphabets = {language: frozenset(letters) for language, letters in LETTERS.items()}
    return {word: tuple(languages) for word, languages in index.items()}, alphabets


@cache
def _model() -> _Model:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]  # it has no types

    model: _Model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return model
