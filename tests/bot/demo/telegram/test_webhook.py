"""Updates that are sent to the bot."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from telegram import Bot, Update
from telegram.error import BadRequest, Conflict
from telegram.ext import ContextTypes, MessageHandler, filters

from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer
from bot.demo.telegram.webhook import SECRET
from tests.bot.demo.telegram.bots import running
from tests.fakes.waiting import until


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def taking(statuses: Iterator[int], heard: list[tuple[int, str]]) -> AsyncIterator[str]:
    """A webhook that answers with these statuses, and notes the update and the secret."""

    async def take(request: web.Request) -> web.Response:
        heard.append(((await request.json())["update_id"], request.headers.get(SECRET, "")))
        return web.Response(status=next(statuses))

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await runner.cleanup()


async def test_a_real_bot_is_sent_its_updates(server: TelegramServer, ada: Person) -> None:
    async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message is not None
        await update.effective_message.reply_text(update.effective_message.text or "")

    async with running(server, [MessageHandler(filters.TEXT, echo)], port=free_port()):
        sent = await ada.says(ada.private, "Hello")
        assert (await ada.private.answer(after=sent)).text == "Hello"
        assert server.world.webhook.tries == [200]


async def test_an_update_is_sent_until_it_is_taken(server: TelegramServer, bot: Bot, ada: Person) -> None:
    heard: list[tuple[int, str]] = []
    async with taking(iter([500, 403, 200, 200]), heard) as url:
        await bot.set_webhook(url, secret_token="s3cret")
        await ada.says(ada.private, "One")
        await ada.says(ada.private, "Two")
        await until(lambda: not server.updates.pending)
    first = server.updates.history[-2].id
    assert heard == [(id, "s3cret") for id in (first, first, first, first + 1)]


async def test_the_bot_is_told_why_its_webhook_fails(server: TelegramServer, bot: Bot, ada: Person) -> None:
    await bot.set_webhook(f"http://127.0.0.1:{free_port()}/hook", max_connections=1)
    await ada.says(ada.private, "Hello")
    await until(lambda: bool(server.world.webhook.tries))
    info = await bot.get_webhook_info()
    assert info.pending_update_count == 1 and info.last_error_message == "Connection failed: ClientConnectorError"
    await bot.delete_webhook(drop_pending_updates=True)
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count) == ("", 0)


async def test_nobody_asks_for_updates_that_a_webhook_gets(bot: Bot) -> None:
    await bot.set_webhook("https://example.org/hook")
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_a_webhook_is_served_over_https_or_on_this_machine(bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)an https url must be provided"):
        await bot.set_webhook("http://example.org/hook")
    with pytest.raises(BadRequest, match=r"(?i)unallowed characters"):
        await bot.set_webhook("https://example.org/hook", secret_token="not secret")
    assert (await bot.get_webhook_info()).url == ""


async def test_an_update_can_be_sent_again(server: TelegramServer, bot: Bot, ada: Person) -> None:
    heard: list[tuple[int, str]] = []
    async with taking(iter([200, 200]), heard) as url:
        await bot.set_webhook(url)
        await ada.says(ada.private, "Hello")
        await until(lambda: not server.updates.pending)
        server.updates.repeat()
        await until(lambda: not server.updates.pending)
    assert len(heard) == 2 and heard[0] == heard[1]
