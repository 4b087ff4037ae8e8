"""The condition that Mynah is in: what of it works, for those who watch over it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping

from bot.settings import SECTIONS
from bot.web_adapter.parts import Parts
from engine.health import EngineHealth
from engine.value import value
from storage import marks
from storage.database import Transaction
from storage.errors import DiskFull

PATIENCE = 5.0
"""Seconds that the database may take to write before it counts as broken."""
PLATFORM, PROBE = "web", "probe"
"""The mark that is written to see whether anything can be."""


@value
class Check:
    """One thing that has to work."""

    name: str
    """What it is."""
    good: bool
    """Whether it works."""
    words: str = ""
    """Why not, or what else there is to know, as a sentence."""


async def checks(parts: Parts) -> list[Check]:
    """Look whether the database writes, the disk has room, an engine speaks, and every platform that is set up runs."""
    engines = parts.host.health
    speaking = [name for name, each in engines.items() if each.state in ("ready", "unloaded")]
    found = [
        await _database(parts),
        _disk(parts),
        Check(name="engines", good=bool(speaking), words="" if speaking else "No engine can speak."),
    ]
    found += [_engine(name, each) for name, each in engines.items()]
    return [*found, *_adapters(parts)]


async def _database(parts: Parts) -> Check:
    def probe(tx: Transaction) -> None:
        marks.put(tx, PLATFORM, PROBE, str(tx.now))

    try:
        async with asyncio.timeout(PATIENCE):
            await parts.database.write(probe)
    except (TimeoutError, sqlite3.Error, OSError):
        return Check(name="database", good=False, words="The database cannot be written.")
    return Check(name="database", good=True)


def _disk(parts: Parts) -> Check:
    try:
        parts.host.check_room()
    except DiskFull as error:
        return Check(name="disk", good=False, words=str(error))
    return Check(name="disk", good=True)


def _engine(name: str, health: EngineHealth) -> Check:
    """An engine that still loads does no harm: another one speaks for it."""
    bad = health.state in ("failed", "hung")
    return Check(
        name=f"engine {name}", good=not bad, words=health.note or ("" if health.state == "ready" else health.state)
    )


def _adapters(parts: Parts) -> list[Check]:
    running: Mapping[str, object] = parts.host.courier.adapters
    wanted = {name for name in SECTIONS if (own := parts.settings.section(name)) and own.configured}
    return [
        Check(name=f"adapter {name}", good=name in running, words="" if name in running else f"{name} does not run.")
        for name in sorted({*wanted, *running})
    ]
