"""Parcels: an answer on its way, as messages, files and voice messages that fit where it goes."""

from __future__ import annotations

import asyncio
import enum
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import aiohttp
import discord

from bot.discord_adapter.address import Address
from bot.discord_adapter.failures import in_words, is_too_large, is_unquotable
from bot.discord_adapter.message import Message, messages, messages_of
from bot.discord_adapter.post import Post
from bot.discord_adapter.tickets import Tickets
from bot.fitting import Fitted, Fitting
from commands.core.reply import FileRef, Reply
from engine.engine import EngineError
from engine.value import value
from engine.waveform import waveform

T = TypeVar("T")

log = logging.getLogger("mynah.discord")

LEAST_LIMIT = 128 * 1024
"""The limit in bytes below which no file is made smaller: what is refused then goes without its files."""
TRIES = 3
"""How often a call is made whose connection broke: an edit and a message with a nonce may be sent again at once."""
PAUSE = 0.5
"""Seconds before the second try; twice as many before the third."""
WHISPERS = 10_000
"""How many deliveries are remembered of which more was told to the person alone."""
NO_VOICE = "Mynah may not send voice messages here, so it comes as a file."
ELSEWHERE = "Only the person who asked can see the answer."
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Way(enum.Enum):
    """How an answer gets to a person."""

    TICKET = "in place of the ticket"
    CHANNEL = "to the channel"
    DIRECT = "as a direct message"


@value
class Means:
    """What a parcel needs to be sent."""

    post: Post
    """Makes the calls."""
    fitting: Fitting
    """Makes files small enough."""
    tickets: Tickets
    """Know which message is to be answered."""
    limit: Callable[[str], int]
    """Tells the largest file that the bot may send to a server, in bytes; to a person where that is empty."""
    whispered: set[int]
    """The deliveries of which more was told to the person alone."""


class Parcel:
    """An answer on one way."""

    def __init__(self, means: Means, delivery_id: int, address: Address, reply: Reply, way: Way) -> None:
        self._means = means
        self._post = means.post
        self._delivery = delivery_id
        self._address = address
        self._reply = reply
        self._way = way
        self._channel = address.channel
        self._sent = 0

    async def send(self) -> str:
        """Send it, made smaller as often as Discord finds it too large."""
        if self._way is Way.DIRECT:
            self._channel = await self._post.direct(self._address.user)
        guild = self._address.guild if self._way is Way.CHANNEL else ""
        limit = self._address.limit if self._way is Way.TICKET else self._means.limit(guild)
        while True:
            key = f"discord-{self._address.interaction}-{limit}"
            async with self._means.fitting.fit(self._reply.files, limit=limit, key=key) as fitted:
                try:
                    return await self._send(fitted)
                except discord.HTTPException as error:
                    if not is_too_large(error) or not fitted.files:
                        raise
            limit = limit // 2 if limit // 2 >= LEAST_LIMIT else 0

    async def _send(self, fitted: Fitted) -> str:
        self._sent = 0
        if self._is_secret():
            return await self._send_secret()
        voice = next((file for file in fitted.files if file.voice and file in self._reply.files), None)
        spoken = voice if voice and self._may_speak() else None
        files = [file for file in fitted.files if file is not spoken]
        silent = voice is not None and spoken is None and not self._address.private
        said = " ".join(filter(None, (fitted.words, NO_VOICE if silent else "")))
        reference = await self._send_all(messages_of(self._reply, files, said, private=False))
        if spoken is None or await self._speak(spoken):
            return reference
        said = " ".join(filter(None, (fitted.words, NO_VOICE)))
        if self._way is Way.TICKET:
            self._sent = 0
            return await self._send_all(messages_of(self._reply, fitted.files, said, private=False))
        await self._send_all(messages(said, files=[spoken]))
        return reference

    def _is_secret(self) -> bool:
        """Tell whether others would read along what is for one person only."""
        others = bool(self._address.guild or self._address.away) and self._way is not Way.DIRECT
        hidden = self._way is Way.TICKET and self._address.private
        return (self._reply.private or bool(self._reply.error)) and others and not hidden

    async def _send_secret(self) -> str:
        """Say before others what they may know, and the rest to the person alone."""
        reply, brief = self._reply, self._reply.brief or ELSEWHERE
        if brief == reply.text:
            return await self._send_all(messages(brief, actions=reply.actions))
        reference = await self._send_all(messages(brief))
        if self._way is Way.TICKET and self._is_first_whisper():
            try:
                for message in messages_of(reply, private=True):
                    await self._post.follow(self._address, message)
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                log.info("delivery %d was told in short only: %s", self._delivery, in_words(error))
        return reference

    async def _send_all(self, parts: list[Message]) -> str:
        """Send messages one after another; the first takes the place of the ticket where that is the way."""
        first, *rest = parts
        reference = await self._send_one(first)
        for message in rest:
            if self._way is Way.TICKET and (self._address.private or self._address.away):
                await self._post.follow(self._address, replace(message, private=self._address.private))
            else:
                await self._post_to_channel(message)
        return reference

    async def _send_one(self, message: Message) -> str:
        if self._way is Way.TICKET:
            return await _sure(lambda: self._post.edit(self._address, message))
        ticket = self._means.tickets.get(self._address.interaction)
        answers = ticket.message if ticket and self._way is Way.CHANNEL and not self._address.private else ""
        try:
            return await self._post_to_channel(replace(message, answers=answers))
        except discord.HTTPException as error:
            if not is_unquotable(error):
                raise
        return await self._post_to_channel(message)

    async def _post_to_channel(self, message: Message) -> str:
        numbered = replace(message, nonce=self._nonce())
        return await _sure(lambda: self._post.send(self._channel, numbered))

    def _may_speak(self) -> bool:
        """Tell whether a voice message can go there."""
        address = self._address
        return address.voice and not (self._way is Way.TICKET and (address.private or address.away))

    async def _speak(self, file: FileRef) -> bool:
        """Send a voice message; False where Discord does not take it."""
        try:
            picture = await asyncio.to_thread(waveform, Path(file.path))
            nonce = self._nonce()
            await _sure(lambda: self._post.send_voice(self._channel, file, picture, nonce))
        except EngineError as error:
            log.warning("no picture of %s: %s", file.path, error)
            return False
        except discord.HTTPException as error:
            if error.status == 429 or error.status >= 500:
                raise
            log.info("no voice message in channel %s: %s", self._channel, in_words(error))
            return False
        return True

    def _is_first_whisper(self) -> bool:
        """Note that it is told to the person alone; False where it was before, for nothing tells a repetition."""
        if self._delivery in self._means.whispered:
            return False
        if len(self._means.whispered) >= WHISPERS:
            self._means.whispered.clear()
        self._means.whispered.add(self._delivery)
        return True

    def _nonce(self) -> str:
        """Name the next message of this delivery, the same at every try; 25 characters at most."""
        self._sent += 1
        way = self._way.name[0]
        return f"{_short(int(self._address.interaction))}{way}{_short(self._delivery)}.{_short(self._sent)}"[-25:]


async def _sure(call: Callable[[], Awaitable[T]]) -> T:
    """Make a call that may be repeated, again where its connection broke."""
    for number in range(TRIES - 1):
        try:
            return await call()
        except (aiohttp.ClientConnectorError, ConnectionRefusedError):  # nothing was sent
            raise
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            log.info("a call to Discord broke off: %s", in_words(error))
        await asyncio.sleep(PAUSE * 2**number)
    return await call()


def _short(number: int) -> str:
    """Write a number with 36 digits."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
