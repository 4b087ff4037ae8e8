"""Many guilds at once, drawn when they are asked for and not kept."""

from __future__ import annotations

from collections.abc import Iterator

from bot.demo.discord.guild import JOINED, guild_payload
from bot.demo.discord.permission import USUAL
from bot.demo.discord.wire import Payload
from engine.value import value

FIRST = 800_000_000_000
"""The time in the first one's id; the others follow."""


@value
class Crowd:
    """So many guilds that look alike."""

    count: int
    """How many there are."""
    start: int
    """How many there are before them."""
    channels: int
    """How many channels each has."""
    roles: int
    """How many roles each has, beside everybody's."""
    members: int
    """How many people are said to be in each."""

    def ids(self) -> Iterator[str]:
        """Their ids, which fall on all shards alike."""
        return (str((FIRST + self.start + number) << 22) for number in range(self.count))

    def payload(self, guild_id: str, bot: Payload) -> Payload:
        """Draw one of them; `bot` is its account."""
        start = int(guild_id)
        roles: list[Payload] = [{"id": guild_id, "name": "@everyone", "permissions": str(int(USUAL)), "position": 0}]
        roles += [
            {"id": str(start + n), "name": f"Role {n}", "permissions": "0", "position": n}
            for n in range(1, self.roles + 1)
        ]
        channels: list[Payload] = [
            {
                "id": str(start + 1000 + n),
                "type": 0,
                "name": f"channel-{n}",
                "position": n,
                "permission_overwrites": [],
                "last_message_id": None,
            }
            for n in range(self.channels)
        ]
        member = {"user": bot, "roles": [], "joined_at": JOINED, "deaf": False, "mute": False, "flags": 0}
        return guild_payload(
            guild_id=guild_id,
            name=f"Guild {start >> 22}",
            owner_id=bot["id"],
            roles=roles,
            channels=channels,
            members=[member],
            member_count=self.members,
        )
