"""All that there is on this Discord, and how messages come to stand in it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from bot.demo.discord.account import Account
from bot.demo.discord.cdn import Attachment, Cdn
from bot.demo.discord.channel import Channel, Kind
from bot.demo.discord.message import FORWARD, Message
from bot.demo.discord.message_rules import EPHEMERAL, LOADING, VOICE, check_edit, check_message
from bot.demo.discord.permission import Permission
from bot.demo.discord.refusal import Refusal
from bot.demo.discord.terms import Terms
from bot.demo.discord.wire import Body, Ids, Payload

if TYPE_CHECKING:
    from bot.demo.discord.exchange import Exchange
    from bot.demo.discord.guild import Guild
    from bot.demo.discord.person import Person

SETTABLE = EPHEMERAL | VOICE | 1 << 2 | 1 << 12 | 1 << 15
"""The flags that a sender may set."""
GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 9, 1 << 12, 1 << 15
"""The intents that events of messages need."""


class Announce(Protocol):
    """Tells the bot of an event, where it is connected and asked for such events."""

    def __call__(self, event: str, data: Payload, *, guild: str | None = None, intents: int = 0) -> None: ...


def nobody_hears(event: str, data: Payload, *, guild: str | None = None, intents: int = 0) -> None:
    """Stand in until there is a gateway."""


class World:
    """Everything by its id; each piece knows this, and finds the others here."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.ids = Ids()
        self.bot = Account(self.ids(), "Mynah", bot=True)
        self.owner = Account(self.ids(), "Host")
        """Whose application it is."""
        self.cdn = Cdn(self.ids, terms.link_seconds)
        self.announce: Announce = nobody_hears
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.people: dict[str, Person] = {}
        self.messages: dict[str, Message] = {}
        self.exchanges: dict[str, Exchange] = {}
        self.tokens: dict[str, Exchange] = {}
        """The same by their tokens."""
        self.commands: dict[str | None, list[Payload]] = {None: []}
        """What was registered: for everywhere under None, for one guild under its id."""
        self._direct: dict[str, Channel] = {}
        self._nonces: dict[tuple[str, str], tuple[float, Message]] = {}

    def upload_bytes(self, channel: Channel) -> int:
        """The largest file that goes into a channel."""
        return channel.guild.upload_bytes if channel.guild else self.terms.upload_bytes

    def direct(self, person: Account) -> Channel:
        """The channel between the bot and a person."""
        if person.id not in self._direct:
            self._direct[person.id] = Channel(self, Kind.DIRECT, person.name, people=(person, self.bot))
        return self._direct[person.id]

    def bot_may(self, channel: Channel) -> int:
        """What the bot may do in a channel; everything where it is not a guild's."""
        return channel.guild.permissions(self.bot, channel) if channel.guild else (1 << 53) - 1

    def find_channel(self, channel_id: str) -> Channel:
        """Find a channel that the bot can see.

        Raises:
            Refusal: There is none, or it must not.
        """
        channel = self.channels.get(channel_id)
        if channel is None:
            raise Refusal(404, 10003, "Unknown Channel")
        hidden = channel.guild is None and self.bot not in channel.people
        if hidden or not self.bot_may(channel) & Permission.VIEW_CHANNEL:
            raise Refusal(403, 50001, "Missing Access")
        return channel

    def post(self, channel: Channel, author: Account, body: Body, *, flags: int = 0) -> Message:
        """Put a message into a channel and tell the bot; one that is private is kept, but stands in no channel.

        Raises:
            Refusal: It breaks a rule.
        """
        check_message(body, upload_bytes=self.upload_bytes(channel))
        return self.put(channel, author, body, flags=flags)

    def put(self, channel: Channel, author: Account, body: Body, *, flags: int = 0) -> Message:
        """Put a message into a channel as it is, with these flags beside its own."""
        message = Message(self.ids(), channel, author, flags=(body.data.get("flags") or 0) & SETTABLE | flags)
        message.write(body.data)
        message.attachments = self._keep(message, body)
        reference = body.data.get("message_reference") or {}
        meant = None if reference.get("message_id") is None else str(reference["message_id"])
        if meant is not None and reference.get("type") == FORWARD:
            message.forwarded = self.messages[meant]
        else:
            message.reply_to = meant
        nonce = body.data.get("nonce")
        message.nonce = None if nonce is None else str(nonce)
        self.messages[message.id] = message
        if not message.private:
            channel.posts.append(message)
            self._tell("MESSAGE_CREATE", message)
        channel.watch.stir()
        return message

    def repeated(self, channel: Channel, data: Payload) -> Message | None:
        """Find the message that came with the same nonce not long ago, where that is to count."""
        if not data.get("enforce_nonce") or data.get("nonce") is None:
            return None
        at, message = self._nonces.get((channel.id, str(data["nonce"])), (0.0, None))
        return message if time.monotonic() - at < self.terms.nonce_seconds else None

    def remember_nonce(self, message: Message) -> None:
        """Note the nonce of a new message."""
        if message.nonce is not None:
            self._nonces[(message.channel.id, message.nonce)] = (time.monotonic(), message)

    def edit(self, message: Message, body: Body) -> Message:
        """Change a message and tell the bot.

        Raises:
            Refusal: It breaks a rule.
        """
        told = body.data.get("attachments") if isinstance(body.data, dict) else None
        kept = message.attachments
        if told is not None:
            wanted = {str(each["id"]) for each in told}
            kept = [each for each in message.attachments if each.id in wanted]
        check_edit(body, flags=message.flags, kept=len(kept), upload_bytes=self.upload_bytes(message.channel))
        message.write(body.data)
        for each in message.attachments:
            if each not in kept:
                self.cdn.drop(each)
        message.attachments = [*kept, *self._keep(message, body)]
        message.flags &= ~LOADING
        message.edited = time.time()
        self._tell("MESSAGE_UPDATE", message)
        message.channel.watch.stir()
        return message

    def delete(self, message: Message) -> None:
        """Take a message away and tell the bot."""
        del self.messages[message.id]
        for each in message.attachments:
            self.cdn.drop(each)
        channel = message.channel
        if not message.private:
            channel.posts.remove(message)
            data = {"id": message.id, "channel_id": channel.id}
            self._announce_there("MESSAGE_DELETE", data, channel)
        channel.watch.stir()

    def _keep(self, message: Message, body: Body) -> list[Attachment]:
        about = {str(each.get("id")): each for each in body.data.get("attachments") or []}
        return [
            self.cdn.keep(file, message.channel.id, private=message.private, about=about.get(str(number)))
            for number, file in sorted(body.files.items())
        ]

    def _tell(self, event: str, message: Message) -> None:
        if not message.private:
            self._announce_there(event, message.payload(self.cdn), message.channel, author=message.author)

    def _announce_there(self, event: str, data: Payload, channel: Channel, author: Account | None = None) -> None:
        guild = channel.guild
        if guild is None:
            if self.bot in channel.people:
                self.announce(event, data, intents=DIRECT_MESSAGES)
        elif self.bot_may(channel) & Permission.VIEW_CHANNEL:
            data = {**data, "guild_id": guild.id}
            if author is not None and author.id in guild.members:
                data["member"] = guild.member(author)
            self.announce(event, data, guild=guild.id, intents=GUILD_MESSAGES)
