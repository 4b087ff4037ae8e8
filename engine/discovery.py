"""Finding what a folder declares: the folder is the registry, and nobody edits a list.

Built-in declarations and those of other distributions come in by the same door. A distribution names
its modules in the entry-point group `mynah.plugins`; whatever a module declares (a command, a table,
an engine, an adapter) is found there just as it is found in Mynah's own folders.

This module imports nothing of Mynah's, so that everyone may import it.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "mynah.plugins"

T = TypeVar("T")


class PluginBroken(Exception):
    """A plugin cannot be loaded; the message names it, and says why."""

    def __init__(self, entry: EntryPoint, error: Exception) -> None:
        """`error` is what its module raised."""
        why = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        super().__init__(
            f"The plugin {entry.name} (module {entry.module}) cannot be loaded: {why}. Mend it, or uninstall it."
        )


def modules(package: str, suffix: str = "") -> Iterator[ModuleType]:
    """Import the modules of `package` whose names end in `suffix`, then those of every plugin."""
    folder = importlib.import_module(package)
    for name in sorted(m.name for m in pkgutil.iter_modules(folder.__path__)):
        if name.endswith(suffix) and not name.startswith("__"):
            yield importlib.import_module(f"{package}.{name}")
    yield from plugins()


@cache
def plugins() -> tuple[ModuleType, ...]:
    """Import every module that an installed distribution names in `mynah.plugins`.

    Raises:
        PluginBroken: One of them cannot be imported.
    """
    if not _any_named():
        return ()
    from importlib.metadata import entry_points

    named = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    return tuple(_load(entry) for entry in named)


def _any_named() -> bool:
    """Whether a distribution names the group at all; to ask `importlib.metadata` takes ten times as long."""
    for place in map(Path, sys.path):
        if place.is_file():  # a zip, which only importlib.metadata reads
            return True
        for file in (*place.glob("*.dist-info/entry_points.txt"), *place.glob("*.egg-info/entry_points.txt")):
            if GROUP in file.read_text("utf-8", "replace"):
                return True
    return False


def _load(entry: EntryPoint) -> ModuleType:
    try:
        module: ModuleType = entry.load()
    except Exception as error:
        raise PluginBroken(entry, error) from error
    return module


def values(kind: type[T], package: str, suffix: str = "") -> list[T]:
    """Return every module-level value of `kind`, once each, in the order in which it was found."""
    found: dict[int, T] = {}
    for module in modules(package, suffix):
        for value in vars(module).values():
            if isinstance(value, kind):
                found.setdefault(id(value), value)
    return list(found.values())


def classes(kind: type[T], package: str, suffix: str = "") -> list[type[T]]:
    """Return every concrete subclass of `kind` that a module of the folder or of a plugin defines."""
    found: list[type[T]] = []
    for module in modules(package, suffix):
        for value in vars(module).values():
            if not inspect.isclass(value) or not issubclass(value, kind) or inspect.isabstract(value):
                continue
            if value.__module__.startswith(module.__name__) and value not in found:
                found.append(value)
    return found
