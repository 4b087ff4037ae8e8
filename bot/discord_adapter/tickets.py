"""Tickets: what this process knows of the interactions that it answers, until their answers are there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from bot.callers import Caller
from bot.discord_adapter.address import Address

KEPT = 20_000
"""How many are kept in mind; the oldest goes, as if it had been answered by an earlier process."""
PATIENCE = 20.0
"""Seconds for which an answer waits for its acknowledgement, at most."""
LAST_MOMENT = 60.0
"""Seconds before the end of an interaction at which its ticket says where the answer will be."""


def last_words(address: Address, job: int) -> str:
    """Say where the answer will be once the interaction is over."""
    if address.away:
        return f"This takes longer than Mynah may write here. /jobs show job:{job} has the answer when it is done."
    where = "to you as a direct message" if address.private else "as a message of its own"
    return f"This takes its time; the answer comes {where}. /jobs show job:{job} tells how far it is."


class Ticket:
    """An interaction between its begin and its answer."""

    def __init__(self) -> None:
        self.acknowledged = asyncio.Event()
        """Whether the first answer is out, or will never be."""
        self.shown = ""
        """What stands there now."""
        self.message = ""
        """The id of the message that the first answer made; empty while it is not known."""
        self.job: int | None = None
        """The job that it is about."""
        self.address: Address | None = None
        """Where that is said."""
        self.caller: Caller | None = None
        """Who asked."""
        self._timer: asyncio.TimerHandle | None = None
        self._saying: asyncio.Task[None] | None = None

    def at_the_end(self, seconds: float, say: Callable[[], Coroutine[None, None, None]]) -> None:
        """Have something said in so many seconds, unless the answer is there by then."""

        def begin() -> None:
            self._saying = asyncio.create_task(say())

        self._timer = asyncio.get_running_loop().call_later(max(0.0, seconds), begin)

    async def fall_silent(self) -> None:
        """Say nothing any more, and wait until nothing is being said: the answer comes."""
        if self._timer:
            self._timer.cancel()
        if self._saying:
            await asyncio.wait({self._saying})

    def close(self) -> None:
        """Do nothing any more."""
        self.acknowledged.set()
        if self._timer:
            self._timer.cancel()
        if self._saying and self._saying is not asyncio.current_task():
            self._saying.cancel()


class Tickets:
    """The tickets of this process, by the ids of their interactions."""

    def __init__(self) -> None:
        self._open: dict[str, Ticket] = {}

    def begin(self, interaction: str) -> Ticket:
        """Take one in; of an interaction that is told twice, the first stays."""
        ticket = self._open.setdefault(interaction, Ticket())
        if len(self._open) > KEPT:
            self.end(next(iter(self._open)))
        return ticket

    def get(self, interaction: str) -> Ticket | None:
        """Return one, if this process has it and it is not answered."""
        return self._open.get(interaction)

    async def acknowledged(self, interaction: str) -> Ticket | None:
        """Return one as soon as its first answer is out; None where that was in an earlier process."""
        ticket = self._open.get(interaction)
        if ticket and not ticket.acknowledged.is_set():
            try:
                await asyncio.wait_for(ticket.acknowledged.wait(), PATIENCE)
            except TimeoutError:  # it hangs somewhere; the answer is more to the point
                ticket.acknowledged.set()
        return ticket

    def of_job(self, job: int) -> Ticket | None:
        """Return the one that is about a job."""
        return next((each for each in self._open.values() if each.job == job), None)

    def end(self, interaction: str) -> None:
        """Let go of one: its answer is there."""
        if ticket := self._open.pop(interaction, None):
            ticket.close()

    async def close(self) -> None:
        """Let go of all, and wait until nothing is being said."""
        every = list(self._open.items())
        for interaction, _ in every:
            self.end(interaction)
        for _, ticket in every:
            await ticket.fall_silent()
