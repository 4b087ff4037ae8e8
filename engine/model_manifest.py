"""What was noted of a model when it was pulled: `installed.json` in its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from engine.engine import EngineError
from engine.value import value

MANIFEST = "installed.json"
_LONGEST = 1_000_000
"""The most bytes of a manifest that are read."""


class BadManifest(EngineError):
    """What was noted of a model cannot be read; the message says why."""


@value
class InstalledFile:
    """A file of a model, as it was when it came."""

    bytes: int
    """How large it was."""
    sha256: str
    """Its checksum, in hexadecimal."""


@value
class Manifest:
    """What was noted of a model when it was pulled."""

    name: str
    """What the list of published models calls it."""
    source: str
    """Where it came from: the address of its first file, or the mirror's."""
    files: Mapping[str, InstalledFile]
    """Its files by name, those of an archive as they were in it."""
    licence: str
    """The SPDX identifier of its weights' licence."""
    accepted: str
    """When somebody accepted that licence, as '2026-11-27T03:00:00Z'; empty: nobody did."""
    at: str
    """When it came, written in the same way."""

    def text(self) -> str:
        """Write it as it stands in its file."""
        held = {**asdict(self), "accepted": self.accepted or None}
        return json.dumps(held, indent=1) + "\n"


def read_manifest(folder: Path) -> Manifest | None:
    """Read what was noted of the model in a folder; None where nothing was, because somebody put it there themselves.

    Raises:
        BadManifest: There is something that cannot be read.
    """
    file = folder / MANIFEST
    if not file.is_file():
        return None
    try:
        if file.stat().st_size > _LONGEST:
            raise ValueError("it is too large")
        return _made_of(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadManifest(f"{file} cannot be read ({error})") from error


def _made_of(held: Mapping[str, object]) -> Manifest:
    files = held["files"]
    if not isinstance(files, dict):
        raise ValueError("it lists no files")
    return Manifest(
        name=str(held["name"]),
        source=str(held["source"]),
        files={
            str(name): InstalledFile(bytes=int(each["bytes"]), sha256=str(each["sha256"]))
            for name, each in files.items()
        },
        licence=str(held["licence"]),
        accepted=str(held["accepted"] or ""),
        at=str(held["at"]),
    )
