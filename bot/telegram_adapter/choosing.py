"""Choosing: what a pressed button asks for, be it that a value is still to be chosen for it."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardMarkup, MaybeInaccessibleMessage, Message
from telegram.error import TelegramError

from bot import buttons
from bot.buttons import Press
from bot.callers import Caller
from bot.desk import Desk
from bot.telegram_adapter.address import Address
from bot.telegram_adapter.keyboards import choices, turned
from bot.telegram_adapter.post import Post
from bot.telegram_adapter.reading import attachment_of
from bot.telegram_adapter.wording import call
from commands.core.params import Attachment
from commands.core.request import Request

FILE = "^"
"""Stands for the file of the message that the button's own message answers."""
WHICH = "Which "
"""Begins a message from which something is chosen; it goes when that is done."""
NOT_YOURS = "Who asked for that chooses. Ask for something yourself, and you do."


class Choosing:
    """Makes requests of presses."""

    def __init__(self, desk: Desk, post: Post) -> None:
        self._desk = desk
        self._post = post

    async def request(
        self, data: str, to: Address, caller: Caller, message: MaybeInaccessibleMessage
    ) -> Request | None:
        """Return what a press asks for; None where it only shows what can be chosen."""
        shown = message if isinstance(message, Message) else None
        if turn := turned(data):
            if shown is None or not _is_choice(shown):
                return None
            if turn.page < 0:
                await self._post.delete(to, message.message_id)
            else:
                await self._turn(shown, choices(turn.press, await self._options(caller, turn.press), turn.page))
            return None
        press = buttons.read(data)
        if press.asks:
            await self._ask(to, press, await self._options(caller, press))
            return None
        if shown is not None and _is_choice(shown):
            await self._post.delete(to, shown.message_id)
        return Request(
            command=press.command,
            values=self._values(press, shown),
            address=to.to_json(),
            event_id=to.event,
        )

    async def _options(self, caller: Caller, press: Press) -> Sequence[str]:
        command = self._desk.commands.get(press.command)
        param = command.param(press.asks) if command else None
        found = await self._desk.options(caller, press.command, press.asks)
        return [each for each in found if param is None or each != param.default]

    async def _ask(self, to: Address, press: Press, options: Sequence[str]) -> None:
        command = self._desk.commands.get(press.command)
        given = " ".join(f"{name}={value}" for name, value in press.values.items())
        line = f"{call(command) if command else press.command} {given} {press.asks}="
        text = f"{WHICH}{press.asks.replace('_', ' ')}? Choose one, or type {line} and its name."
        try:
            await self._post.say(to, text, markup=choices(press, options, 0))
        except TelegramError:
            return  # whoever pressed sees no choice and can press again

    async def _turn(self, message: Message, markup: InlineKeyboardMarkup) -> None:
        try:
            await message.edit_reply_markup(markup)
        except TelegramError:
            return  # it shows this page already, or is gone

    def _values(self, press: Press, message: Message | None) -> dict[str, object]:
        command = self._desk.commands.get(press.command)
        values: dict[str, object] = dict(press.values)
        answered = message.reply_to_message if message is not None else None
        for param in command.params if command else ():
            if param.kind is Attachment and values.get(param.name) == FILE:
                values[param.name] = attachment_of(answered) if answered is not None else FILE
        return values


def is_for_another(data: str, message: MaybeInaccessibleMessage, person: int) -> bool:
    """Whether a press is about a choice that somebody else in a group has asked for."""
    if not isinstance(message, Message) or not (turned(data) or buttons.read(data).asks or _is_choice(message)):
        return False
    asked = message.reply_to_message.from_user if message.reply_to_message is not None else None
    return asked is not None and not asked.is_bot and asked.id != person


def _is_choice(message: Message) -> bool:
    return (message.text or "").startswith(WHICH)


def command_of(data: str) -> str:
    """The name of the command that a press is about."""
    turn = turned(data)
    return (turn.press if turn else buttons.read(data)).command
