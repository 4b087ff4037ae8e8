"""A place is known by its platform's id, and keeps what was set for it."""

from __future__ import annotations

import pytest

from storage import places
from storage.database import Database, Transaction
from tests.storage import making


async def test_a_place_is_the_same_every_time_under_its_latest_name(database: Database) -> None:
    first = await database.write(lambda tx: places.ensure(tx, "discord", "42", "server", "The Aviary"))
    again = await database.write(lambda tx: places.ensure(tx, "discord", "42", "server", "The New Aviary"))
    assert again.id == first.id
    assert (again.name, again.time_zone, again.default_voice_id) == ("The New Aviary", "UTC", None)
    assert await database.read(lambda tx: places.ensure(tx, "discord", "42", "server", "The New Aviary")) == again
    assert await database.read(lambda tx: places.get(tx, first.id)) == again


@pytest.mark.parametrize(("ref", "known"), [
    ("discord:42", True), ("1", True), ("discord:43", False), ("2", False), ("nowhere", False), ("9" * 30, False),
])  # fmt: skip
async def test_a_place_is_found_by_its_platforms_id_or_by_number(database: Database, ref: str, known: bool) -> None:
    await database.write(making.place)
    found = await database.read(lambda tx: places.find(tx, ref))
    assert (found is not None) == known


async def test_a_place_keeps_its_time_zone_and_voice(database: Database) -> None:
    def work(tx: Transaction) -> places.Place:
        place = making.place(tx)
        places.set_time_zone(tx, place, "Asia/Kathmandu")
        tx.run("INSERT INTO speakers (engine, key, name, language, created_at) VALUES ('e', 'k', 'n', 'l', 1)")
        tx.run(
            """
            INSERT INTO voices (kind, speaker_id, name, folded, visibility, status, created_at, updated_at)
            VALUES ('builtin', 1, 'k', 'k', 'public', 'ready', 1, 1)
            """
        )
        places.set_default_voice(tx, place, 1)
        return places.ensure(tx, "discord", "42", "server", "Renamed")

    place = await database.write(work)
    assert (place.time_zone, place.default_voice_id, place.name) == ("Asia/Kathmandu", 1, "Renamed")
    await database.write(lambda tx: tx.run("DELETE FROM voices"))
    assert (await database.read(lambda tx: places.get(tx, 1))).default_voice_id is None


async def test_a_place_that_is_not_there_is_an_error(database: Database) -> None:
    with pytest.raises(LookupError, match="7"):
        await database.read(lambda tx: places.get(tx, 7))
