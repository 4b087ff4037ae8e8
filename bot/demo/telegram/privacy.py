"""Privacy: which messages of a group reach a bot."""

from __future__ import annotations

from bot.demo.telegram.accounts import Account
from bot.demo.telegram.entities import marked
from bot.demo.telegram.messages import Message


def reaches(message: Message, bot: Account, *, privacy: bool) -> bool:
    """Tell whether a bot gets to know of a message.

    In a group that is what happened there, commands that name no other bot, answers to the bot's messages, and
    what mentions it; as an admin, or with privacy off, it hears everything.
    """
    chat = message.chat
    if message.sender is bot:
        return False
    if chat.kind == "private":
        return True
    if chat.bot_is in ("left", "kicked"):
        return False
    if not privacy or chat.bot_is == "administrator" or message.service or message.via_bot is bot:
        return True
    return _is_for(message, bot)


def _is_for(message: Message, bot: Account) -> bool:
    commands = [command.partition("@")[2] for command in marked(message.text, "bot_command")]
    if any(not name or name.lower() == bot.username.lower() for name in commands):
        return True
    if message.reply_to is not None and message.reply_to.sender is bot:
        return True
    return any(name[1:].lower() == bot.username.lower() for name in marked(message.text, "mention"))
