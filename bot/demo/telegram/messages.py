"""Messages: what stands in a chat, as people see it and as bots are told of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.demo.telegram.accounts import ANONYMOUS, Account
from bot.demo.telegram.entities import marked
from bot.demo.telegram.files import File
from bot.demo.telegram.keyboards import rows
from bot.demo.telegram.wire import Wire, present
from engine.value import value

if TYPE_CHECKING:
    from bot.demo.telegram.chats import Chat, Topic


@value
class Edit:
    """What a message came to be."""

    at: float
    """When, in seconds of the monotonic clock."""
    text: str
    """Its text, or the caption of its file, from then on."""
    buttons: tuple[str, ...]
    """The labels of its buttons from then on."""


@dataclass(kw_only=True, eq=False)
class Message:
    """One message; it changes when it is edited or deleted."""

    chat: Chat
    """Where it stands."""
    sender: Account
    """Who wrote it; for an anonymous admin, the person behind."""
    date: int
    """When it was sent, in seconds since 1970."""
    text: str = ""
    """What it says, or what is written under its file."""
    marks: Sequence[Wire] = ()
    """The entities of its text."""
    file: File | None = None
    """The file that it carries."""
    markup: Wire | None = None
    """The buttons under it, or what it asks the person's app to show."""
    reply_to: Message | None = None
    """The message that it answers."""
    topic: Topic | None = None
    """The topic that it stands in; None for the general one."""
    service: Wire = field(default_factory=dict)
    """What happened in the chat, where it is no message of anybody."""
    anonymous: bool = False
    """Whether its sender hides behind the group."""
    origin: Message | None = None
    """The message that was forwarded."""
    via_bot: Account | None = None
    """The bot whose inline result it is."""
    album: str = ""
    """What it shares with the other messages of one album."""
    protected: bool = False
    """Whether it cannot be forwarded."""
    id: int = 0
    """Its number in its chat."""
    at: float = field(default_factory=time.monotonic)
    """When it was sent, in seconds of the monotonic clock."""
    edited: int = 0
    """When it was edited last, in seconds since 1970; 0 where it was not."""
    edits: list[Edit] = field(default_factory=list)
    """What it came to be, in order; what it was first is not among them."""
    deleted: bool = False
    """Whether it is gone."""

    def __repr__(self) -> str:
        return f"<{self.kind} {self.id} of {self.sender.first_name} in {self.chat.title}: {self.text[:60]!r}>"

    @property
    def kind(self) -> str:
        """'text', 'service' for what happened in the chat, or the kind of its file: 'voice', 'photo'."""
        if self.file is not None:
            return self.file.kind
        return "service" if self.service else "text"

    @property
    def rows(self) -> list[list[str]]:
        """The labels of the buttons under it, row by row."""
        return [[str(button["text"]) for button in row] for row in rows(self.markup)]

    @property
    def buttons(self) -> list[str]:
        """The labels of the buttons under it."""
        return [label for row in self.rows for label in row]

    def button(self, label: str) -> Wire:
        """Find a button by its label.

        Raises:
            LookupError: There is none.
        """
        for row in rows(self.markup):
            for button in row:
                if button["text"] == label:
                    return button
        raise LookupError(f"no button says {label!r} under {self!r}; there are {self.buttons}")

    def asks(self, person: Account) -> bool:
        """Whether it makes this person's app offer to answer it."""
        markup = self.markup or {}
        if not markup.get("force_reply") or self.deleted:
            return False
        names = {name.removeprefix("@") for name in marked(self.text, "mention")}
        answered = self.reply_to is not None and self.reply_to.sender is person
        return not markup.get("selective") or answered or person.username in names

    async def becomes(self, means: Callable[[Message], bool] | str, within: float = 5.0) -> Message:
        """Wait until the message is as `means` has it: until its text contains that, or the function says so.

        Raises:
            TimeoutError: It is not, after so many seconds.
        """
        meant = (lambda seen: re.search(re.escape(means), seen.text) is not None) if isinstance(means, str) else means
        try:
            return await self.chat.bell.wait(lambda: self if meant(self) else None, within)
        except TimeoutError:
            raise TimeoutError(f"{self!r} stayed as it is") from None

    def wire(self, *, nested: bool = False) -> Wire:
        """As bots are told of it; what is `nested` in another message does not tell which it answers itself."""
        answered = None if nested else self._answered()
        texts = ("text", "entities") if self.file is None else ("caption", "caption_entities")
        return present(
            message_id=self.id,
            **{"from": (ANONYMOUS if self.anonymous else self.sender).wire()},
            sender_chat=self.chat.wire() if self.anonymous else None,
            chat=self.chat.wire(),
            date=self.date,
            edit_date=self.edited or None,
            message_thread_id=self.thread,
            is_topic_message=True if self.topic else None,
            reply_to_message=answered.wire(nested=True) if answered else None,
            forward_origin=self._forwarded(),
            via_bot=self.via_bot.wire() if self.via_bot else None,
            media_group_id=self.album or None,
            has_protected_content=True if self.protected else None,
            reply_markup=self.markup if rows(self.markup) else None,
            **(self.file.carried() if self.file else {}),
            **{texts[0]: self.text or None, texts[1]: list(self.marks) or None},
            **self.service,
        )

    @property
    def thread(self) -> int | None:
        """The number of its topic; in a supergroup without topics, that of the message whose answers these are."""
        if self.topic is not None:
            return self.topic.id
        if self.chat.kind != "supergroup" or self.chat.topics or self.reply_to is None:
            return None
        return self.reply_to.thread or self.reply_to.id

    def _answered(self) -> Message | None:
        """The message that bots are told it answers: in a topic, what opened that, where it answers none."""
        answered = self.reply_to or (self.topic.opened if self.topic else None)
        return None if answered is self or answered is None or answered.deleted else answered

    def _forwarded(self) -> Wire | None:
        if self.origin is None:
            return None
        if self.origin.anonymous:
            return {"type": "chat", "date": self.origin.date, "sender_chat": self.origin.chat.wire()}
        return {"type": "user", "date": self.origin.date, "sender_user": self.origin.sender.wire()}
