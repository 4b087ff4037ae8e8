"""Pulling a model: it comes file by file into a folder aside, and is there for Mynah only once it is whole."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.models.archive import unpack
from bot.models.errors import NoModelRoom, OwnFolder, PullBusy, RenewedFile
from bot.models.fetch import Fetch, Patience
from bot.models.part import Part, link
from bot.models.remembered import Remembered
from bot.models.source import Source
from commands.core.words import size
from engine.catalogue import Published, PublishedFile
from engine.model_manifest import MANIFEST, BadManifest, InstalledFile, Manifest, read_manifest
from engine.value import value
from storage import disk, lock_file

ASIDE = ".pull"
"""The folder beside the models in which they come."""
_LOOK = 32_000_000
"""After how many bytes the disk is looked at again."""
_BLOCK = 1 << 20
MB = 1_000_000

Told = Callable[[int, int], None]
"""Told how many bytes are there, and how many it will be (0: nobody has said)."""


@value
class Terms:
    """How a pull goes."""

    source: Source
    """Where files come from."""
    spare_mb: int
    """How many MB have to stay free on the disk."""
    patience: Patience = Patience()
    """How long a server is waited for."""
    renewed: bool = False
    """Whether a file may be another one than that which came from there before."""
    free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free
    """Tells how many bytes are free on a folder's disk."""


@contextlib.contextmanager
def alone(models: Path) -> Iterator[None]:
    """Change models alone: as long as the block runs, nobody else does.

    Raises:
        PullBusy: Somebody else does.
        FolderReadOnly, NoRoom: The folder cannot be written.
    """
    with disk.in_words(models):
        (models / ASIDE).mkdir(parents=True, exist_ok=True)
        try:
            lock = lock_file.take(models / ASIDE / "lock")
        except lock_file.Held as held:
            raise PullBusy(process=held.process) from None
    try:
        yield
    finally:
        lock_file.release(lock)


