"""Messages: each once, in order, not without end, and gone with whom and what they are about."""

from __future__ import annotations

from functools import partial

import pytest

from storage import deliveries, identities, joining, messages, people
from storage.database import Database, Transaction
from storage.messages import Message
from tests.storage import making

KEY = bytes(32)


@pytest.fixture
async def ada(database: Database) -> int:
    return await database.write(lambda tx: identities.ensure(tx, "discord", "1", "Ada", KEY))


@pytest.fixture
async def job(database: Database, ada: int) -> int:
    def work(tx: Transaction) -> int:
        making.place(tx)
        return making.job(tx, user_id=ada)

    return await database.write(work)


def asked(tx: Transaction, user_id: int, event: str = "event-00") -> Message:
    found = messages.add(tx, user_id=user_id, kind="asked", body='{"line": "Hello."}', event=event)
    assert found is not None
    return found


async def test_the_same_event_is_one_message_of_each_kind(database: Database, ada: int) -> None:
    first = await database.write(lambda tx: asked(tx, ada))
    assert await database.write(lambda tx: asked(tx, ada)) == first
    answer = await database.write(lambda tx: messages.add(tx, user_id=ada, kind="answer", body="{}", event="event-00"))
    assert answer is not None and answer.id > first.id
    assert await database.read(lambda tx: messages.of_event(tx, ada, "asked", "event-00")) == first


async def test_a_delivery_is_one_message_in_place_of_the_ticket(database: Database, ada: int, job: int) -> None:
    def work(tx: Transaction) -> tuple[Message | None, Message | None]:
        asked(tx, ada)
        messages.ticket(tx, user_id=ada, event="event-00", job_id=job)
        delivery = deliveries.queue(tx, job_id=job, user_id=ada, platform="web", address={}, reply="{}")
        return messages.deliver(tx, delivery, '{"text": "Done."}'), messages.deliver(tx, delivery, '{"text": "Done."}')

    first, again = await database.write(work)
    assert first is not None and first == again and (first.job_id, first.body) == (job, '{"text": "Done."}')
    found = await database.read(lambda tx: messages.before(tx, ada, None, 10))
    assert [(each.kind, each.job_id) for each in found] == [("asked", job), ("answer", job)]
    assert await database.read(lambda tx: messages.answer_of(tx, ada, job)) == first


async def test_a_delivery_that_there_is_not_is_nobodys(database: Database) -> None:
    assert await database.write(lambda tx: messages.deliver(tx, 99, "{}")) is None


async def test_tickets_are_open_while_their_jobs_are(database: Database, ada: int, job: int) -> None:
    await database.write(lambda tx: messages.ticket(tx, user_id=ada, event="event-00", job_id=job))
    assert await database.read(lambda tx: messages.open_tickets(tx, ada)) == [job]
    await database.write(
        lambda tx: tx.run("UPDATE jobs SET state = 'cancelled', finished_at = :now, finished_by = 'user'", now=tx.now)
    )
    assert await database.read(lambda tx: messages.open_tickets(tx, ada)) == []


async def test_they_are_read_in_order_before_and_after_a_number(database: Database, ada: int) -> None:
    ids = [(await database.write(partial(asked, user_id=ada, event=f"event-{n}"))).id for n in range(5)]

    async def before(id: int | None, limit: int) -> list[int]:
        return [each.id for each in await database.read(lambda tx: messages.before(tx, ada, id, limit))]

    assert (await before(None, 2), await before(ids[3], 10), await before(ids[0], 10)) == (ids[3:], ids[:3], [])
    after = await database.read(lambda tx: messages.after(tx, ada, ids[1], 2))
    assert [each.id for each in after] == ids[2:4]
    assert await database.read(lambda tx: messages.last(tx, ada)) == ids[-1]
    assert await database.read(lambda tx: messages.last(tx, ada + 1)) == 0


async def test_of_too_many_the_oldest_go(database: Database, ada: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "KEPT", 3)
    for number in range(5):
        await database.write(partial(asked, user_id=ada, event=f"event-{number}"))
    kept = await database.read(lambda tx: messages.before(tx, ada, None, 10))
    assert [each.event for each in kept] == ["event-2", "event-3", "event-4"]


async def test_what_is_about_a_job_goes_with_what_was_asked(database: Database, ada: int, job: int) -> None:
    def work(tx: Transaction) -> int:
        asked(tx, ada)
        asked(tx, ada, "event-01")
        messages.ticket(tx, user_id=ada, event="event-00", job_id=job)
        messages.add(tx, user_id=ada, kind="answer", body="{}", event="event-01")
        return messages.drop(tx, job)

    assert await database.write(work) == 2
    assert await database.write(lambda tx: messages.drop_replies(tx, ada)) == 1
    (left,) = await database.read(lambda tx: messages.before(tx, ada, None, 10))
    assert (left.kind, left.event) == ("asked", "event-01")


async def test_for_somebody_who_was_forgotten_nothing_is_kept(database: Database, ada: int) -> None:
    await database.write(lambda tx: asked(tx, ada))
    await database.write(lambda tx: people.forget(tx, ada, KEY))
    assert await database.write(lambda tx: messages.add(tx, user_id=ada, kind="answer", body="{}")) is None
    assert await database.read(lambda tx: tx.value("SELECT COUNT(*) FROM messages")) == 0


async def test_of_two_people_who_are_one_both_conversations_stay(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> list[str | None]:
        other = identities.ensure(tx, "telegram", "2", "Ada", KEY)
        asked(tx, ada, "event-00")
        asked(tx, other, "event-00")
        asked(tx, other, "event-01")
        joining.join(tx, ada, other)
        return [each.event for each in messages.before(tx, ada, None, 10)]

    assert await database.write(work) == ["event-00", "event-01"]
