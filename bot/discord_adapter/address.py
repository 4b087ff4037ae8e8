"""Addresses: where an answer goes, as the outbox keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from time import time as now

import discord

from commands.core.reply import Json
from engine.value import value

LIFE = 15 * 60.0
"""Seconds for which an interaction can be answered."""
MARGIN = 45.0
"""Seconds before its end from which on that is not relied upon: an upload takes its time."""
USUAL_LIMIT = 10 * 2**20
"""The largest file where Discord does not say otherwise, in bytes."""


@value
class Address:
    """The interaction that something was asked with, and the channel and the person, for when it is over."""

    app: str
    """The application's id."""
    interaction: str
    """The interaction's id."""
    token: str
    """What allows to answer it."""
    ends: float
    """When that is over, in seconds since 1970."""
    channel: str
    """The id of the channel or thread."""
    guild: str = ""
    """The id of the server; empty in direct messages, and where the bot is no member."""
    user: str
    """The id of the account that asked."""
    private: bool
    """Whether what was said first, and so all that replaces it, is for that person only."""
    away: bool = False
    """Whether the bot is no member there, and came by the person's own installation."""
    limit: int = USUAL_LIMIT
    """The largest file that goes with an answer to the interaction, in bytes."""
    voice: bool = False
    """Whether the bot may send voice messages there."""

    def to_json(self) -> dict[str, Json]:
        """Write it as a request carries it."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Json]) -> Address:
        """Read what `to_json` wrote; what a newer Mynah added is passed over."""
        return cls(**{name: raw[name] for name in cls.__dataclass_fields__ if name in raw})

    @property
    def left(self) -> float:
        """For how many seconds the interaction can still be answered."""
        return self.ends - now()

    def answers(self, ago: float = 0.0) -> bool:
        """Tell whether the interaction can still be answered, or could so many seconds ago."""
        return self.left + ago > MARGIN


def address_of(interaction: discord.Interaction, *, private: bool) -> Address:
    """Return where what is asked with an interaction is answered."""
    away = is_away(interaction)
    return Address(
        app=str(interaction.application_id),
        interaction=str(interaction.id),
        token=interaction.token,
        ends=now() + LIFE,
        channel=str(interaction.channel_id or ""),
        guild="" if away else str(interaction.guild_id or ""),
        user=str(interaction.user.id),
        private=private,
        away=away,
        limit=interaction.filesize_limit,
        voice=not away and (interaction.guild_id is None or interaction.app_permissions.send_voice_messages),
    )


def is_away(interaction: discord.Interaction) -> bool:
    """Tell whether the bot is no member of where it is asked, and came by the person's own installation."""
    if interaction.guild_id is None:
        return bool(interaction.context.private_channel)
    return not interaction.is_guild_integration() and interaction.client.get_guild(interaction.guild_id) is None
