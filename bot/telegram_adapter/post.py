"""The post: single messages into chats, and into the supergroups that groups have become."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from telegram import Bot, ForceReply, InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.error import ChatMigrated, TelegramError

from bot.desk import Desk
from bot.telegram_adapter.address import Address
from bot.telegram_adapter.keyboards import offer
from bot.telegram_adapter.people import PLATFORM
from bot.telegram_adapter.wording import parts, said
from commands.core.command import Command
from commands.core.reply import Action

log = logging.getLogger("mynah.telegram")

WORDS = 8
"""How many messages without a file are sent at once."""
PLAIN = LinkPreviewOptions(is_disabled=True)
Markup = InlineKeyboardMarkup | ForceReply | None
Send = Callable[[Address], Awaitable[Message]]
"""Sends something to an address and returns what stands there then."""


class Post:
    """Sends one message at a time; what goes wrong is raised as the library has it."""

    def __init__(self, bot: Bot, desk: Desk) -> None:
        self._bot = bot
        self._desk = desk
        self._words = asyncio.Semaphore(WORDS)
        self._moved: dict[int, int] = {}

    @property
    def commands(self) -> Mapping[str, Command]:
        """Every command, by name."""
        return self._desk.commands

    async def say(
        self,
        to: Address,
        text: str,
        actions: Sequence[Action] = (),
        *,
        markup: Markup = None,
        answers: bool = False,
        out: dict[str, int] | None = None,
    ) -> int:
        """Send a text, in several messages where it is long, and return the number of the last.

        What can be done next is under it, or in words at its end.

        Args:
            to: Where.
            text: What.
            actions: What can be done next.
            markup: What is under it instead.
            answers: Whether it is to be seen in a private chat too that it answers the person's message.
            out: Which messages went out in an earlier try, and are not sent again; those that do now are added.
        """
        out = {} if out is None else out
        offered = offer(actions, self.commands)
        whole = "\n".join(filter(None, [text, *(["", *offered.lines] if offered.lines else [])]))
        last = 0
        cut = parts(said(whole, self.commands))
        for number, part in enumerate(cut):
            if (label := f"text {number}") in out:
                last = out[label]
                continue
            under = (markup or offered.keyboard) if number == len(cut) - 1 else None
            async with self._words:
                last = (await self.send(to, self._text(part, under, answers))).id
            out[label] = last
        return last

    async def edit(self, to: Address, message: int, text: str, actions: Sequence[Action] = ()) -> bool:
        """Change a message of the bot's; False where that does not work, which is no harm."""
        if self._has_moved(to):
            return False
        keyboard = offer(actions, self.commands).keyboard
        try:
            async with self._words:
                await self._bot.edit_message_text(
                    said(text, self.commands),
                    chat_id=to.chat,
                    message_id=message,
                    reply_markup=keyboard,
                    link_preview_options=PLAIN,
                )
        except TelegramError as error:
            log.debug("a message could not be changed: %s", error)
            return False
        return True

    async def delete(self, to: Address, message: int) -> None:
        """Delete a message of the bot's, if it stands there still."""
        if self._has_moved(to):
            return
        try:
            await self._bot.delete_message(to.chat, message)
        except TelegramError as error:
            log.debug("a message could not be deleted: %s", error)

    async def send(self, to: Address, send: Send) -> Message:
        """Have something sent there, or where that chat has moved."""
        there = self.current(to)
        try:
            return await send(there)
        except ChatMigrated as error:
            await self.move(there.chat, error.new_chat_id)
            return await send(there.moved(error.new_chat_id))

    async def move(self, old: int, new: int, name: str = "") -> None:
        """Note that a group has become a supergroup, whoever told of it, and however often."""
        self._moved[old] = new
        await self._desk.move_place(PLATFORM, str(old), str(new), "group", name)

    def current(self, to: Address) -> Address:
        """Where an address leads now."""
        new = self._moved.get(to.chat)
        return to if new is None else to.moved(new)

    def _has_moved(self, to: Address) -> bool:
        """Whether a chat has become another, which counts its messages anew: the same number is another message."""
        return to.chat in self._moved

    def _text(self, text: str, markup: Markup, answers: bool) -> Send:
        async def send(there: Address) -> Message:
            return await self._bot.send_message(
                there.chat,
                text,
                message_thread_id=there.topic or None,
                reply_parameters=answering(there, always=answers),
                reply_markup=markup,
                link_preview_options=PLAIN,
            )

        return send


def answering(to: Address, *, always: bool = False) -> ReplyParameters | None:
    """Say which message is answered, be it gone by then; where nobody else writes, it need not be said."""
    if not to.message or (to.is_private and not always):
        return None
    return ReplyParameters(message_id=to.message, allow_sending_without_reply=True)
