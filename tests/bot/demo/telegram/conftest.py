"""A Telegram, a person, and a bot."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer
from tests.bot.demo.telegram.bots import talking


@pytest.fixture(autouse=True)
def lengths_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the library tell seconds as lengths of time; to tell them as numbers, it warns."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    """A Telegram with the real limits."""
    async with TelegramServer() as server:
        yield server


@pytest.fixture
async def ada(server: TelegramServer) -> Person:
    """Somebody who has started the bot, which does not wait to be told of it."""
    ada = server.person("Ada")
    await ada.starts()
    server.updates.drop()
    return ada


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[Bot]:
    """A real bot that only asks."""
    async with talking(server) as bot:
        yield bot
