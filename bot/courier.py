"""The courier: carries replies from the outbox to where they are wanted."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from bot.adapter import Adapter, Busy, TryLater, Undeliverable
from bot.alarm import PAUSE, Alarm
from bot.paths import whole
from commands.core.reply import OWN_JOB, Action, Reply
from engine.value import replace
from storage import deliveries, jobs, queue
from storage.clock import SECOND
from storage.database import Database, Transaction, Work
from storage.deliveries import Delivery
from storage.jobs import Job

T = TypeVar("T")

log = logging.getLogger("mynah.courier")

TRIES = 15
"""How often a send is tried before it counts as undeliverable; with the pauses between, for some three hours."""
FIRST_PAUSE = 2.0
"""Seconds before the second try; each pause is twice the last."""
LONGEST_PAUSE = 1_800.0
"""The longest pause between two tries, in seconds."""
LAST_TRY = 2.0
"""Seconds in which it has to be noted what became of a send that is cut; else the next start judges it."""
CUT = "Mynah stopped while it was being sent"

Verdict = Callable[[Transaction], bool]
"""Notes what became of a send; True where that left something to be sent, now or at a later time."""


class Courier:
    """Sends the outbox through the adapters that run, so many at a time as each can carry."""

    def __init__(
        self, database: Database, adapters: Mapping[str, Adapter], data: Path, chance: random.Random, solo: bool
    ) -> None:
        """Take the adapters that run, by name (more may come), and the data folder; `solo`: it is for one request."""
        self._database = database
        self._data = data
        self._adapters = adapters
        self._chance = chance
        self._alarm = Alarm(self._round, name="courier")
        self._solo = solo
        self._answered: set[int] = set()
        self._tasks: dict[asyncio.Task[None], Delivery] = {}
        self._spoken_for: Counter[str] = Counter()
        self._full: set[str] = set()

    @property
    def adapters(self) -> Mapping[str, Adapter]:
        """The adapters that run, by name."""
        return self._adapters

    def start(self) -> None:
        """Begin to send: now, whenever woken, and when the next one's time has come."""
        self._alarm.start()

    def wake(self) -> None:
        """Say that there may be something to send, or room to send it."""
        self._alarm.ring()

    async def recover(self, adapter: Adapter) -> None:
        """Judge what an earlier run left on a platform, before it starts in this one.

        What was being sent is sent again where that does no harm, else asked about. Work whose address was alive
        only in that run is cancelled and refunded.
        """

        def judge(tx: Transaction) -> None:
            for each in deliveries.recover(tx):
                if each.platform == adapter.name:
                    _judge(tx, adapter, each)
            for job in jobs.unfinished(tx, adapter.name):
                if not adapter.durable(json.loads(job.address)):
                    queue.cancel(tx, job.id, by="restart")

        await self._database.write(judge)

    async def send(self, job_id: int) -> None:
        """Send what waits for this job, and wait until it is sent, or will not be sent now."""
        names = list(self._adapters)
        if job_id not in self._answered:
            self._carry(await self._database.write(lambda tx: deliveries.claim(tx, names, 10, job_id=job_id)))
        while tasks := [task for task, each in self._tasks.items() if each.job_id == job_id]:
            await asyncio.wait(tasks)

    async def commit(self, job: Job, work: Work[T]) -> T:
        """Run `work`, which ends an attempt at a job, and claim what is to be sent then in the same transaction.

        It saves one transaction in four. Who calls it must not be cancelled meanwhile: what was claimed would not be
        sent (`uncut`).
        """
        platform = job.platform
        room = {platform: 1} if (self._alarm.is_on or self._solo) and self._room(platform) > 0 else {}

        def both(tx: Transaction) -> tuple[list[Delivery], tuple[T, bool]]:
            result = work(tx)
            if not room:
                return [], (result, True)
            claimed = deliveries.claim(tx, [platform], 1, job_id=job.id if self._solo else None)
            return claimed, (result, any(each.job_id != job.id for each in claimed))  # what is due first goes first

        claimed, (result, more) = await self._claim(room, both)
        if self._solo and claimed:
            self._answered.add(job.id)
        if more:
            self._full.add(platform)
            self._alarm.ring()
        return result

    async def close(self, seconds: float) -> None:
        """Claim no more, and let what is under way go on for so long; what is cut then is noted as such."""
        await self._alarm.stop()
        while tasks := list(self._tasks):
            await asyncio.wait(tasks, timeout=seconds)
            seconds = LAST_TRY
            for task in tasks:
                task.cancel()

    async def _round(self) -> float | None:
        room = {name: free for name in self._adapters if (free := self._room(name)) > 0}
        if not room:
            return None  # a send that ends asks for the next round

        def work(tx: Transaction) -> tuple[list[Delivery], int | None]:
            claimed = [each for name, free in room.items() for each in deliveries.claim(tx, [name], free)]
            counts = Counter(each.platform for each in claimed)
            return claimed, deliveries.next_at(tx, [name for name, free in room.items() if counts[name] < free])

        claimed, due = await self._claim(room, work)
        counts = Counter(each.platform for each in claimed)
        self._full |= {name for name, free in room.items() if counts[name] == free}
        return None if due is None else max(0.0, (due - self._database.clock.now()) / SECOND)

    def _room(self, platform: str) -> int:
        adapter = self._adapters.get(platform)
        return adapter.limits.sends - self._spoken_for[platform] if adapter else 0

    async def _claim(self, room: Mapping[str, int], work: Work[tuple[list[Delivery], T]]) -> tuple[list[Delivery], T]:
        """Run `work`, which claims no more than `room`, and send what it claimed."""
        self._spoken_for.update(room)
        try:
            claimed, rest = await self._database.write(work)
        finally:
            self._spoken_for.subtract(room)
        self._carry(claimed)
        return claimed, rest

    def _carry(self, claimed: list[Delivery]) -> None:
        for delivery in claimed:
            self._spoken_for[delivery.platform] += 1
            task = asyncio.create_task(self._send(delivery), name=f"send {delivery.id}")
            self._tasks[task] = delivery
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        platform = self._tasks.pop(task).platform
        self._spoken_for[platform] -= 1
        if platform in self._full:
            self._full.discard(platform)
            self._alarm.ring()
        if not task.cancelled() and (error := task.exception()):
            log.error("what became of a send could not be noted", exc_info=error)

    async def _send(self, delivery: Delivery) -> None:
        verdict = await self._deliver(delivery)
        while True:
            try:
                if await self._database.note(verdict):
                    self._alarm.ring()
                return
            except sqlite3.Error:  # a full disk, say; until this is noted, the send counts as under way
                log.exception("what became of delivery %d could not be noted yet", delivery.id)
                await asyncio.sleep(PAUSE)

    async def _deliver(self, delivery: Delivery) -> Verdict:
        """Send a delivery, and return what notes the outcome (True: there is a time to wait for, or more to send)."""
        id, attempt = delivery.id, delivery.attempts
        adapter = self._adapters[delivery.platform]
        try:
            reply = _numbered(whole(Reply.from_json(delivery.reply), self._data), delivery)
            _check_files(reply)
            reference = await adapter.deliver(id, delivery.address, reply)
        except Undeliverable as error:
            why = str(error) or type(error).__name__
            log.info("delivery %d cannot be delivered: %s", id, why)
            return lambda tx: deliveries.undeliverable(tx, id, attempt, why) and False
        except Busy as error:
            wait = round(error.after * SECOND)
            return lambda tx: deliveries.put_off(tx, id, attempt, tx.now + wait)
        except TryLater as error:
            return self._later(delivery, error.after, str(error))
        except asyncio.CancelledError:
            return lambda tx: _judge(tx, adapter, delivery)
        except Exception as error:
            log.warning("delivery %d went wrong", id, exc_info=error)
            if adapter.repeatable(delivery.address, self._age(delivery)):
                return self._later(delivery, 0.0, repr(error))
            why = repr(error)
            return lambda tx: _ask(tx, delivery, why)
        return lambda tx: deliveries.sent(tx, id, attempt, reference) and False

    def _age(self, delivery: Delivery) -> float:
        return (self._database.clock.now() - delivery.since) / SECOND

    def _later(self, delivery: Delivery, after: float, why: str) -> Verdict:
        id, attempt = delivery.id, delivery.attempts
        if attempt >= TRIES:
            return lambda tx: deliveries.undeliverable(tx, id, attempt, why) and False
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1)) * self._chance.uniform(0.75, 1.25)
        return lambda tx: deliveries.again(tx, id, attempt, tx.now + round(max(pause, after) * SECOND), why)


