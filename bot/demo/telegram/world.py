"""The world of this Telegram: everything that there is in it, and what happens when something is said."""

from __future__ import annotations

import time
from collections.abc import Sequence

from bot.demo.telegram.accounts import Account
from bot.demo.telegram.call import Call
from bot.demo.telegram.chats import Chat
from bot.demo.telegram.clock import Clock
from bot.demo.telegram.faults import Faults
from bot.demo.telegram.files import Files
from bot.demo.telegram.menus import Menus
from bot.demo.telegram.messages import Edit, Message
from bot.demo.telegram.pace import Pace
from bot.demo.telegram.people import Person
from bot.demo.telegram.privacy import reaches
from bot.demo.telegram.queries import Queries
from bot.demo.telegram.refusal import bad
from bot.demo.telegram.rules import Rules
from bot.demo.telegram.updates import Updates
from bot.demo.telegram.webhook import Webhook
from bot.demo.telegram.wire import Wire

FIRST_PERSON = 5_000_000_001
"""Ids do not fit 32 bits any more; what a bot keeps has to hold them."""
FIRST_GROUP = -4_000_000_001
FIRST_SUPERGROUP = -1_002_000_000_001


class World:
    """Everything that there is."""

    def __init__(self, rules: Rules, bot: Account) -> None:
        self.rules = rules
        self.bot = bot
        self.clock = Clock()
        self.files = Files(bot.id, rules, self.clock)
        self.queries = Queries(rules, self.clock)
        self.updates = Updates()
        self.webhook = Webhook(self.updates, rules)
        self.menus = Menus()
        self.faults = Faults()
        self.pace = Pace(rules, self.clock)
        self.calls: list[Call] = []
        """Every call of the bot, in order."""
        self.profile: dict[str, str] = {}
        """What the bot says of itself: 'description', 'short_description', 'name', with a language behind a dot."""
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}

    @property
    def now(self) -> int:
        """The time, in whole seconds since 1970."""
        return int(self.clock.now())

    def person(self, name: str, *, username: str = "", language: str = "en") -> Person:
        """Have somebody come in."""
        id = FIRST_PERSON + len(self.people)
        person = Person(self, id, name, username=username or name.lower(), language=language)
        self.people[id] = person
        self.chats[id] = person.private
        return person

    def group(self, title: str, owner: Person) -> Chat:
        """Found a group, of the small kind."""
        return self._founded(FIRST_GROUP - len(self.chats), "group", title, owner)

    def supergroup(self, of: Chat | None = None, title: str = "", owner: Person | None = None) -> Chat:
        """Found a supergroup, or make one of a group, with all who are in that."""
        founder = of.owner if of is not None else owner
        if founder is None:
            raise ValueError("a supergroup is of a group, or has an owner")
        chat = self._founded(FIRST_SUPERGROUP - len(self.chats), "supergroup", of.title if of else title, founder)
        if of is None:
            # The first number is always taken, so that no topic ever has that of the general one.
            chat.post(Message(chat=chat, sender=founder, date=self.now, service={"supergroup_chat_created": True}))
        else:
            chat.add(of.members.values())
            chat.admins |= of.admins
            chat.bot_is = of.bot_is
        return chat

    def chat(self, id: str) -> Chat:
        """Find a chat by what a bot names it.

        Raises:
            Refused: There is none.
        """
        try:
            return self.chats[int(id)]
        except (KeyError, ValueError):
            raise bad("chat_id is empty" if not id else "chat not found") from None

    def account(self, id: int) -> Account:
        """Find somebody.

        Raises:
            Refused: There is nobody of that id.
        """
        found = self.bot if id == self.bot.id else self.people.get(id)
        if found is None:
            raise bad("invalid user_id specified")
        return found

    def hears(self, message: Message, *, edited: bool = False) -> None:
        """Have the bot told of a message, where it gets to know of it."""
        if reaches(message, self.bot, privacy=self.rules.privacy):
            self.updates.add("edited_message" if edited else "message", message.wire())

    def change(self, message: Message, text: str, marks: Sequence[Wire], markup: Wire | None) -> None:
        """Change what a message says and what is under it."""
        message.text, message.marks, message.markup = text, marks, markup
        message.edited = self.now
        message.edits.append(Edit(at=time.monotonic(), text=text, buttons=tuple(message.buttons)))
        message.chat.bell.ring()

    def bot_becomes(self, chat: Chat, by: Person, old: str, new: str) -> None:
        """Tell the bot what it is in a chat from now on."""
        body: Wire = {
            "chat": chat.wire(),
            "from": by.wire(),
            "date": self.now,
            "old_chat_member": member(self.bot, old),
            "new_chat_member": member(self.bot, new),
        }
        self.updates.add("my_chat_member", body)

    def _founded(self, id: int, kind: str, title: str, owner: Person) -> Chat:
        chat = Chat(self, id, kind, title, owner)
        self.chats[id] = chat
        return chat


RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
)


def member(account: Account, status: str) -> Wire:
    """Tell what somebody is in a chat, as bots are told."""
    told: Wire = {"user": account.wire(), "status": status}
    if status in ("creator", "administrator"):
        told["is_anonymous"] = False
    if status == "administrator":
        told |= {"can_be_edited": False, **dict.fromkeys(RIGHTS, True)}
    if status == "kicked":
        told["until_date"] = 0
    return told
