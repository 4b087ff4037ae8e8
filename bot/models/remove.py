"""Removing a model, and looking whether one is still as it came."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bot.models.errors import ModelInUse, UnknownModel
from bot.models.pull import ASIDE, is_as_it_came
from bot.models.shelf import ENGINES
from commands.core.words import count, listed
from engine.model_folders import ModelOnDisk, installed
from engine.model_manifest import read_manifest
from storage import disk, speakers
from storage.clock import SystemClock
from storage.database import Transaction
from storage.errors import FolderInUse
from storage.folder import Folder

_NAMED = 5
"""Up to how many voices are named; more are counted."""


def find(models: Path, name: str) -> ModelOnDisk | None:
    """Return the model on disk that has exactly this name, so that no name leads anywhere else."""
    return next((model for model in installed(models) if model.name == name), None)


def needed_by(data: Path, model: ModelOnDisk) -> str:
    """Say which voices are spoken with a model; empty where none are, or where that cannot be told."""
    engine = ENGINES.get(model.family)
    try:
        with closing(sqlite3.connect(f"{(data / 'mynah.db').as_uri()}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            names = speakers.voices_learned_by(Transaction(connection, SystemClock().now()), engine or "")
    except sqlite3.Error:  # there is no database yet, or it is of another version
        return ""
    if not names:
        return ""
    one = len(names) == 1
    told = listed(names) if len(names) <= _NAMED else count(len(names), "voices")
    return (
        f"{told} {'is' if one else 'are'} spoken with it; without it another engine speaks {'it' if one else 'them'}."
    )


def remove(data: Path, name: str) -> int:
    """Remove a model from disk, what has come of one that is not whole included; return how many bytes that were.

    Args:
        data: The data folder; its models are in `models/`. `pull.alone` has to be held.
        name: The model.

    Raises:
        ModelInUse: Mynah runs, and may be speaking with it.
        UnknownModel: There is none of that name.
        FolderReadOnly: It cannot be removed.
    """
    models = data / "models"
    model = find(models, name)
    aside = models / ASIDE / name if _is_plain(name) else None
    came = aside is not None and aside.is_dir()
    if model is None and not came:
        raise UnknownModel(name=repr(name[:60]), hint="'mynah models' shows what there is.")
    with disk.in_words(models):
        freed = model.bytes if model else 0
        if model is not None:
            _take_away(data, models, model)
        if aside is not None and came:
            freed += sum(each.stat().st_size for each in aside.rglob("*") if each.is_file())
            shutil.rmtree(aside)
    return freed


def _take_away(data: Path, models: Path, model: ModelOnDisk) -> None:
    """Remove a model's folder while nothing can be speaking with it."""
    try:
        held = None if model.wrong else Folder.take(data)  # nobody speaks with one that is wrong
    except FolderInUse as error:
        raise ModelInUse(name=model.name, process=error.facts["process"]) from None
    try:
        if model.folder.is_symlink():  # what it leads to is the host's own
            model.folder.unlink()
            return
        gone = models / ASIDE / f"{model.name}.gone"
        shutil.rmtree(gone, ignore_errors=True)
        os.rename(model.folder, gone)
        shutil.rmtree(gone)
    finally:
        if held is not None:
            held.release()


def _is_plain(name: str) -> bool:
    return name != "" and Path(name).name == name and not name.startswith(".")


def damaged(model: ModelOnDisk) -> Sequence[str] | None:
    """Return which files of a model are not as they came, by their checksums; None where nobody has noted these.

    Raises:
        BadManifest: What was noted cannot be read.
    """
    manifest = read_manifest(model.folder)
    if manifest is None:
        return None
    return [name for name, file in manifest.files.items() if not is_as_it_came(model.folder / name, file)]
