"""What every test may lean on: a clock that stands still, a data folder of its own, a database ready to use."""

from __future__ import annotations

import asyncio
import shutil
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from bot import loop
from storage.clock import SetClock
from storage.database import Database
from storage.migrations import migrate
from storage.table import tables

NOW = 1_800_000_000_000
"""2027-01-15, 08:00 UTC: a Friday morning, far from midnight and from the end of a month."""


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run on the loop on which Mynah is served."""
    return {"as served": loop.factory() or asyncio.new_event_loop}


@pytest.fixture(scope="session", autouse=True)
def certificates() -> Iterator[None]:
    """Read the machine's certificates once; every HTTP client reads them, for longer than most tests take."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An empty data folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with every table and no row, to be copied; making one takes longer than a test."""
    folder = tmp_path_factory.mktemp("template")
    migrate(folder / "mynah.db", tables(), folder / "copies", NOW)
    return folder / "mynah.db"


@pytest.fixture
async def database(template: Path, data: Path, clock: SetClock) -> AsyncIterator[Database]:
    """A migrated database in the data folder."""
    shutil.copyfile(template, data / "mynah.db")
    opened = await Database.open(data / "mynah.db", clock)
    yield opened
    await opened.close()
