"""Waiting: what a person sees between asking and the answer: a place in line, how far it is, a button to cancel.

Most answers are there within a second; for these nothing is said that would have to be taken away again. Telegram
shows 'recording voice' meanwhile.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field

from telegram.error import TelegramError

from bot import tickets
from bot.memory import Memory
from bot.telegram_adapter.address import Address
from bot.telegram_adapter.people import PLATFORM
from bot.telegram_adapter.post import Post
from bot.telegram_adapter.signs import Signs
from commands.core.reply import Progress
from storage.queue import Ticket

log = logging.getLogger("mynah.telegram")

SOON = 1.0
"""How long nothing is said, in seconds."""
GROUP_PACE = 10.0
"""Seconds between two changes of a ticket in a group, which may have twenty messages and changes a minute in all."""
LONGEST = 15.0
"""How long an answer waits for its acknowledgement, in seconds; then that counts as lost."""
ROOM = 0.5
"""How often is looked whether there is room for a ticket, in seconds."""
MARK = "tickets"
"""Under what is remembered where tickets stand."""
NOTED = 1.0
"""How long changes gather before they are remembered, in seconds."""
MOST = 5_000
"""Of how many tickets it is remembered where they stand."""


@dataclass
class _Wait:
    to: Address
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)
    job: int = 0
    words: str = ""
    message: int = 0
    later: asyncio.Task[None] | None = None
    sending: asyncio.Lock = field(default_factory=asyncio.Lock)
    signed: bool = False
    over: bool = False
    edited: float = -60.0


class Waiting:
    """Keeps the tickets of those who wait."""

    def __init__(self, post: Post, signs: Signs, memory: Memory, is_busy: Callable[[int], bool]) -> None:
        """Take what tells whether a chat, or all of Telegram, can hardly be sent more for the moment."""
        self._is_busy = is_busy
        self._post = post
        self._signs = signs
        self._memory = memory
        self._soon = SOON
        self._waits: dict[str, _Wait] = {}
        self._places: dict[str, int] = {}
        self._changed = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def recall(self) -> None:
        """Recall where tickets stand that an earlier run has left."""
        with suppress(ValueError):
            self._places = dict(json.loads(await self._memory.recall(PLATFORM, MARK) or "{}"))

    def begin(self, to: Address) -> None:
        """A request is on its way to the desk; its answer waits until it is acknowledged."""
        self._waits[to.event] = _Wait(to)

    async def acknowledge(self, to: Address, ticket: Ticket) -> None:
        """Let a person know that their request is taken: at once where it takes its time, else if it turns out so."""
        wait = self._waits.get(to.event)
        if wait is None or ticket.again or ticket.state not in ("pending", "ready", "running"):
            self.forget(to)
            return
        wait.job, wait.words = ticket.job_id, tickets.words(ticket)
        self._signs.begin(to)
        wait.signed = True
        soon = ticket.place == 0 and (ticket.eta_ms is None or ticket.eta_ms < self._soon * 1_000)
        later = soon or ticket.state == "pending"
        wait.later = self._spawn(self._say_when_there_is_room(wait, self._soon if later else 0.0))
        wait.acknowledged.set()

    def forget(self, to: Address) -> None:
        """There is nothing to wait for: it was answered at once, or refused."""
        if wait := self._waits.pop(to.event, None):
            wait.acknowledged.set()

    async def until_acknowledged(self, to: Address) -> None:
        """Wait until nothing that was to be said before the answer is still to come."""
        wait = self._waits.get(to.event)
        if wait is None:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(wait.acknowledged.wait(), LONGEST)
        wait.over = True
        async with wait.sending:
            if wait.later:
                wait.later.cancel()

    async def end(self, to: Address) -> None:
        """The answer is out: take the ticket away."""
        wait = self._waits.pop(to.event, None)
        if wait is not None and wait.signed:
            self._signs.end(wait.to)
        message = self._places.pop(_name(to.event), 0)
        if message:
            self._note()
            await self._post.delete(to, message)

    async def leave(self, person: int) -> None:
        """Nothing that somebody has asked for is still to come: take their tickets away."""
        for wait in [each for each in self._waits.values() if each.job and each.to.person == person]:
            await self.until_acknowledged(wait.to)
            await self.end(wait.to)

    async def cancelled(self, job_id: int, words: str) -> bool:
        """Say on its ticket that a job is cancelled; False where it has none that is known of."""
        wait = next((each for each in self._waits.values() if each.job == job_id), None)
        if wait is None:
            return False
        await self.until_acknowledged(wait.to)
        self._waits.pop(wait.to.event, None)
        if wait.signed:
            self._signs.end(wait.to)
        self._places.pop(_name(wait.to.event), None)
        self._note()
        return bool(wait.message) and await self._post.edit(wait.to, wait.message, words)

    async def show(self, to: Address, progress: Progress) -> None:
        """Show on its ticket how far a job is."""
        wait = self._waits.get(to.event)
        if wait is not None:
            async with wait.sending:
                pass  # the ticket is there now, if it was on its way
        message = self._places.get(_name(to.event), 0)
        words = tickets.progress_words(progress)
        now = asyncio.get_running_loop().time()
        if wait is not None and not to.is_private and now - wait.edited < GROUP_PACE:
            return
        if self._is_busy(to.chat):
            return
        if not message or (wait is not None and (wait.over or wait.words == words)):
            return
        if wait is None:  # an earlier run has begun it
            wait = self._waits[to.event] = _Wait(to, job=progress.job, message=message)
            wait.acknowledged.set()
        if not wait.signed:
            self._signs.begin(to)
            wait.signed = True
        wait.words, wait.edited = words, now
        await self._post.edit(to, message, words, [tickets.cancel(progress.job)])

    async def close(self) -> None:
        """Say no more, and remember where tickets stand."""
        for task in [*self._tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._signs.close()
        if self._changed:
            await self._remember()

    async def _say_when_there_is_room(self, wait: _Wait, after: float) -> None:
        """Show a ticket after so many seconds, and answers before tickets: what may be sent in a second is limited."""
        await asyncio.sleep(after)
        while self._is_busy(wait.to.chat):  # noqa: ASYNC110  # room comes with time, and rings no bell
            await asyncio.sleep(ROOM)
        await self._say(wait)

    async def _say(self, wait: _Wait) -> None:
        async with wait.sending:
            if wait.over:
                return
            try:
                wait.message = await self._post.say(wait.to, wait.words, [tickets.cancel(wait.job)])
            except TelegramError as error:
                log.info("a ticket could not be shown: %s", error)
                return
            if len(self._places) < MOST:
                self._places[_name(wait.to.event)] = wait.message
                self._note()

    def _note(self) -> None:
        if not self._changed:
            self._changed = True
            self._spawn(self._note_later())

    async def _note_later(self) -> None:
        await asyncio.sleep(NOTED)
        await self._remember()

    async def _remember(self) -> None:
        self._changed = False
        await self._memory.remember(PLATFORM, MARK, json.dumps(self._places))

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _name(event: str) -> str:
    """A name for a request by which nobody can tell whose it is."""
    return hashlib.sha256(event.encode()).hexdigest()[:16]
