"""What tests of commands stand on."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bot.sound_memory import SoundMemory
from commands.core.command import commands
from engine.espeak_engine import EspeakEngine
from engine.router import Router
from engine.worker import Worker
from storage import voices
from storage.clock import SetClock
from storage.database import Database, Transaction
from tests.commands.world import SmallHost, World


@pytest.fixture(scope="session")
def furnished(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which espeak's voices are installed, to be copied."""
    path = tmp_path_factory.mktemp("furnished") / "mynah.db"
    shutil.copyfile(template, path)
    engine = EspeakEngine()
    engine.open()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("BEGIN")
    voices.install(Transaction(connection, 1), engine.speakers())
    connection.execute("COMMIT")
    connection.close()
    engine.close()
    return path


@asynccontextmanager
async def espeak_alone(data: Path) -> AsyncIterator[Router]:
    """espeak, open."""
    opened = Router({EspeakEngine.name: Worker(EspeakEngine)})
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def router(request: pytest.FixtureRequest, data: Path) -> AsyncIterator[Router]:
    """The engines, open: those that a file of tests names as its ROUTER, else espeak."""
    make: Callable[[Path], AbstractAsyncContextManager[Router]] = getattr(request.module, "ROUTER", espeak_alone)
    async with make(data) as opened:
        yield opened


@pytest.fixture
async def world(furnished: Path, data: Path, clock: SetClock, router: Router) -> AsyncIterator[World]:
    """A small Mynah that knows espeak's voices."""
    shutil.copyfile(furnished, data / "mynah.db")
    database = await Database.open(data / "mynah.db", clock)
    host = SmallHost(data=data, commands=commands(), router=router, sounds=SoundMemory(database, lambda: False))
    yield World(database, clock, host)
    await host.pool.close()
    await database.close()
