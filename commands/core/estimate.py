"""What saying a text may take, told before it is said."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from functools import lru_cache

from commands.core.command import Lane
from commands.core.manner import Manner
from commands.core.params import TEXT_LIMIT
from commands.core.quote import Quote
from engine.speech import Format
from engine.text import pauses
from storage.metrics import Charge, Metric

LONG = 5_000
"""More characters than this are a chapter: they wait with other long work, and sentences go before them."""
START = 2.0
"""Seconds that any text may take besides its characters."""
FASTEST = 2.4
"""What speed gains at most: pauses do not shrink with the words, and engines have a fastest pace."""
OWN_RATE = 24_000
"""The most samples a second that an engine's own sound has, in Hz; its WAV file too, where nobody asks for another."""
COMPRESSED = {Format.MP3: 16_000, Format.OPUS: 8_000, Format.M4A: 16_000}
"""What a second of sound takes at most in files of these kinds, in bytes; in the others, two bytes a sample."""
TIMED = 4_000
"""What the timings of a second take at most in all their files, in bytes."""
HEADER = 8_192
"""Bytes of a file besides its sound, at most."""
A_BYTE = 0.14
"""Seconds that a byte of a text file takes: what prose is estimated at. Of digits and signs it may take longer."""


def quote_text(text: str, manner: Manner) -> Quote:
    """Quote the saying of a clean text: what it may take at most where text and voice fit together.

    Where they do not (Thai read letter by letter in an English voice), it may last longer; the person is charged
    no more than this even then.

    Raises:
        PauseTooLong: It asks for more silence than it may.
    """
    return _quote(len(text), at_most(text, manner.speed) + math.ceil(pauses.total(text)), manner)


def quote_file(bytes: int, manner: Manner) -> Quote:
    """Quote the saying of a text file of so many bytes, whose text nobody has seen yet."""
    characters = min(max(bytes, 0), TEXT_LIMIT)
    return _quote(characters, math.ceil(START + characters * A_BYTE / min(manner.speed, FASTEST)), manner)


def _quote(characters: int, seconds: int, manner: Manner) -> Quote:
    rate = max(OWN_RATE, manner.sample_rate.hz)
    a_second = COMPRESSED.get(manner.kind_of_file, 2 * rate) + (TIMED if manner.kinds else 0)
    return Quote(
        charges=(
            Charge(metric=Metric.GENERATIONS, amount=1),
            Charge(metric=Metric.CHARACTERS, amount=characters),
            Charge(metric=Metric.SECONDS, amount=seconds),
            Charge(metric=Metric.BYTES, amount=seconds * a_second + HEADER),
        ),
        characters=characters,
        lane=Lane.SOON if characters > LONG else None,
    )


def at_most(text: str, speed: float) -> int:
    """The most whole seconds that a text takes in a voice of its own language, besides its pauses."""
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
