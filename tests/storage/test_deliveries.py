"""The outbox: what is in it is sent once, in order, by whoever holds it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from storage import deliveries
from storage.clock import DAY, MINUTE, SetClock
from storage.database import Database, Transaction
from storage.deliveries import Delivery
from tests.storage import making


@pytest.fixture
async def ada(database: Database) -> int:
    return await database.write(making.person)


def queue(
    tx: Transaction, user_id: int, platform: str = "discord", job_id: int | None = None, at: int | None = None
) -> int:
    return deliveries.queue(
        tx, job_id=job_id, user_id=user_id, platform=platform, address={"channel": "42"}, reply='{"text":"Hi"}', at=at
    )


def state(tx: Transaction, id: int) -> str:
    return str(tx.value("SELECT state FROM deliveries WHERE id = :id", id=id))


async def claim(database: Database) -> Delivery:
    [claimed] = await database.write(lambda tx: deliveries.claim(tx, ["discord"], 1))
    return claimed


async def test_what_is_queued_is_claimed_once(database: Database, ada: int) -> None:
    id = await database.write(lambda tx: queue(tx, ada))
    claimed = await claim(database)
    assert (claimed.id, claimed.user_id, claimed.platform, claimed.attempts) == (id, ada, "discord", 1)
    assert (claimed.address, claimed.reply) == ({"channel": "42"}, '{"text":"Hi"}')
    assert len(claimed.nonce) == 24
    assert await database.write(lambda tx: deliveries.claim(tx, ["discord"], 1)) == []


async def test_the_longest_due_goes_first_and_nothing_before_its_time(
    database: Database, ada: int, clock: SetClock
) -> None:
    def work(tx: Transaction) -> list[int]:
        return [queue(tx, ada, at=clock.now() + minutes * MINUTE) for minutes in (5, 3, 4, 9)]

    five, three, four, _ = await database.write(work)
    assert await database.read(deliveries.next_at) == clock.now() + 3 * MINUTE
    clock.turn(5 * MINUTE)
    claimed = await database.write(lambda tx: deliveries.claim(tx, ["discord"], 10))
    assert [each.id for each in claimed] == [three, four, five]


async def test_only_what_is_asked_for_is_claimed(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> tuple[int, int, int]:
        job = making.job(tx, ada, "succeeded")
        return job, queue(tx, ada, "telegram"), queue(tx, ada, job_id=job)

    job, other, answer = await database.write(work)
    assert await database.write(lambda tx: deliveries.claim(tx, [], 10)) == []
    assert await database.write(lambda tx: deliveries.claim(tx, ["terminal"], 10)) == []
    claimed = await database.write(lambda tx: deliveries.claim(tx, ["discord", "telegram"], 10, job_id=job))
    assert [each.id for each in claimed] == [answer]
    claimed = await database.write(lambda tx: deliveries.claim(tx, ["discord", "telegram"], 10))
    assert [each.id for each in claimed] == [other]


async def test_what_was_put_off_because_the_address_is_full_has_not_been_tried(
    database: Database, ada: int, clock: SetClock
) -> None:
    id = await database.write(lambda tx: queue(tx, ada))
    for _ in range(30):
        first = await claim(database)
        assert (first.id, first.attempts) == (id, 1)
        assert await database.write(lambda tx: deliveries.put_off(tx, id, 1, tx.now + MINUTE))
        assert await database.write(lambda tx: deliveries.claim(tx, ["discord"], 1)) == []
        clock.turn(MINUTE)
    second = await claim(database)
    assert (second.attempts, second.nonce) == (1, first.nonce)
    assert not await database.write(lambda tx: deliveries.put_off(tx, id, 2, tx.now))


async def test_what_was_put_back_comes_again_with_the_same_nonce(database: Database, ada: int, clock: SetClock) -> None:
    await database.write(lambda tx: queue(tx, ada))
    first = await claim(database)
    assert await database.write(lambda tx: deliveries.again(tx, first.id, first.attempts, clock.now() + MINUTE, "503"))
    assert await database.write(lambda tx: deliveries.claim(tx, ["discord"], 1)) == []
    clock.turn(MINUTE)
    second = await claim(database)
    assert (second.id, second.nonce, second.attempts) == (first.id, first.nonce, 2)


Ending = Callable[[Transaction, int, int], bool]
ENDINGS: list[tuple[str, Ending]] = [
    ("sent", lambda tx, id, attempt: deliveries.sent(tx, id, attempt, "message 7")),
    ("undeliverable", lambda tx, id, attempt: deliveries.undeliverable(tx, id, attempt, "kicked")),
    ("unknown", lambda tx, id, attempt: deliveries.unknown(tx, id, attempt, "cut off")),
    ("queued", lambda tx, id, attempt: deliveries.again(tx, id, attempt, tx.now)),
]


@pytest.mark.parametrize(("expected", "end"), ENDINGS)
async def test_only_who_holds_it_decides_what_becomes_of_it(
    database: Database, ada: int, expected: str, end: Ending
) -> None:
    id = await database.write(lambda tx: queue(tx, ada))
    assert not await database.write(lambda tx: end(tx, id, 0)), "nobody has claimed it"
    await claim(database)
    assert not await database.write(lambda tx: end(tx, id, 2)), "another attempt has it"
    assert await database.write(lambda tx: end(tx, id, 1))
    assert await database.read(lambda tx: state(tx, id)) == expected
    assert not await database.write(lambda tx: end(tx, id, 1)), "it is decided"


async def test_what_was_being_sent_when_the_process_ended_is_there_to_be_judged(database: Database, ada: int) -> None:
    ids = await database.write(lambda tx: [queue(tx, ada) for _ in range(3)])
    first = await claim(database)
    second = await claim(database)
    await database.write(lambda tx: deliveries.sent(tx, first.id, 1, "message 7"))
    left = await database.read(deliveries.recover)
    assert left == [second]
    assert left[0].id == ids[1]


async def test_the_outbox_is_due_when_the_first_of_these_platforms_is(
    database: Database, ada: int, clock: SetClock
) -> None:
    await database.write(lambda tx: queue(tx, ada, "telegram", at=clock.now() + MINUTE))
    await database.write(lambda tx: queue(tx, ada, "discord", at=clock.now() + 2 * MINUTE))
    assert await database.read(deliveries.next_at) == clock.now() + MINUTE
    assert await database.read(lambda tx: deliveries.next_at(tx, ["discord"])) == clock.now() + 2 * MINUTE
    assert await database.read(lambda tx: deliveries.next_at(tx, ["terminal"])) is None
    assert await database.read(lambda tx: deliveries.next_at(tx, [])) is None


async def test_an_empty_outbox_is_due_never(database: Database, ada: int) -> None:
    assert await database.read(deliveries.next_at) is None


async def test_what_ended_long_ago_goes_and_nothing_else(database: Database, ada: int, clock: SetClock) -> None:
    await database.write(lambda tx: [queue(tx, ada) for _ in range(3)])
    old = await claim(database)
    await database.write(lambda tx: deliveries.sent(tx, old.id, 1, "message 7"))
    await claim(database)
    clock.turn(30 * DAY)
    assert await database.write(lambda tx: deliveries.expire(tx, clock.now() - 30 * DAY)) == 0
    assert await database.write(lambda tx: deliveries.expire(tx, clock.now())) == 1
    assert await database.read(lambda tx: tx.value("SELECT COUNT(*) FROM deliveries")) == 2
