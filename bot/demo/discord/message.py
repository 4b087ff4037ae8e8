"""A message in a channel, as it is now."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from bot.demo.discord.account import Account
from bot.demo.discord.cdn import Attachment, Cdn
from bot.demo.discord.message_rules import EPHEMERAL, LOADING, VOICE
from bot.demo.discord.wire import Payload, stamp

if TYPE_CHECKING:
    from bot.demo.discord.channel import Channel

FORWARD = 1
"""The type of a reference to a message that is forwarded; an answer's is 0."""


class Message:
    """What somebody wrote; its author may change it."""

    def __init__(self, message_id: str, channel: Channel, author: Account, *, flags: int = 0) -> None:
        self.id = message_id
        self.channel = channel
        self.author = author
        self.flags = flags
        self.content = ""
        self.attachments: list[Attachment] = []
        self.components: list[Payload] = []
        self.embeds: list[Payload] = []
        self.pings: tuple[str, ...] = ()
        """Whom it calls: ids of people, or 'everyone'."""
        self.nonce: str | None = None
        self.reply_to: str | None = None
        """The id of the message that it answers."""
        self.forwarded: Message | None = None
        """The message that it forwards, as that stood then."""
        self.asked_by: Payload | None = None
        """The interaction that it answers, as Discord draws it."""
        self.owners: dict[str, str] = {}
        """By what installations the app may answer what is pressed under it."""
        self.written = time.time()
        self.edited: float | None = None

    @property
    def private(self) -> bool:
        """Whether one person only sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def thinking(self) -> bool:
        """Whether it stands for an answer that is still to come."""
        return bool(self.flags & LOADING)

    @property
    def voice(self) -> bool:
        """Whether it is a voice message."""
        return bool(self.flags & VOICE)

    def write(self, data: Payload) -> None:
        """Take over the words, embeds and components of a body, those that it speaks of."""
        if "content" in data:
            self.content = data["content"] or ""
            self.pings = pings(self.content, data.get("allowed_mentions"))
        if "embeds" in data:
            self.embeds = data["embeds"] or []
        if "components" in data:
            self.components = data["components"] or []

    def payload(self, cdn: Cdn) -> Payload:
        """Draw it as Discord does, with fresh links to its files."""
        drawn: Payload = {
            "id": self.id,
            "channel_id": self.channel.id,
            "author": self.author.payload(),
            "content": self.content,
            "timestamp": stamp(self.written),
            "edited_timestamp": None if self.edited is None else stamp(self.edited),
            "tts": False,
            "mention_everyone": "everyone" in self.pings,
            "mentions": self.channel.mentioned(self.content),
            "mention_roles": [],
            "attachments": [cdn.payload(each) for each in self.attachments],
            "embeds": self.embeds,
            "components": self.components,
            "pinned": False,
            "type": 19 if self.reply_to else 0,
            "flags": self.flags,
        }
        if self.nonce is not None:
            drawn["nonce"] = self.nonce
        if self.reply_to is not None:
            drawn["message_reference"] = {"message_id": self.reply_to, "channel_id": self.channel.id}
        if self.forwarded is not None:
            reference = {"type": FORWARD, "message_id": self.forwarded.id, "channel_id": self.forwarded.channel.id}
            drawn["message_reference"] = reference
            drawn["message_snapshots"] = [{"message": self.forwarded.payload(cdn)}]
        if self.asked_by is not None:
            drawn |= {"interaction_metadata": self.asked_by, "type": 20}
        return drawn


def pings(content: str, allowed: Payload | None) -> tuple[str, ...]:
    """Tell whom a text calls, as far as `allowed_mentions` lets it."""
    everybody = ["everyone"] if re.search(r"@(everyone|here)\b", content) else []
    people = re.findall(r"<@!?(\d+)>", content)
    if allowed is not None:
        parse = allowed.get("parse") or []
        everybody = everybody if "everyone" in parse else []
        people = people if "users" in parse else [each for each in people if each in (allowed.get("users") or [])]
    return tuple(dict.fromkeys([*everybody, *people]))
