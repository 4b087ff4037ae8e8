"""Drafts wait for their person, and only for them."""

from __future__ import annotations

import pytest

from storage import drafts
from storage.clock import DAY, HOUR, SetClock
from storage.database import Database, Transaction
from storage.drafts import Draft
from tests.storage import making


@pytest.fixture
async def ada(database: Database) -> int:
    def work(tx: Transaction) -> int:
        making.place(tx)
        return making.person(tx)

    return await database.write(work)


def leave(tx: Transaction, user_id: int, life: int = DAY) -> Draft:
    return drafts.leave(
        tx, user_id=user_id, place_id=1, command="clone", signature="s", values={"name": "Ömer"},
        missing="recording", reason="Send a recording.", address={"channel": "42"}, life=life,
    )  # fmt: skip


async def test_a_draft_is_taken_once_with_all_that_was_left(database: Database, ada: int) -> None:
    left = await database.write(lambda tx: leave(tx, ada))
    taken = await database.write(lambda tx: drafts.take(tx, left.code, ada))
    assert taken == left
    assert taken is not None and (taken.values, taken.address) == ({"name": "Ömer"}, {"channel": "42"})
    assert await database.write(lambda tx: drafts.take(tx, left.code, ada)) is None


async def test_nobody_else_takes_it(database: Database, ada: int) -> None:
    left = await database.write(lambda tx: leave(tx, ada))
    bob = await database.write(lambda tx: making.person(tx, "2", "Bob"))
    assert await database.write(lambda tx: drafts.take(tx, left.code, bob)) is None
    assert await database.write(lambda tx: drafts.take(tx, f" {left.code.upper()} ", ada)) == left


async def test_a_draft_is_not_taken_after_its_time_and_goes(database: Database, ada: int, clock: SetClock) -> None:
    late = await database.write(lambda tx: leave(tx, ada, HOUR))
    later = await database.write(lambda tx: leave(tx, ada, 2 * HOUR))
    clock.turn(HOUR)
    assert await database.write(lambda tx: drafts.take(tx, late.code, ada)) is None
    assert await database.write(drafts.expire) == 1
    assert await database.write(lambda tx: drafts.take(tx, later.code, ada)) == later


async def test_the_latest_open_draft_of_a_person_is_found_where_it_was_left(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> tuple[Draft, Draft | None, Draft | None, Draft | None]:
        elsewhere, bob = making.place(tx, "43"), making.person(tx, "2", "Bob")
        leave(tx, ada)
        latest = leave(tx, ada)
        by_code = drafts.leave(
            tx, user_id=ada, place_id=1, command="forget", signature="s", values={}, missing="confirm", address={}
        )
        assert by_code.code != latest.code
        found = drafts.open_of(tx, ada, 1)
        return latest, found, drafts.open_of(tx, ada, elsewhere), drafts.open_of(tx, bob, 1)

    latest, found, elsewhere, bobs = await database.write(work)
    assert found == latest and elsewhere is None and bobs is None


async def test_a_code_that_is_handed_on_is_good_for_anybody_once_and_for_its_command_only(
    database: Database, ada: int
) -> None:
    left = await database.write(lambda tx: leave(tx, ada))
    for command, code in (("forget", left.code), ("clone", "nosuchone")):
        assert await database.write(lambda tx: drafts.redeem(tx, code, command)) is None  # noqa: B023  # run at once
    for _ in range(2):
        assert await database.read(lambda tx: drafts.peek(tx, f" {left.code.upper()} ", "clone")) == left
    assert await database.write(lambda tx: drafts.redeem(tx, f" {left.code.upper()} ", "clone")) == left
    assert await database.write(lambda tx: drafts.redeem(tx, left.code, "clone")) is None
    assert await database.read(lambda tx: drafts.peek(tx, left.code, "clone")) is None


async def test_a_code_that_is_handed_on_is_good_in_time_only(database: Database, ada: int, clock: SetClock) -> None:
    left = await database.write(lambda tx: leave(tx, ada, HOUR))
    clock.turn(HOUR)
    assert await database.read(lambda tx: drafts.peek(tx, left.code, "clone")) is None
    assert await database.write(lambda tx: drafts.redeem(tx, left.code, "clone")) is None


async def test_a_new_draft_can_take_the_place_of_those_before(database: Database, ada: int) -> None:
    def work(tx: Transaction) -> int:
        bob = making.person(tx, "2", "Bob")
        for user_id in (ada, ada, bob):
            leave(tx, user_id)
        assert drafts.drop(tx, ada, "forget") == 0
        assert drafts.drop(tx, ada, "clone") == 2
        return bob

    bob = await database.write(work)
    assert await database.read(lambda tx: [row["user_id"] for row in tx.all("SELECT user_id FROM drafts")]) == [bob]


async def test_codes_cannot_be_guessed(database: Database, ada: int) -> None:
    codes = await database.write(lambda tx: [leave(tx, ada).code for _ in range(500)])
    assert len(set(codes)) == 500
    assert all(len(code) == 8 and code.isalnum() and code == code.lower() for code in codes)
    assert len({code[:2] for code in codes}) > 200, "they begin with anything"
