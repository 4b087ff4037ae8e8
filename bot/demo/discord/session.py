"""A bot's session on the gateway: what it asked to hear, and what it was told; outlives its connections."""

from __future__ import annotations

import secrets
from collections import deque
from itertools import islice

from bot.demo.discord.wire import Payload

KEPT = 500
"""How many events are kept for a client that comes back."""
GUILDS, MESSAGE_CONTENT = 1 << 0, 1 << 15
HIDDEN: Payload = {"content": "", "embeds": [], "attachments": [], "components": []}
"""What a guild's message looks like to a bot that must not read along."""


class Session:
    """Events in their order, numbered from 1."""

    def __init__(self, shard: tuple[int, int], intents: int, bot_id: str) -> None:
        self.id = secrets.token_hex(16)
        self.shard = shard
        """Which shard, of how many."""
        self.intents = intents
        """What it asked to hear of, as bits."""
        self.said = 0
        """The number of the last event."""
        self._bot_id = bot_id
        self._events: deque[Payload] = deque()

    def concerns(self, guild: str | None, intents: int) -> bool:
        """Tell whether an event of a guild (None: of no guild) that needs these intents is for it."""
        number, count = self.shard
        own = number == (0 if guild is None else (int(guild) >> 22) % count)
        return own and (not intents or bool(self.intents & intents))

    def add(self, event: str, data: Payload) -> None:
        """Note an event, for this session's eyes."""
        self.said += 1
        self._events.append({"op": 0, "s": self.said, "t": event, "d": self._for_its_eyes(event, data)})

    def after(self, number: int) -> list[Payload]:
        """The events behind the one with this number."""
        first = self.said - len(self._events) + 1
        return list(islice(self._events, max(0, number + 1 - first), None))

    def knows(self, number: int) -> bool:
        """Tell whether everything behind this event can still be told."""
        return self.said - len(self._events) <= number <= self.said

    def forget(self, told: int) -> None:
        """Let go of old events that were told."""
        while len(self._events) > KEPT and self.said - len(self._events) < told:
            self._events.popleft()

    def _for_its_eyes(self, event: str, data: Payload) -> Payload:
        if event not in ("MESSAGE_CREATE", "MESSAGE_UPDATE") or "guild_id" not in data:
            return data
        own = data["author"]["id"] == self._bot_id or f"<@{self._bot_id}>" in data["content"]
        return data if own or self.intents & MESSAGE_CONTENT else {**data, **HIDDEN}
