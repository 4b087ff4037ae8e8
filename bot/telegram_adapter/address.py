"""Addresses: where in Telegram an answer goes; the outbox keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from commands.core.reply import Json
from engine.value import value


@value
class Address:
    """A chat, and in it the request that is answered."""

    chat: int
    """The chat's id; a private chat has its person's."""
    topic: int = 0
    """The topic of a group in which it was asked; 0 where there is none."""
    message: int = 0
    """The message that is answered; 0 for none."""
    others: bool = False
    """Whether that message is not by who asked, such as one of whose buttons one was pressed."""
    person: int = 0
    """Who asked; 0 for an admin who hides behind the group."""
    event: str = ""
    """What the request is known by, so that its answer comes after its acknowledgement."""

    @property
    def is_private(self) -> bool:
        """Whether nobody else reads there."""
        return self.chat > 0

    @property
    def of_person(self) -> Address:
        """The private chat of who asked."""
        return Address(chat=self.person, person=self.person, event=self.event)

    def moved(self, chat: int) -> Address:
        """The same in a group that has another id now, in which the old messages cannot be answered."""
        return replace(self, chat=chat, message=0)

    def to_json(self) -> dict[str, Json]:
        """Write it as the outbox keeps it."""
        return {name: kept for name in self.__dataclass_fields__ if (kept := getattr(self, name))}

    @classmethod
    def from_json(cls, stored: Mapping[str, Json]) -> Address:
        """Read what `to_json` wrote; what a newer Mynah added is passed over."""
        return cls(**{name: stored[name] for name in cls.__dataclass_fields__ if name in stored})
