"""Cuts what is too long to be said at once, where a person would breathe."""

from __future__ import annotations

import re

_STOPS = "\u3002\uff01\uff1f\u0964"
"""Full stops of scripts that set no space behind them."""
_COMMAS = "\u3001\uff0c\uff1b\uff1a"
_BREATHS = (
    re.compile(rf"(?<=[.!?\u2026])\s+|(?<=[{_STOPS}])\s*"),
    re.compile(rf"(?<=[,;:\u060c])\s+|(?<=[{_COMMAS}])\s*"),
    re.compile(r"\s+"),
)
"""Where a text may be cut, the best places first."""


def cut(text: str, longest: int) -> list[str]:
    """Cut a text into parts of at most so many letters: between sentences, else at a comma, a space, or anywhere.

    Parts that stand side by side stay together where there is room, so that as few as can be are made.
    """
    return _cut(" ".join(text.split()), longest, 0)


def _cut(text: str, longest: int, level: int) -> list[str]:
    if len(text) <= longest:
        return [text] if any(letter.isalnum() for letter in text) else []
    if level == len(_BREATHS):
        return [text[at : at + longest] for at in range(0, len(text), longest)]
    parts: list[str] = []
    for piece in _BREATHS[level].split(text):
        if parts and len(parts[-1]) + 1 + len(piece) <= longest:
            parts[-1] = f"{parts[-1]} {piece}"
        else:
            parts.append(piece)
    return [small for part in parts for small in _cut(part, longest, level + 1)]
