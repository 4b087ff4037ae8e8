"""The disk: making files so that a crash leaves them whole or not there, never half."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from storage.errors import FolderReadOnly, NoRoom

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def write(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Make a file of `data`, or replace the one that is there; `mode` is what a umask may still take from."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
    settle(part, path)


def settle(part: Path, path: Path) -> None:
    """Give a file that is written its final name, so that it is there after a crash, whole."""
    sync(part)
    os.replace(part, path)
    sync_folder(path.parent)


def sync(path: Path) -> None:
    """Wait until the disk has what a file holds."""
    handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Wait until the disk has which files a folder holds, where the system can tell it to."""
    with contextlib.suppress(OSError):  # Windows opens no folders
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def in_words(folder: Path) -> Iterator[None]:
    """Say what the system refuses in a folder as a person can understand it.

    Raises:
        NoRoom, FolderReadOnly: The system refused.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise full(folder) from error
        raise FolderReadOnly(folder=folder) from error


def full(folder: Path) -> NoRoom:
    """Make the error that says that the disk of a folder is full."""
    return NoRoom(folder=folder)
