"""A voice's archive: one zip with what it was made from, what was learned, and what was agreed to.

    metadata.json                       all that is told of it (`voice_record`)
    recordings/1/original.ogg           as it came, or recordings/1/recording.wav where only the clean sound is there
    recordings/1/transcript.txt         what is said in it, where somebody wrote that down
    speakers/world.safetensors          what an engine has learned

To read one is to read what a stranger has made. Before anything is unpacked its directory is measured; then every name
in it has to be one that metadata.json names, and no file may be larger than that says, whatever the zip claims. Files
are unpacked under names of our own, so no name in it ever becomes a path.
"""

from __future__ import annotations

import hashlib
import stat
import struct
import threading
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from commands.core.errors import UsageError
from commands.core.params import TEXT_LIMIT
from commands.core.voice_record import MOST_RECORDINGS, BadRecord, KeptFile, VoiceRecord, read_record
from commands.core.words import size
from engine.intake.limits import USUAL
from engine.value import value

ENDING = "zip"
"""How the names of archives end."""
METADATA = "metadata.json"
"""The name of the record in the archive."""
MOST_BYTES = 250_000_000
"""The most bytes that an archive may have, and that what is in it may have together."""
MOST_TOLD = 4_000_000
"""The most bytes of the record."""
MOST_SAID = 4 * TEXT_LIMIT
"""The most bytes of a transcript."""
MOST_LEARNED = 8_000_000
"""The most bytes of what an engine has learned."""
MOST_ENTRIES = 2 + 2 * MOST_RECORDINGS
"""The most files in an archive."""
MOST_RATIO = 200
"""How many times as large as they are packed files may be; speech is packed to a half, words to a tenth."""

_END = struct.Struct("<4s4H2LH")
"""The end of a zip. Source: APPNOTE.TXT 6.3.10, 4.3.16."""
_ENTRY_BYTES = 46 + 200
"""The most bytes of an entry in the directory of a zip that Mynah makes."""
_BLOCK = 1 << 20
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)
"""What the reader of zips raises for those that are not whole, or made to break it."""


class BadArchive(UsageError):
    """That cannot be brought in as a voice: {why}"""

    @property
    def brief(self) -> str:
        """What is wrong with it is for the person who gave it."""
        return "That cannot be brought in as a voice; the person who gave it knows why."


class Stopped(Exception):
    """Nobody waits for it any more."""


@value
class Unpacked:
    """An archive that is read, its files under names of our own."""

    record: VoiceRecord
    """What it says of itself."""
    files: Mapping[str, Path]
    """Where each file lies now, by its place in the archive."""


