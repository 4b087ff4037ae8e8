"""A Telegram, a Mynah that is logged in to it, and somebody who writes to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer
from tests.bot.telegram_adapter.whole import Whole, whole


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    """A Telegram with the real limits."""
    async with TelegramServer() as server:
        yield server


@pytest.fixture
async def ada(server: TelegramServer) -> Person:
    """Somebody who has started the bot before it runs."""
    ada = server.person("Ada")
    await ada.starts()
    server.updates.drop()
    return ada


@pytest.fixture
async def mynah(server: TelegramServer, tmp_path: Path) -> AsyncIterator[Whole]:
    """A Mynah that is logged in."""
    async with whole(server, tmp_path) as mynah:
        yield mynah
