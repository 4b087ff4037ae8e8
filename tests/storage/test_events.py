"""What a platform tells twice is done once."""

from __future__ import annotations

import sqlite3

import pytest

from storage import events
from storage.clock import DAY, SetClock
from storage.database import Database, Transaction
from tests.storage import making


@pytest.fixture
async def ada(database: Database) -> int:
    def work(tx: Transaction) -> int:
        making.place(tx)
        return making.person(tx)

    return await database.write(work)


async def test_an_event_that_is_told_twice_was_seen(database: Database, ada: int) -> None:
    assert await database.read(lambda tx: events.seen(tx, "discord", "77")) is None
    await database.write(lambda tx: events.note(tx, "discord", "77", ada, reply='{"text":"Hi"}'))
    seen = await database.read(lambda tx: events.seen(tx, "discord", "77"))
    assert seen is not None and (seen.user_id, seen.job_id, seen.reply) == (ada, None, '{"text":"Hi"}')
    assert await database.read(lambda tx: events.seen(tx, "telegram", "77")) is None
    with pytest.raises(sqlite3.IntegrityError):
        await database.write(lambda tx: events.note(tx, "discord", "77", ada))


async def test_an_event_without_an_id_is_never_one_that_was_seen(database: Database, ada: int) -> None:
    await database.write(lambda tx: events.note(tx, "discord", "", ada))
    await database.write(lambda tx: events.note(tx, "discord", "", ada))
    assert await database.read(lambda tx: events.seen(tx, "discord", "")) is None


async def test_events_are_remembered_for_a_while(database: Database, ada: int, clock: SetClock) -> None:
    await database.write(lambda tx: events.note(tx, "discord", "1", ada))
    clock.turn(DAY)
    await database.write(lambda tx: events.note(tx, "discord", "2", ada))
    assert await database.write(lambda tx: events.expire(tx, clock.now())) == 1
    assert await database.read(lambda tx: events.seen(tx, "discord", "2")) is not None
