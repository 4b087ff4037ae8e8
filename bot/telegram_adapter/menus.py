"""Menus: what Telegram shows while somebody types '/', told again only when it has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)

from bot.memory import Memory
from bot.telegram_adapter.payload import menu
from bot.telegram_adapter.people import PLATFORM
from commands.core.command import Audience, Command

MOST = 100
"""The most commands of a menu."""
SCOPES: tuple[tuple[BotCommandScope, Audience], ...] = (
    (BotCommandScopeDefault(), Audience.EVERYONE),
    (BotCommandScopeAllPrivateChats(), Audience.EVERYONE),
    (BotCommandScopeAllChatAdministrators(), Audience.ADMINS),
)
"""Who is shown what. In a private chat nobody is an admin; those who run Mynah type what is theirs."""


async def publish(bot: Bot, commands: Mapping[str, Command], memory: Memory) -> bool:
    """Tell Telegram of the commands, unless it knows them so already; return whether it was told.

    Raises:
        TelegramError: It could not be told.
    """
    menus: list[tuple[BotCommandScope, list[BotCommand]]] = [
        (scope, menu(commands, audience)[:MOST]) for scope, audience in SCOPES
    ]
    form = json.dumps([[scope.type, [each.to_dict() for each in shown]] for scope, shown in menus], sort_keys=True)
    mark = hashlib.sha256(form.encode()).hexdigest()
    name = f"menus of {bot.id}"
    if await memory.recall(PLATFORM, name) == mark:
        return False
    for scope, shown in menus:
        await bot.set_my_commands(shown, scope=scope)
    await memory.remember(PLATFORM, name, mark)
    return True
