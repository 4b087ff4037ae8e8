"""A file that is coming: what there is of it, and what has to be known to go on with it later.

Beside `<name>.part` lies `<name>.note`, which says of what it is a part. Once it is whole it has its own name, and the
note has its checksum.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import BinaryIO, Self

from engine.model_manifest import InstalledFile
from engine.value import value
from storage import disk

NOTED = ".note"
"""How the name of what is known of a file ends."""
_BLOCK = 1 << 20
_LONGEST_NOTE = 100_000


@value
class Note:
    """What is known of a file that is coming."""

    url: str
    """Where it is published."""
    validator: str = ""
    """What its server calls this version of it (a strong ETag, or its date); empty: nothing by which to know it."""
    bytes: int = 0
    """How large it will be; 0: its server has not said."""
    published: str = ""
    """The checksum that its server publishes; empty: none."""
    sha256: str = ""
    """Its own checksum, once it is whole."""


class Part:
    """What there is of a file; `with` opens it."""

    def __init__(self, path: Path, url: str) -> None:
        """`path` is where it will be once it is whole, `url` where it is published."""
        self.path = path
        self._part = path.with_name(f"{path.name}.part")
        self._noted = path.with_name(f"{path.name}{NOTED}")
        self._file: BinaryIO | None = None
        self._hash = hashlib.sha256()
        self.size = 0
        """How many bytes of it are there."""
        self.note = Note(url=url)
        """What is known of it."""

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = open(os.open(self._part, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666), "r+b")
        noted = self._read_note()
        if noted is None:
            self.restart()
            return self
        self.note = noted
        self._hash, self.size = hashlib.sha256(), 0
        while block := self._file.read(_BLOCK):
            self._hash.update(block)
            self.size += len(block)
        return self

    def __exit__(self, *what: object) -> None:
        assert self._file is not None
        # A disk without room refuses once more what it has refused already.
        with contextlib.suppress(OSError):
            self._file.close()
        self._file = None

    def whole(self) -> InstalledFile | None:
        """Return the file where it came to its end before, at an earlier try."""
        noted = self._read_note()
        if noted is None or not noted.sha256 or not self.path.is_file() or self.path.stat().st_size != noted.bytes:
            return None
        return InstalledFile(bytes=noted.bytes, sha256=noted.sha256)

    def there(self) -> int:
        """Return how many bytes of it are there, without opening it."""
        found = [each.stat().st_size for each in (self.path, self._part) if each.is_file()]
        return found[0] if found else 0

    def restart(self, note: Note | None = None) -> None:
        """Begin anew."""
        assert self._file is not None
        self._file.seek(0)
        self._file.truncate()
        self._hash, self.size = hashlib.sha256(), 0
        self.note = note or Note(url=self.note.url)
        self._noted.write_text(json.dumps(asdict(self.note)), encoding="utf-8")

    def add(self, block: bytes) -> None:
        """Write what comes next."""
        assert self._file is not None
        self._file.write(block)
        self._hash.update(block)
        self.size += len(block)

    def digest(self) -> str:
        """Return the checksum of what is there."""
        return self._hash.hexdigest()

    def finish(self) -> InstalledFile:
        """Give the file, which is closed by now, its name; it is there after a crash, whole."""
        made = InstalledFile(bytes=self.size, sha256=self.digest())
        done = replace(self.note, bytes=made.bytes, sha256=made.sha256)
        disk.settle(self._part, self.path)
        disk.write(self._noted, json.dumps(asdict(done)).encode())
        return made

    def adopt(self, file: Path, made: InstalledFile) -> None:
        """Take a file that came earlier for this one."""
        self.drop()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        link(file, self.path)
        note = Note(url=self.note.url, bytes=made.bytes, sha256=made.sha256)
        disk.write(self._noted, json.dumps(asdict(note)).encode())

    def drop(self) -> None:
        """Leave nothing of it."""
        for each in (self._part, self._noted, self.path):
            each.unlink(missing_ok=True)

    def _read_note(self) -> Note | None:
        """Read what is known of it; None where that is of another file, or of none."""
        try:
            if self._noted.stat().st_size > _LONGEST_NOTE:
                return None
            noted = Note(**json.loads(self._noted.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return noted if noted.url == self.note.url else None


def link(file: Path, other: Path) -> None:
    """Give a file a second name, without a second copy where the disk can do that."""
    try:
        os.link(file, other)
    except OSError:
        shutil.copyfile(file, other)
