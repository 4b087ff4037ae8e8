"""What goes over the wire: JSON objects, ids that carry their time, and time stamps."""

from __future__ import annotations

import itertools
import time
from typing import Any

from engine.value import value

Payload = dict[str, Any]
"""A JSON object, as Discord's documentation draws it."""

EPOCH_MS = 1_420_070_400_000
"""When Discord's ids begin to count, in ms since 1970."""


class Ids:
    """Makes ids as Discord does: the time in the upper bits, a number that nobody else has in the lower."""

    def __init__(self) -> None:
        self._count = itertools.count(1)

    def __call__(self) -> str:
        """Make the next one."""
        number = next(self._count)
        return str(((int(time.time() * 1000) + number - EPOCH_MS) << 22) | (number & 0xFFF))


@value
class Upload:
    """A file on its way into Discord."""

    name: str
    """What it is called."""
    data: bytes
    """What is in it."""
    content_type: str = "application/octet-stream"
    """What its sender says that it is."""


@value
class Body:
    """What a request says."""

    data: Any
    """The JSON, whatever it is; None where there was none."""
    files: dict[int, Upload]
    """The files beside it, by the number in `files[n]`."""


def stamp(seconds: float) -> str:
    """Write a time (seconds since 1970) as Discord does."""
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds % 1 * 1_000_000):06d}+00:00"
