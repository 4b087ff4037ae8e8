"""Unpacking a model: its files come flat into one folder, whatever their archive says of folders and sizes.

An archive is what a server has sent, so nothing in it is believed: no name leads out of the folder, nothing is a link,
and what unpacks to more than it may is cut. https://snyk.io/research/zip-slip-vulnerability tells of the one,
https://www.bamsoftware.com/hacks/zipbomb/ of the other.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from bot.models.errors import BadArchive
from engine.model_manifest import MANIFEST

ENTRIES = 1_000
"""The most files in an archive."""
FOLD = 200
"""How many times as large as itself an archive may become at the most; weights hardly shrink."""
_BLOCK = 1 << 20
_SPARE = 64 * _BLOCK
"""How large it may become in any case, in bytes."""
_WINDOWS = frozenset('<>:"|?*')
"""What no file may be called on Windows."""


def unpack(archive: Path, folder: Path, room: Callable[[int], None]) -> list[str]:
    """Unpack the files of an archive into a folder, without the folders that they are in; return their names.

    Args:
        archive: The archive, a zip.
        folder: Where they go; it is there.
        room: Told how many bytes come next; refuses where it gets tight.

    Raises:
        BadArchive: It is none, or something in it is not as it should be.
    """
    try:
        with zipfile.ZipFile(archive) as held:
            entries = [each for each in held.infolist() if not each.is_dir() and not _is_litter(each)]
            names = [_name(archive, each) for each in entries]
            if len(entries) > ENTRIES or len({name.lower() for name in names}) < len(names):
                raise _bad(archive, "it has too many files, or two of one name")
            left = max(_SPARE, FOLD * archive.stat().st_size)
            for entry, name in zip(entries, names, strict=True):
                with held.open(entry) as packed, (folder / name).open("xb") as file:
                    while block := packed.read(_BLOCK):
                        left -= len(block)
                        if left < 0:
                            raise _bad(archive, "it unpacks to far more than a model")
                        room(len(block))
                        file.write(block)
            return names
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _bad(archive, f"it is damaged or of an unknown kind ({error})") from error


def _is_litter(entry: zipfile.ZipInfo) -> bool:
    """Whether a file is only what a system has left there, such as '__MACOSX/._model.pth'."""
    name = PurePosixPath(entry.filename).name
    return name.startswith(".") and ".." not in name


def _name(archive: Path, entry: zipfile.ZipInfo) -> str:
    """Return what a file is called in the model's folder."""
    path = PurePosixPath(entry.filename)
    kind = entry.external_attr >> 16
    if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or (kind and stat.S_ISLNK(kind)):
        raise _bad(archive, f"{entry.filename[:60]!r} in it leads out of its folder")
    name = path.name
    if not name.isprintable() or name == MANIFEST or _WINDOWS & set(name) or not 0 < len(name) <= 200:
        raise _bad(archive, f"{name[:60]!r} in it is no name for a file")
    return name


def _bad(archive: Path, why: str) -> BadArchive:
    return BadArchive(file=archive.name, why=why)
