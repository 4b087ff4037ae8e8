"""The carrier: takes an answer to where it was asked, on the first way that is still open."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from typing import TypeVar

import aiohttp
import discord

from bot import tickets as words
from bot.adapter import Undeliverable
from bot.discord_adapter.address import Address
from bot.discord_adapter.failures import in_words, is_gone, judged
from bot.discord_adapter.message import messages
from bot.discord_adapter.parcel import Means, Parcel, Way
from bot.discord_adapter.tickets import LAST_MOMENT, last_words
from commands.core.reply import Progress, Reply

T = TypeVar("T")

LATE = 1.0
"""Seconds for which an edit that is on its way is waited for, so that it does not come after the answer."""


class Carrier:
    """Delivers answers, and shows how jobs come on."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._post = means.post
        self._tickets = means.tickets

    async def deliver(self, delivery_id: int, address: Address, reply: Reply) -> str:
        """Send an answer by the first way that is open, and return the id of its message.

        Raises:
            Undeliverable: None is.
            TryLater: Discord cannot take it now.
        """
        if ticket := await self._tickets.acknowledged(address.interaction):
            await ticket.fall_silent()
        why = "its interaction is over, and Mynah is no member there"
        for way in _ways(address, reply):
            try:
                reference = await Parcel(self._means, delivery_id, address, reply, way).send()
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                if isinstance(error, discord.HTTPException) and is_gone(error):
                    why = f"{way.value}: {in_words(error)}"
                    continue
                verdict = judged(error)
                if verdict is error:
                    raise
                raise verdict from error
            self._tickets.end(address.interaction)
            return reference
        self._tickets.end(address.interaction)
        raise Undeliverable(why)

    async def fill(self, address: Address, reply: Reply) -> None:
        """Put an answer with files in place of 'is thinking'; `address.private` says who sees that."""
        await Parcel(self._means, 0, address, reply, Way.TICKET).send()

    async def show(self, address: Address, progress: Progress) -> None:
        """Show in the ticket how far a job is, as long as it can be changed."""
        ticket = self._tickets.get(address.interaction)
        if not address.answers() or (ticket and not ticket.acknowledged.is_set()):
            return
        late = not address.answers(ago=-LAST_MOMENT)
        said = last_words(address, progress.job) if late else words.progress_words(progress)
        if ticket and ticket.shown == said:
            return
        (message,) = messages(said, actions=(words.cancel(progress.job),))
        await _landed(self._post.edit(address, message))
        if ticket:
            ticket.shown = said


def _ways(address: Address, reply: Reply) -> Iterator[Way]:
    """The ways that may be open, the best first."""
    fresh, news = address.answers(), "news" in reply.data  # which answers nothing, and takes no answer's place
    if fresh and "asks" not in reply.data and (address.away or not news):  # what is asked about may stand in the ticket
        yield Way.TICKET
    if address.away:
        return
    secret = bool(address.guild) and (reply.private or bool(reply.error) or address.private)
    if not secret and address.channel:
        yield Way.CHANNEL
    yield Way.DIRECT
    if secret and reply.brief and address.channel and not address.private:
        yield Way.CHANNEL
    if fresh and news:  # rather there than nowhere
        yield Way.TICKET


async def _landed(call: Awaitable[T]) -> T:
    """Make a call; one that is cancelled is waited for a while, for it may arrive all the same."""
    task = asyncio.ensure_future(call)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=LATE)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise
