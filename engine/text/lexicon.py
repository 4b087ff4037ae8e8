"""How people want words read: 'SQL' as 'sequel'."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from engine.text import pauses
from engine.text.hygiene import JOINERS, clean, speakable
from engine.text.reading import Piece

WORD_LIMIT = 60
"""The most characters of a word that is to be read otherwise."""
SPOKEN_LIMIT = 200
"""The most characters of what is said for it."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts that put no blanks between words: Thai, Lao, Burmese, Khmer, Kana and Han. A word may begin anywhere."""
_ATOM = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|\s+|.", re.DOTALL)
"""What texts and entries are compared by: runs of letters and digits, single letters of those scripts, and signs."""
_JOINTS = frozenset(".,/:")
"""Signs that make one word of the digits on both sides: 3.5, 1,000, 4/5/2026, 10:30."""
_FREE = re.compile(f"[{_UNSPACED}]")


class BadEntry(Exception):
    """An entry cannot be kept; the message is a sentence for the person who made it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A word, and what is said for it."""

    word: str
    """As it is written; it is found as a whole word, in upper or lower case. It may be several words."""
    spoken: str
    """What is said for it; nothing in it is expanded any further."""
    language: str = ""
    """Where it holds, as a BCP 47 tag: 'en' for 'en-gb' too; empty for every language."""

    @classmethod
    def checked(cls, word: str, spoken: str, language: str = "") -> Entry:
        """Make an entry of what a person typed, cleaned as texts are.

        Raises:
            BadEntry: It could never be found, or not be said.
        """
        word, spoken = (" ".join(clean(text).split()) for text in (word, spoken))
        language = language.strip().lower().replace("_", "-")
        if pauses.without(word) != word or pauses.without(spoken) != spoken:
            raise BadEntry("A pause cannot be part of an entry; put it into the text that is to be read.")
        if not speakable(word):
            raise BadEntry("The word needs a letter or a digit in it.")
        if len(word) > WORD_LIMIT:
            raise BadEntry(f"The word has {len(word):,} characters; {WORD_LIMIT} is the most.")
        if not speakable(spoken):
            raise BadEntry("There is nothing to say for it yet; write how it is to be read.")
        if len(spoken) > SPOKEN_LIMIT:
            raise BadEntry(f"What is said for it has {len(spoken):,} characters; {SPOKEN_LIMIT} is the most.")
        if language and not _LANGUAGE.fullmatch(language):
            raise BadEntry("The language has to be a tag such as 'en', 'en-gb' or 'de'.")
        return cls(word=word, spoken=spoken, language=language)

    def holds(self, language: str) -> bool:
        """Tell whether it applies to a text in a language, a tag in lower case: 'en' applies to 'en-gb' too."""
        own = self.language
        return not own or language == own or language.startswith(f"{own}-")


@dataclass(frozen=True, slots=True)
class _Node:
    """A place in the tree of all words: what can come `after` it, and the entries that end here, by their `places`."""

    after: dict[str, _Node]
    places: list[int]


class Lexicon:
    """Entries by the word; where two have the same word, the first that holds for the language wins.

    A text is cut into words and signs once, and a tree of all entries is walked from each: the time is linear in the
    text, and does not grow with the number of entries.
    """

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self._entries = tuple(entries)
        self._root = _Node({}, [])
        for place, entry in enumerate(self._entries):
            node = self._root
            for atom in _ATOM.findall(entry.word):
                node = node.after.setdefault(_fold(atom), _Node({}, []))
            node.places.append(place)

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return bool(self._entries)

    def apply(self, text: str, language: str) -> tuple[Piece, ...]:
        """Cut a clean text into the words that entries know, as they are said, and the stretches between them."""
        return tuple(Piece(written=written, spoken=spoken or written) for written, spoken in self.parts(text, language))

    def parts(self, text: str, language: str) -> Iterator[tuple[str, str | None]]:
        """Yield what is written, and what an entry says for it; None for a stretch that no entry knows.

        The longest entry that fits at a place is taken, from the left.
        """
        atoms, language = _Atoms(text), language.lower()
        begin = at = 0
        while at < len(atoms.folded):
            if atoms.folded[at] not in self._root.after:
                at += 1
                continue
            start = atoms.ends[at - 1] if at else 0
            for last, place in reversed(self._fitting(atoms, at, language)):
                end = atoms.ends[last]
                if _whole(text, start, end):
                    if start > begin:
                        yield text[begin:start], None
                    yield text[start:end], self._entries[place].spoken
                    begin, at = end, last
                    break
            at += 1
        if begin < len(text):
            yield text[begin:], None

    def matching(self, text: str, language: str) -> tuple[Entry, ...]:
        """Return the entries that can change how a clean text is read, in their order: what its sound depends on.

        Of entries that overlap all are told, for which of them is taken depends on where sentences are cut.
        """
        if not self._entries:
            return ()
        atoms, language = _Atoms(text), language.lower()
        places: set[int] = set()
        for at in range(len(atoms.folded)):
            start = atoms.ends[at - 1] if at else 0
            for last, place in self._fitting(atoms, at, language):
                if place not in places and _whole(text, start, atoms.ends[last]):
                    places.add(place)
        return tuple(self._entries[place] for place in sorted(places))

    def _fitting(self, atoms: _Atoms, at: int, language: str) -> list[tuple[int, int]]:
        """Return the entries whose words begin at an atom, shortest first: the last atom of each, and its place."""
        node = self._root.after.get(atoms.folded[at])
        if node is None:
            return []
        found: list[tuple[int, int]] = []
        last = at
        while node is not None:
            place = next((place for place in node.places if self._entries[place].holds(language)), None)
            if place is not None:
                found.append((last, place))
            last += 1
            node = node.after.get(atoms.folded[last]) if last < len(atoms.folded) else None
        return found


class _Atoms:
    """A text in words, blanks and signs: each `folded` for comparison, and where each `ends`."""

    def __init__(self, text: str) -> None:
        found = _ATOM.findall(text)
        self.folded = [_fold(atom) for atom in found]
        self.ends = list(accumulate(map(len, found)))


def _fold(atom: str) -> str:
    return " " if atom.isspace() else atom.casefold()


def _whole(text: str, start: int, end: int) -> bool:
    """Tell whether a stretch of a text is no part of a longer word."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if _numeral(text, start - 1) or _numeral(text, end):
        return False
    if before and _belongs(before) and not (_FREE.match(text[start]) or _FREE.match(before)):
        return False
    if not after or after.isspace():
        return True
    if after in "'\u2019":  # 'can' is not in "can't", but "Nguyen's" is Nguyen's
        tail = _ATOM.match(text, end + 1)
        return tail is None or not tail[0].isalpha() or tail[0] in "sS" or bool(_FREE.match(tail[0]))
    if unicodedata.category(after)[0] == "M" or after in JOINERS:
        return False
    return not _belongs(after) or bool(_FREE.match(text[end - 1]) or _FREE.match(after))


def _numeral(text: str, at: int) -> bool:
    """Tell whether the sign at a place joins two digits to one number."""
    return text[at : at + 1] in _JOINTS and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()


def _belongs(character: str) -> bool:
    """Tell whether a character makes a word longer."""
    return character.isalnum() or character == "_" or character in JOINERS or unicodedata.category(character)[0] == "M"
