"""A person is known by their chat accounts."""

from __future__ import annotations

import sqlite3

import pytest

from storage import identities, users
from storage.clock import HOUR, SetClock
from storage.database import Database
from tests.storage import making

KEY = making.KEY


async def test_an_account_is_the_same_person_every_time(database: Database) -> None:
    first = await database.write(lambda tx: identities.ensure(tx, "discord", "8035", "Ada", KEY))
    assert await database.write(lambda tx: identities.ensure(tx, "discord", "8035", "Ada", KEY)) == first
    assert await database.write(lambda tx: identities.ensure(tx, "telegram", "8035", "Ada", KEY)) != first


async def test_who_is_known_already_costs_no_write(database: Database) -> None:
    await database.write(lambda tx: identities.ensure(tx, "discord", "8035", "Ada", KEY))
    await database.read(lambda tx: identities.ensure(tx, "discord", "8035", "Ada", KEY))
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await database.read(lambda tx: identities.ensure(tx, "discord", "8035", "Ada Lovelace", KEY))


async def test_a_new_name_is_noted_and_the_hour_at_which_somebody_was_here(database: Database, clock: SetClock) -> None:
    ada = await database.write(making.person)
    clock.turn(2 * HOUR)
    await database.write(lambda tx: identities.ensure(tx, "discord", "1", "Ada Lovelace", KEY))
    user = await database.read(lambda tx: users.get(tx, ada))
    assert user == users.User(
        id=ada, name="Ada", default_voice_id=None, created_at=clock.now() - 2 * HOUR, seen_at=clock.now()
    )
    assert await database.read(lambda tx: tx.value("SELECT name FROM identities")) == "Ada Lovelace"


@pytest.mark.parametrize(("ref", "known"), [
    ("discord:1", True), ("Discord: 1 ", True), ("1", True), (" 1 ", True),
    ("discord:2", False), ("2", False), ("", False), ("Ada", False), ("-1", False), ("1.0", False), (":", False),
    ("9" * 40, False), ("²", False), ("discord:", False),
])  # fmt: skip
async def test_somebody_is_found_by_account_or_number(database: Database, ref: str, known: bool) -> None:
    ada = await database.write(making.person)
    assert await database.read(lambda tx: identities.find(tx, ref)) == (ada if known else None)


async def test_the_accounts_of_a_person_are_told_the_oldest_first(database: Database, clock: SetClock) -> None:
    ada = await database.write(making.person)
    clock.turn(1)
    bob = await database.write(lambda tx: identities.ensure(tx, "alpha", "99", "ada_l", KEY))
    await database.write(
        lambda tx: tx.run("UPDATE identities SET user_id = :ada WHERE user_id = :bob", ada=ada, bob=bob)
    )
    found = await database.read(lambda tx: identities.of(tx, ada))
    assert [(each.platform, each.account, each.name) for each in found] == [
        ("discord", "1", "Ada"), ("alpha", "99", "ada_l")
    ]  # fmt: skip
    assert await database.read(lambda tx: identities.of(tx, bob)) == []


def test_the_hash_of_an_account_tells_nothing_without_the_key() -> None:
    hashed = identities.account_hash("discord", "8035", KEY)
    assert hashed == identities.account_hash("discord", "8035", KEY)
    assert len(hashed) == 64
    others = [("discord", "8036", KEY), ("telegram", "8035", KEY), ("discord", "8035", bytes(32))]
    assert hashed not in [identities.account_hash(*other) for other in others]
