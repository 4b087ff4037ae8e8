"""A text as it is read aloud: sentences, in pieces that tell what is written and what is said for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.text.hygiene import speakable
from engine.text.pauses import parts
from engine.text.sentences import sentences

if TYPE_CHECKING:
    from engine.text.lexicon import Lexicon

SPOKEN_LIMIT = 600
"""The most characters that an engine is given at once; a sentence whose expansion is longer is cut once more."""
_SHORTEST_CUT = 40
"""Below so many written characters a sentence is cut between its pieces only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A stretch of a text, as it is written and as it is said."""

    written: str
    """As it stands in the text: '$3.50'."""
    spoken: str
    """What the engine is given for it: 'three dollars fifty'; the same where it is read as it stands."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """A sentence of a text, and the silence that the text asks for after it."""

    pieces: tuple[Piece, ...]
    """What it is made of, one after another without a gap; none where a pause stands alone."""
    pause: float = 0.0
    """Seconds of silence after it."""

    @property
    def written(self) -> str:
        """The sentence as it stands in the text."""
        return "".join(piece.written for piece in self.pieces)

    @property
    def spoken(self) -> str:
        """What the engine is given."""
        return "".join(piece.spoken for piece in self.pieces)


def read(text: str, *, language: str, lexicon: Lexicon) -> tuple[Sentence, ...]:
    """Turn a clean text into what an engine is given, sentence by sentence.

    Its pauses are taken out, it is cut into sentences, the lexicon's words are put in their place, and the rest is
    expanded as the language reads it. The written pieces are the text, in its order, but for its pauses, the blanks
    between sentences, and signs that belong to no sentence. Every sentence that has pieces has something to say; a
    pause before the first one is a sentence without any.

    Args:
        text: Clean, as `engine.text.hygiene.clean` leaves it.
        language: A BCP 47 tag, such as 'en-gb'; in an unknown one numbers and the like stay as they are written.
        lexicon: How the person and the place want words read.

    Raises:
        PauseTooLong: It asks for more silence than it may.
    """
    read: list[Sentence] = []
    for stretch, pause in parts(text):
        for written in sentences(stretch, language=language):
            read.extend(_fitting(written, language, lexicon))
        if pause and read:
            read[-1] = replace(read[-1], pause=read[-1].pause + pause)
        elif pause:
            read.append(Sentence(pieces=(), pause=pause))
    return tuple(read)


def _fitting(written: str, language: str, lexicon: Lexicon) -> Iterator[Sentence]:
    """Yield a sentence, or several where too much would have to be said at once."""
    pieces = _pieces(written, language, lexicon)
    if sum(len(piece.spoken) for piece in pieces) <= SPOKEN_LIMIT:
        yield Sentence(pieces=pieces)
    elif len(written) // 2 >= _SHORTEST_CUT:
        for part in sentences(written, len(written) // 2 + 1, language):
            yield from _fitting(part, language, lexicon)
    else:
        yield from _grouped(pieces)


def _grouped(pieces: tuple[Piece, ...]) -> Iterator[Sentence]:
    """Yield as many pieces at a time as can be said at once."""
    group: list[Piece] = []
    for piece in pieces:
        full = sum(len(each.spoken) for each in group) + len(piece.spoken) > SPOKEN_LIMIT
        if full and speakable(piece.spoken) and any(speakable(each.spoken) for each in group):
            yield Sentence(pieces=tuple(group))
            group = []
        group.append(piece)
    yield Sentence(pieces=tuple(group))


def _pieces(written: str, language: str, lexicon: Lexicon) -> tuple[Piece, ...]:
    from engine.text.expansion import expand  # it makes pieces itself, so it imports this module

    if not lexicon:
        return expand(written, language)
    pieces: list[Piece] = []
    for stretch, spoken in lexicon.parts(written, language):
        if spoken is None:
            pieces.extend(expand(stretch, language))
        else:
            pieces.append(Piece(written=stretch, spoken=spoken))
    return tuple(pieces)
