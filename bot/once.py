"""Once: what a quick command writes is written once, also when the same event is told twice around a kill."""

from __future__ import annotations

from dataclasses import field
from typing import TypeVar

from commands.core.context import Context
from commands.core.reply import Reply
from engine.value import value
from storage import events, users
from storage.database import Transaction, Work

T = TypeVar("T")


@value
class OnceContext(Context):
    """What a quick command may use while it answers an event."""

    event_id: str
    """The platform's id of the event; empty: it cannot happen twice."""
    _noted: list[bool] = field(default_factory=list)

    async def commit(self, work: Work[T]) -> T:
        """Write what `work` writes, and in the same transaction that the event was seen to."""

        def noting(tx: Transaction) -> T:
            result = work(tx)
            if not self._noted:
                self._note(tx, None)
            return result

        result = await self.database.write(noting)
        self._noted.append(True)
        return result

    @property
    def wrote(self) -> bool:
        """Whether the command has written anything."""
        return bool(self._noted)

    async def answer(self, reply: Reply) -> None:
        """Keep what was answered, for whoever tells of the event again."""
        if not self.event_id:
            return
        told = reply.to_json()
        if self._noted:
            await self.database.write(lambda tx: events.answer(tx, self.asker.platform, self.event_id, told))
        else:
            await self.database.write(lambda tx: self._note(tx, told))

    def _note(self, tx: Transaction, reply: str | None) -> None:
        if self.event_id and users.get(tx, self.asker.user_id):  # unless they have just been forgotten
            events.note(tx, self.asker.platform, self.event_id, self.asker.user_id, reply=reply)