def _numbered(reply: Reply, delivery: Delivery) -> Reply:
    """Tell programs and buttons which job it answers, where that was not known when the reply was written."""
    if delivery.job_id is None or "asks" in reply.data:
        return reply
    own = {"job": delivery.job_id}
    actions = tuple(
        replace(each, values={**each.values, **own}) if each.values.get("job") == OWN_JOB else each
        for each in reply.actions
    )
    return replace(reply, data={"id": delivery.job_id, **reply.data}, actions=actions)


def _check_files(reply: Reply) -> None:
    for file in reply.files:
        if not os.path.exists(file.path):
            raise Undeliverable(f"{file.path} is no longer there")


def _judge(tx: Transaction, adapter: Adapter, delivery: Delivery) -> bool:
    """Decide about a send that was cut, of which nobody knows whether it arrived."""
    id, attempt = delivery.id, delivery.attempts
    if not adapter.durable(delivery.address):
        return deliveries.undeliverable(tx, id, attempt, "its address went when Mynah stopped") and False
    if adapter.repeatable(delivery.address, (tx.now - delivery.since) / SECOND):
        return deliveries.again(tx, id, attempt, tx.now, CUT)
    return _ask(tx, delivery, CUT)


def _ask(tx: Transaction, delivery: Delivery, why: str) -> bool:
    """Note that nobody knows whether it arrived, and ask the person, unless it was such a question itself."""
    if not deliveries.unknown(tx, delivery.id, delivery.attempts, why):
        return False
    reply = Reply.from_json(delivery.reply)
    if "asks" in reply.data:
        return False
    job = f" to job {delivery.job_id}" if delivery.job_id is not None else ""
    see = (Action(label="Send it again", command="jobs show", values={"job": delivery.job_id}),) if job else ()
    question = Reply(
        text=f"Something went wrong while Mynah sent you the answer{job}. Did it arrive?"
        + (" If not, have it again." if job else " If not, please ask again."),
        actions=see,
        private=reply.private,
        data={"asks": delivery.id},
    )
    deliveries.queue(
        tx,
        job_id=delivery.job_id,
        user_id=delivery.user_id,
        platform=delivery.platform,
        address=delivery.address,
        reply=question.to_json(),
    )
    return True
