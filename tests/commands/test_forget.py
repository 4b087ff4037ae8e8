"""/forget: listed, asked, done, with a receipt; and nothing of the person is left."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from commands.core.command import Audience
from commands.core.context import Asker
from commands.core.errors import Refused
from commands.forget import STAYS
from storage import backups, drafts, people, queue
from storage.clock import DAY, MINUTE
from storage.database import Transaction
from tests.commands.world import World

SECRET = "My secret garden is behind the mill."


@pytest.fixture
async def ada(world: World) -> Asker:
    """Somebody about whom there is a good deal."""
    ada = await world.person("ada")
    await world.ask(ada, "speak", text=SECRET)
    await world.ask(ada, "speak", text="Good morning.")
    await world.ask(ada, "voices default", name="de")
    return ada


async def test_at_first_it_lists_what_is_there_and_asks(world: World, ada: Asker) -> None:
    reply = await world.ask(ada, "forget")
    assert reply.private
    code = reply.data["confirm"]
    lines = reply.text.splitlines()
    assert lines[0].startswith("About you there is: 1 chat account, ")
    for part in ("2 requests", "2 files", "2 answers"):
        assert part in lines[0]
    assert lines[1:] == [
        "What goes cannot be brought back; /export gives you a copy first.",
        STAYS,
        f"To do it, within 10 minutes: /forget confirm={code}",
    ]
    assert [(action.command, dict(action.values)) for action in reply.actions] == [
        ("forget", {"confirm": code}),
        ("export", {}),
    ]
    assert await world.rows("SELECT COUNT(*) FROM jobs") == [(2,)]


async def test_with_the_code_all_of_it_goes_and_a_receipt_says_what(world: World, ada: Asker) -> None:
    made = list((world.host.data / "generations").iterdir())
    assert len(made) == 2
    asked = await world.ask(ada, "forget")
    reply = await world.ask(ada, "forget", confirm=asked.data["confirm"].upper())
    assert reply.text.startswith("Mynah has forgotten you. Gone: 1 chat account, ")
    assert "2 files removed from the disk." in reply.text
    assert STAYS in reply.text.splitlines()
    assert STAYS.startswith("What stays for a while: how much you used of your limits")
    assert not any(file.exists() for file in made)
    assert await world.database.read(lambda tx: people.summary(tx, ada.user_id)) == {}


async def test_no_copy_of_the_database_remembers_them_and_the_host_still_has_one(world: World, ada: Asker) -> None:
    copies = world.host.data / "copies"
    backups.copy(world.host.data / "mynah.db", copies, 9, world.clock.now() - DAY)
    backups.copy_before(world.host.data / "mynah.db", copies, "jobs.120", world.clock.now() - 2 * DAY)
    assert all(b"secret garden" in copy.read_bytes() for copy in copies.iterdir())
    asked = await world.ask(ada, "forget")
    await world.ask(ada, "forget", confirm=asked.data["confirm"])
    (copy,) = copies.iterdir()
    assert b"secret garden" not in copy.read_bytes()
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_not_a_word_of_the_person_is_left_in_the_database_file(world: World, ada: Asker) -> None:
    asked = await world.ask(ada, "forget")
    await world.ask(ada, "forget", confirm=asked.data["confirm"])
    for file in world.host.data.glob("mynah.db*"):
        assert b"secret garden" not in file.read_bytes()
    with closing(sqlite3.connect(world.host.data / "mynah.db")) as connection:
        assert b"secret garden" not in "".join(connection.iterdump()).encode()


async def test_jobs_that_wait_or_run_are_cancelled_first_and_their_speech_goes(world: World, ada: Asker) -> None:
    waiting = await world.submit(ada, "speak", text="This one waits.")
    running = await world.submit(ada, "speak", text="This one is under way.")
    job = await world.claim(running.job_id)
    spool = world.host.data / "spool"
    spool.mkdir(exist_ok=True)
    torn = spool / f"{job.id}-1.wav"
    torn.write_bytes(b"RIFF")
    asked = await world.ask(ada, "forget")
    await world.ask(ada, "forget", confirm=asked.data["confirm"])
    assert sorted(world.host.stopped) == [waiting.job_id, running.job_id]
    assert not torn.exists()
    assert await world.rows("SELECT SUM(reserved) FROM balances") == [(0,)]


async def test_others_stay_as_they_are(world: World, ada: Asker) -> None:
    bob = await world.person("bob")
    await world.ask(bob, "speak", text="Good evening.")
    before = await world.database.read(lambda tx: people.summary(tx, bob.user_id))
    asked = await world.ask(ada, "forget")
    await world.ask(ada, "forget", confirm=asked.data["confirm"])
    assert await world.database.read(lambda tx: people.summary(tx, bob.user_id)) == before
    assert (await world.ask(bob, "jobs list")).text.startswith("3 · ")


async def test_a_code_is_good_once_in_time_for_its_person_and_for_this_only(world: World, ada: Asker) -> None:
    bob = await world.person("bob")
    asked = await world.ask(ada, "forget")
    other = await world.database.write(lambda tx: other_draft(tx, ada))
    for asker, code in ((bob, asked.data["confirm"]), (ada, other), (ada, "guess99"), (ada, "\ud800")):
        with pytest.raises(Refused, match="That code is not open any more; nothing was removed"):
            await world.ask(asker, "forget", confirm=code)
    world.clock.turn(10 * MINUTE)
    with pytest.raises(Refused, match="That code is not open any more"):
        await world.ask(ada, "forget", confirm=asked.data["confirm"])
    assert await world.rows("SELECT COUNT(*) FROM jobs") == [(2,)]


def other_draft(tx: Transaction, asker: Asker) -> str:
    """Leave another question open."""
    return drafts.leave(
        tx,
        user_id=asker.user_id,
        place_id=asker.place.id,
        command="speak",
        signature="x",
        values={},
        missing="text",
        address={},
    ).code


async def test_who_comes_back_the_same_day_has_not_begun_anew(world: World, ada: Asker) -> None:
    asked = await world.ask(ada, "forget")
    await world.ask(ada, "forget", confirm=asked.data["confirm"])
    back = await world.person("ada")
    assert back.user_id != ada.user_id
    assert "2 of 100 used" in (await world.ask(back, "quota show")).text
    world.clock.turn(DAY)
    assert "0 of 100 used" in (await world.ask(back, "quota show")).text


async def test_what_an_admin_did_stays_noted_without_them(world: World) -> None:
    admin = await world.person("admin", rank=Audience.ADMINS)
    await world.ask(admin, "quota set", metric="characters", limit=5)
    asked = await world.ask(admin, "forget")
    assert "1 act of an admin" in asked.text.splitlines()[0]
    reply = await world.ask(admin, "forget", confirm=asked.data["confirm"])
    stays = "What admins did, or was done to you, stays noted without you: 1 limit and 1 act of an admin."
    assert stays in asked.text.splitlines()
    assert stays in reply.text.splitlines()
    assert await world.rows("SELECT actor_id, act FROM audit") == [(None, "quota set")]
    assert await world.rows("SELECT amount, by_user_id FROM limits") == [(5, None)]


async def test_a_person_without_a_past_is_forgotten_too(world: World) -> None:
    new = await world.person("new")
    asked = await world.ask(new, "forget")
    assert asked.text.startswith("About you there is: 1 chat account.")
    reply = await world.ask(new, "forget", confirm=asked.data["confirm"])
    assert reply.text.startswith("Mynah has forgotten you. Gone: 1 chat account.")


async def test_hundreds_of_waiting_jobs_are_no_obstacle(world: World) -> None:
    ada = await world.person("ada", rank=Audience.OWNERS)
    order = await world.order(ada, "speak", text="One of very many.")
    await world.database.write(lambda tx: [queue.submit(tx, order) for _ in range(450)])
    asked = await world.ask(ada, "forget")
    reply = await world.ask(ada, "forget", confirm=asked.data["confirm"])
    assert "450 requests" in reply.text
    assert len(world.host.stopped) == 450


async def test_a_journal_that_was_set_aside_goes_at_once(world: World, ada: Asker) -> None:
    aside = world.host.data / "mynah.db-wal.1800000000000"
    aside.write_bytes(SECRET.encode())
    asked = await world.ask(ada, "forget")
    assert aside.exists()
    await world.ask(ada, "forget", confirm=asked.data["confirm"])
    assert not aside.exists()


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (
            ["ratings"],
            "1 table of a plugin that is not installed was not looked into: ratings. "
            "Install it again and forget once more.",
        ),
        (
            ["ratings", "polls"],
            "2 tables of plugins that are not installed were not looked into: polls and ratings. "
            "Install them again and forget once more.",
        ),
    ],
    ids=["one", "two"],
)
async def test_the_receipt_names_tables_that_no_installed_plugin_knows(
    world: World, ada: Asker, tables: list[str], said: str
) -> None:
    for table in tables:
        await plugin_table(world, table, "INTEGER", ada.user_id)
    asked = await world.ask(ada, "forget")
    reply = await world.ask(ada, "forget", confirm=asked.data["confirm"])
    assert said in reply.text.splitlines()


async def test_a_table_that_nobody_knows_and_that_holds_on_to_the_person_is_told_in_words(
    world: World, ada: Asker
) -> None:
    await plugin_table(world, "ratings", "INTEGER REFERENCES users (id)", ada.user_id)
    asked = await world.ask(ada, "forget")
    with pytest.raises(Refused, match=r"nothing was removed, because a plugin .* holds on to it: ratings"):
        await world.ask(ada, "forget", confirm=asked.data["confirm"])
    assert await world.rows("SELECT COUNT(*) FROM jobs") == [(2,)]


async def plugin_table(world: World, name: str, column: str, user_id: int) -> None:
    """Leave what a plugin made that is not installed any more."""
    await world.database.write(lambda tx: tx.run(f"CREATE TABLE {name} (user_id {column}) STRICT"))
    await world.database.write(lambda tx: tx.run(f"INSERT INTO {name} VALUES (:user_id)", user_id=user_id))
