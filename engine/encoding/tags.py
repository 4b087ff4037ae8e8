"""What a sound file says of itself, made harmless for every kind of file."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from engine.licence import terms

MARK = "AI-generated speech"
"""What every file says in its comment."""
LONGEST = 120
"""The most characters of a title or a name that a file keeps."""

_READ = 10 * LONGEST
"""How much of a text is looked at: the rest is cut off anyway."""
_JOINERS = "\u200c\u200d"
"""Controls that belong to what is written: emoji and several scripts need them."""
_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Tags:
    """What a sound file says of itself, as people have written it."""

    title: str
    """What it is: the first words of its text; empty where it has no title."""
    voice: str
    """Who speaks, by the name that people know; empty where nobody is named."""
    comment: str = MARK
    """What else there is to know: that no person has spoken it; empty where one has."""
    licence: str = ""
    """Under which it may be used, as an SPDX expression; what that forbids is said in the comment."""

    def fields(self) -> dict[str, str]:
        """Return title, artist and comment, each on one line and cut; those that are empty are left out."""
        asked = terms(self.licence)
        comment = f"{self.comment}. {asked} ({self.licence})" if asked else self.comment
        fields = {"title": one_line(self.title), "artist": one_line(self.voice), "comment": comment}
        return {name: text for name, text in fields.items() if text}


def one_line(text: str) -> str:
    """Put a text on one line without anything that is not shown, and cut it to LONGEST characters."""
    text = text[:_READ]
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_shown, text))
    line = " ".join(text.split())
    if len(line) <= LONGEST:
        return line
    return line[: LONGEST - 1].rstrip(f" {_JOINERS}") + "…"


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    hidden = unicodedata.category(character) in _NOT_SHOWN and character not in _JOINERS
    return "" if hidden else character