def write_archive(path: Path, record: VoiceRecord, sources: Mapping[str, Path], stop: threading.Event) -> None:
    """Write an archive piece by piece; `sources` are the files, by their places in it, and `stop` ends it early.

    Raises:
        OSError: One is not there, or the disk is full.
        Stopped: It was ended.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=False) as archive:
        archive.writestr(METADATA, record.to_json(), zipfile.ZIP_DEFLATED)
        for place, source in sources.items():
            with source.open("rb") as file, archive.open(_entry(place), "w") as entry:
                while block := file.read(_BLOCK):
                    if stop.is_set():
                        raise Stopped
                    entry.write(block)


def kept(place: str, source: Path) -> KeptFile:
    """Describe a file as it goes into an archive.

    Raises:
        OSError: It is not there.
    """
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return KeptFile(place=place, sha256=digest, bytes=file.tell())


def unpack(path: Path, folder: Path, stop: threading.Event) -> Unpacked:
    """Read an archive that anybody may have made, and put its files into a folder, which is made.

    Args:
        path: The archive.
        folder: Where its files go; nothing else in it is touched.
        stop: Ends it early.

    Raises:
        BadArchive: It is not one that can be brought in; the sentence says why.
        Stopped: It was ended.
        OSError: It cannot be read, or the disk is full.
    """
    folder.mkdir(exist_ok=True)
    _measure(path)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = _entries(archive)
            record = read_record(_told(archive, entries))
            _check_places(record, entries)
            found: dict[str, Path] = {}
            for number, file in enumerate(record.files()):
                found[file.place] = folder / f"{number}.bin"
                _take_out(archive, entries[file.place], file, found[file.place], stop)
            return Unpacked(record=record, files=found)
    except BadRecord as error:
        raise BadArchive(why=error) from None
    except _DAMAGED as error:
        raise BadArchive(why=f"it is damaged ({str(error)[:60] or type(error).__name__}).") from None


def most_of(place: str) -> int:
    """How many bytes the file at a place may have."""
    if place.endswith(".txt"):
        return MOST_SAID
    return MOST_LEARNED if place.startswith("speakers/") else USUAL.bytes


def _entry(place: str) -> zipfile.ZipInfo:
    """A file in the zip, without the time and the rights that it has on this disk."""
    entry = zipfile.ZipInfo(place)
    entry.external_attr = (stat.S_IFREG | 0o600) << 16
    return entry


def _measure(path: Path) -> None:
    """Refuse what is no zip, or one with a directory that would take long to read: it is read whole, and believed."""
    bytes = path.stat().st_size
    if bytes > MOST_BYTES:
        raise BadArchive(why=f"it has {size(bytes)}, and {size(MOST_BYTES)} are the most.")
    with path.open("rb") as file:
        begins = file.read(4)
        file.seek(max(0, bytes - _END.size - 20))
        tail = file.read()
    if begins != b"PK\3\4":
        raise BadArchive(why="it is no zip that /voices export has made.")
    if len(tail) < _END.size or tail[-_END.size :][:4] != b"PK\5\6":
        raise BadArchive(why="its end is missing, or something was put behind it. Send it again as it was.")
    if b"PK\6\7" in tail[: -_END.size]:
        raise BadArchive(why="it is far larger than a voice.")
    _, disk, first_disk, here, entries, directory, start, _ = _END.unpack(tail[-_END.size :])
    if (disk, first_disk, here) != (0, 0, entries):
        raise BadArchive(why="it is one of several parts.")
    if entries > MOST_ENTRIES or directory > MOST_ENTRIES * _ENTRY_BYTES:
        raise BadArchive(why=f"there are {entries:,} files in it, and {MOST_ENTRIES} are the most.")
    if start + directory != bytes - _END.size:
        raise BadArchive(why="its directory is not where it has to be.")


def _entries(archive: zipfile.ZipFile) -> Mapping[str, zipfile.ZipInfo]:
    """Return what is in a zip, by name."""
    entries: dict[str, zipfile.ZipInfo] = {}
    for each in archive.infolist():
        kind = stat.S_IFMT(each.external_attr >> 16)
        if each.filename in entries:
            raise BadArchive(why=f"there are two files of one name in it, {_shown(each.filename)}.")
        if each.is_dir() or kind not in (0, stat.S_IFREG):
            raise BadArchive(why=f"{_shown(each.filename)} in it is no file, but a folder or a link.")
        if each.flag_bits & 0x1:
            raise BadArchive(why="it is encrypted. Send it without a password.")
        if each.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadArchive(why="it is packed in a way that Mynah does not read; zip it as usual.")
        entries[each.filename] = each
    claimed = sum(each.file_size for each in entries.values())
    packed = sum(each.compress_size for each in entries.values())
    if claimed > MOST_BYTES or claimed > MOST_RATIO * packed + _BLOCK:
        raise BadArchive(why=f"unpacked it would be {size(claimed)}; no voice is like that.")
    return entries


def _told(archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo]) -> bytes:
    """Return what an archive says of itself, still to be read."""
    entry = entries.get(METADATA)
    if entry is None:
        raise BadArchive(why=f"there is no {METADATA} in it. /voices export makes files that can be brought in.")
    with archive.open(entry) as file:
        told = file.read(MOST_TOLD + 1)
    if len(told) > MOST_TOLD:
        raise BadArchive(why=f"its {METADATA} is larger than {size(MOST_TOLD)}.")
    return told


def _check_places(record: VoiceRecord, entries: Mapping[str, zipfile.ZipInfo]) -> None:
    """Refuse files that the record does not name, names that are not there, and files that are too large."""
    places = [file.place for file in record.files()]
    if len(set(places)) != len(places):
        raise BadArchive(why="its metadata.json names one file twice.")
    if extra := sorted(set(entries) - {METADATA, *places}):
        raise BadArchive(why=f"{_shown(extra[0])} in it belongs to no voice.")
    if missing := sorted(set(places) - set(entries)):
        raise BadArchive(why=f"{missing[0]} is missing in it.")
    for file in record.files():
        if file.bytes > most_of(file.place):
            raise BadArchive(why=f"{file.place} has {size(file.bytes)}; {size(most_of(file.place))} are the most.")
    if sum(file.bytes for file in record.files()) > MOST_BYTES:
        raise BadArchive(why=f"there is more in it than {size(MOST_BYTES)}.")


def _take_out(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: KeptFile, path: Path, stop: threading.Event
) -> None:
    """Unpack a file, no more of it than the record says, and make sure that it is that file."""
    digest = hashlib.sha256()
    left = file.bytes
    with archive.open(entry) as packed, path.open("wb") as out:
        while block := packed.read(_BLOCK):
            left -= len(block)
            if stop.is_set():
                raise Stopped
            if left < 0:
                break
            digest.update(block)
            out.write(block)
    if left or digest.hexdigest() != file.sha256:
        raise BadArchive(why=f"{file.place} is not the file that its metadata.json tells of.")


def _shown(name: str) -> str:
    """A name from a zip, as it can be said."""
    return repr(name[:60])
