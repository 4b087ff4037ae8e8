"""What a person sees of a message, frozen at the moment when they looked."""

from __future__ import annotations

from bot.demo.discord.cdn import Attachment, Cdn
from bot.demo.discord.component_rules import BUTTON, MENUS, STRING_MENU, walk
from bot.demo.discord.message import Message
from bot.demo.discord.wire import Payload
from engine.value import value


@value
class SeenFile:
    """A file under a message."""

    name: str
    """What it is called."""
    data: bytes
    """What is in it."""
    content_type: str
    """What it is."""
    url: str
    """Where it can be fetched, for a while."""


@value
class Button:
    """Something to press."""

    label: str
    """What stands on it; an emoji where nothing does."""
    custom_id: str
    """What the bot is told when it is pressed; empty for a link."""
    disabled: bool
    """Whether it is grey."""


@value
class Menu:
    """Something to choose from."""

    placeholder: str
    """What stands in it while nothing is chosen."""
    custom_id: str
    """What the bot is told."""
    options: tuple[str, ...]
    """The labels of what can be chosen; empty where it is people, roles or channels."""
    disabled: bool
    """Whether it is grey."""


@value
class Choice:
    """What autocomplete offers."""

    name: str
    """What is shown."""
    value: str | int | float
    """What is sent when it is taken."""


@value
class Seen:
    """A message as somebody saw it."""

    id: str
    """Its id."""
    channel_id: str
    """Where it stands."""
    author: str
    """Who wrote it."""
    content: str
    """What it says."""
    files: tuple[SeenFile, ...]
    """What is attached."""
    buttons: tuple[Button, ...]
    """What can be pressed under it."""
    menus: tuple[Menu, ...]
    """What can be chosen from under it."""
    embeds: tuple[Payload, ...]
    """The boxes under it, as Discord draws them."""
    flags: int
    """Its flags."""
    private: bool
    """Whether one person only sees it."""
    thinking: bool
    """Whether the bot is thinking."""
    voice: bool
    """Whether it is a voice message."""
    seconds: float | None
    """How long a voice message sounds."""
    waveform: str | None
    """How loud a voice message is over time, in base64."""
    pings: tuple[str, ...]
    """Whom it calls: ids of people, or 'everyone'."""
    reply_to: str | None
    """The id of the message that it answers."""
    edited: bool
    """Whether it was changed since it was written."""

    @property
    def labels(self) -> list[str]:
        """What stands on the buttons that can be pressed."""
        return [each.label for each in self.buttons if not each.disabled]

    @property
    def file(self) -> SeenFile:
        """The only file.

        Raises:
            ValueError: There is none, or more than one.
        """
        (only,) = self.files
        return only


def look_at(message: Message, cdn: Cdn) -> Seen:
    """See a message as it is now."""
    parts = [each for _, each in walk(message.components)]
    first = message.attachments[0] if message.attachments else None
    return Seen(
        id=message.id,
        channel_id=message.channel.id,
        author=message.author.name,
        content=message.content,
        files=tuple(_file(each, cdn) for each in message.attachments),
        buttons=tuple(_button(each) for each in parts if each["type"] == BUTTON),
        menus=tuple(_menu(each) for each in parts if each["type"] in MENUS),
        embeds=tuple(message.embeds),
        flags=message.flags,
        private=message.private,
        thinking=message.thinking,
        voice=message.voice,
        seconds=first.seconds if first else None,
        waveform=first.waveform if first else None,
        pings=message.pings,
        reply_to=message.reply_to,
        edited=message.edited is not None,
    )


def _file(each: Attachment, cdn: Cdn) -> SeenFile:
    return SeenFile(name=each.name, data=each.data, content_type=each.content_type, url=cdn.link(each))


def _button(each: Payload) -> Button:
    label = each.get("label") or (each.get("emoji") or {}).get("name") or ""
    return Button(label=label, custom_id=each.get("custom_id", ""), disabled=bool(each.get("disabled")))


def _menu(each: Payload) -> Menu:
    options = each.get("options") or [] if each["type"] == STRING_MENU else []
    return Menu(
        placeholder=each.get("placeholder") or "",
        custom_id=each["custom_id"],
        options=tuple(option["label"] for option in options),
        disabled=bool(each.get("disabled")),
    )
