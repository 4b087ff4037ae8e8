"""Visits: one interaction while it is being answered. The first answer is given once, and settles who sees the rest."""

from __future__ import annotations

from dataclasses import replace

import aiohttp
import discord

from bot.discord_adapter.address import Address
from bot.discord_adapter.controls import Component
from bot.discord_adapter.failures import is_answered
from bot.discord_adapter.message import PRIVATE, Message
from bot.discord_adapter.post import FORM, IN_PLACE, NEW, THINKING, Post


class Visit:
    """Answers an interaction: at first, and after Discord has been told that Mynah is thinking."""

    def __init__(self, interaction: discord.Interaction, address: Address, post: Post) -> None:
        self.address = address
        self.begun = False
        """Whether Discord has been told that Mynah is thinking."""
        self._interaction = interaction
        self._post = post
        self.private = address.private
        """Whether the person who asked is the only one to see what is said while Mynah is thinking."""

    async def think(self, *, private: bool | None = None) -> None:
        """Say that it takes a little; where nobody says otherwise, the answer is as private as the command."""
        self.private = self.address.private if private is None else private
        self.begun = True
        await self._acknowledge(THINKING, {"flags": PRIVATE if self.private else 0})

    async def say(self, message: Message) -> str:
        """Answer, and return the message's id where it is told."""
        if not self.begun:
            return await self._acknowledge(NEW, message.payload)
        if message.private and not self.private:
            # Who sees a message is settled when it begins; so that one goes, and a new one comes.
            await self._post.remove(self.address)
            return await self._post.follow(self.address, message)
        return await self._post.edit(self.address, replace(message, private=False))

    async def say_in_place(self, message: Message) -> None:
        """Put a message in place of the one whose button was pressed."""
        await self._acknowledge(IN_PLACE, replace(message, private=False).payload)

    async def open(self, form: Component) -> None:
        """Open a form."""
        await self._acknowledge(FORM, form)

    async def _acknowledge(self, kind: int, data: Component) -> str:
        """Give the first answer, once more where it broke off; where it had arrived, Discord says so then."""
        try:
            return await self._post.acknowledge(self._interaction, kind, data)
        except (aiohttp.ClientError, OSError, discord.DiscordServerError) as error:
            if isinstance(error, aiohttp.ClientConnectorError):
                raise
        try:
            return await self._post.acknowledge(self._interaction, kind, data)
        except discord.HTTPException as error:
            if not is_answered(error):
                raise
            return ""
