"""Of which file something was made: a mark that is written into what was made, and compared whenever that is used.

The mark is a file's size, time and SHA-256. It lies in what was made and in no file beside it, so that the two come and
go together: whoever is killed half-way leaves neither. The times of what was made tell nothing, for a copy, a backup or
an image of a container changes them as it likes. Where the size and the time of the original are those in the mark, it
is not read; that is how it is at nearly every start. Where only its time is another, what is in it decides: a copied
folder counts as it is, also where nothing can be written, for some seconds a gigabyte whenever it is loaded. So what
takes the place of the original is found, older or newer, unless it has both its size and its time.

What was made before there were marks is of nobody knows which file, and is made once again: it may be of one that an
older file has replaced since, and a time later than the original's is all that it could say for itself. Weights in a
folder where nothing can be written are refused then; names are read at each start.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

KEY = "origin"
"""What the mark is called in what was made."""
MADE_OF = "made_of"
"""What the file's name is called in safetensors that Mynah made, since before there were marks; others are not ours."""
_LARGEST_HEADER = 100_000_000
"""The most bytes that the header of safetensors may have, by their own rule."""


def mark(source: Path) -> str:
    """Return the mark of a file, to be taken before it is read for what is made of it.

    If another takes its place meanwhile, the mark is of neither or of the other, and what was made is made once again.

    Raises:
        OSError: It cannot be read.
    """
    found = source.stat()
    return f"{found.st_size} {found.st_mtime_ns} {_digest(source)}"


def is_of(told: object, source: Path) -> bool:
    """Whether what was made is of a file as it is now.

    Args:
        told: The mark in what was made, or what stands in its place; None where there is none.
        source: The file, or what took its place.

    Raises:
        OSError: The file cannot be read.
    """
    parts = told.split(" ") if isinstance(told, str) else []
    if len(parts) != 3:
        return False
    found = source.stat()
    size, written, digest = parts
    return size == str(found.st_size) and (written == str(found.st_mtime_ns) or digest == _digest(source))


def about(safe: Path) -> Mapping[str, str] | None:
    """Return what safetensors say of themselves; None where there are none, or what is there is no such file.

    A file of theirs begins with the size of its header, in 8 bytes, and the header, which is JSON
    (https://github.com/huggingface/safetensors#format).

    Raises:
        OSError: It cannot be read.
    """
    try:
        with safe.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(size)) if size <= _LARGEST_HEADER else None
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    if not isinstance(header, dict):
        return None
    told = header.get("__metadata__", {})
    return {key: each for key, each in told.items() if isinstance(each, str)} if isinstance(told, dict) else None


def _digest(source: Path) -> str:
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
