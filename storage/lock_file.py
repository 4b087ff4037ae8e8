"""Lock files: one process holds one, and the system lets go of it with the process, however that ends."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

OF_DATA = "mynah.lock"
"""The name of that which a Mynah that runs holds in its data folder; it was written when that was started."""
_LOCKED_BYTE = 1 << 30
"""Far behind the text of the file, because Windows lets nobody read what is locked."""


class Held(Exception):
    """Another process holds the lock; `process` is its number, as far as it has said so."""

    def __init__(self, process: str) -> None:
        super().__init__(f"held by process {process}")
        self.process = process
        """Who holds it."""


def take(path: Path) -> int:
    """Hold a lock file, which is made where it is not there; return the handle that `release` takes.

    Raises:
        Held: Another process holds it.
        OSError: It cannot be written.
    """
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _seize(lock):
            raise Held(_holder(lock))
        os.ftruncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
    except BaseException:
        os.close(lock)
        raise
    return lock


def release(lock: int) -> None:
    """Let another process have it."""
    os.ftruncate(lock, 0)
    _let_go(lock)
    os.close(lock)


def _seize(lock: int) -> bool:
    """Take the system's lock; False where another has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(lock, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)
            os.lseek(lock, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
            return False
        raise
    return True


def _let_go(lock: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(lock, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(lock, msvcrt.LK_UNLCK, 1)
    else:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_UN)


def _holder(lock: int) -> str:
    os.lseek(lock, 0, os.SEEK_SET)
    return os.read(lock, 32).decode("ascii", "replace").strip() or "just starting"
