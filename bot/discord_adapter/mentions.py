"""Mentions: what Discord writes as numbers in angle brackets, put as people see it, so that it can be read aloud."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import discord

_MARKS = re.compile(
    r"<(?:(?P<kind>@[!&]?|#)(?P<id>\d{15,21})"
    r"|a?:(?P<emoji>\w{2,32}):\d{15,21}"
    r"|/(?P<command>[^:<>\n]{1,100}):\d{15,21}"
    r"|t:(?P<time>\d{1,11})(?::[tTdDfFsSR])?)>"
)
SOMEBODY, A_ROLE, A_CHANNEL = "somebody", "a role", "a channel"
"""What stands for those whose names are not told: Mynah keeps no members in memory."""


def as_seen(text: str, interaction: discord.Interaction) -> str:
    """Put names in place of the marks that Discord shows as names: people, roles, channels, emoji, commands, times."""
    if "<" not in text:
        return text
    people = _people(interaction)
    guild = interaction.guild

    def shown(found: re.Match[str]) -> str:
        if emoji := found["emoji"]:
            return emoji.replace("_", " ")
        if command := found["command"]:
            return f"/{command}"
        if seconds := found["time"]:
            return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%d %H:%M}"
        kind, id = found["kind"], found["id"]
        if kind == "#":
            channel = guild.get_channel_or_thread(int(id)) if guild else None
            return channel.name if channel else A_CHANNEL
        if kind == "@&":
            role = guild.get_role(int(id)) if guild else None
            return role.name if role else A_ROLE
        return people.get(id, SOMEBODY)

    return _MARKS.sub(shown, text)


def _people(interaction: discord.Interaction) -> Mapping[str, str]:
    """Everybody whose name came with an interaction, by their ids."""
    told: Mapping[str, Any] = interaction.data or {}
    resolved = told.get("resolved") or {}
    users = list((resolved.get("users") or {}).values())
    for message in (resolved.get("messages") or {}).values():
        users += [message.get("author") or {}, *(message.get("mentions") or ())]
    named = {str(each.get("id")): _name(each) for each in users}
    for each in (interaction.client.user, interaction.user):
        if each is not None:
            named[str(each.id)] = each.display_name
    return named


def _name(user: Mapping[str, Any]) -> str:
    member = user.get("member") or {}
    return str(member.get("nick") or user.get("global_name") or user.get("username") or SOMEBODY)
