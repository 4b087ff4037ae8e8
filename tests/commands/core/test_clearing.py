from __future__ import annotations

import pytest

from commands.core.clearing import VOICE_GONE, clear, in_use, renew_copies, tell_others
from commands.core.context import Context
from engine.spool import wave_path
from storage.database import Transaction
from tests.commands.world import World


@pytest.fixture
async def ctx(world: World) -> Context:
    ada = await world.person("ada")
    return Context(asker=ada, database=world.database, rules=world.rules, host=world.host)


async def test_what_was_done_for_a_job_stops_and_its_spool_goes_with_the_files(world: World, ctx: Context) -> None:
    data = world.host.data
    spool = data / "spool"
    spool.mkdir(exist_ok=True)
    spooled, stopped, other = (wave_path(spool, job, 1) for job in (7, 8, 9))
    file = data / "generations" / "1.wav"
    file.parent.mkdir(exist_ok=True)
    for each in (spooled, stopped, other, file):
        each.write_bytes(b"RIFF")
    assert await clear(ctx, ["generations/1.wav", "generations/gone.wav"], [7], stopped=[8]) == 0
    assert world.host.stopped == [7], "the other was stopped before"
    assert [each.exists() for each in (spooled, stopped, other, file)] == [False, False, True, False]


async def test_where_nothing_was_spooled_yet_there_is_nothing_to_remove(world: World, ctx: Context) -> None:
    assert not (world.host.data / "spool").exists()
    assert await clear(ctx, [], [7]) == 0


async def test_whoever_waits_is_told_but_not_who_let_it_go(world: World, ctx: Context) -> None:
    bob = await world.person("bob")
    jobs = [(await world.submit(asker, "speak", text="Hello.")).job_id for asker in (ctx.asker, bob)]

    def tell(tx: Transaction) -> None:
        tell_others(tx, ctx, [*jobs, 99])

    await world.database.write(tell)
    rows = await world.rows("SELECT job_id, reply FROM deliveries")
    assert [row[0] for row in rows] == jobs[1:]
    assert VOICE_GONE in rows[0][1]


async def test_no_copy_and_no_journal_remembers(world: World, ctx: Context) -> None:
    copies = world.host.data / "copies"
    copies.mkdir(exist_ok=True)
    old, journal = copies / "mynah-20200101-000000.db", world.host.data / "mynah.db-wal.5"
    for each in (old, journal):
        each.write_bytes(b"somebody")
    assert await renew_copies(ctx)
    assert not journal.exists() and not old.exists()
    (new,) = copies.iterdir()
    assert new.read_bytes().startswith(b"SQLite format 3")


async def test_a_file_that_is_in_use_is_told_of() -> None:
    assert in_use(0) == []
    assert in_use(2) == ["2 files are in use and go when Mynah starts again."]
