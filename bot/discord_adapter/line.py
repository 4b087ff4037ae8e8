"""The line to Discord: one client, with as many connections as its servers need, that keeps little in memory."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands

from bot.desk import Desk
from bot.discord_adapter.address import USUAL_LIMIT
from bot.discord_adapter.failures import in_words
from bot.discord_adapter.payload import CONTEXTS, INSTALLS, natives
from bot.discord_adapter.person import PLATFORM
from bot.discord_adapter.requests import Requests
from commands.core.errors import MynahError

log = logging.getLogger("mynah.discord")

SCOPES = ("bot", "applications.commands")
PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    attach_files=True,
    send_voice_messages=True,
)
"""What the invitation asks for: to see the channel, to answer in it and in threads, with files and voice messages."""
WAIT_FOR_SERVERS = 0.2
"""Seconds of silence after which all servers have been told of."""
LONGEST_WAIT = 30.0
"""The longest time that a rate limit is waited out, in seconds; what takes longer is tried again later."""
IDENTIFY_PAUSE = 5.0
"""Seconds between two shards that log in, as Discord wants it."""
UNREADABLE = "Mynah could not read that command; it may be of an older version. Please try again in a minute."


class Line(discord.AutoShardedClient):
    """The client. It has no privileged intent, and knows servers and channels, but no members and no messages."""

    def __init__(self, shards: int, ready: Callable[[Line], None]) -> None:
        """`shards` is how many connections there are, 0 for as many as Discord likes; `ready` hears of each login."""
        intents = discord.Intents.none()
        intents.guilds = True
        super().__init__(
            intents=intents,
            shard_count=shards or None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=WAIT_FOR_SERVERS,
            max_ratelimit_timeout=LONGEST_WAIT,
            assume_unsync_clock=True,
        )
        self.tree = Tree(self, allowed_installs=INSTALLS, allowed_contexts=CONTEXTS)
        self.requests: Requests | None = None
        """What takes interactions in."""
        self._told_ready = ready

    def serve(self, desk: Desk, requests: Requests) -> None:
        """Have interactions go to the desk by `requests`."""
        self.requests = requests
        for native in natives(desk.commands, requests.command, requests.complete):
            self.tree.add_command(native)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Take in buttons, menus and forms; commands come by the tree."""
        if self.requests:
            await self.requests.component(interaction)

    async def on_ready(self) -> None:
        """Say that all shards are there, once or once more."""
        self._told_ready(self)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Keep to the pace at which shards may log in."""
        if not initial:
            await asyncio.sleep(IDENTIFY_PAUSE)

    async def sync(self, recall: Callable[[str, str], Awaitable[str]], remember: Remember) -> None:
        """Tell Discord of the commands, where they are not those that it was told of last."""
        told = [native.to_dict(self.tree) for native in self.tree.get_commands()]
        print_ = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
        name = f"commands of {self.application_id}"
        if await recall(PLATFORM, name) == print_:
            return
        try:
            await self.tree.sync()
        except (discord.HTTPException, app_commands.AppCommandError) as error:
            log.error("Discord does not take the commands, so it shows those of before: %s", in_words(error))
            return
        await remember(PLATFORM, name, print_)
        log.info("Discord was told of %d commands", len(told))

    @property
    def invitation(self) -> str:
        """The link by which an admin adds the bot to a server."""
        return discord.utils.oauth_url(self.application_id or 0, permissions=PERMISSIONS, scopes=SCOPES)

    def file_limit(self, guild: str) -> int:
        """Return the largest file that the bot may send to a server, or to a person where it is empty, in bytes."""
        found = self.get_guild(int(guild)) if guild else None
        return found.filesize_limit if found else USUAL_LIMIT


Remember = Callable[[str, str, str], Awaitable[None]]


class Tree(app_commands.CommandTree[Any]):
    """The commands; what cannot be read is answered in words."""

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError, /) -> None:
        """Say that a command could not be read, where nothing has been said yet."""
        said = UNREADABLE
        if isinstance(error, app_commands.CommandInvokeError):
            log.error("interaction %d went wrong", interaction.id, exc_info=error.original)
            said = str(MynahError())
        else:
            log.warning("interaction %d could not be read: %s", interaction.id, in_words(error))
        if interaction.type is discord.InteractionType.application_command and not interaction.response.is_done():
            try:
                await interaction.response.send_message(said, ephemeral=True)
            except discord.HTTPException as refused:
                log.info("nor could it be answered: %s", in_words(refused))
