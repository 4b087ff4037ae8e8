"""The platforms that the folder or a plugin brings; nothing of one is imported before it is asked for by name."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType

import bot
from bot.adapter import Adapter
from engine.discovery import plugins

SUFFIX = "_adapter"


def names() -> list[str]:
    """The names of the platforms in the folder."""
    return sorted(m.name.removesuffix(SUFFIX) for m in pkgutil.iter_modules(bot.__path__) if m.name.endswith(SUFFIX))


def find(name: str) -> type[Adapter] | None:
    """Import the adapter of that name and return its class; None where there is none.

    Raises:
        ImportError: It is there, but a library that it needs is not.
    """
    here = [importlib.import_module(f"bot.{name}{SUFFIX}")] if name in names() else []
    return next((found for module in (*here, *plugins()) if (found := _adapter(module, name))), None)


def exists(name: str) -> bool:
    """Whether there is an adapter of that name, be it that it cannot be imported."""
    try:
        return find(name) is not None
    except ImportError:
        return True


def _adapter(module: ModuleType, name: str) -> type[Adapter] | None:
    found = [v for v in vars(module).values() if inspect.isclass(v) and issubclass(v, Adapter)]
    return next((v for v in found if not inspect.isabstract(v) and getattr(v, "name", None) == name), None)
