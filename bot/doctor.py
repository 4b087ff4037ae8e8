"""The doctor: says of each part of this installation whether it is well, and what to do where it is not."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator

from bot import engines, platforms
from bot.adapter import Finding
from bot.config import Loaded
from bot.models.shelf import Item, shelf
from bot.settings import SECTIONS
from commands.core.words import count, listed, size
from engine.engine import EngineError
from engine.identity import weights
from engine.model_folders import misplaced
from engine.router import Router
from engine.value import value
from storage.errors import FolderInUse, StorageError
from storage.folder import Folder

PATIENCE = 30.0
"""Seconds that a platform may take to answer."""
MB = 1_000_000


@value
class Diagnosis:
    """What was found out about one part."""

    part: str
    """Which: 'settings', 'data', 'voices', 'models', or a platform's name."""
    finding: Finding
    """What it is."""


async def examine(loaded: Loaded) -> AsyncIterator[Diagnosis]:
    """Look at one part after another; nothing is started and nothing is changed."""
    source = f"They come from {loaded.file}." if loaded.file else "There is no config.toml, and none is needed."
    yield Diagnosis(part="settings", finding=Finding(state="good", words=source))
    for finding in _data(loaded):
        yield Diagnosis(part="data", finding=finding)
    async for finding in _voices(loaded):
        yield Diagnosis(part="voices", finding=finding)
    for finding in _models(loaded):
        yield Diagnosis(part="models", finding=finding)
    for name in (*SECTIONS, *loaded.extra):
        if name in loaded.extra or name in platforms.names():
            for finding in await _platform(loaded, name):
                yield Diagnosis(part=name, finding=finding)


def _data(loaded: Loaded) -> Iterator[Finding]:
    least = loaded.settings.files.least_free_mb
    try:
        Folder.take(loaded.data).release()
        yield Finding(state="good", words=f"It is in {loaded.data}, and can be written.")
    except FolderInUse:
        yield Finding(state="note", words=f"It is in {loaded.data}; Mynah is running on it now.")
    except StorageError as error:
        yield Finding(state="bad", words=str(error))
        return
    free = shutil.disk_usage(loaded.data).free
    if free < least * MB:
        yield Finding(
            state="bad",
            words=f"{size(free)} of its disk are free, and new work is taken from {size(least * MB)} on. "
            "Make room, or set files.least_free_mb lower.",
        )
    else:
        yield Finding(state="good", words=f"{size(free)} of its disk are free.")
    if os.name == "posix" and loaded.data.stat().st_mode & 0o077:
        yield Finding(
            state="note", words=f"Others on this machine can look into it; 'chmod 700 {loaded.data}' ends it."
        )


async def _voices(loaded: Loaded) -> AsyncIterator[Finding]:
    router = engines.router(loaded.settings.engine, loaded.data / "speakers", loaded.data / "models")
    try:
        await router.open()
        await router.settle()
        for name, abilities in router.abilities.items():
            languages = count(len(abilities.languages), "languages")
            yield Finding(state="good", words=f"{name} {abilities.version} speaks {languages}.")
        for name, failure in router.failures.items():
            yield Finding(state="note", words=f"{name} does not speak: {failure}")
        yield _cloning(loaded, router)
    except EngineError as error:
        yield Finding(state="bad", words=str(error))
    finally:
        await router.close()


def _cloning(loaded: Loaded, router: Router) -> Finding:
    """Say whether voices can be made of recordings."""
    able = [name for name, abilities in router.abilities.items() if abilities.clones]
    if not able:
        return Finding(
            state="note", words="No engine here learns voices, so /clone is refused; others may not be open."
        )
    if weights.find() is None and not (loaded.data / "models" / "resemblyzer").is_dir():
        return Finding(state="note", words=f"/clone is refused until the speaker encoder is there: {weights.INSTALL}")
    return Finding(state="good", words=f"{listed(able)} can learn voices from recordings.")


def _models(loaded: Loaded) -> Iterator[Finding]:
    """Say which models are on disk, and what is wrong with one that does not speak."""
    models = loaded.data / "models"
    items = [item for item in shelf(models, loaded.settings.engine.name) if item.state != "published"]
    if stray := misplaced(models):
        yield Finding(state="bad", words=stray)
    for item in items:
        if item.state == "wrong":
            yield Finding(state="bad", words=f"{item.name}: {item.wrong}")
        elif item.state == "partial":
            words = f"Of {item.name} {size(item.part)} have come; 'mynah models pull {item.name}' goes on from there."
            yield Finding(state="note", words=words)
        else:
            yield Finding(state="note" if item.silent else "good", words=_model(item))
    if not items:
        yield Finding(state="note", words="None is here, and none is needed; 'mynah models' shows what can be had.")


def _model(item: Item) -> str:
    said = f"{item.name} is here ({size(item.bytes)}, {count(len(item.languages), 'languages')})"
    if item.accepted:
        said += f", its licence accepted on {item.accepted[:10]}"
    return f"{said}, and is not spoken with: {item.silent}." if item.silent else f"{said}."


async def _platform(loaded: Loaded, name: str) -> tuple[Finding, ...]:
    section = loaded.settings.section(name)
    if section is not None and not section.wanted:
        words = f"It is not set up; docs/{name}.md tells how." if name in platforms.names() else "It is not set up."
        return (Finding(state="note", words=words),)
    try:
        kind = platforms.find(name)
        if kind is None:
            return (Finding(state="bad", words=f"[{name}] is set up, but this Mynah does not bring it."),)
        async with asyncio.timeout(PATIENCE):
            found = await kind.examine(section if section is not None else loaded.extra[name])
    except ImportError as error:
        return (Finding(state="bad", words=f"A library that it needs is missing ({error.name}); install Mynah anew."),)
    except TimeoutError:
        words = f"It did not answer within {PATIENCE:.0f} seconds; look at the network of this machine."
        return (Finding(state="bad", words=words),)
    return tuple(found) or (Finding(state="note", words="It is set up; nothing more can be told from here."),)
