"""The data folder: one process holds it, everything Mynah makes lies in it, and nothing stays there that no row names.

Temporary files are named by the job and the attempt that they belong to: `<job>-<attempt>…`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from engine.value import value
from storage import disk, lock_file, voice_folder
from storage.clock import DAY, HOUR
from storage.database import Database, Transaction
from storage.errors import FolderInUse, KeyBroken
from storage.table import Table, tables

_KEY_BYTES = 32
_ASIDE = re.compile(r"mynah\.db-wal\.(\d+)")
"""A journal that was set aside when Mynah started, and the time (ms) of that."""
_ASIDE_FOR = 7 * DAY
"""How long such a journal stays, in ms: long enough for a host who wants to look into it."""
_LEARNING = HOUR
"""How long what an engine has learned may lie there before its row does, in ms; it is written before the row is."""


@value
class Swept:
    """What a sweep found."""

    removed: tuple[str, ...]
    """Files and folders that belonged to nothing and are gone; relative to the data folder."""
    missing: tuple[str, ...]
    """Files that rows name and that are not there; relative to the data folder."""


class Folder:
    """The data folder of this process, which holds it until `release`, or until it ends in whatever way."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        """The folder itself."""
        self._lock: int | None = lock

    @classmethod
    def take(cls, path: Path) -> Folder:
        """Make the folder what it has to be, and hold it.

        Raises:
            FolderInUse: Another process holds it.
            FolderReadOnly, NoRoom: It cannot be written.
        """
        path = path.absolute()
        with disk.in_words(path):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                lock = lock_file.take(path / lock_file.OF_DATA)
            except lock_file.Held as held:
                raise FolderInUse(folder=path, process=held.process) from None
            folder = cls(path, lock)
            try:
                for each in (
                    *(folder.generations, folder.spool, folder.staging, folder.audio, folder.speakers),
                    *(folder.metadata, folder.copies),
                ):
                    each.mkdir(exist_ok=True)
            except BaseException:
                folder.release()
                raise
        return folder

    def release(self) -> None:
        """Let another process have the folder."""
        if self._lock is not None:
            lock, self._lock = self._lock, None
            lock_file.release(lock)

    @cached_property
    def database(self) -> Path:
        """Everything that is remembered."""
        return self.path / "mynah.db"

    @cached_property
    def copies(self) -> Path:
        """Copies of the database."""
        return self.path / "copies"

    @cached_property
    def generations(self) -> Path:
        """What was made: a file for every row of `files`."""
        return self.path / "generations"

    @cached_property
    def spool(self) -> Path:
        """Speech of jobs that are under way."""
        return self.path / "spool"

    @cached_property
    def staging(self) -> Path:
        """Attachments and other temporary files of jobs that are under way."""
        return self.path / "staging"

    @cached_property
    def audio(self) -> Path:
        """What voices were made from: a folder for every clone (`storage/voice_folder.py`)."""
        return self.path / voice_folder.AUDIO

    @cached_property
    def speakers(self) -> Path:
        """What engines have learned: a folder for every engine that can, a file for every row of `speakers`."""
        return self.path / voice_folder.SPEAKERS

    @cached_property
    def metadata(self) -> Path:
        """What is written for people and other programs to read."""
        return self.path / "metadata"

    def key(self) -> bytes:
        """Return the secret of this folder, 32 bytes made by chance when it is first asked for.

        Raises:
            KeyBroken: It is there, and is not a key.
        """
        file = self.path / "key"
        with disk.in_words(self.path):
            if not file.exists():
                disk.write(file, secrets.token_bytes(_KEY_BYTES), mode=0o600)
            key = file.read_bytes()
        if len(key) != _KEY_BYTES:
            raise KeyBroken(file=file)
        return key

    @staticmethod
    def drop_journals(path: Path, before: int | None = None) -> tuple[str, ...]:
        """Remove the database's journals that were set aside, and return their names; one that cannot go yet stays.

        Args:
            path: The folder.
            before: Only those set aside before that time, in ms; all where it is None.
        """
        gone = []
        for file in sorted(path.glob("mynah.db-wal.*")):
            name = _ASIDE.fullmatch(file.name)
            if name and (before is None or int(name[1]) < before):
                with contextlib.suppress(OSError):
                    file.unlink(missing_ok=True)
                    gone.append(file.name)
        return tuple(gone)

    def free_bytes(self) -> int:
        """Return how much room Mynah has on the folder's disk, in bytes."""
        return shutil.disk_usage(self.path).free

    async def sweep(self, database: Database, of: Sequence[Table] | None = None) -> Swept:
        """Remove temporary files without a live job, and what was made or given without a row, while others work.

        Journals of the database that were set aside go with them once they are seven days old.

        Args:
            database: What is remembered.
            of: The tables whose rows keep files; all, unless a test says otherwise.
        """
        journals = await asyncio.to_thread(self.drop_journals, self.path, database.clock.now() - _ASIDE_FOR)
        keeping = [table for table in (tables() if of is None else of) if table.paths]
        found, there = await asyncio.to_thread(
            self._found
        )  # before the rows are read: what came in between has a row then, or waits for next time
        kept = await database.read(lambda tx: _kept(tx, keeping))
        stray = [path for path in found if not kept.has(path)]
        missing = [path for path in sorted(kept.named.difference(there)) if not (self.path / path).exists()]
        if not stray and not missing:
            return Swept(removed=journals, missing=())

        def decide(tx: Transaction) -> Swept:
            # In the writer's turn, in which no file can be half-way between its name and its row.
            kept = _kept(tx, keeping)
            gone = [path for path in stray if not kept.has(path)]
            for path in gone:
                _remove(self.path / path)
            lost = [path for path in missing if path in kept.named and not (self.path / path).exists()]
            return Swept(removed=(*journals, *gone), missing=tuple(lost))

        return await database.write(decide)

    def _found(self) -> tuple[list[str], set[str]]:
        """What may have to go, as whole as it would go, and every file that is there and that a row may name."""
        flat = [name for folder in (self.generations, self.spool, self.staging) for name in self._inside(folder)]
        given = [name for voice in self._inside(self.audio) for name in (self._inside(self.path / voice) or [voice])]
        learned = [name for engine in self._inside(self.speakers) for name in self._inside(self.path / engine)]
        deep = {file.relative_to(self.path).as_posix() for file in self.audio.rglob("*")}
        return [*flat, *given, *(name for name in learned if not self._is_new(name))], {*flat, *deep, *learned}

    def _inside(self, folder: Path) -> list[str]:
        """What lies in a folder, by name; nothing where it is none."""
        try:
            names = sorted(os.listdir(folder))
        except (FileNotFoundError, NotADirectoryError):
            return []
        return [(folder / name).relative_to(self.path).as_posix() for name in names]

    def _is_new(self, name: str) -> bool:
        # By the disk's own clock, which wrote the time of the file.
        with contextlib.suppress(FileNotFoundError):
            return time.time() * 1000 - (self.path / name).stat().st_mtime_ns / 1_000_000 < _LEARNING
        return True


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """What has a reason to be in the folder."""

    named: frozenset[str]
    """Every path that a row names."""
    live: frozenset[int]
    """Every job that is under way."""

    @cached_property
    def _entries(self) -> frozenset[str]:
        """Every path that a row names, with the folders that it lies in."""
        return frozenset(str(each) for path in self.named for each in (path, *PurePosixPath(path).parents))

    def has(self, path: str) -> bool:
        folder, _, name = path.partition("/")
        if folder == voice_folder.AUDIO and name.endswith("/sources.json"):
            path = path.rpartition("/")[0]
        job = re.match(r"(\d+)-" if folder == "generations" else r"(\d+)(?:[-.]|$)", name)
        return path in self._entries or (job is not None and int(job[1]) in self.live)


def _kept(tx: Transaction, keeping: Sequence[Table]) -> _Kept:
    paths = [
        f"SELECT {column} AS path FROM {table.name} WHERE {column} IS NOT NULL"
        for table in keeping
        for column in table.paths
    ]
    named = tx.all(" UNION ALL ".join(paths)) if paths else []
    waiting = tx.all("SELECT id FROM jobs WHERE state IN ('pending', 'ready')")
    running = tx.all("SELECT id FROM jobs WHERE state = 'running'")
    return _Kept(
        named=frozenset(str(row["path"]) for row in named),
        live=frozenset(int(row["id"]) for row in (*waiting, *running)),
    )


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
