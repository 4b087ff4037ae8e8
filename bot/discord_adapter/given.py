"""What a person gave, as Mynah's own values."""

from __future__ import annotations

from collections.abc import Mapping

import discord

from bot.discord_adapter.person import PLATFORM
from commands.core.params import Attachment, Member, Role


def values_of(given: Mapping[str, object]) -> dict[str, object]:
    """Put Discord's values as Mynah's; what is none of Discord's own stays."""
    return {name: _value(each) for name, each in given.items()}


def _value(given: object) -> object:
    if isinstance(given, discord.Attachment):
        return Attachment(
            name=given.filename, content_type=given.content_type or "", bytes=given.size, reference=given.url
        )
    if isinstance(given, discord.User | discord.Member):
        return Member(id=f"{PLATFORM}:{given.id}", name=given.display_name)
    if isinstance(given, discord.Role):
        return Role(id=str(given.id), name=given.name)
    return given
