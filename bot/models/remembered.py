"""What is remembered beyond a model's folder: licences that were accepted, and files by their first checksum.

It lies in `pulled.json` beside the folders, and not in the database: that has one writer, which may be running.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from storage import disk

FILE = "pulled.json"
_LONGEST = 10_000_000


class Remembered:
    """What is remembered of pulled models."""

    def __init__(self, models: Path) -> None:
        """`models` is the folder of models."""
        self._file = models / FILE

    def accepted(self, licence: str) -> str:
        """Return when a licence was accepted, as '2026-11-27T03:00:00Z'; empty where it was not."""
        return str(self._of("licences").get(licence, ""))

    def accept(self, licence: str, at: str) -> None:
        """Note that a licence was accepted."""
        self._note("licences", licence, at)

    def first(self, url: str) -> tuple[str, str] | None:
        """Return the checksum that a file had when it first came from there, and when that was."""
        known = self._of("files").get(url)
        if not isinstance(known, dict):
            return None
        return str(known.get("sha256", "")), str(known.get("at", ""))

    def note(self, url: str, sha256: str, at: str) -> None:
        """Note the checksum of a file that has come from there."""
        self._note("files", url, {"sha256": sha256, "at": at})

    def _of(self, part: str) -> Mapping[str, object]:
        found = self._read().get(part)
        return found if isinstance(found, dict) else {}

    def _note(self, part: str, key: str, what: object) -> None:
        held = self._read()
        held[part] = {**self._of(part), key: what}
        with disk.in_words(self._file.parent):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            disk.write(self._file, (json.dumps(held, indent=1) + "\n").encode())

    def _read(self) -> dict[str, object]:
        try:
            text = self._file.read_text("utf-8") if self._file.stat().st_size <= _LONGEST else "{}"
            held = json.loads(text)
        except (OSError, ValueError):
            return {}
        return held if isinstance(held, dict) else {}
