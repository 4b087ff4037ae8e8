"""Standard output and standard error, whatever they are connected to."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import shutil
import sys

_GONE = (errno.EPIPE, errno.ESHUTDOWN, errno.ECONNRESET)
"""What writing meets when nobody reads any more."""


def mend() -> None:
    """Make writing safe: a character that a stream cannot show becomes a question mark, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(OSError, ValueError):
                stream.reconfigure(errors="replace")


def shows_unicode() -> bool:
    """Whether bars and dots can be shown."""
    stream = sys.stdout
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "")
    return encoding.startswith("utf")


class Unheard(Exception):
    """What was to be said cannot be written; the message says why, and is empty where the reader has just gone."""


def say(text: str, *, aside: bool = False) -> None:
    """Write a text to standard output; `aside`: to standard error.

    Raises:
        Unheard: It cannot be written (a reader that has gone, a full disk).
    """
    try:
        print(text, file=sys.stderr if aside else sys.stdout, flush=True)
    except OSError as error:
        raise Unheard("" if error.errno in _GONE else (error.strerror or str(error)).lower()) from error


def silence() -> None:
    """Write to nowhere from now on: who read what we say has gone, and Python would complain of it when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except (OSError, ValueError):
                with contextlib.suppress(OSError, ValueError):
                    os.dup2(nowhere, stream.fileno())


def is_shown() -> bool:
    """Whether a person reads what we write."""
    return sys.stdout is not None and not sys.stdout.closed and sys.stdout.isatty()


def width() -> int:
    """How many columns the terminal has."""
    return shutil.get_terminal_size().columns


def is_terminal() -> bool:
    """Whether a person sits at both ends: types what we read, and reads what we write."""
    return is_shown() and sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


def is_dumb() -> bool:
    """Whether the terminal can show lines only, and nothing can move on it."""
    return os.environ.get("TERM", "").lower() in ("dumb", "unknown")
