"""People: who asks and where, and what they may do there, as far as Telegram tells."""

from __future__ import annotations

import logging
from collections.abc import Callable

from telegram import Bot, Chat, User
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bot.callers import Caller
from commands.core.command import Audience, Command, Lane

log = logging.getLogger("mynah.telegram")

PLATFORM = "telegram"
FRESH = 300.0
"""How many seconds what somebody may do in a group is taken for known."""
AT_ONCE = 5.0
"""The same where a command is for admins only: who has just become one tries again, who is one no more is refused."""
KNOWN = 20_000
"""Of how many members that is kept in mind."""
GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
ADMINS = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)


class People:
    """Knows who is an admin where, and asks Telegram no more often than it has to."""

    def __init__(self, bot: Bot, now: Callable[[], float]) -> None:
        """Take the bot that asks, and the clock of the loop, in seconds."""
        self._bot = bot
        self._now = now
        self._ranks: dict[tuple[int, int], tuple[float, Audience]] = {}

    async def caller(self, chat: Chat, user: User | None, sender_chat: Chat | None, command: Command | None) -> Caller:
        """Tell who asks for a command; a job's cost and answer are the same for admins, so that it may not matter.

        Args:
            chat: Where.
            user: Who, as Telegram names them.
            sender_chat: In whose name they write, where it is not their own: the group's, or a channel's.
            command: What they ask for; None where it is not known what.
        """
        if chat.type not in GROUPS:
            assert user is not None, "a private chat has a person"
            return Caller(platform=PLATFORM, account=str(user.id), name=user.full_name)
        place, name = str(chat.id), chat.title or ""
        if sender_chat is not None and sender_chat.id == chat.id:
            account, called, rank = f"anonymous{chat.id}", f"anonymous admins of {name}", Audience.ADMINS
        elif sender_chat is not None:
            account, called, rank = f"channel{sender_chat.id}", sender_chat.title or "a channel", Audience.EVERYONE
        else:
            assert user is not None, "somebody wrote it"
            account, called = str(user.id), user.full_name
            only = command is not None and command.audience > Audience.EVERYONE
            fresh = AT_ONCE if only else FRESH
            rank = await self._rank(chat.id, user.id, fresh) if _matters(command) else Audience.EVERYONE
        return Caller(
            platform=PLATFORM, account=account, name=called, place=place, kind="group", place_name=name, rank=rank
        )

    async def _rank(self, chat: int, user: int, fresh: float) -> Audience:
        known = self._ranks.get((chat, user))
        if known is not None and self._now() - known[0] < fresh:
            return known[1]
        try:
            member = await self._bot.get_chat_member(chat, user)
        except TelegramError as error:
            log.info("whether somebody is an admin of a group could not be found out: %s", error)
            return known[1] if known is not None else Audience.EVERYONE
        rank = Audience.ADMINS if member.status in ADMINS else Audience.EVERYONE
        if len(self._ranks) >= KNOWN:
            self._ranks.clear()
        self._ranks[chat, user] = (self._now(), rank)
        return rank


def account_of(user: User) -> str:
    """How Mynah's commands name somebody: 'telegram:8035'."""
    return f"{PLATFORM}:{user.id}"


def _matters(command: Command | None) -> bool:
    """Whether a command, or its answer, may depend on what the person may do there: all but what is wanted at once."""
    return command is None or command.lane is not Lane.NOW or command.audience > Audience.EVERYONE
