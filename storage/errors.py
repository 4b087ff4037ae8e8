"""What can be wrong with the data folder. The docstring of each class is the sentence that a person reads."""

from __future__ import annotations

import inspect


class StorageError(Exception):
    """The data folder cannot be used."""

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        sentence = " ".join((inspect.getdoc(type(self)) or "").split())
        super().__init__(sentence.format(**facts))


class FolderInUse(StorageError):
    """Mynah is running on {folder} already (process {process}); stop it first, or set MYNAH_DATA to another folder."""


class FolderReadOnly(StorageError):
    """Mynah cannot write to {folder}; make it yours to write, or set MYNAH_DATA to another folder."""


class DatabaseBroken(StorageError):
    """{file} is damaged; put back a copy from {copies}, then start Mynah again. Nothing was changed."""


class DatabaseIsFolder(StorageError):
    """{file} is a folder, and Mynah keeps its database there; move it away, or set MYNAH_DATA to another folder."""


class DatabaseNewer(StorageError):
    """{file} was made by a newer Mynah; install that version again, or put back a copy from {copies}."""


class DiskFull(StorageError):
    """The disk of {folder} is nearly full: {free} MB are free, {least} MB is the least. Make room, then ask again."""


class NoRoom(StorageError):
    """The disk of {folder} is full, or your share of it is; make room, then ask again."""


class KeyBroken(StorageError):
    """{file} is not a key any more; put back the one you had, or delete it: then forgotten quotas begin afresh."""
