"""Switching between asking and being sent."""

from __future__ import annotations

from telegram import Bot

from bot.demo.telegram.methods.news import METHODS
from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer


async def test_what_waits_is_dropped_on_demand(server: TelegramServer, bot: Bot, ada: Person) -> None:
    await ada.says(ada.private, "Hello")
    await bot.delete_webhook()
    assert len(await bot.get_updates()) == 1
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()
    assert {each.method for each in server.calls} - {"getMe"} == {"deleteWebhook", "getUpdates"} < set(METHODS)


async def test_a_webhook_wants_kinds_too(server: TelegramServer, bot: Bot, ada: Person) -> None:
    await bot.set_webhook("https://example.org/hook", allowed_updates=["callback_query"], max_connections=2)
    await ada.says(ada.private, "Hello")
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections, info.pending_update_count) == ("https://example.org/hook", 2, 0)
