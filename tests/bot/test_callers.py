"""Callers are known again, kept in mind for an hour, and forgotten when something may have changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import callers
from bot.callers import Caller, Callers
from bot.settings import Settings
from commands.core.command import Audience
from commands.core.errors import NotAllowed
from storage import blocks, places, users
from storage.clock import HOUR, SetClock
from storage.database import Database
from storage.folder import Folder

ADA = Caller(platform="discord", account="1", name="Ada", place="42", kind="server", place_name="Home", roles=("9",))


@pytest.fixture
async def folder(data: Path) -> AsyncIterator[Folder]:
    taken = Folder.take(data)
    yield taken
    taken.release()


@pytest.fixture
def known(database: Database, folder: Folder) -> Callers:
    return Callers(database, folder, Settings())


async def count(database: Database, table: str) -> int:
    return int(await database.read(lambda tx: tx.value(f"SELECT COUNT(*) FROM {table}")))


async def test_who_comes_twice_is_one_person_in_one_place(known: Callers, database: Database) -> None:
    first, second = await known.find(ADA), await known.find(replace(ADA, name="Ada L.", roles=()))
    assert (first.user_id, first.place.id) == (second.user_id, second.place.id)
    assert (second.name, second.roles, first.roles) == ("Ada L.", (), ("9",))
    elsewhere = await known.find(replace(ADA, place="direct", kind="direct"))
    assert elsewhere.user_id == first.user_id and elsewhere.place.id != first.place.id
    assert (await count(database, "users"), await count(database, "places")) == (1, 2)


async def test_who_is_kept_in_mind_needs_no_transaction_until_it_is_forgotten(
    known: Callers, database: Database
) -> None:
    asker = await known.find(ADA)
    await database.write(lambda tx: places.set_time_zone(tx, asker.place.id, "Europe/Berlin"))
    assert (await known.find(ADA)).place.time_zone == "UTC"
    known.forget()
    assert (await known.find(ADA)).place.time_zone == "Europe/Berlin"


async def test_who_comes_back_after_an_hour_is_looked_up(known: Callers, database: Database, clock: SetClock) -> None:
    asker = await known.find(ADA)
    clock.turn(HOUR)
    await known.find(ADA)
    user = await database.read(lambda tx: users.get(tx, asker.user_id))
    assert user and user.seen_at == clock.now()


async def test_a_clock_that_is_turned_back_keeps_nobody_in_mind(known: Callers, clock: SetClock) -> None:
    asker = await known.find(ADA)
    clock.turn(-HOUR)
    assert (await known.find(ADA)).user_id == asker.user_id


async def test_a_block_holds_until_it_is_lifted(known: Callers, database: Database) -> None:
    asker = await known.find(ADA)
    await database.write(lambda tx: blocks.add(tx, asker.user_id, None, None))
    known.forget()
    for _ in range(2):
        with pytest.raises(NotAllowed, match="does not answer you at all"):
            await known.find(ADA)
    await database.write(lambda tx: blocks.lift(tx, asker.user_id, None))
    known.forget()
    assert (await known.find(ADA)).user_id == asker.user_id


async def test_only_so_many_are_kept_in_mind(
    known: Callers, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callers, "KNOWN", 3)
    for account in range(8):
        await known.find(replace(ADA, account=str(account)))
    assert len(known._known) <= 3 and await count(database, "users") == 8


async def test_somebody_who_is_known_by_another_account_or_number_is_that_person(known: Callers) -> None:
    host = await known.find(Caller(platform="terminal", account="host", name="host", rank=Audience.OWNERS))
    page = Caller(platform="web", account="owner", name="host", rank=Audience.OWNERS, known_as="terminal:host")
    assert (await known.find(page)).user_id == host.user_id
    numbered = Caller(platform="web", account="user-1", name="x", known_as=str(host.user_id))
    found = await known.find(numbered)
    assert (found.user_id, found.platform, found.rank) == (host.user_id, "web", Audience.EVERYONE)
    with pytest.raises(NotAllowed, match="no longer knows"):
        await known.find(Caller(platform="web", account="user-99", name="x", known_as="99"))
