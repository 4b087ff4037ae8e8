"""A text as it is read aloud: sentences, in pieces that tell what is written and what is said for it."""

from __future__ import annotations

from dataclasses import dataclass


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
