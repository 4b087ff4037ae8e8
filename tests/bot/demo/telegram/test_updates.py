"""How updates are asked for."""

from __future__ import annotations

import asyncio
import time

import pytest
from telegram import Bot, Update
from telegram.error import Conflict
from telegram.ext import ContextTypes, MessageHandler, filters

from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer
from tests.bot.demo.telegram.bots import running, talking
from tests.fakes.waiting import until


async def test_updates_wait_until_they_are_confirmed(server: TelegramServer, bot: Bot, ada: Person) -> None:
    for text in ("One", "Two", "Three"):
        await ada.says(ada.private, text)
    first = await bot.get_updates(limit=2)
    assert [each.message and each.message.text for each in first] == ["One", "Two"]
    assert [each.update_id for each in await bot.get_updates()][:2] == [each.update_id for each in first]
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [each.message and each.message.text for each in rest] == ["Three"]
    assert [each.update_id for each in await bot.get_updates(offset=-1)] == [rest[0].update_id]


async def test_who_asks_waits_for_what_comes(bot: Bot, ada: Person) -> None:
    asked = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.05)
    assert not asked.done()
    await ada.says(ada.private, "Hello")
    async with asyncio.timeout(2):
        assert len(await asked) == 1


async def test_who_asks_without_patience_gets_nothing(bot: Bot) -> None:
    began = time.monotonic()
    assert await bot.get_updates(timeout=0) == ()
    assert time.monotonic() - began < 1


async def test_only_the_kinds_that_are_wanted_come(bot: Bot, ada: Person) -> None:
    await bot.get_updates(allowed_updates=["inline_query"])
    await ada.says(ada.private, "Hello")
    await ada.asks_inline("hel")
    (only,) = await bot.get_updates()
    assert only.inline_query is not None
    await bot.get_updates(allowed_updates=[])
    await ada.says(ada.private, "Hello")
    assert len(await bot.get_updates(offset=only.update_id + 1)) == 1


async def test_two_bots_that_ask_are_in_conflict(server: TelegramServer, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.05)
    async with talking(server) as other:
        assert await other.get_updates(timeout=0) == ()
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first


async def test_a_conflict_can_be_had_on_demand(server: TelegramServer, bot: Bot) -> None:
    server.faults.conflict()
    with pytest.raises(Conflict, match="only one bot instance"):
        await bot.get_updates()
    assert await bot.get_updates() == ()


async def test_an_update_can_come_twice_by_the_same_number(server: TelegramServer, ada: Person) -> None:
    heard: list[int] = []

    async def hear(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        heard.append(update.update_id)

    async with running(server, [MessageHandler(filters.TEXT, hear)]):
        await ada.says(ada.private, "Hello")
        await until(lambda: len(heard) == 1)
        (repeated,) = server.updates.repeat()
        await until(lambda: len(heard) == 2)
    assert heard == [repeated.id, repeated.id]


async def test_an_update_can_come_again_after_a_restart(server: TelegramServer, ada: Person) -> None:
    heard: asyncio.Queue[int] = asyncio.Queue()

    async def hear(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        heard.put_nowait(update.update_id)

    async with running(server, [MessageHandler(filters.TEXT, hear)]):
        await ada.says(ada.private, "Hello")
        first = await asyncio.wait_for(heard.get(), 5)
    server.updates.repeat()
    async with running(server, [MessageHandler(filters.TEXT, hear)]):
        assert await asyncio.wait_for(heard.get(), 5) == first
