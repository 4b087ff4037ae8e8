"""The conversation: what is asked on the page goes to the desk, what is answered is kept and told to every tab.

Messages are noted without waiting for the disk: what they tell of, the jobs and the outbox, is safe by itself.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from bot.desk import Answer, Desk, Fetch
from bot.web_adapter.asked import Asked, UploadGone, understand, with_files
from bot.web_adapter.keys import Guest
from bot.web_adapter.message import shown, ticket_of
from bot.web_adapter.streams import Event, Streams
from commands.core.errors import MynahError
from commands.core.params import Attachment
from commands.core.reply import Json, Progress, Reply
from commands.core.request import Request, tell
from storage import jobs, messages, parcels
from storage.database import Transaction
from storage.messages import Message
from storage.queue import Ticket

PAGE: Mapping[str, Json] = {"page": True}
"""The address of answers that belong into the conversation: whose it is, the delivery says."""
BEAT = 15.0
"""Seconds after which a tab is told that its stream is alive, and it is looked whether its visitor may stay."""
AT_ONCE = 200
"""How many messages a tab is told at most that comes again; it has to reload for more."""

Stays = Callable[[], Awaitable[bool]]
"""Whether a visitor would be let in still."""


class Conversation:
    """Everybody's conversations with Mynah on the page."""

    def __init__(self, desk: Desk) -> None:
        inside = desk.insides
        self._desk = desk
        self._database = inside.database
        self._host = inside.host
        self._data = str(inside.folder.path)
        self._streams = Streams()
        self._following: dict[int, asyncio.Task[None]] = {}

    async def ask(self, guest: Guest, asked: Asked) -> tuple[Json, bool]:
        """Do what is asked; return the message that answers it, and whether a job has it now."""

        async def hand_in() -> Answer:
            commands, user_id = self._desk.commands, guest.asker.user_id
            try:
                meant = await understand(asked, commands, self._database, user_id)
            except MynahError as error:
                return tell(error)
            if meant.help:
                return meant.help
            request = Request(
                command=meant.command, values=meant.values, address=PAGE, event_id=_event_id(guest, asked.event)
            )
            return await self._desk.ask(guest.caller, request, fetch=self._fetch(user_id), drafts=True)

        return await self._converse(guest, asked, hand_in)

    async def complete(self, guest: Guest, code: str, asked: Asked) -> tuple[Json, bool]:
        """Go on with a draft; return as `ask` does."""

        async def hand_in() -> Answer:
            user_id = guest.asker.user_id
            try:
                values = await with_files(None, asked.values, self._database, user_id)
            except MynahError as error:
                return tell(error)
            return await self._desk.complete(
                guest.caller,
                code,
                values,
                address=PAGE,
                event_id=_event_id(guest, asked.event),
                fetch=self._fetch(user_id),
            )

        return await self._converse(guest, asked, hand_in)

    async def history(self, guest: Guest, before: int | None, limit: int) -> tuple[list[Json], bool]:
        """Return the messages before that of a number (None: the latest), the oldest first, and whether more are."""
        user_id = guest.asker.user_id

        def look(tx: Transaction) -> tuple[list[Json], bool]:
            found = messages.before(tx, user_id, before, limit + 1)
            more = len(found) > limit
            return [self._shown(tx, each) for each in (found[1:] if more else found)], more

        return await self._database.read(look)

    async def cursor(self, guest: Guest) -> int:
        """Return the number of the visitor's latest message."""
        return await self._database.glance(lambda tx: messages.last(tx, guest.asker.user_id))

    async def events(self, guest: Guest, after: int | None, stays: Stays) -> AsyncIterator[bytes]:
        """Tell a tab what happens, from the message `after` that number on, until it goes or may stay no longer."""
        user_id = guest.asker.user_id
        stream = self._streams.open(user_id)
        try:
            yield b": here\n\n"
            for missed in await self._missed(user_id, after):
                yield missed.encode()
            now = asyncio.get_running_loop().time
            looked = now()
            while True:
                event: Event | None = None
                with suppress(TimeoutError):
                    async with asyncio.timeout(BEAT):
                        event = await stream.next()
                        if event is None:
                            return
                if now() - looked >= BEAT:  # however much there is to tell
                    looked = now()
                    if not await stays():
                        return
                yield event.encode() if event else b": still here\n\n"
        finally:
            self._streams.drop(user_id, stream)

    async def deliver(self, delivery_id: int, reply: Reply) -> str:
        """Write down what a delivery brings, and tell it; empty where it is nobody's any more."""
        body = reply.to_json()

        def work(tx: Transaction) -> tuple[Message, Json] | None:
            message = messages.deliver(tx, delivery_id, body)
            return (message, self._shown(tx, message)) if message else None

        written = await self._database.note(work)
        if written is None:
            return ""
        message, told = written
        self._streams.tell(message.user_id, Event(kind="message", data=told, id=message.id))
        return str(message.id)

    async def progress(self, progress: Progress) -> None:
        """Tell the tabs of whoever asked for it how far a job is."""
        job = await self._database.glance(lambda tx: jobs.get(tx, progress.job))
        if job is not None:
            data = {"job": progress.job, "share": progress.done, "left": progress.left, "note": progress.note}
            self._streams.tell(job.user_id, Event(kind="progress", data=data))

    async def close(self) -> None:
        """Let go of every tab."""
        self._streams.close()
        following = [*self._following.values()]
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)

    async def _converse(
        self, guest: Guest, asked: Asked, hand_in: Callable[[], Awaitable[Answer]]
    ) -> tuple[Json, bool]:
        user_id = guest.asker.user_id
        await self._write(
            user_id, lambda tx: messages.add(tx, user_id=user_id, kind="asked", body=asked.to_json(), event=asked.event)
        )
        answer = await hand_in()
        if isinstance(answer, Reply):
            return await self._answered(user_id, asked.event, answer), False
        told = await self._ticketed(user_id, asked.event, answer)
        return told, told["ticket"] is not None

    async def _answered(self, user_id: int, event: str, reply: Reply) -> Json:
        body = reply.to_json()
        written = await self._write(
            user_id,
            lambda tx: messages.add(tx, user_id=user_id, kind="answer", body=body, event=event),
            reply,
        )
        if reply.job is not None:
            self._follow(user_id, reply.job)
        if written is not None:
            return written
        return shown(_passing(user_id, event, body, self._database.clock.now()), reply=reply, data=self._data)

    async def _ticketed(self, user_id: int, event: str, ticket: Ticket) -> Json:
        job_id = ticket.job_id

        def work(tx: Transaction) -> Message | None:
            if done := messages.answer_of(tx, user_id, job_id):  # it was quicker than this
                return done
            return messages.ticket(tx, user_id=user_id, event=event, job_id=job_id)

        written = await self._write(user_id, work)
        self._follow(user_id, job_id)
        if written is not None:
            return written
        return shown(_passing(user_id, event, "{}", self._database.clock.now(), "ticket"), ticket=ticket)

    async def _write(
        self, user_id: int, work: Callable[[Transaction], Message | None], reply: Reply | None = None
    ) -> Json:
        """Write a message, tell it to every tab, and return it; None where there is nobody any more to keep it for."""

        def both(tx: Transaction) -> tuple[Message, Json, Json] | None:
            message = work(tx)
            if message is None:
                return None
            kept = self._shown(tx, message)
            return message, kept, self._shown(tx, message, reply) if reply else kept

        written = await self._database.note(both)
        if written is None:
            return None
        message, kept, given = written
        self._streams.tell(user_id, Event(kind="message", data=kept, id=message.id))
        return given

    def _shown(self, tx: Transaction, message: Message, reply: Reply | None = None) -> Json:
        ticket = None
        if message.kind == "ticket":
            ticket = ticket_of(tx, message.job_id)
        elif message.kind == "answer" and message.delivery_id is None:
            goes_on = (reply or Reply.from_json(message.body)).job
            ticket = ticket_of(tx, goes_on)
        return shown(message, ticket=ticket, reply=reply, data=self._data)

    async def _missed(self, user_id: int, after: int | None) -> Sequence[Event]:
        """What a tab has missed, where it says up to where it knows; and look after the jobs that it waits for."""

        def look(tx: Transaction) -> tuple[list[Event], list[int]]:
            found = [] if after is None else messages.after(tx, user_id, after, AT_ONCE)
            told = [Event(kind="message", data=self._shown(tx, each), id=each.id) for each in found]
            return told, messages.open_tickets(tx, user_id)

        told, waiting = await self._database.read(look)
        for job_id in waiting:
            self._follow(user_id, job_id)
        return told

    def _follow(self, user_id: int, job_id: int) -> None:
        """Tell when a job has ended, in whatever way: one that is cancelled has no answer."""
        if job_id not in self._following:
            task = asyncio.create_task(self._until_ended(user_id, job_id), name=f"page follows {job_id}")
            self._following[job_id] = task
            task.add_done_callback(lambda _: self._following.pop(job_id, None))

    async def _until_ended(self, user_id: int, job_id: int) -> None:
        running = False
        async for _ in self._host.runner.watch(job_id):
            if not running:
                running = True
                self._streams.tell(user_id, Event(kind="job", data={"job": job_id, "state": "running"}))
        await self._tell_job(user_id, job_id)

    async def _tell_job(self, user_id: int, job_id: int) -> None:
        job = await self._database.read(lambda tx: jobs.get(tx, job_id))
        state = job.state if job else "cancelled"
        self._streams.tell(user_id, Event(kind="job", data={"job": job_id, "state": state}))

    def _fetch(self, user_id: int) -> Fetch:
        async def fetch(attachment: Attachment, to: Path) -> None:
            parcel = await self._database.read(lambda tx: parcels.find(tx, user_id, attachment.reference))
            if parcel is None:
                raise UploadGone
            await asyncio.to_thread(shutil.copyfile, Path(self._data) / parcel.path, to)

        return fetch


def _event_id(guest: Guest, event: str) -> str:
    """Return the id under which the desk knows a request: clients make theirs up, so each person has their own."""
    return f"{guest.asker.user_id}/{event}"


def _passing(user_id: int, event: str, body: str, now: int, kind: messages.Kind = "answer") -> Message:
    """A message that is shown once, and not kept: its person was just forgotten."""
    return Message(
        id=0, user_id=user_id, kind=kind, event=event, job_id=None, delivery_id=None, body=body, created_at=now
    )
