"""Pauses that a text asks for: `[pause 1s]`."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 60.0
"""The longest single pause, in seconds."""
MOST = 600.0
"""The most silence that one text may ask for, in seconds."""

BARE = 1.0
"""How long a pause is that tells no length, in seconds."""

_TAG = re.compile(r"\[ ?pause(?: (\d++(?:[.,]\d++)?+) ?(ms|millis(?:econds?)?|s|secs?|seconds?)?)? ?\]", re.IGNORECASE)


class PauseTooLong(Exception):
    """A text asks for more silence than it may; the message is a sentence for the person who wrote it."""


def parts(text: str) -> Iterator[tuple[str, float]]:
    """Yield the stretches between the pauses of a clean text, each with the seconds of silence after it.

    '[pause]' is a second, and a number alone is seconds. A tag that is not quite one ('[pause soon]') is part of the
    text. Stretches can be empty; the last one
    has no pause.

    Raises:
        PauseTooLong: One is longer than `LONGEST`, or all together are longer than `MOST`.
    """
    begin, silence = 0, 0.0
    for tag in _TAG.finditer(text) if "[" in text else ():
        seconds = _seconds(tag)
        silence += seconds
        if silence > MOST + 1e-6:  # tenths of a second do not add up exactly
            raise PauseTooLong(f"The pauses come to more than {MOST / 60:.0f} minutes in all; leave some of them out.")
        yield text[begin : tag.start()], seconds
        begin = tag.end()
    yield text[begin:], 0.0


def total(text: str) -> float:
    """Return how many seconds of silence a clean text asks for: as many as `engine.text.reading.read` makes.

    Raises:
        PauseTooLong: As `parts` does.
    """
    return sum(pause for _, pause in parts(text))


def without(text: str) -> str:
    """Return a clean text without its pauses: what is left for somebody to say."""
    return _TAG.sub(" ", text).strip() if "[" in text else text


def _seconds(tag: re.Match[str]) -> float:
    if not tag[1]:
        return BARE
    amount = float(tag[1].replace(",", "."))
    seconds = amount / 1000 if (tag[2] or "").lower().startswith("m") else amount
    if seconds > LONGEST:
        raise PauseTooLong(f"A pause lasts {LONGEST:.0f} seconds at most; put several of them, or a shorter one.")
    return seconds
