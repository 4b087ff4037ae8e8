"""Chats: private ones, groups and supergroups, with who is in them and what was said there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.demo.telegram.accounts import Account
from bot.demo.telegram.bell import Bell
from bot.demo.telegram.messages import Message
from bot.demo.telegram.refusal import Refused, bad, forbidden
from bot.demo.telegram.wire import Wire, present
from engine.value import value

if TYPE_CHECKING:
    from bot.demo.telegram.people import Person
    from bot.demo.telegram.world import World

SENDS = {
    "text": "text messages",
    "voice": "voice notes",
    "audio": "music",
    "document": "documents",
    "photo": "photos",
}
"""What a group can forbid, in the words of its refusal."""
GENERAL = 1
"""The number of the topic that is always there; a bot must not name it when it sends."""


@value
class Action:
    """What a bot was seen doing: 'record_voice'."""

    at: float
    """When, in seconds of the monotonic clock."""
    kind: str
    """What it is said to do."""
    topic: int | None
    """The number of the topic in which it is seen."""


@dataclass(eq=False)
class Topic:
    """A topic of a supergroup."""

    name: str
    """What people call it."""
    opened: Message | None = None
    """The service message that opened it."""
    closed: bool = False
    """Whether nobody can write in it."""
    deleted: bool = False
    """Whether it is gone."""

    @property
    def id(self) -> int:
        """Its number: that of the message that opened it."""
        assert self.opened is not None, "a topic is opened by a message"
        return self.opened.id


class Chat:
    """A place where messages stand."""

    def __init__(self, world: World, id: int, kind: str, title: str, owner: Person) -> None:
        """Take its id and kind ('private', 'group' or 'supergroup'); of a private chat, the owner is its person."""
        self.world = world
        self.id = id
        self.kind = kind
        self.title = title
        self.owner = owner
        self.members: dict[int, Person] = {owner.id: owner}
        self.admins: set[int] = set() if kind == "private" else {owner.id}
        self.topics: dict[int, Topic] = {}
        self.bot_is = "member"
        """'member', 'administrator', 'left' or 'kicked'."""
        self.forbids: set[str] = set()
        """What nobody but admins may send here: 'text', 'voice', 'audio', 'document', 'photo'."""
        self.became: Chat | None = None
        """The supergroup that this group has become."""
        self.messages: list[Message] = []
        """What was ever said here, deleted messages too, in order."""
        self.actions: list[Action] = []
        """What the bot was seen doing, in order."""
        self.bell = Bell()

    def __repr__(self) -> str:
        return f"<{self.kind} {self.title} {self.id}>"

    def wire(self) -> Wire:
        """As bots are told of it."""
        if self.kind == "private":
            person = self.owner
            return present(id=self.id, type="private", first_name=person.first_name, username=person.username or None)
        return present(id=self.id, type=self.kind, title=self.title, is_forum=True if self.topics else None)

    @property
    def seen(self) -> list[Message]:
        """The bot's messages that stand here, in order."""
        return [each for each in self.messages if each.sender is self.world.bot and not each.deleted]

    async def answer(
        self,
        after: Message | None = None,
        *,
        kind: str = "",
        where: Callable[[Message], bool] | None = None,
        within: float = 5.0,
    ) -> Message:
        """Wait for the bot's first message after another one, of a kind ('voice'), for which `where` is true.

        Raises:
            TimeoutError: None came in so many seconds; the error says what came.
        """
        first = after.id if after is not None and after.chat is self else 0

        def look() -> Message | None:
            return next((each for each in self._since(first) if _meant(each, kind, where)), None)

        try:
            return await self.bell.wait(look, within)
        except TimeoutError:
            raise TimeoutError(f"no {kind or 'answer'} in {self!r}; there is {self._since(first)}") from None

    async def answers(
        self, count: int, after: Message | None = None, *, kind: str = "", within: float = 5.0
    ) -> list[Message]:
        """Wait for so many messages of the bot after another one, and return them.

        Raises:
            TimeoutError: Fewer came in so many seconds.
        """
        first = after.id if after is not None and after.chat is self else 0

        def look() -> list[Message] | None:
            found = [each for each in self._since(first) if _meant(each, kind, None)]
            return found if len(found) >= count else None

        try:
            return await self.bell.wait(look, within)
        except TimeoutError:
            raise TimeoutError(f"not {count} answers in {self!r}, but {self._since(first)}") from None

    async def stays_quiet(self, seconds: float = 0.2, after: Message | None = None) -> bool:
        """Whether the bot says nothing after a message, in so many seconds."""
        await asyncio.sleep(seconds)
        return not self._since(after.id if after is not None and after.chat is self else 0)

    def _since(self, first: int) -> list[Message]:
        bot = self.world.bot
        return [each for each in self.messages[first:] if each.sender is bot and not each.deleted and not each.service]

    def post(self, message: Message) -> Message:
        """Put a message into the chat, which gives it its number."""
        self.messages.append(message)
        message.id = len(self.messages)
        self.bell.ring()
        return message

    def find(self, id: int | None) -> Message | None:
        """Find a message that still stands here."""
        found = self.messages[id - 1] if id is not None and 0 < id <= len(self.messages) else None
        return None if found is None or found.deleted else found

    def add(self, people: Iterable[Person]) -> None:
        """Let people in."""
        self.members.update({each.id: each for each in people})

    def promotes(self, person: Person) -> None:
        """Make somebody an admin."""
        self.add([person])
        self.admins.add(person.id)

    def demotes(self, person: Person) -> None:
        """Make an admin a member again."""
        self.admins.discard(person.id)

    def opens(self, name: str) -> Topic:
        """Open a topic, which makes a supergroup one with topics."""
        if self.kind != "supergroup":
            raise ValueError(f"{self!r} is no supergroup, and has no topics")
        topic = Topic(name)
        created: Wire = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        topic.opened = self.post(
            Message(chat=self, sender=self.owner, date=self.world.now, service=created, topic=topic)
        )
        self.topics[topic.id] = topic
        return topic

    async def kicks_bot(self, by: Person | None = None) -> None:
        """Throw the bot out."""
        self._bot_becomes("kicked", by)

    async def lets_bot_in(self, by: Person | None = None, *, admin: bool = False) -> None:
        """Let the bot in, or make it an admin."""
        self._bot_becomes("administrator" if admin else "member", by)

    async def becomes_supergroup(self) -> Chat:
        """Turn a group into a supergroup, which is another chat, and return that."""
        new = self.world.supergroup(self)
        self.became = new
        moved: tuple[tuple[Chat, Wire], ...] = (
            (self, {"migrate_to_chat_id": new.id}),
            (new, {"migrate_from_chat_id": self.id}),
        )
        for chat, told in moved:
            self.world.hears(chat.post(Message(chat=chat, sender=self.owner, date=self.world.now, service=told)))
        return new

    def _bot_becomes(self, status: str, by: Person | None) -> None:
        old = self.bot_is
        self.bot_is = status
        self.world.bot_becomes(self, by or self.owner, old, status)

    def check(self, kind: str = "text") -> None:
        """Check that the bot may send a kind of message here.

        Raises:
            Refused: It may not.
        """
        if self.became is not None:
            raise Refused(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to=self.became.id)
        if self.kind == "private":
            self.owner.check(kind)
        elif self.bot_is == "kicked":
            raise forbidden(f"bot was kicked from the {self.kind} chat")
        elif self.bot_is == "left":
            raise forbidden(f"bot is not a member of the {self.kind} chat")
        elif kind in self.forbids and self.bot_is != "administrator":
            raise bad(f"not enough rights to send {SENDS[kind]} to the chat")

    def thread(self, number: int | None) -> Topic | None:
        """Find the topic that a bot wants to write in; None is the general one.

        Raises:
            Refused: There is none of that number, or nobody can write in it.
        """
        if number is None or number == 0:
            return None
        topic = self.topics.get(number)
        if topic is None or topic.deleted:
            raise bad("message thread not found")
        if topic.closed and self.bot_is != "administrator":
            raise bad("TOPIC_CLOSED")
        return topic

    def does(self, kind: str, number: int | None) -> None:
        """Show people what the bot is doing; unlike a message, that may name the general topic."""
        topic = self.thread(None if number == GENERAL and self.topics else number)
        self.actions.append(Action(at=time.monotonic(), kind=kind, topic=topic.id if topic else None))
        self.bell.ring()

    def status(self, account: Account) -> str:
        """What somebody is here: 'creator', 'administrator', 'member' or 'left'."""
        if account is self.world.bot:
            return self.bot_is
        if account.id not in self.members:
            return "left"
        if self.kind != "private" and account is self.owner:
            return "creator"
        return "administrator" if account.id in self.admins else "member"


def _meant(message: Message, kind: str, where: Callable[[Message], bool] | None) -> bool:
    return (not kind or message.kind == kind) and (where is None or where(message))
