"""The connection: the library's application, how it is set up, and how it gets to hear of what people do."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
import secrets
import sys
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from telegram import Update
from telegram.error import Conflict, NetworkError, TelegramError
from telegram.ext import Application
from telegram.request import HTTPXRequest

from bot.adapter import CannotRun
from bot.settings import Telegram
from bot.telegram_adapter.rhythm import Rhythm

log = logging.getLogger("mynah.telegram")

HEARD = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY]
"""What is asked for; Telegram keeps the rest to itself."""
UPLOAD = 120.0
"""How long a file may take on its way, in seconds."""
ANSWER = 30.0
"""How long Telegram may take to answer once it has everything, in seconds: large files are looked at first."""
CONNECTIONS = 64
"""How many requests are under way at once."""
ONCE = 60.0
"""How often the same trouble is told of in the log, in seconds."""
LAST = 5.0
"""How long to stop may take, in seconds."""

App = Application[Any, Any, Any, Any, Any, Any]
"""The library's application; of all that it could keep, it keeps nothing."""


def make(section: Telegram, rhythm: Rhythm) -> App:
    """Make an application that can be started and sends in a rhythm; nothing is connected yet."""
    # Without it the library warns of its own change of a type each time that Telegram says 'wait'.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    settle_missing("sniffio")
    builder = (
        Application.builder()
        .token(section.token.get_secret_value())
        .rate_limiter(rhythm)
        .concurrent_updates(True)
        .get_updates_request(Asking(connection_pool_size=1))
        .connection_pool_size(CONNECTIONS)
        .read_timeout(ANSWER)
        .media_write_timeout(UPLOAD)
        .local_mode(section.local_mode)
        .job_queue(None)
    )
    if section.base_url:
        builder = builder.base_url(section.base_url)
    if section.base_file_url:
        builder = builder.base_file_url(section.base_file_url)
    return builder.build()


def settle_missing(name: str) -> None:
    """Note that a module is not installed, where that is so.

    For every voice message httpcore tries eight times to import sniffio, and Python looks for it on the disk each time:
    that was 5 % of its CPU.
    """
    if name not in sys.modules and importlib.util.find_spec(name) is None:
        sys.modules[name] = None  # type: ignore[assignment]  # what the import system takes for 'not there'


async def listen(application: App, section: Telegram) -> None:
    """Begin to hear of what people do: by asking for it, or where Telegram hands it in.

    Raises:
        TelegramError: It could not be told so.
        CannotRun: The webhook cannot be served there.
    """
    updater = application.updater
    assert updater is not None, "it is made with one"
    if not section.webhook_url:
        await updater.start_polling(allowed_updates=HEARD, error_callback=Troubles())
        return
    path = "/".join(filter(None, [urlsplit(section.webhook_url).path.strip("/"), secrets.token_urlsafe(16)]))
    root = urlsplit(section.webhook_url)
    await _check_port(section.webhook_listen, section.webhook_port)
    await updater.start_webhook(
        listen=section.webhook_listen,
        port=section.webhook_port,
        url_path=path,
        webhook_url=f"{root.scheme}://{root.netloc}/{path}",
        secret_token=secrets.token_urlsafe(32),
        allowed_updates=HEARD,
    )


async def _check_port(host: str, port: int) -> None:
    """Look whether a port can be served, before the library finds out and leaves a socket open."""
    try:
        server = await asyncio.start_server(lambda *_: None, host, port)
    except OSError:
        raise CannotRun(
            f"the webhook cannot be served on {host}:{port}: another program has that port, or there is no such "
            "address. webhook_listen and webhook_port in config.toml name another."
        ) from None
    server.close()


async def deafen(application: App) -> None:
    """Hear of nothing any more; what was heard is taken in."""
    if application.updater is not None and application.updater.running:
        async with asyncio.timeout(LAST):
            await application.updater.stop()


async def close(application: App) -> None:
    """Let go of everything."""
    try:
        async with asyncio.timeout(LAST):
            if application.running:
                await application.stop()
    finally:
        await application.shutdown()
        await application.bot.shutdown()  # where the login failed, the application takes itself for shut down already


class TokenLost(NetworkError):
    """Telegram no longer takes the token."""


class Asking(HTTPXRequest):
    """Asks what people do. A token that is refused is asked with again: the library would stop for good."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Make a request; a refusal of the token is an error like others."""
        code, content = await super().do_request(*args, **kwargs)
        if code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND):
            raise TokenLost(f"refused with {code}")
        return code, content


class Troubles:
    """Tells the log why nothing is heard, once a minute."""

    def __init__(self) -> None:
        self._told: dict[type[TelegramError], float] = {}

    def __call__(self, error: TelegramError) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._told.get(type(error), -ONCE) < ONCE:
            return
        self._told[type(error)] = now
        if isinstance(error, Conflict):
            log.error("Another program fetches what people write to this bot; stop it, or give it a token of its own.")
        elif isinstance(error, TokenLost):
            log.error("Telegram no longer takes the token; put the one that @BotFather shows into .env and start anew.")
        else:
            log.warning("Telegram cannot be heard; it is tried again and again: %s", error)
