"""What saying a text may take, told before it is said."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from functools import lru_cache

from commands.core.command import Lane
from commands.core.quote import Quote
from storage.metrics import Charge, Metric

LONG = 5_000
"""More characters than this are a chapter: they wait with other long work, and sentences go before them."""
START = 2.0
"""Seconds that any text may take besides its characters."""
FASTEST = 2.4
"""What speed gains at most: pauses do not shrink with the words, and engines have a fastest pace."""
BYTES_A_SECOND = 22_050 * 2
"""A second of WAV, mono, 16 bit, in bytes; embedded engines have no higher rate."""
HEADER = 4_096
"""Bytes of a file besides its sound, at most."""


def quote_text(text: str, speed: float) -> Quote:
    """Quote the saying of a clean text: what it may take at most where text and voice fit together.

    Where they do not (Thai read letter by letter in an English voice), it may last longer; the person is charged
    no more than this even then.
    """
    seconds = at_most(text, speed)
    return Quote(
        charges=(
            Charge(metric=Metric.GENERATIONS, amount=1),
            Charge(metric=Metric.CHARACTERS, amount=len(text)),
            Charge(metric=Metric.SECONDS, amount=seconds),
            Charge(metric=Metric.BYTES, amount=seconds * BYTES_A_SECOND + HEADER),
        ),
        characters=len(text),
        lane=Lane.SOON if len(text) > LONG else None,
    )


def at_most(text: str, speed: float) -> int:
    """The most whole seconds that a text takes in a voice of its own language."""
    total = sum(_pace(character) * times for character, times in Counter(text).items())
    return math.ceil(START + total / min(speed, FASTEST))


@lru_cache(4_096)
def _pace(character: str) -> float:
    """The seconds that one character takes at speed 1, at most."""
    if character in ".!?\u2026\u3002\uff01\uff1f\n":
        return 0.5  # the pause after it
    if character.isdigit():
        return 0.75  # said as a word
    if unicodedata.east_asian_width(character) in "WF":
        return 0.45
    if character.isupper():
        return 0.4  # may be spelled
    if character.isalpha() or character.isspace() or unicodedata.category(character)[0] == "M":
        return 0.12 if character.isascii() else 0.16
    return 0.35  # signs: some are said as words, others are a pause
