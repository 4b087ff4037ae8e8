"""Who asks, and where, as Discord tells it with every interaction."""

from __future__ import annotations

import discord

from bot.callers import Caller
from bot.discord_adapter.address import is_away
from commands.core.command import Audience

PLATFORM = "discord"


def caller_of(interaction: discord.Interaction) -> Caller:
    """Return who asks. Where the bot is no member, it is as in direct messages: nobody there rules over it."""
    user = interaction.user
    guild = None if is_away(interaction) else interaction.guild
    if guild is None:
        return Caller(platform=PLATFORM, account=str(user.id), name=user.display_name)
    may = interaction.permissions
    return Caller(
        platform=PLATFORM,
        account=str(user.id),
        name=user.display_name,
        place=str(guild.id),
        kind="server",
        place_name=guild.name or "",
        rank=Audience.ADMINS if may.manage_guild or may.administrator else Audience.EVERYONE,
        roles=_roles(user),
    )


def _roles(user: discord.User | discord.Member) -> tuple[str, ...]:
    """The roles that a member has, the highest first, without the one that everybody has."""
    if not isinstance(user, discord.Member):
        return ()
    return tuple(str(role.id) for role in reversed(user.roles) if not role.is_default())
