"""Real bots, made with python-telegram-bot, that talk to the double."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from telegram import Bot, Update
from telegram.ext import Application, BaseHandler

from bot.demo.telegram.server import TelegramServer

App: TypeAlias = Application[Any, Any, Any, Any, Any, Any]
Handler: TypeAlias = BaseHandler[Any, Any, Any]

OPUS = b"OggS" + bytes(24) + b"OpusHead" + bytes(100)
MP3 = b"ID3" + bytes(100)
WAV = b"RIFF" + bytes(4) + b"WAVE" + bytes(100)


@asynccontextmanager
async def talking(server: TelegramServer, *, token: str = "", local: bool = False) -> AsyncIterator[Bot]:
    """A bot that only asks; what happens to it, it does not hear."""
    bot = Bot(token or server.token, base_url=server.base_url, base_file_url=server.base_file_url, local_mode=local)
    async with bot:
        yield bot


@asynccontextmanager
async def running(server: TelegramServer, handlers: Iterable[Handler], *, port: int = 0) -> AsyncIterator[App]:
    """A bot that polls, or that takes its updates on a port."""
    builder = Application.builder().token(server.token).concurrent_updates(True)
    app: App = builder.base_url(server.base_url).base_file_url(server.base_file_url).build()
    app.add_handlers(list(handlers))
    assert app.updater is not None
    async with app:
        await app.start()
        if port:
            url = f"http://127.0.0.1:{port}/hook"
            await app.updater.start_webhook(
                "127.0.0.1", port, "hook", webhook_url=url, secret_token="s3cret", allowed_updates=Update.ALL_TYPES
            )
        else:
            await app.updater.start_polling(timeout=10, allowed_updates=Update.ALL_TYPES)
        try:
            yield app
        finally:
            await app.updater.stop()
            await app.stop()
