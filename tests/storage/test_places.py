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


async def test_a_place_keeps_its_kind_of_file_and_who_may_clone(database: Database) -> None:
    def work(tx: Transaction) -> tuple[places.Place, places.Place]:
        before = places.get(tx, making.place(tx))
        places.set_format(tx, before.id, "mp3")
        places.set_cloning(tx, before.id, "admins")
        return before, places.ensure(tx, "discord", "42", "server", "Renamed")

    before, after = await database.write(work)
    assert (before.format, before.cloning) == ("auto", "everyone")
    assert (after.format, after.cloning) == ("mp3", "admins")


def move(tx: Transaction) -> places.Place:
    return places.move(tx, "telegram", "-7", "-1007", "group", "The Choir")


async def test_a_group_that_moves_keeps_its_number_and_all_that_is_set(database: Database) -> None:
    def work(tx: Transaction) -> tuple[places.Place, places.Place]:
        group = places.ensure(tx, "telegram", "-7", "group", "Choir")
        places.set_time_zone(tx, group.id, "Asia/Kathmandu")
        return group, move(tx)

    group, moved = await database.write(work)
    assert (moved.id, moved.key, moved.name) == (group.id, "-1007", "The Choir")
    assert moved.time_zone == "Asia/Kathmandu"
    assert await database.read(lambda tx: places.find(tx, "telegram:-7")) is None


@pytest.mark.parametrize("known", ["old", "new", "both", "neither"])
async def test_to_be_told_of_a_move_again_changes_nothing(database: Database, known: str) -> None:
    def work(tx: Transaction) -> list[places.Place]:
        for key in {"old": ["-7"], "new": ["-1007"], "both": ["-7", "-1007"], "neither": []}[known]:
            place = places.ensure(tx, "telegram", key, "group", "Choir")
            tx.run("INSERT INTO blocks (place_id, user_id, created_at) VALUES (:id, :user, 1)", id=place.id, user=ada)
        first = move(tx)
        places.ensure(tx, "telegram", "-1007", "group", "The Choir")
        second = move(tx)
        assert tx.value("SELECT COUNT(*) FROM blocks") == (0 if known == "neither" else 1)
        return [first, second, *(places.get(tx, row["id"]) for row in tx.all("SELECT id FROM places"))]

    ada = await database.write(making.person)
    first, second, *all_of_them = await database.write(work)
    assert [first] == [second] == all_of_them
    assert (first.id, first.key, first.kind) == (1, "-1007", "group")


async def test_what_was_asked_under_the_new_id_before_the_move_was_told_comes_along(database: Database) -> None:
    def work(tx: Transaction) -> tuple[places.Place, list[int]]:
        ada = making.person(tx)
        old = places.ensure(tx, "telegram", "-7", "group", "Choir")
        new = places.ensure(tx, "telegram", "-1007", "group", "Choir")
        places.set_time_zone(tx, old.id, "Asia/Tokyo")
        places.set_format(tx, new.id, "mp3")
        for place in (old, new):
            making.job(tx, ada, place_id=place.id)
        moved = move(tx)
        return moved, [row["place_id"] for row in tx.all("SELECT place_id FROM jobs")]

    moved, places_of_jobs = await database.write(work)
    assert (moved.time_zone, moved.format, moved.key) == ("Asia/Tokyo", "mp3", "-1007")
    assert places_of_jobs == [moved.id, moved.id]


async def test_a_place_of_another_platform_stays_where_it_is(database: Database) -> None:
    def work(tx: Transaction) -> places.Place | None:
        places.ensure(tx, "discord", "-7", "server", "Aviary")
        move(tx)
        return places.find(tx, "discord:-7")

    place = await database.write(work)
    assert place is not None and place.name == "Aviary"
