"""Parcels: files that were given on the page wait for a request, for an hour, and for their person alone."""

from __future__ import annotations

import pytest

from storage import identities, parcels
from storage.clock import SetClock
from storage.database import Database
from storage.parcels import LIFE, MOST, Parcel

KEY = bytes(32)


@pytest.fixture
async def ada(database: Database) -> int:
    return await database.write(lambda tx: identities.ensure(tx, "discord", "1", "Ada", KEY))


async def given(database: Database, user_id: int, name: str = "ada.wav") -> Parcel:
    begun, _ = await database.write(lambda tx: parcels.begin(tx, user_id, name, "audio/wav"))
    assert await database.write(lambda tx: parcels.finish(tx, begun.id, 4_000))
    return begun


async def test_a_file_is_found_once_it_is_whole_and_by_its_person_only(database: Database, ada: int) -> None:
    begun, gone = await database.write(lambda tx: parcels.begin(tx, ada, "ada.wav", "audio/wav"))
    assert gone == () and begun.path == f"staging/parcel-{begun.code}"
    assert await database.read(lambda tx: parcels.find(tx, ada, begun.code)) is None
    await database.write(lambda tx: parcels.finish(tx, begun.id, 4_000))
    found = await database.read(lambda tx: parcels.find(tx, ada, begun.code))
    assert found is not None and (found.bytes, found.whole, found.name) == (4_000, True, "ada.wav")
    assert await database.read(lambda tx: parcels.find(tx, ada + 1, begun.code)) is None


async def test_after_an_hour_it_is_gone(database: Database, ada: int, clock: SetClock) -> None:
    parcel = await given(database, ada)
    clock.turn(LIFE - 1)
    assert await database.read(lambda tx: parcels.find(tx, ada, parcel.code)) is not None
    assert await database.write(parcels.expire) == 0
    clock.turn(1)
    assert await database.read(lambda tx: parcels.find(tx, ada, parcel.code)) is None
    assert await database.write(parcels.expire) == 1


async def test_one_that_did_not_come_whole_is_dropped(database: Database, ada: int) -> None:
    begun, _ = await database.write(lambda tx: parcels.begin(tx, ada, "ada.wav", ""))
    await database.write(lambda tx: parcels.remove(tx, begun.id))
    assert not await database.write(lambda tx: parcels.finish(tx, begun.id, 4_000))


async def test_of_too_many_the_oldest_goes_with_its_file_and_nobody_elses(database: Database, ada: int) -> None:
    bob = await database.write(lambda tx: identities.ensure(tx, "discord", "2", "Bob", KEY))
    theirs = await given(database, bob)
    first, *_ = [await given(database, ada) for _ in range(MOST)]
    _, gone = await database.write(lambda tx: parcels.begin(tx, ada, "one.wav", ""))
    assert gone == (first.path,)
    assert await database.read(lambda tx: parcels.find(tx, bob, theirs.code)) is not None
