"""Text that may be shown on a terminal: nothing in it can move the cursor, change colours or reach the terminal."""

from __future__ import annotations

import unicodedata

_REPLACEMENT = "\ufffd"
_TURNS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")
"""Marks that turn the direction of what follows, and so can make a name look like another."""


def printable(text: str) -> str:
    """Return `text` with every character replaced that a terminal would obey rather than show.

    Line breaks and tabs stay; names of voices and files may come from anybody, so all that is shown passes here.
    """
    text = text.replace("\r\n", "\n")
    return "".join(c if _harmless(c) else _REPLACEMENT for c in text if c not in _TURNS)


def one_line(text: str, width: int = 60) -> str:
    """Return `text` fit for a place that holds one short line, cut where it is longer."""
    flat = " ".join(printable(text).split())
    return flat if len(flat) <= width else flat[: width - 1].rstrip() + "…"


def _harmless(character: str) -> bool:
    if character in "\n\t" or " " <= character <= "~":
        return True
    return unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
