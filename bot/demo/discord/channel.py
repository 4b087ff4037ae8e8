"""A place where messages stand: in a guild, between the bot and a person, or among people."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING

from bot.demo.discord.account import Account
from bot.demo.discord.message import Message
from bot.demo.discord.seen import Seen, look_at
from bot.demo.discord.watch import Watch
from bot.demo.discord.wire import Payload
from engine.value import value

if TYPE_CHECKING:
    from bot.demo.discord.guild import Guild
    from bot.demo.discord.world import World


class Kind(IntEnum):
    """What sort of channel it is, in Discord's numbers."""

    TEXT = 0
    DIRECT = 1
    GROUP = 3


@value
class Overwrite:
    """What somebody may, or may not, in one channel."""

    kind: int
    """0 for a role, 1 for a member."""
    allow: int
    """Bits that they have here in any case."""
    deny: int
    """Bits that they lack here."""


class Channel:
    """Messages in their order, and who may do what there."""

    def __init__(
        self, world: World, kind: Kind, name: str, *, guild: Guild | None = None, people: tuple[Account, ...] = ()
    ) -> None:
        self.id = world.ids()
        self.kind = kind
        self.name = name
        self.guild = guild
        self.people = people
        """Who talks here, where it is not in a guild."""
        self.posts: list[Message] = []
        self.typing = 0
        """How often the bot said that it types, or records."""
        self.overwrites: dict[str, Overwrite] = {}
        self.watch = Watch()
        self._world = world
        world.channels[self.id] = self

    @property
    def messages(self) -> list[Seen]:
        """All that everybody here sees, in order."""
        return [look_at(each, self._world.cdn) for each in self.posts]

    async def until(self, fits: Callable[[Seen], bool], within: float = 5.0) -> Seen:
        """Wait until a message here fits, and see it.

        Raises:
            AssertionError: None did, within so many seconds.
        """

        def look() -> Seen | None:
            seen = (look_at(each, self._world.cdn) for each in reversed(self.posts))
            return next((each for each in seen if fits(each)), None)

        return await self.watch.until(look, within, lambda: f"there is {[each.content for each in self.messages]}")

    def mentioned(self, content: str) -> list[Payload]:
        """Draw the people whom a text names by their ids."""
        people = self._world.people
        named = dict.fromkeys(re.findall(r"<@!?(\d+)>", content))
        return [people[each].payload() for each in named if each in people]

    def overwrite(self, who: str, *, role: bool = False, allow: int = 0, deny: int = 0) -> None:
        """Change what somebody (an id) may do here, and tell the bot."""
        self.overwrites[who] = Overwrite(kind=0 if role else 1, allow=allow, deny=deny)
        if self.guild is not None:
            self._world.announce("CHANNEL_UPDATE", {**self.payload(), "guild_id": self.guild.id}, guild=self.guild.id)

    def payload(self, permissions: int | None = None) -> Payload:
        """Draw it as Discord does; with what somebody may do here, where it belongs to what they do."""
        last = self.posts[-1].id if self.posts else None
        drawn: Payload = {"id": self.id, "type": int(self.kind), "last_message_id": last, "flags": 0}
        if self.guild is None:
            recipients = [each.payload() for each in self.people if each is not self._world.bot]
            drawn["recipients"] = recipients
            if self.kind is Kind.GROUP:
                drawn |= {"name": self.name, "icon": None, "owner_id": recipients[0]["id"]}
            return drawn
        drawn |= {
            "guild_id": self.guild.id,
            "name": self.name,
            "topic": None,
            "position": 0,
            "nsfw": False,
            "parent_id": None,
            "rate_limit_per_user": 0,
            "permission_overwrites": [
                {"id": who, "type": each.kind, "allow": str(each.allow), "deny": str(each.deny)}
                for who, each in self.overwrites.items()
            ],
        }
        if permissions is not None:
            drawn["permissions"] = str(permissions)
        return drawn
