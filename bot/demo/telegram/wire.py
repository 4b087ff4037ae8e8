"""What goes over the line: JSON objects as Python has them."""

from __future__ import annotations

Wire = dict[str, object]
"""A JSON object."""


def present(**given: object) -> Wire:
    """Make an object of what is there; Telegram leaves out a field that has nothing to say."""
    return {name: each for name, each in given.items() if each is not None}


def units(text: str) -> int:
    """Count a text as Telegram does: in UTF-16 units, so that most emoji are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
