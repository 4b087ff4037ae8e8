"""The examination: whether Telegram would let this bot run, and what stands in the way, in words."""

from __future__ import annotations

from telegram import Bot, User, WebhookInfo
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.request import HTTPXRequest

from bot.adapter import Finding
from bot.settings import Telegram
from bot.telegram_adapter.faults import takes_no_token

PATIENCE = 10.0
"""How long the server is waited for, in seconds."""
SERVER = "https://api.telegram.org/bot"


async def examine(section: Telegram) -> list[Finding]:
    """Ask Telegram who the bot is and what it may do; nothing is changed, and the token is not shown."""
    token = section.token.get_secret_value()
    if not token:
        words = "There is no token; @BotFather gives one. Put it into .env as MYNAH_TELEGRAM__TOKEN."
        return [Finding(state="bad", words=words)]
    request = HTTPXRequest(connect_timeout=PATIENCE, read_timeout=PATIENCE)
    async with request:
        bot = Bot(token, base_url=section.base_url or SERVER, request=request, get_updates_request=request)
        try:
            me = await bot.get_me()
            hook = await bot.get_webhook_info()
        except TelegramError as error:
            return [_refused(error, section)]
    return [*_about(me), *_updates(hook, section)]


def _refused(error: TelegramError, section: Telegram) -> Finding:
    if isinstance(error, InvalidToken) or takes_no_token(error):
        words = "Telegram refuses the token. Ask @BotFather for it (/mybots, API Token) and put it into .env."
        return Finding(state="bad", words=words)
    where = section.base_url or "api.telegram.org"
    if isinstance(error, NetworkError):
        return Finding(state="bad", words=f"{where} cannot be reached; see whether this machine is online.")
    return Finding(state="bad", words=f"{where} does not answer as a Bot API server does.")


def _about(me: User) -> list[Finding]:
    found = [Finding(state="good", words=f"The token is good: the bot is @{me.username} ({me.id}).")]
    if not me.can_join_groups:
        words = "It cannot be added to groups; @BotFather changes that (/setjoingroups)."
        found.append(Finding(state="note", words=words))
    if me.can_read_all_group_messages:
        words = "Privacy mode is off: it is sent everything that is written in groups, and needs no more than commands."
        found.append(Finding(state="note", words=f"{words} @BotFather turns it on (/setprivacy)."))
    if not me.supports_inline_queries:
        words = (
            "Inline mode is off, so nobody can send their clips in other chats; @BotFather turns it on (/setinline)."
        )
        found.append(Finding(state="note", words=words))
    return found


def _updates(hook: WebhookInfo, section: Telegram) -> list[Finding]:
    if section.webhook_url and hook.last_error_message:
        words = f"Telegram could not reach the webhook lately: {hook.last_error_message}."
        return [Finding(state="bad", words=words)]
    if hook.url and not section.webhook_url:
        words = "A webhook is set by another program; it is taken away when Mynah starts."
        return [Finding(state="note", words=words)]
    return []
