"""Tries from inside what a file that took the decoder over would try, and tells what stopped it."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from engine.value import value

_STOPPED_BY = {
    errno.EPERM: "seccomp",
    errno.EMFILE: "RLIMIT_NOFILE",
    errno.EAGAIN: "RLIMIT_NPROC",
    errno.ENOMEM: "RLIMIT_AS",
    errno.EFBIG: "RLIMIT_FSIZE",
}
NOTHING = "nothing"
"""What is told where it was not stopped."""
GIGABYTES = 4
"""How much memory is asked for."""


@value
class Attempt:
    """Something that a decoder has no reason to do."""

    name: str
    """What it is, in a few words."""
    act: Callable[[Path], object]
    """Does it; the folder is one that it may write to as far as the file system is concerned."""


def attempt(folder: Path) -> Mapping[str, str]:
    """Try everything, and tell by its name what stopped it: 'seccomp', a limit, or 'nothing'.

    Args:
        folder: Where a file may be made, as far as the file system is concerned.
    """
    return {each.name: _stopped_by(each.act, folder) for each in ATTEMPTS}


def _stopped_by(act: Callable[[Path], object], folder: Path) -> str:
    try:
        act(folder)
    except MemoryError:
        return "RLIMIT_AS"
    except OSError as error:
        return _STOPPED_BY.get(error.errno or 0, f"error {error.errno}")
    except RuntimeError:  # which is all that Python says of a thread that it could not start
        return "seccomp or RLIMIT_NPROC"
    except AttributeError:
        return "no such thing here"
    return NOTHING


def _read_a_file(folder: Path) -> None:
    os.close(os.open(sys.executable, os.O_RDONLY))


def _write_a_file(folder: Path) -> None:
    path = folder / f"made-from-inside-{os.getpid()}"
    path.write_bytes(b"x")
    path.unlink()


def _connect(folder: Path) -> None:
    with socket.socket() as here:
        here.settimeout(1)
        with contextlib.suppress(ConnectionError, TimeoutError):  # it got as far as the network
            here.connect(("127.0.0.1", 9))


def _fork(folder: Path) -> None:
    if not (child := os.fork()):
        os._exit(0)
    os.waitpid(child, 0)


def _execute(folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError):  # it got as far as to look for the program
        os.execv(folder / "no-such-program", ["no-such-program"])


def _signal_its_parent(folder: Path) -> None:
    os.kill(os.getppid(), 0)


def _start_a_thread(folder: Path) -> None:
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()


def _take_memory(folder: Path) -> None:
    bytearray(GIGABYTES << 30)


ATTEMPTS = (
    Attempt(name="read a file", act=_read_a_file),
    Attempt(name="write a file", act=_write_a_file),
    Attempt(name="connect", act=_connect),
    Attempt(name="fork", act=_fork),
    Attempt(name="run a program", act=_execute),
    Attempt(name="start a thread", act=_start_a_thread),
    Attempt(name="signal its parent", act=_signal_its_parent),
    Attempt(name=f"take {GIGABYTES} GB", act=_take_memory),
)
"""In the order in which they are tried."""
