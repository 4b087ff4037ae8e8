"""One hostile file, by name, and what has to become of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.intake import NotTaken


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """It is taken, and this is what it is."""

    container: str
    """The kind of file."""
    seconds: float
    """How long it lasts, in seconds."""
    rate: int = 16_000
    """Samples a second in the file, in Hz."""
    channels: int = 1
    """How many there are in the file."""
    within: float = 0.15
    """By how many seconds its length may differ: codecs add some, and cut files lose some."""


Expected = type[NotTaken] | Taken
"""What has to become of a file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A file that somebody might send."""

    name: str
    """What is wrong with it, or what is not."""
    file: str
    """What it is called, which should not matter."""
    content: Callable[[Place], bytes]
    """Makes it."""
    expected: Expected
    """Why it is refused, or what it is."""
    size: int = 0
    """How large the file is made beyond its content, in bytes, without taking room; 0: no larger."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """What a file could reach if it were let."""

    secret: str
    """The path of a recording that nobody is to hear."""
    port: int
    """Of a server on this machine that nobody is to call."""


def fixed(content: bytes) -> Callable[[Place], bytes]:
    """Content that names no place."""
    return lambda place: content


def made(make: Callable[[], bytes]) -> Callable[[Place], bytes]:
    """Content that is made when it is wanted, and names no place."""
    return lambda place: make()