class Pull:
    """A model on its way; `alone` has to be held while it runs."""

    def __init__(self, models: Path, model: Published, terms: Terms, told: Told) -> None:
        """`models` is the folder of models; it is there. `told` is told how far it has come."""
        self._models = models
        self._model = model
        self._terms = terms
        self._told = told
        self._folder = models / model.name
        self._aside = models / ASIDE / model.name
        self._remembered = Remembered(models)
        self._unlooked = 0
        self._there = 0
        """How many bytes of it are there, but for the file that is coming."""
        self._whole = 0
        """How many bytes it will be; 0: nobody has said."""

    def there(self) -> int:
        """Return how many bytes have come that are not a whole model yet."""
        return sum(self._part(file).there() for file in self._model.files)

    async def run(self, accepted: str) -> bool:
        """Bring the model; return False where it was there already, whole.

        Args:
            accepted: When its licence was accepted; empty where it asks nothing.

        Raises:
            ModelError: It cannot be had; the sentence says why, and what there is of it stays where it can be used.
            FolderReadOnly, NoRoom: The folder cannot be written.
        """
        with disk.in_words(self._models):
            noted = self._noted()
            kept = await asyncio.to_thread(_kept, noted, self._folder)
            if noted is not None and len(kept) == len(noted.files):
                self._note(replace(noted, accepted=accepted or noted.accepted), self._folder)
                return False
            for file in self._model.files:
                if file.path in kept:
                    self._part(file).adopt(self._folder / file.path, kept[file.path])
            fetch = Fetch(self._model.name, self._terms.source, self._terms.patience, self._room)
            try:
                await self._look_ahead(fetch)
                came = {file.path: await self._bring(fetch, file) for file in self._model.files}
            finally:
                await fetch.close()
            self._install(came, accepted)  # in one go: whoever interrupts it finds it done
        return True

    def _noted(self) -> Manifest | None:
        """Return what was noted of the folder that is there; None where there is none.

        Raises:
            OwnFolder: It is the host's own.
        """
        if not self._folder.exists():
            return None
        with contextlib.suppress(BadManifest):
            if noted := read_manifest(self._folder):
                return noted
        raise OwnFolder(folder=self._folder, name=self._model.name)

    async def _look_ahead(self, fetch: Fetch) -> None:
        """Ask how large the model is, and whether there is room for it."""
        sizes: dict[str, int] = {}
        for file in self._model.files:
            whole = self._part(file).whole()
            sizes[file.path] = whole.bytes if whole else (await fetch.ask(file)).bytes
        self._whole = sum(sizes.values()) if all(sizes.values()) else 0
        expected = self._whole or self._model.about_mb * MB
        # Weights are made safe once, and archives unpacked: for a while there is all of it twice.
        self._need(max(0, expected - self.there()) + expected)

    def _need(self, amount: int) -> None:
        """Refuse where so many bytes would take what has to stay free.

        Raises:
            NoModelRoom: They would.
        """
        free = max(0, self._terms.free(self._models) - self._terms.spare_mb * MB)
        if free < amount:
            raise NoModelRoom(name=self._model.name, folder=self._models, need=size(amount), free=size(free))

    def _room(self, coming: int) -> None:
        """Look at the disk now and then while a file comes."""
        self._unlooked += coming
        if self._unlooked >= _LOOK:
            self._unlooked = 0
            self._need(_LOOK)

    async def _bring(self, fetch: Fetch, file: PublishedFile) -> InstalledFile:
        """Have a file come, unless it came before."""
        part = self._part(file)
        made = part.whole()
        if made is None:
            made = await fetch.get(file, part, lambda there: self._told(self._there + there, self._whole))
        self._recognise(file, made, part)
        self._there += made.bytes
        self._told(self._there, self._whole)
        return made

    def _recognise(self, file: PublishedFile, made: InstalledFile, part: Part) -> None:
        """Hold a file of which no checksum is published against the one that came first from there.

        Raises:
            RenewedFile: It is another.
        """
        first = self._remembered.first(file.url)
        if first is None or (self._terms.renewed and first[0] != made.sha256):
            self._remembered.note(file.url, made.sha256, now())
        elif first[0] != made.sha256:
            part.drop()
            host = self._terms.source.address(file.url).host
            raise RenewedFile(
                file=file.path, server=host, date=first[1][:10], found=made.sha256[:12], wanted=first[0][:12]
            )

    def _install(self, came: Mapping[str, InstalledFile], accepted: str) -> None:
        """Make a folder of what came, and put it where Mynah looks for it, in one step."""
        ready = self._aside / "ready"
        shutil.rmtree(ready, ignore_errors=True)
        ready.mkdir(parents=True)
        files: dict[str, InstalledFile] = {}
        for file in self._model.files:
            if file.is_archive:
                names = unpack(self._aside / file.path, ready, self._room)
                files |= {name: measure(ready / name) for name in names}
                for name in names:
                    disk.sync(ready / name)
            else:
                link(self._aside / file.path, ready / file.path)
                files[file.path] = came[file.path]
        manifest = Manifest(
            name=self._model.name,
            source=str(self._terms.source.address(self._model.files[0].url)),
            files=files,
            licence=self._model.licence,
            accepted=accepted,
            at=now(),
        )
        self._note(manifest, ready)
        self._place(ready)
        shutil.rmtree(self._aside, ignore_errors=True)

    def _place(self, ready: Path) -> None:
        """Move the folder to its name; one that is there and was damaged goes."""
        old = self._aside / "old"
        shutil.rmtree(old, ignore_errors=True)
        if self._folder.exists():
            os.rename(self._folder, old)
        os.rename(ready, self._folder)
        disk.sync_folder(self._models)

    def _note(self, manifest: Manifest, folder: Path) -> None:
        disk.write(folder / MANIFEST, manifest.text().encode())

    def _part(self, file: PublishedFile) -> Part:
        return Part(self._aside / file.path, file.url)


def _kept(noted: Manifest | None, folder: Path) -> Mapping[str, InstalledFile]:
    """Return those of a model's files that are as they came."""
    files = noted.files if noted else {}
    return {name: file for name, file in files.items() if is_as_it_came(folder / name, file)}


def is_as_it_came(path: Path, file: InstalledFile) -> bool:
    """Tell whether a file is what it was when it came, to the last byte."""
    return path.is_file() and path.stat().st_size == file.bytes and measure(path).sha256 == file.sha256


def measure(path: Path) -> InstalledFile:
    """Return how large a file is, and its checksum."""
    digest, length = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            length += len(block)
    return InstalledFile(bytes=length, sha256=digest.hexdigest())


def now() -> str:
    """Return the time as it is noted: '2026-11-27T03:00:00Z'."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
