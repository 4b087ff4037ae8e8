"""Copies of the database, for the host to put back when something went wrong.

A copy goes as soon as there are `keep` newer ones that were made by the clock. When somebody is forgotten, all copies
are replaced by one that was made afterwards: none may remember them, and the host is never without one.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from storage import disk

_STAMP = "%Y%m%d-%H%M%S"
_NAME = re.compile(r"mynah-(\d{8}-\d{6})(-before-.+)?\.db")


def copy(path: Path, folder: Path, keep: int, now_ms: int) -> Path:
    """Copy the database at `path` into `folder` while it is in use, and let go of the copies that are too old."""
    made = _copy(path, folder / f"mynah-{_stamp(now_ms)}.db")
    rotate(folder, keep)
    return made


def copy_before(path: Path, folder: Path, step: str, now_ms: int) -> Path:
    """Copy the database at `path` into `folder` before a step changes its shape."""
    return _copy(path, folder / f"mynah-{_stamp(now_ms)}-before-{step}.db")


def renew(path: Path, folder: Path, now_ms: int) -> None:
    """Replace the copies, if there are any, by one of the database as it is now.

    Raises:
        OSError, sqlite3.Error: It cannot be copied; the earlier copies stay.
    """
    earlier = _copies(folder)
    if earlier:
        made = _copy(path, folder / f"mynah-{_stamp(now_ms)}.db")
        for each in earlier:
            if each.path != made:
                each.path.unlink(missing_ok=True)


def latest(folder: Path) -> int | None:
    """Return when the newest copy was made by the clock, in ms; None where there is none."""
    made = max((copy.made for copy in _copies(folder) if copy.by_clock), default=None)
    return None if made is None else round(datetime.strptime(made, _STAMP).replace(tzinfo=UTC).timestamp() * 1000)


def rotate(folder: Path, keep: int) -> list[Path]:
    """Remove every copy older than the `keep` newest that were made by the clock, and return what went."""
    copies = _copies(folder)
    by_clock = sorted(copy.made for copy in copies if copy.by_clock)
    if keep < 1 or len(by_clock) <= keep:
        return []
    gone = [copy.path for copy in copies if copy.made < by_clock[-keep]]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


class _Copy(NamedTuple):
    path: Path
    made: str
    by_clock: bool


def _copies(folder: Path) -> list[_Copy]:
    found = ((path, _NAME.fullmatch(path.name)) for path in sorted(folder.glob("mynah-*.db")))
    return [_Copy(path, name[1], name[2] is None) for path, name in found if name]


def _copy(path: Path, to: Path) -> Path:
    to.parent.mkdir(parents=True, exist_ok=True)
    for half in to.parent.glob("mynah-*.db.part"):  # of a process that was killed
        half.unlink(missing_ok=True)
    part = to.with_name(f"{to.name}.part")
    # Read-only, because two connections that write or checkpoint can damage a WAL (SQLite before 3.51.3).
    with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("VACUUM INTO :part", {"part": str(part)})
    disk.settle(part, to)
    return to


def _stamp(now_ms: int) -> str:
    return datetime.fromtimestamp(now_ms / 1000, UTC).strftime(_STAMP)
