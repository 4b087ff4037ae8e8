"""Moving: files get the names that last in the transaction that notes them, and their old ones where it is undone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from storage import disk

Move = tuple[Path, Path]
"""A file that is whole and on disk, and where it is to lie."""


class Moves:
    """The files of one transaction: `make` as the last thing in it, `undo` where it failed.

    A kill in between leaves files without a row, which a sweep removes. Who is cancelled while it is committed does not
    know what became of it, and so undoes nothing.
    """

    def __init__(self) -> None:
        self._made: list[Move] = []

    def make(self, moves: Sequence[Move]) -> None:
        """Give files their names that last; the folders are made.

        Raises:
            OSError: One cannot be; `undo` puts the others back.
        """
        for before, after in moves:
            after.parent.mkdir(parents=True, exist_ok=True)
            os.replace(before, after)
            self._made.append((before, after))
        for folder in dict.fromkeys(folder for _, after in moves for folder in (after.parent, after.parent.parent)):
            disk.sync_folder(folder)

    def undo(self) -> None:
        """Give the files their old names again."""
        for before, after in reversed(self._made):
            os.replace(after, before)
        self._made.clear()
