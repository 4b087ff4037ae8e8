"""Updates: what the bot is told, kept until it says that it knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.demo.telegram.bell import Bell
from bot.demo.telegram.refusal import Refused
from bot.demo.telegram.wire import Wire
from engine.value import value

KINDS = (
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "chosen_inline_result",
    "my_chat_member",
)
"""What this Telegram tells of; the other kinds never happen here."""
FIRST = 700_000_001
LONGEST_POLL = 50.0


@value
class Update:
    """One thing that the bot is told."""

    id: int
    """Its number; those of later updates are higher."""
    kind: str
    """What it tells of: 'message'."""
    body: Wire
    """What it tells, as it was when it happened."""

    def wire(self) -> Wire:
        """As bots are told of it."""
        return {"update_id": self.id, self.kind: self.body}


class Updates:
    """The queue of what the bot has to be told, whether it asks for it or has it sent."""

    def __init__(self) -> None:
        self.pending: list[Update] = []
        """What the bot was not told, or has not confirmed."""
        self.history: list[Update] = []
        """All there ever was."""
        self.bell = Bell()
        self.taken: Callable[[], bool] = lambda: False
        """Whether a webhook gets the updates, so that nobody can ask for them."""
        self._allowed: frozenset[str] = frozenset(KINDS)
        self._again: set[int] = set()
        self._turn = 0
        self._closed = False

    def allow(self, kinds: Sequence[str]) -> None:
        """Tell from now on of these kinds only; of all where none is named."""
        self._allowed = frozenset(kinds or KINDS)

    def add(self, kind: str, body: Wire) -> Update | None:
        """Have the bot told of something; returns nothing where it does not want to know of that kind."""
        if kind not in self._allowed:
            return None
        update = Update(id=FIRST + len(self.history), kind=kind, body=body)
        self.history.append(update)
        self.pending.append(update)
        self.bell.ring()
        return update

    def repeat(self, count: int = 1) -> list[Update]:
        """Tell the bot of the last updates once more, by the same numbers, though it has confirmed them."""
        repeated = self.history[-count:]
        self._again |= {each.id for each in repeated}
        known = {each.id for each in self.pending}
        self.pending = sorted(
            [*self.pending, *(each for each in repeated if each.id not in known)], key=lambda each: each.id
        )
        self.bell.ring()
        return repeated

    def drop(self) -> None:
        """Forget what waits."""
        self.pending.clear()
        self._again.clear()

    def told(self, updates: Sequence[Update]) -> None:
        """Note that the bot has got these; what was repeated counts as confirmed once more."""
        self._again -= {each.id for each in updates}

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Update]:
        """Wait for updates from a number on; lower ones are confirmed by that, and forgotten.

        Raises:
            Refused: A webhook gets them, or somebody else began to ask.
        """
        if self.taken():
            raise Refused(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self._turn += 1
        turn = self._turn
        self.bell.ring()
        self._confirm(offset)

        def look() -> bool | None:
            return bool(self.pending) or self._turn != turn or self._closed or None

        if seconds > 0 and not self.pending:
            try:
                await self.bell.wait(look, min(seconds, LONGEST_POLL))
            except TimeoutError:
                return []
        if self._turn != turn:
            raise Refused(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
        found = self.pending[: max(1, min(limit, 100))]
        self.told(found)
        return found

    def close(self) -> None:
        """Let go of who waits."""
        self._closed = True
        self.bell.ring()

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset > 0:
            self.pending = [each for each in self.pending if each.id >= offset or each.id in self._again]
