"""/link: a code on the one account, typed on the other, and a yes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from commands.core.context import Asker
from commands.core.errors import MynahError, Refused
from commands.core.reply import Reply
from commands.link import CodeGone, TooMany
from storage import blocks, identities, places
from storage.clock import MINUTE
from storage.database import Transaction
from storage.identities import MOST
from storage.places import Place
from tests.commands.world import KEY, World
from tests.fakes.running import BOB, running

HELLO = "Hello, I am Mynah."


@pytest.fixture
async def ada(world: World) -> Asker:
    return await world.person("ada")


async def on_telegram(world: World, account: str = "99", name: str = "ada_l") -> Asker:
    """Return somebody who asks in a private chat on Telegram."""

    def enter(tx: Transaction) -> tuple[int, Place]:
        there = places.ensure(tx, "telegram", "direct", "direct", "")
        return identities.ensure(tx, "telegram", account, name, KEY), there

    user_id, there = await world.database.write(enter)
    return replace(await world.person("nobody"), user_id=user_id, name=name, platform="telegram", place=there)


async def code_of(world: World, asker: Asker) -> str:
    return str((await world.ask(asker, "link")).data["code"])


async def names(world: World) -> dict[str, int]:
    rows = await world.rows("SELECT platform || ':' || account, user_id FROM identities")
    return {account: user_id for account, user_id in rows if account != "discord:nobody"}


async def test_without_a_code_one_gets_one_and_is_told_what_to_type(world: World, ada: Asker) -> None:
    reply = await world.ask(ada, "link")
    code = reply.data["code"]
    assert reply.private
    assert reply.text.splitlines() == [
        f"Your code is {code}. Within 10 minutes, on your other account, send me: /link code={code}",
        "Show it to nobody: with whoever types it there, you become one person.",
        "So far you are ada on discord (ada).",
    ]
    assert code not in reply.brief and reply.brief


async def test_before_anything_is_done_one_is_told_with_whom_and_asked(world: World, ada: Asker) -> None:
    code, other = await code_of(world, ada), await on_telegram(world)
    before = await names(world)
    reply = await world.ask(other, "link", code=f" {code.upper()} ")
    assert reply.private
    for part in ("one with ada, who is ada on discord (ada)", "cannot be undone", "Did somebody give you this code?"):
        assert part in reply.text
    (action,) = reply.actions
    assert (action.command, action.values) == ("link", {"code": code, "confirm": True})
    assert await names(world) == before
    assert "ada" not in reply.brief


async def test_with_a_yes_both_are_one_with_all_that_they_have(world: World, ada: Asker) -> None:
    other = await on_telegram(world)
    await world.ask(ada, "speak", text=HELLO)
    await world.ask(ada, "voices default", name="de")
    waiting = await world.submit(ada, "speak", text="Later.")
    asked = await world.ask(other, "link", code=await code_of(world, ada))
    woken = world.host.woken
    reply = await world.ask(other, "link", **asked.actions[0].values)
    assert reply.text.splitlines()[0] == (
        "You and ada are one now. Your accounts: ada on discord (ada) and ada_l on telegram (99)."
    )
    assert set((await names(world)).values()) == {other.user_id}
    assert world.host.woken > woken
    listed = await world.ask(other, "jobs list")
    assert f'"{HELLO}"' in listed.text and '"Later."' in listed.text
    assert "for you" in (await world.ask(other, "voices default")).text
    assert (await world.perform(waiting.job_id)).files
    assert '"Hello' in (await world.ask(replace(ada, user_id=other.user_id), "history list")).text


async def test_a_code_is_good_once_and_in_time_and_wrong_ones_are_refused_alike(world: World, ada: Asker) -> None:
    other, third = await on_telegram(world), await on_telegram(world, "100", "cyd")
    used, late = await code_of(world, ada), ""
    await world.ask(other, "link", code=used, confirm=True)
    late = await code_of(world, other)
    world.clock.turn(10 * MINUTE)
    said = set()
    for code in (used, late, "k3v9x2mq", "' OR 1=1 --", "ÿ" * 500):
        for confirm in (False, True):
            with pytest.raises(CodeGone) as caught:
                await world.ask(third, "link", code=code, confirm=confirm)
            said.add(str(caught.value))
    assert len(said) == 1
    assert "good once and for 10 minutes" in said.pop()


async def test_a_new_code_takes_the_place_of_the_one_before(world: World, ada: Asker) -> None:
    first, second = await code_of(world, ada), await code_of(world, ada)
    other = await on_telegram(world)
    with pytest.raises(CodeGone):
        await world.ask(other, "link", code=first)
    assert (await world.ask(other, "link", code=second)).actions


@pytest.mark.parametrize("confirm", [False, True])
async def test_one_cannot_be_joined_with_oneself(world: World, ada: Asker, confirm: bool) -> None:
    other = await on_telegram(world)
    await world.ask(other, "link", code=await code_of(world, ada), confirm=True)
    ada = replace(ada, user_id=other.user_id)
    code = await code_of(world, ada)
    for asker in (ada, other):
        with pytest.raises(Refused, match="your own, and these accounts are one already: ada on discord"):
            await world.ask(asker, "link", code=code, confirm=confirm)
    third = await on_telegram(world, "100", "cyd")
    assert (await world.ask(third, "link", code=code)).actions, "and the code is still good"


async def test_a_person_has_at_most_eight_accounts(world: World, ada: Asker) -> None:
    def give(tx: Transaction, user_id: int, more: int, start: int) -> None:
        for number in range(start, start + more):
            stranger = identities.ensure(tx, "telegram", str(number), "x", KEY)
            tx.run("UPDATE identities SET user_id = :to WHERE user_id = :stranger", to=user_id, stranger=stranger)

    other = await on_telegram(world)
    await world.database.write(lambda tx: give(tx, ada.user_id, 5, 1_000))
    await world.database.write(lambda tx: give(tx, other.user_id, 2, 2_000))
    code = await code_of(world, ada)
    for confirm in (False, True):
        with pytest.raises(TooMany, match="9 accounts; 8 is the most"):
            await world.ask(other, "link", code=code, confirm=confirm)
    await world.database.write(lambda tx: give(tx, ada.user_id, 2, 3_000))
    with pytest.raises(TooMany, match=f"{MOST} is the most"):
        await world.ask(ada, "link")


async def test_two_who_confirm_the_same_code_at_once_are_not_both_joined(world: World, ada: Asker) -> None:
    code = await code_of(world, ada)
    askers = [await on_telegram(world, str(n), f"number {n}") for n in range(4)]

    async def confirm(asker: Asker) -> Reply | MynahError:
        try:
            return await world.ask(asker, "link", code=code, confirm=True)
        except MynahError as error:
            return error

    answers = await asyncio.gather(*map(confirm, askers))
    assert sorted(type(each).__name__ for each in answers) == ["CodeGone", "CodeGone", "CodeGone", "Reply"]
    found = await names(world)
    assert list(found.values()).count(found["discord:ada"]) == 2


async def test_who_is_blocked_is_blocked_with_both_accounts(world: World, ada: Asker) -> None:
    bob = await world.person("bob")
    await world.database.write(lambda tx: blocks.add(tx, bob.user_id, bob.place.id, None))
    await world.ask(ada, "link", code=await code_of(world, bob), confirm=True)
    assert await world.database.read(lambda tx: blocks.find(tx, ada.user_id, ada.place.id)) is not None


async def test_a_plugin_that_does_not_know_how_keeps_both_as_they_are(world: World, ada: Asker) -> None:
    other, code = await on_telegram(world), await code_of(world, ada)
    await world.database.write(lambda tx: tx.run("CREATE TABLE old_likes (user_id INTEGER REFERENCES users (id))"))
    await world.database.write(lambda tx: tx.run("INSERT INTO old_likes VALUES (:id)", id=ada.user_id))
    before = await names(world)
    with pytest.raises(Refused, match="Nothing was changed: a plugin does not know what becomes of old likes"):
        await world.ask(other, "link", code=code, confirm=True)
    assert await names(world) == before
    assert (await world.ask(other, "link", code=code)).actions


async def test_what_is_under_way_is_answered_where_it_was_asked_and_told_once(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        under_way = await mynah.ticket("trick wait", to="ada")
        await mynah.until("SELECT state FROM jobs WHERE id = :id", "running", id=under_way)
        code = (await mynah.reply("link")).data["code"]
        values = {"code": code, "confirm": True}
        reply = await mynah.reply("link", values, caller=BOB, event_id="e1")
        assert not reply.error
        assert (await mynah.reply("link", values, caller=BOB, event_id="e1")).text == reply.text, "it was told twice"
        mynah.tricks.go_on.set()
        await mynah.ended(under_way)
        spoken = await mynah.ticket("speak", {"text": HELLO}, to="ada")
        await mynah.ended(spoken)
        assert [message["to"] for message in mynah.post.sent] == ["ada", "ada"]
        owners = "SELECT COUNT(DISTINCT user_id) FROM (SELECT user_id FROM jobs UNION ALL SELECT user_id FROM files)"
        assert await mynah.value(owners) == await mynah.value("SELECT COUNT(*) FROM users") == 1
        assert await mynah.charged() == (2, 0)
        code = (await mynah.reply("forget", caller=BOB)).data["confirm"]
        assert "forgotten you" in (await mynah.reply("forget", {"confirm": code})).text
        assert await mynah.value("SELECT COUNT(*) FROM identities") == 0
