"""Ranges: a part of a file, as players ask for one when somebody seeks (RFC 9110, section 14)."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from commands.core.threads import off_loop
from engine.value import value

BLOCK = 1 << 18
"""How many bytes are read and sent at once."""
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class OutOfRange(Exception):
    """The file has no such part."""


@value
class Part:
    """A part of a file."""

    begin: int
    """Its first byte; the file's is 0."""
    end: int
    """The byte after its last."""
    size: int
    """How many bytes the whole file has."""

    @property
    def length(self) -> int:
        """How many bytes it has."""
        return self.end - self.begin

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the file."""
        return self.length == self.size

    @property
    def header(self) -> str:
        """What tells which part it is."""
        return f"bytes {self.begin}-{self.end - 1}/{self.size}"


def part_of(header: str | None, size: int) -> Part:
    """Return the part that a Range header asks for; the whole where there is none, or one that is not understood.

    Several parts at once are not served: who asks for them gets the whole, which is theirs to cut.

    Raises:
        OutOfRange: The file ends before it.
    """
    whole = Part(begin=0, end=size, size=size)
    found = _RANGE.fullmatch((header or "").strip().replace(" ", ""))
    if found is None or not (found[1] or found[2]):
        return whole
    if not found[1]:  # the last so many
        begin, end = max(0, size - int(found[2])), size
        if not int(found[2]):
            raise OutOfRange
    else:
        begin, end = int(found[1]), min(int(found[2]) + 1, size) if found[2] else size
        if found[2] and int(found[2]) < int(found[1]):
            return whole
    if begin >= size:
        raise OutOfRange
    return Part(begin=begin, end=end, size=size)


class Source:
    """An open file that several may read at once; it is let go of when the last of them has closed it."""

    def __init__(self, path: Path, *, nameless: bool = False) -> None:
        """Open a file; `nameless`: take its name away, so that nobody else finds it, and it goes with the last reader.

        Raises:
            OSError: It cannot be opened.
        """
        self._file = path.open("rb")
        self._lock = threading.Lock()
        self._users = 1
        self._path = path if nameless else None
        self.size = os.fstat(self._file.fileno()).st_size
        """How many bytes it has."""
        if nameless:
            with suppress(OSError):  # a system that keeps the names of open files: it goes when it is closed
                path.unlink()

    def share(self) -> Source:
        """Return it for one more reader, who closes it too."""
        self._users += 1
        return self

    def read_at(self, at: int, size: int) -> bytes:
        """Return so many bytes from a place on; fewer where it ends before. Works on disk."""
        with self._lock:
            self._file.seek(at)
            return self._file.read(size)

    def close(self) -> None:
        """Read no more."""
        self._users -= 1
        if self._users == 0:
            self._file.close()
            if self._path is not None:
                with suppress(OSError):
                    self._path.unlink(missing_ok=True)


async def read(source: Source, part: Part) -> AsyncIterator[bytes]:
    """Yield the bytes of a part; who opened the source closes it."""
    at = part.begin
    while at < part.end:
        block = await off_loop(partial(source.read_at, at, min(BLOCK, part.end - at)))
        if not block:
            return
        at += len(block)
        yield block
