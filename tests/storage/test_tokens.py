"""Tokens: only digests are kept, and one is good until it is revoked, or over."""

from __future__ import annotations

import re
from functools import partial

import pytest

from storage import identities, people, tokens
from storage.clock import HOUR, SetClock
from storage.database import Database

KEY = bytes(32)


@pytest.fixture
async def ada(database: Database) -> int:
    return await database.write(lambda tx: identities.ensure(tx, "discord", "1", "Ada", KEY))


def test_every_secret_is_another_and_long_enough_that_nobody_guesses_it() -> None:
    made = {tokens.new() for _ in range(100)}
    assert len(made) == 100 and all(re.fullmatch(r"mynah_[\w-]{43}", each) for each in made)


async def test_the_secret_is_nowhere_in_the_database(database: Database, ada: int) -> None:
    secret = tokens.new()
    await database.write(lambda tx: tokens.add(tx, user_id=ada, kind="api", secret=secret, name="editor"))
    rows = await database.read(lambda tx: tx.all("SELECT * FROM tokens"))
    assert len(rows) == 1 and secret not in str(tuple(rows[0])) and secret[6:] not in str(tuple(rows[0]))


async def test_a_token_is_found_by_its_secret_until_it_is_revoked(database: Database, ada: int) -> None:
    secret = tokens.new()
    id = await database.write(lambda tx: tokens.add(tx, user_id=ada, kind="api", secret=secret, name="editor"))
    found = await database.read(lambda tx: tokens.find(tx, secret))
    assert found is not None and (found.id, found.user_id, found.name, found.owner) == (id, ada, "editor", False)
    assert found == await database.read(lambda tx: tokens.get(tx, id))
    assert await database.read(lambda tx: tokens.find(tx, secret + "x")) is None
    assert await database.write(lambda tx: tokens.revoke(tx, id)) == found
    assert await database.read(lambda tx: tokens.find(tx, secret)) is None
    assert await database.write(lambda tx: tokens.revoke(tx, id)) is None


async def test_a_key_is_no_token_and_opens_once(database: Database, ada: int) -> None:
    key = tokens.new()
    await database.write(lambda tx: tokens.add(tx, user_id=ada, kind="key", secret=key, life=HOUR))
    assert await database.read(lambda tx: tokens.find(tx, key)) is None
    redeemed = await database.write(lambda tx: tokens.redeem(tx, key))
    assert redeemed is not None and redeemed.user_id == ada
    assert await database.write(lambda tx: tokens.redeem(tx, key)) is None


async def test_a_token_cannot_be_redeemed_as_a_key(database: Database, ada: int) -> None:
    secret = tokens.new()
    await database.write(lambda tx: tokens.add(tx, user_id=ada, kind="api", secret=secret))
    assert await database.write(lambda tx: tokens.redeem(tx, secret)) is None
    assert await database.read(lambda tx: tokens.find(tx, secret)) is not None


async def test_what_is_over_is_good_no_more_and_goes(database: Database, ada: int, clock: SetClock) -> None:
    page, key = tokens.new(), tokens.new()
    await database.write(lambda tx: tokens.add(tx, user_id=ada, kind="page", secret=page, life=HOUR))
    await database.write(lambda tx: tokens.add(tx, user_id=ada, kind="key", secret=key, life=HOUR))
    clock.turn(HOUR - 1)
    assert await database.read(lambda tx: tokens.find(tx, page)) is not None
    assert await database.read(tokens.browsers) == 1
    clock.turn(1)
    assert await database.read(lambda tx: tokens.find(tx, page)) is None
    assert await database.write(lambda tx: tokens.redeem(tx, key)) is None
    assert (await database.read(tokens.browsers), await database.write(tokens.expire)) == (0, 2)


async def test_a_browser_goes_with_the_token_that_let_it_in(database: Database, ada: int) -> None:
    id = await database.write(lambda tx: tokens.add(tx, user_id=ada, kind="api", secret="a" * 40))
    await database.write(lambda tx: tokens.add(tx, user_id=ada, kind="page", secret="b" * 40, from_id=id, life=HOUR))
    assert [each.id for each in await database.read(tokens.of_programs)] == [id]
    await database.write(lambda tx: tokens.revoke(tx, id))
    assert await database.read(lambda tx: tokens.find(tx, "b" * 40)) is None


async def test_all_browsers_can_be_shut_out_at_once(database: Database, ada: int) -> None:
    for secret in ("a" * 40, "b" * 40):
        await database.write(partial(tokens.add, user_id=ada, kind="page", secret=secret, life=HOUR))
    assert await database.write(lambda tx: tokens.revoke_all(tx, "page")) == 2
    assert await database.read(tokens.browsers) == 0


async def test_a_persons_tokens_go_when_they_are_forgotten(database: Database, ada: int) -> None:
    await database.write(lambda tx: tokens.add(tx, user_id=ada, kind="api", secret="a" * 40))
    await database.write(lambda tx: people.forget(tx, ada, KEY))
    assert await database.read(lambda tx: tokens.find(tx, "a" * 40)) is None
