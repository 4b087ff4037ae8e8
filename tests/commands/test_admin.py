"""/admin: what admins see and decide in their place, and nowhere else."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from commands.core.cloning import may_clone
from commands.core.command import Audience
from commands.core.context import Asker
from commands.core.errors import NotAllowed, NotFound, Refused, UsageError
from commands.core.reply import Reply
from storage import audit, blocks, jobs, places, queue
from storage.clock import HOUR, MINUTE
from storage.database import Transaction
from tests.commands.world import World

SECRET = "My secret garden is behind the mill."


@pytest.fixture
async def ada(world: World) -> Asker:
    return await world.person("ada")


@pytest.fixture
async def admin(world: World) -> Asker:
    return await world.person("admin", rank=Audience.ADMINS)


@pytest.fixture
async def host(world: World) -> Asker:
    world.rules = replace(world.rules, owners=frozenset({"discord:host"}))
    return await world.person("host", rank=Audience.OWNERS)


async def elsewhere(world: World, asker: Asker) -> Asker:
    """Return the same person in another server."""
    return await world.person(asker.name, rank=asker.rank, place="77")


async def fail(world: World, job_id: int, key: str = "Failed", sentence: str = "It broke.") -> None:
    job = await world.claim(job_id)
    reply = Reply(text=sentence, error=key).to_json()
    await world.database.write(lambda tx: queue.fail(tx, job.id, job.attempt, key=key, sentence=sentence, reply=reply))


async def acts(world: World) -> list[tuple[str, int | None, int | None, object]]:
    found = await world.database.read(audit.latest)
    return [(act.act, act.place_id, act.target_id, dict(act.details)) for act in found]


async def told(world: World, job_id: int) -> list[str]:
    rows = await world.rows("SELECT reply FROM deliveries WHERE job_id = :id", id=job_id)
    return [json.loads(reply)["text"] for (reply,) in rows]


async def state_of(world: World, job_id: int) -> object:
    ((state,),) = await world.rows("SELECT state FROM jobs WHERE id = :id", id=job_id)
    return state


# What is to be seen


async def test_the_queue_tells_who_waits_for_what_since_when_but_not_for_which_words(
    world: World, ada: Asker, admin: Asker
) -> None:
    assert (await world.ask(admin, "admin queue")).text == "Nothing waits, and nothing is under way."
    first = await world.submit(ada, "speak", text=SECRET)
    await world.submit(ada, "speak", text=SECRET)
    await world.submit(await elsewhere(world, ada), "speak", text="Elsewhere.")
    await world.claim(first.job_id)
    await world.database.write(lambda tx: jobs.set_progress(tx, first.job_id, 1, 0.4, tx.now + 2 * MINUTE))
    world.clock.turn(MINUTE)
    await world.submit(await world.person("bob"), "speak", text=SECRET)
    reply = await world.ask(admin, "admin queue")
    assert reply.private
    assert reply.text.splitlines() == [
        "1 · ada: /speak · under way, 40% · 1 min ago · 1 min left",
        "2 · ada: /speak · waits, next · 1 min ago",
        "4 · bob: /speak · waits, 1 job before it · just now",
    ]
    assert "secret" not in reply.to_json()
    assert reply.items is not None
    assert [(each["id"], each["before"]) for each in reply.items] == [(1, None), (2, 0), (4, 1)]


async def test_the_queue_tells_when_what_waits_is_done_as_soon_as_that_can_be_known(
    world: World, ada: Asker, admin: Asker
) -> None:
    done = await world.submit(ada, "speak", text="x" * 10 + ".")
    job = await world.claim(done.job_id)
    world.clock.turn(1_100)
    await world.database.write(
        lambda tx: queue.finish(tx, job.id, job.attempt, used={}, seconds=1.0, reply='{"text": ""}')
    )
    await world.submit(ada, "speak", text="x" * 19 + ".")
    assert (await world.ask(admin, "admin queue")).text == "2 · ada: /speak · waits, next · just now · 2.0 s left"


async def test_lists_go_on_over_pages(world: World, ada: Asker, admin: Asker) -> None:
    for number in range(12):
        await world.submit(ada, "speak", text=f"Sentence {number}.")
    first = await world.ask(admin, "admin queue")
    assert len(first.text.splitlines()) == 10
    second = await world.ask(admin, "admin queue", **first.actions[0].values)
    assert [line.partition(" ")[0] for line in second.text.splitlines()] == ["11", "12"]
    assert second.actions == ()
    assert (await world.ask(admin, "admin queue", page=3)).text == "There is no page 3."


async def test_failures_tell_the_sentence_and_how_often_each_reason_came_up(
    world: World, ada: Asker, admin: Asker
) -> None:
    assert (await world.ask(admin, "admin failures")).text == "Nothing has failed."
    for key, sentence in (("Failed", "It broke."), ("GaveUp", "It was tried 3 times."), ("Failed", "It broke again.")):
        ticket = await world.submit(ada, "speak", text=SECRET)
        await fail(world, ticket.job_id, key, sentence)
    there = await elsewhere(world, ada)
    await fail(world, (await world.submit(there, "speak", text=SECRET)).job_id)
    world.clock.turn(2 * HOUR)
    reply = await world.ask(admin, "admin failures")
    assert reply.text.splitlines() == [
        "3 · ada: /speak · 2 h ago · It broke again.",
        "2 · ada: /speak · 2 h ago · It was tried 3 times.",
        "1 · ada: /speak · 2 h ago · It broke.",
        "In all: Failed 2 times and GaveUp 1 time.",
    ]
    assert "secret" not in reply.to_json()


async def test_the_log_tells_what_admins_did_here(world: World, ada: Asker, admin: Asker, host: Asker) -> None:
    assert (await world.ask(admin, "admin log")).text == "No admin has done anything here yet."
    await world.ask(admin, "quota set", metric="characters", limit=20, member="discord:ada")
    await world.ask(admin, "admin format", format="mp3")
    await world.ask(await elsewhere(world, admin), "admin format", format="wav")
    await world.ask(host, "admin block", member="discord:ada", everywhere=True)
    reply = await world.ask(admin, "admin log")
    assert reply.text.splitlines() == [
        "2027-01-15 08:00 · admin: admin format · format mp3, before auto",
        "2027-01-15 08:00 · admin: quota set · ada · scope member, metric characters, period day, limit 20",
    ]
    everywhere = (await world.ask(host, "admin log", everywhere=True)).text.splitlines()
    done = ["host: admin block", "admin: admin format", "admin: admin format", "admin: quota set"]
    assert [line.split(" · ")[1] for line in everywhere] == done
    with pytest.raises(NotAllowed, match="in all places"):
        await world.ask(admin, "admin log", everywhere=True)


async def test_the_log_names_nobody_who_was_forgotten(world: World, ada: Asker, admin: Asker) -> None:
    await world.ask(admin, "admin block", member="discord:ada", reason="too loud")
    code = (await world.ask(ada, "forget")).data["confirm"]
    await world.ask(ada, "forget", confirm=code)
    assert (await world.ask(admin, "admin log")).text == "2027-01-15 08:00 · admin: admin block"


async def test_what_is_set_for_the_place_is_told_with_how_to_change_it(world: World, admin: Asker, host: Asker) -> None:
    assert (await world.ask(admin, "admin show")).text.splitlines() == [
        "place 42 (discord:42)",
        "Voice of those who have chosen none: Mynah chooses (/voices here)",
        "Kind of file: what is usual on the platform (/admin format)",
        "Days end at midnight in UTC (/quota zone)",
        "Voices of recordings may be made by everyone (/admin cloning)",
        "All together may use as much as they like (/quota set cap=yes)",
    ]
    await world.ask(admin, "voices here", name="de")
    await world.ask(admin, "admin format", format="voice")
    await world.ask(admin, "quota zone", name="Europe/Berlin")
    await world.ask(admin, "admin cloning", who="admins")
    await world.ask(admin, "quota set", metric="characters", limit=5_000, cap=True)
    await world.ask(admin, "quota set", metric="bytes", limit=2_000_000, cap=True)
    await world.ask(admin, "quota set", metric="clones", limit="unlimited", cap=True)
    reply = await world.ask(admin, "admin show")
    assert [line.partition(" (/")[0] for line in reply.text.splitlines()[1:]] == [
        "Voice of those who have chosen none: de",
        "Kind of file: a voice message",
        "Days end at midnight in Europe/Berlin",
        "Voices of recordings may be made by admins only",
        "All together may use 5,000 characters a day and 2 MB",
    ]
    there = await elsewhere(world, host)
    assert (await world.ask(there, "admin show", place="discord:42")).data == reply.data


# What is decided


async def test_the_kind_of_file_holds_for_the_place_and_goes_back_to_the_usual(world: World, admin: Asker) -> None:
    said = await world.ask(admin, "admin format", format="mp3")
    assert said.text == "The kind of file here is mp3 now."
    place = await world.database.read(lambda tx: places.get(tx, admin.place.id))
    assert place.format == "mp3"
    said = await world.ask(admin, "admin format", format="auto")
    assert said.text == "The kind of file here is what is usual on the platform now."
    assert (await acts(world))[0] == ("admin format", admin.place.id, None, {"format": "auto", "before": "mp3"})
    with pytest.raises(UsageError, match="format can be"):
        await world.ask(admin, "admin format", format="exe")


@pytest.mark.parametrize(("who", "may"), [
    ("everyone", (True, True, True)), ("admins", (False, True, True)), ("nobody", (False, False, True)),
])  # fmt: skip
async def test_who_may_clone_is_decided_by_rank(
    world: World, ada: Asker, admin: Asker, host: Asker, who: str, may: tuple[bool, ...]
) -> None:
    await world.ask(admin, "admin cloning", who=who)
    place = await world.database.read(lambda tx: places.get(tx, admin.place.id))
    assert tuple(may_clone(replace(asker, place=place)) for asker in (ada, admin, host)) == may
    assert may_clone(await elsewhere(world, ada)), "only there"


async def test_a_job_of_the_place_is_cancelled_and_its_person_told(world: World, ada: Asker, admin: Asker) -> None:
    job_id = (await world.submit(ada, "speak", text=SECRET)).job_id
    reply = await world.ask(admin, "admin cancel", job=job_id)
    assert reply.text == "Job 1 is cancelled; nothing was charged, and its person is told."
    assert await state_of(world, job_id) == "cancelled"
    assert await told(world, job_id) == ["Job 1 was cancelled by an admin; nothing was charged."]
    assert world.host.stopped == [job_id] and world.host.woken
    assert await world.rows("SELECT SUM(used + reserved) FROM balances") == [(0,)]
    assert await world.rows("SELECT finished_by FROM jobs") == [("admin",)]
    assert await acts(world) == [("admin cancel", admin.place.id, ada.user_id, {"job": job_id})]
    with pytest.raises(Refused, match="ended already"):
        await world.ask(admin, "admin cancel", job=job_id)


async def test_ones_own_job_is_cancelled_without_a_word(world: World, admin: Asker) -> None:
    job_id = (await world.submit(admin, "speak", text=SECRET)).job_id
    assert (await world.ask(admin, "admin cancel", job=job_id)).text == "Job 1 is cancelled; nothing was charged."
    assert await told(world, job_id) == []


async def test_a_job_of_another_place_looks_like_none(world: World, ada: Asker, admin: Asker, host: Asker) -> None:
    job_id = (await world.submit(await elsewhere(world, ada), "speak", text=SECRET)).job_id
    said = set()
    for number in (job_id, 99):
        with pytest.raises(NotFound) as caught:
            await world.ask(admin, "admin cancel", job=number)
        said.add(str(caught.value).replace(str(number), "N"))
    assert len(said) == 1
    assert await state_of(world, job_id) == "ready"
    await world.ask(host, "admin cancel", job=job_id)
    assert await told(world, job_id) == ["Job 1 was cancelled by those who run this Mynah; nothing was charged."]


# Blocks


async def test_a_block_ends_what_waits_and_what_runs_there_and_is_told(world: World, ada: Asker, admin: Asker) -> None:
    waits = (await world.submit(ada, "speak", text=SECRET)).job_id
    runs = (await world.submit(ada, "speak", text=SECRET)).job_id
    other = (await world.submit(await elsewhere(world, ada), "speak", text=SECRET)).job_id
    bobs = (await world.submit(await world.person("bob"), "speak", text=SECRET)).job_id
    await world.claim(runs)
    reply = await world.ask(admin, "admin block", member={"id": "discord:ada", "name": "Ada"}, reason="too loud")
    assert reply.text == (
        "Mynah does not answer Ada here any more (too loud). 2 requests of theirs cancelled; nothing was charged."
    )
    states = [await state_of(world, job_id) for job_id in (waits, runs, other, bobs)]
    assert states == ["cancelled", "cancelled", "ready", "ready"]
    assert await told(world, waits) == [
        "Job 1 was cancelled and cost nothing, for Mynah does not answer you there any more."
    ]
    assert world.host.stopped == [waits, runs]
    block = await world.database.read(lambda tx: blocks.find(tx, ada.user_id, ada.place.id))
    assert block is not None and (block.reason, block.place_id) == ("too loud", ada.place.id)
    details = {"reason": "too loud", "cancelled": 2}
    assert await acts(world) == [("admin block", admin.place.id, ada.user_id, details)]
    assert (reply.actions[0].command, reply.actions[0].values) == ("admin unblock", {"member": "discord:ada"})


async def test_a_block_everywhere_is_for_those_who_run_mynah(
    world: World, ada: Asker, admin: Asker, host: Asker
) -> None:
    jobs_ = [(await world.submit(asker, "speak", text=SECRET)).job_id for asker in (ada, await elsewhere(world, ada))]
    for name in ("admin block", "admin unblock"):
        with pytest.raises(NotAllowed, match="everywhere are for those who run"):
            await world.ask(admin, name, member="discord:ada", everywhere=True)
    reply = await world.ask(host, "admin block", member="discord:ada", everywhere=True)
    assert reply.text.startswith("Mynah does not answer ada anywhere any more. 2 requests of theirs cancelled")
    assert [await state_of(world, job_id) for job_id in jobs_] == ["cancelled", "cancelled"]
    with pytest.raises(NotFound, match="not blocked here"):
        await world.ask(admin, "admin unblock", member="discord:ada")
    undone = await world.ask(host, reply.actions[0].command, **reply.actions[0].values)
    assert undone.text == "Mynah answers ada everywhere again."
    assert await world.rows("SELECT COUNT(*) FROM blocks") == [(0,)]


async def test_a_block_is_lifted_once(world: World, ada: Asker, admin: Asker) -> None:
    await world.ask(admin, "admin block", member="discord:ada")
    assert (await world.ask(admin, "admin unblock", member="discord:ada")).text == "Mynah answers ada here again."
    with pytest.raises(NotFound, match="ada is not blocked here"):
        await world.ask(admin, "admin unblock", member="discord:ada")
    assert [act[0] for act in await acts(world)] == ["admin unblock", "admin block"]


async def test_those_who_run_mynah_cannot_be_blocked_nor_can_one_block_oneself(
    world: World, admin: Asker, host: Asker
) -> None:
    with pytest.raises(NotAllowed, match="nobody can block them"):
        await world.ask(admin, "admin block", member="discord:host")
    keeper = await world.person("keeper", rank=Audience.OWNERS)  # by their platform's word, not by the settings
    await world.submit(keeper, "speak", text=SECRET)
    with pytest.raises(NotAllowed, match="nobody can block them"):
        await world.ask(admin, "admin block", member="discord:keeper")
    for asker in (admin, host):
        with pytest.raises(Refused, match="yourself"):
            await world.ask(asker, "admin block", member=f"discord:{asker.name}")
    with pytest.raises(NotFound, match="does not know"):
        await world.ask(admin, "admin block", member="discord:stranger")
    assert await world.rows("SELECT COUNT(*) FROM blocks") == [(0,)]


async def test_it_is_said_where_an_admin_is_blocked(world: World, admin: Asker) -> None:
    other = await world.person("other", rank=Audience.ADMINS)
    await world.ask(other, "speak", text=SECRET)
    reply = await world.ask(admin, "admin block", member="discord:other")
    assert reply.text.endswith("They were an admin there when they asked last.")


async def test_who_was_forgotten_stays_blocked_and_can_be_unblocked_by_their_account(
    world: World, ada: Asker, admin: Asker
) -> None:
    async def forget(asker: Asker) -> None:
        await world.ask(asker, "forget", confirm=(await world.ask(asker, "forget")).data["confirm"])

    async def is_blocked(asker: Asker) -> bool:
        return await world.database.read(lambda tx: blocks.find(tx, asker.user_id, asker.place.id)) is not None

    await world.ask(admin, "admin block", member="discord:ada", reason="too loud")
    await forget(ada)
    back = await world.person("ada")
    assert back.user_id != ada.user_id and await is_blocked(back)
    await forget(back)
    with pytest.raises(NotFound, match="not blocked here"):
        await world.ask(admin, "admin unblock", member="discord:adam")
    await world.ask(admin, "admin unblock", member="Discord: ada")
    assert not await is_blocked(await world.person("ada"))


# Whose place it is

ACTS: dict[str, dict[str, object]] = {
    "admin queue": {},
    "admin failures": {},
    "admin log": {},
    "admin show": {},
    "admin format": {"format": "mp3"},
    "admin cloning": {"who": "nobody"},
    "admin block": {"member": "discord:ada"},
    "admin unblock": {"member": "discord:ada"},
}


@pytest.mark.parametrize("name", ACTS)
async def test_an_admin_has_power_in_their_place_only_and_those_who_run_mynah_in_all(
    world: World, ada: Asker, admin: Asker, host: Asker, name: str
) -> None:
    there = await elsewhere(world, ada)
    if name == "admin unblock":
        await world.database.write(lambda tx: block_in(tx, ada.user_id, (ada.place.id, there.place.id)))
    before = await world.rows("SELECT COUNT(*) FROM blocks")
    values = ACTS[name]
    with pytest.raises(NotAllowed):
        await world.ask(ada, name, **values)
    for ref in ("discord:77", str(there.place.id), "discord:404"):
        with pytest.raises(NotAllowed, match="Other places"):
            await world.ask(admin, name, **values, place=ref)
    with pytest.raises(NotFound, match="knows no place"):
        await world.ask(host, name, **values, place="discord:404")
    assert await acts(world) == []
    assert await world.rows("SELECT COUNT(*) FROM blocks") == before
    await world.ask(admin, name, **values, place="discord:42")
    await world.ask(host, name, **values, place="discord:77")
    assert [place_id for _, place_id, *_ in await acts(world)] in ([], [there.place.id, admin.place.id])


def block_in(tx: Transaction, user_id: int, place_ids: tuple[int, ...]) -> None:
    for place_id in place_ids:
        blocks.add(tx, user_id, place_id, None)


@pytest.mark.parametrize("name", [*ACTS, "admin cancel"])
async def test_in_direct_messages_only_those_who_run_mynah_decide(world: World, ada: Asker, name: str) -> None:
    asker = await world.person("admin", rank=Audience.ADMINS, place="direct", kind="direct")
    with pytest.raises(NotAllowed, match="In direct messages only those who run this Mynah"):
        await world.ask(asker, name, **ACTS.get(name, {"job": 1}))
