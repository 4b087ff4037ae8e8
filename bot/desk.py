"""The desk: the one road by which a platform hands in what a person asks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from bot.callers import Caller, Callers
from bot.fitting import Fitting
from bot.host import LiveHost
from bot.links import Links
from bot.memory import Memory
from bot.once import OnceContext
from bot.paths import whole
from bot.refusals import DraftGone, FileGone, Stopping, disk_full
from bot.settings import Settings
from bot.stager import Fetch, Stager
from commands.core.command import Command
from commands.core.context import Asker, Inquiry, Rules
from commands.core.errors import MynahError
from commands.core.params import Attachment, Param, Suggest
from commands.core.refusals import check_waiting, quota_reached
from commands.core.reply import Json, Reply
from commands.core.request import Admitted, Request, admit, check_audience, find, tell, to_order
from engine.value import value
from storage import drafts, events, files, places, queue
from storage.database import Database, Transaction
from storage.errors import StorageError
from storage.events import Event
from storage.folder import Folder
from storage.places import Kind
from storage.queue import Order, Ticket
from storage.quota import Shortage
from storage.uploads import Clip

__all__ = ["Answer", "Caller", "Desk", "Fetch"]

log = logging.getLogger("mynah.desk")

DONE = "That is done."
"""What others may read of a private answer to a command that has changed something."""


@value
class Insides:
    """What Mynah is made of, for what shows all of it: the page, and the API for programs."""

    database: Database
    """What is remembered."""
    folder: Folder
    """The data folder."""
    settings: Settings
    """Every setting."""
    rules: Rules
    """What the host has set that commands go by."""
    host: LiveHost
    """What runs commands."""
    links: Links
    """What signs links to files."""


Answer = Reply | Ticket
"""A reply where it was answered at once (or refused: `error`), a ticket where a job has it now."""


class Desk:
    """Takes requests: who asks is looked up, what they ask is checked, then it is answered or queued."""

    def __init__(self, *, database: Database, folder: Folder, settings: Settings, rules: Rules, host: LiveHost) -> None:
        self._database = database
        self._folder = folder
        self._settings = settings
        self._rules = rules
        self._host = host
        self.memory = Memory(database)
        """What adapters remember of their platforms."""
        links = Links(folder.key, settings.web.public_url, settings.web.link_hours, database.clock)
        self.insides = Insides(database=database, folder=folder, settings=settings, rules=rules, host=host, links=links)
        """What it is made of."""
        self.fitting = Fitting(folder.path / "fitting", links.to)
        """What makes files small enough for a platform."""
        self._callers = Callers(database, folder, settings)
        self._stager = Stager(database, folder, host)
        self._under_way: dict[tuple[str, str], asyncio.Event] = {}
        self._stopping = False

    @property
    def commands(self) -> Mapping[str, Command]:
        """Every command, by name; an adapter makes its menus and forms from them."""
        return self._host.commands

    async def ask(
        self, caller: Caller, request: Request, *, fetch: Fetch | None = None, drafts: bool = False
    ) -> Answer:
        """Do what a person asks, or queue it; `fetch` brings the attachments, after the ticket is out.

        Nothing is raised: what is refused or fails comes back as a Reply with `error` set. With `drafts`, a request
        that lacks a value which it needs is kept, and the reply asks for it: its `data` has the `draft`'s code, with
        which `complete` goes on, and the name of what is `missing`.
        """
        return await self._once(caller, request.event_id, lambda: self._ask(caller, request, fetch, drafts))

    async def complete(
        self,
        caller: Caller,
        code: str,
        values: Mapping[str, object],
        *,
        address: Mapping[str, Json],
        event_id: str = "",
        fetch: Fetch | None = None,
    ) -> Answer:
        """Go on with a draft: its request with `values` added, admitted afresh."""

        async def go_on() -> Answer:
            asker = await self._callers.find(caller)
            if event := await self._seen(caller, event_id):  # the draft went when this was told first
                return await self._earlier(event)
            draft = await self._database.write(lambda tx: drafts.take(tx, code, asker.user_id))
            if draft is None:
                raise DraftGone
            whole = {**draft.values, **values}
            request = Request(command=draft.command, values=whole, address=address, event_id=event_id)
            return await self._ask(caller, request, fetch, True)

        return await self._once(caller, event_id, go_on)

    async def know(self, caller: Caller) -> Asker:
        """Return whom Mynah knows a caller as.

        Raises:
            NotAllowed: They are blocked, or nobody is there whom they could be.
        """
        return await self._callers.find(caller)

    async def open_draft(self, caller: Caller, command: str = "", missing: str = "") -> str:
        """Return the code of the draft that the person's next message may complete there; empty where there is none.

        Of those of one command that lack one value, where these are given.
        """
        try:
            asker = await self._callers.find(caller)
        except MynahError:
            return ""
        user, place = asker.user_id, asker.place.id
        found = await self._database.read(lambda tx: drafts.open_of(tx, user, place, command, missing))
        return found.code if found else ""

    async def suggest(self, caller: Caller, command: str, param: str, typed: str) -> list[str]:
        """Return up to 25 completions for a parameter while it is typed; none where there is nothing to complete."""
        found = self.commands.get(command)
        wanted = found.param(param) if found else None
        mark = wanted.mark(Suggest) if wanted else None
        if mark is None:
            return []
        try:
            return (await mark.source(await self._inquire(caller), typed))[:25]
        except (MynahError, StorageError):
            return []

    async def options(self, caller: Caller, command: str, param: str) -> list[str]:
        """Return what a value can be chosen from when a button asks for it: its words, else what completes it."""
        found = self.commands.get(command)
        wanted = found.param(param) if found else None
        if wanted is not None and wanted.choices:
            return list(wanted.choices)
        return await self.suggest(caller, command, param, "")

    async def clips(self, caller: Caller, account: str, kind: str, typed: str) -> list[Clip]:
        """Return the person's latest sounds that the platform has already, and whose text has in it what is typed."""
        try:
            asker = await self._callers.find(caller)
        except MynahError:
            return []
        found = await self.memory.clips(asker.user_id, account, kind)
        return [clip for clip in found if typed.strip().casefold() in f"{clip.words} {clip.name}".casefold()]

    async def move_place(self, platform: str, old: str, new: str, kind: Kind, name: str) -> None:
        """Let a place that has another id on its platform from now on be the same place."""
        await self._database.write(lambda tx: places.move(tx, platform, old, new, kind, name))
        self._callers.forget()

    async def note_same(self, caller: Caller, event_id: str, others: Sequence[str]) -> None:
        """Note that other events are parts of one that was asked, so that none of them is asked again by itself."""

        def note(tx: Transaction) -> None:
            first = events.seen(tx, caller.platform, event_id)
            for other in others if first else ():
                if first and events.seen(tx, caller.platform, other) is None:
                    events.note(tx, caller.platform, other, first.user_id, job_id=first.job_id, reply=first.reply)

        await self._database.write(note)

    async def settle(self) -> None:
        """Wait until every attachment that is being fetched is there, or is lost."""
        await self._stager.settle()

    async def stop(self, job_id: int) -> None:
        """Fetch no more for a job, and forget what was fetched."""
        await self._stager.stop(job_id)

    def stop_taking(self) -> None:
        """Refuse what is asked from now on."""
        self._stopping = True

    async def close(self) -> None:
        """Fetch no more for any job; those that go without are refunded at the next start."""
        await self._stager.close()

    async def _once(self, caller: Caller, event_id: str, answer: Callable[[], Awaitable[Answer]]) -> Answer:
        """Answer, after whatever the same event started has been answered: then it is known."""
        key = (caller.platform, event_id)
        while first := self._under_way.get(key):
            await first.wait()
        done = asyncio.Event()
        if event_id:
            self._under_way[key] = done
        try:
            return self._whole(await answer())
        except (MynahError, StorageError) as error:
            return tell(error)
        except Exception as error:
            if full := disk_full(error, self._folder):
                return tell(full)
            log.exception("a request could not be taken")
            return tell(MynahError())
        finally:
            self._under_way.pop(key, None)
            done.set()

    def _whole(self, answer: Answer) -> Answer:
        return whole(answer, self._folder.path) if isinstance(answer, Reply) else answer

    async def _inquire(self, caller: Caller, *, blocked_too: bool = False) -> Inquiry:
        asker = await self._callers.find(caller, blocked_too=blocked_too)
        return Inquiry(asker=asker, database=self._database, rules=self._rules, host=self._host)

    async def _ask(self, caller: Caller, request: Request, fetch: Fetch | None, drafts: bool) -> Answer:
        if self._stopping:
            raise Stopping
        command = find(self.commands, request.command)
        inquiry = await self._inquire(caller, blocked_too=command.always)
        missing = _missing(command, request) if drafts else None
        if (command.lane is None or missing) and (event := await self._seen(caller, request.event_id)):
            return await self._earlier(event)
        if missing:
            check_audience(command, inquiry.asker.rank, inquiry.asker.place.kind)
            return await self._leave(inquiry, command, request, missing)
        admitted = await admit(command, request.values, inquiry)
        if command.lane is None:
            return await self._answer(inquiry, admitted, request)
        return await self._submit(inquiry, admitted, request, fetch)

    async def _seen(self, caller: Caller, event_id: str) -> Event | None:
        if not event_id:
            return None
        return await self._database.read(lambda tx: events.seen(tx, caller.platform, event_id))

    async def _earlier(self, event: Event) -> Answer:
        job_id = event.job_id
        if job_id is not None:
            return await self._database.read(lambda tx: queue.ticket(tx, job_id))
        return Reply.from_json(event.reply) if event.reply else Reply(text="That is done already.", private=True)

    async def _answer(self, inquiry: Inquiry, admitted: Admitted, request: Request) -> Reply:
        context = OnceContext(
            asker=inquiry.asker,
            database=self._database,
            rules=self._rules,
            host=self._host,
            event_id=request.event_id,
        )
        try:
            reply = await admitted.command.handler(context, **admitted.values)
        finally:
            self._callers.forget()
        if admitted.command.private and not reply.private:
            reply = replace(reply, private=True)
        if context.wrote and reply.private and not reply.brief:
            reply = replace(reply, brief=DONE)
        await context.answer(reply)
        return reply

    async def _leave(self, inquiry: Inquiry, command: Command, request: Request, missing: Param) -> Reply:
        values = {
            p.name: p.encode(p.decode(request.values[p.name])) for p in command.params if p.name in request.values
        }
        reason = f"/{command.name} needs {missing.call}"

        def work(tx: Transaction) -> Reply:
            draft = drafts.leave(
                tx,
                user_id=inquiry.asker.user_id,
                place_id=inquiry.asker.place.id,
                command=command.name,
                signature=command.signature,
                values=values,
                missing=missing.name,
                reason=reason,
                address=request.address,
            )
            reply = Reply(text=reason, private=True, data={"draft": draft.code, "missing": missing.name})
            events.note(tx, inquiry.asker.platform, request.event_id, inquiry.asker.user_id, reply=reply.to_json())
            return reply

        return await self._database.write(work)

    async def _submit(self, inquiry: Inquiry, admitted: Admitted, request: Request, fetch: Fetch | None) -> Ticket:
        self._host.check_room()
        order = to_order(admitted, inquiry, request)
        attachments = {n: v for n, v in admitted.values.items() if isinstance(v, Attachment) and not v.path}
        assert fetch is not None or not attachments, f"nobody fetches the attachments of /{request.command}"
        ticket = await self._host.runner.submit(lambda tx: self._queue(tx, order), admitted.quote.prepared)
        if fetch is not None and ticket.state == "pending" and not ticket.again:
            self._stager.begin(ticket.job_id, attachments, fetch)
        elif ticket.state == "succeeded":
            self._host.courier.wake()
        return ticket

    def _queue(self, tx: Transaction, order: Order) -> Ticket:
        event = events.seen(tx, order.platform, order.event_id)
        if event and event.job_id is not None:
            return queue.ticket(tx, event.job_id)
        if not order.unlimited:
            check_waiting(tx, order.user_id, self._rules.waiting)
        if order.file_id is not None and files.get(tx, order.file_id) is None:
            raise FileGone
        try:
            return queue.submit(tx, order, pace=self._host.runner.pace.ms)
        except Shortage as shortage:
            raise quota_reached(shortage, tx.now) from None


def _missing(command: Command, request: Request) -> Param | None:
    return next((p for p in command.params if p.lacks(request.values)), None)
