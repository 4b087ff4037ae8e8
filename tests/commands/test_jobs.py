"""/jobs: what was asked, how far it is, stopping it and having it again."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from commands.core.command import Audience
from commands.core.context import Asker
from commands.core.errors import Failed, NotAllowed, NotFound, QuotaReached, Refused
from commands.core.refusals import TooManyWaiting
from commands.core.reply import Reply
from storage import queue, quota
from storage.errors import DiskFull
from storage.metrics import Metric, Period
from storage.quota import Allowances
from tests.commands.world import World

HELLO = "Hello, I am Mynah."


async def fail(world: World, job_id: int) -> None:
    """Let a job that waits go wrong for good."""
    job = await world.claim(job_id)
    reply = Reply(text="It broke.", error="Failed").to_json()
    await world.database.write(
        lambda tx: queue.fail(tx, job.id, job.attempt, key="Failed", sentence="It broke.", reply=reply)
    )


async def state_of(world: World, job_id: int) -> object:
    ((state,),) = await world.rows("SELECT state FROM jobs WHERE id = :id", id=job_id)
    return state


async def reserved(world: World) -> object:
    ((amount,),) = await world.rows("SELECT COALESCE(SUM(reserved), 0) FROM balances")
    return amount


@pytest.fixture
async def ada(world: World) -> Asker:
    return await world.person("ada")


async def test_the_list_has_ones_own_jobs_the_latest_first(world: World, ada: Asker) -> None:
    await world.ask(ada, "speak", text=HELLO)
    await world.submit(ada, "speak", text="Good\nmorning, " + "dear " * 20)
    await world.submit(await world.person("bob"), "speak", text="Bob's own words.")
    reply = await world.ask(ada, "jobs list")
    assert reply.text.splitlines() == [
        '2 · /speak "Good morning, dear dear dear dear dear…" · waits',
        f'1 · /speak "{HELLO}" · done, 1.4 s',
    ]
    assert reply.private
    assert reply.items is not None
    assert [(each["id"], each["state"]) for each in reply.items] == [(2, "ready"), (1, "succeeded")]


async def test_the_list_narrows_to_a_state_and_goes_on_over_pages(world: World, ada: Asker) -> None:
    for number in range(12):
        await world.submit(ada, "speak", text=f"Sentence {number}.")
    await world.ask(ada, "jobs cancel", job=12)
    first = await world.ask(ada, "jobs list", state="ready")
    assert [line.partition(" ")[0] for line in first.text.splitlines()] == [str(n) for n in range(11, 1, -1)]
    second = await world.ask(ada, "jobs list", **first.actions[0].values)
    assert second.text.startswith("1 · ")
    assert second.actions == ()
    assert (await world.ask(ada, "jobs list", page=3)).text == "There is no page 3."


async def test_owners_see_everybodys_jobs_but_not_their_texts(world: World, ada: Asker) -> None:
    await world.submit(ada, "speak", text="My secret garden.")
    host = await world.person("host", rank=Audience.OWNERS)
    await world.submit(host, "speak", text=HELLO)
    reply = await world.ask(host, "jobs list", everyone=True)
    assert reply.text.splitlines() == [f'2 · /speak "{HELLO}" · waits', "1 · ada: /speak · waits"]
    assert "secret" not in reply.to_json()
    assert "secret" not in (await world.ask(host, "jobs show", job=1)).to_json()
    with pytest.raises(NotAllowed, match="Everybody's jobs are for those who run this Mynah"):
        await world.ask(await world.person("bob", rank=Audience.ADMINS), "jobs list", everyone=True)


async def test_an_empty_list_says_what_to_do(world: World, ada: Asker) -> None:
    assert (await world.ask(ada, "jobs list")).text == "You have asked for nothing yet. /help shows what there is."
    assert (await world.ask(ada, "jobs list", state="failed")).text == "No job of yours is so."


async def test_show_tells_the_place_in_the_line(world: World, ada: Asker) -> None:
    bob = await world.person("bob")
    await world.submit(bob, "speak", text=HELLO)
    ticket = await world.submit(ada, "speak", text=HELLO)
    reply = await world.ask(ada, "jobs show", job=ticket.job_id)
    assert reply.text.splitlines()[1] == "1 job before it."
    assert [action.command for action in reply.actions] == ["jobs cancel"]


async def test_show_draws_how_far_a_running_job_is(world: World, ada: Asker) -> None:
    ticket = await world.submit(ada, "speak", text=HELLO)
    job = await world.claim(ticket.job_id)
    await world.database.write(
        lambda tx: tx.run(
            "UPDATE jobs SET progress = 0.25, eta_at = :eta WHERE id = :id", id=job.id, eta=tx.now + 90_000
        )
    )
    reply = await world.ask(ada, "jobs show", job=job.id)
    assert reply.text.splitlines() == [
        f'{job.id} · /speak "{HELLO}" · under way, 25%',
        "█████░░░░░░░░░░░░░░░ 25% · 1 min 30 s left",
    ]


async def test_show_gives_the_file_once_more_to_its_owner_only(world: World, ada: Asker) -> None:
    made = await world.ask(ada, "speak", text=HELLO)
    assert (await world.ask(ada, "jobs show", job=1)).files == made.files
    seen = await world.ask(await world.person("host", rank=Audience.OWNERS), "jobs show", job=1)
    assert seen.files == ()


async def test_show_says_that_a_file_is_gone_which_somebody_removed_by_hand(world: World, ada: Asker) -> None:
    made = await world.ask(ada, "speak", text=HELLO)
    (world.host.data / made.files[0].path).unlink()
    reply = await world.ask(ada, "jobs show", job=1)
    assert reply.text.endswith("Its file is gone; ask again to have it made anew.")
    assert not reply.files and "file" not in reply.data


async def test_show_says_why_a_job_failed_and_offers_to_try_again(world: World, ada: Asker) -> None:
    ticket = await world.submit(ada, "speak", text=HELLO)
    await fail(world, ticket.job_id)
    reply = await world.ask(ada, "jobs show", job=ticket.job_id)
    assert reply.text.endswith("It broke.")
    assert [action.command for action in reply.actions] == ["jobs retry"]


@pytest.mark.parametrize("name", ["jobs show", "jobs cancel", "jobs retry"])
async def test_a_job_that_is_not_yours_looks_like_one_that_is_not_there(world: World, ada: Asker, name: str) -> None:
    ticket = await world.submit(ada, "speak", text=HELLO)
    admin = await world.person("bob", rank=Audience.ADMINS)
    sentences = []
    for job in (ticket.job_id, 999):
        with pytest.raises(NotFound) as caught:
            await world.ask(admin, name, job=job)
        sentences.append(str(caught.value).replace(str(job), "#"))
    assert sentences == ["You have no job #; /jobs list shows those you have."] * 2
    assert await state_of(world, ticket.job_id) == "ready"


async def test_cancel_gives_everything_back_and_stops_the_work(world: World, ada: Asker) -> None:
    ticket = await world.submit(ada, "speak", text=HELLO)
    await world.claim(ticket.job_id)
    reply = await world.ask(ada, "jobs cancel", job=ticket.job_id)
    assert reply.text == f"Job {ticket.job_id} is cancelled; nothing was charged."
    assert world.host.stopped == [ticket.job_id]
    assert await reserved(world) == 0
    with pytest.raises(Refused, match=r"Job 1 is cancelled already\."):
        await world.ask(ada, "jobs cancel", job=ticket.job_id)


async def test_what_is_done_cannot_be_cancelled(world: World, ada: Asker) -> None:
    await world.ask(ada, "speak", text=HELLO)
    with pytest.raises(Refused, match=r"Job 1 is done already\."):
        await world.ask(ada, "jobs cancel", job=1)


async def test_an_owner_cancels_anybodys_job_and_the_person_is_told(world: World, ada: Asker) -> None:
    ticket = await world.submit(ada, "speak", text=HELLO)
    host = await world.person("host", rank=Audience.OWNERS)
    await world.ask(host, "jobs cancel", job=ticket.job_id)
    assert await world.rows("SELECT finished_by FROM jobs") == [("host",)]
    assert await world.rows("SELECT act, target_id FROM audit") == [("jobs cancel", ada.user_id)]
    ((user_id, address, reply),) = await world.rows("SELECT user_id, address, reply FROM deliveries")
    assert (user_id, json.loads(address)) == (ada.user_id, {"channel": 1})
    assert Reply.from_json(reply).text == "Job 1 was cancelled by those who run this Mynah; nothing was charged."


async def test_a_failed_job_is_had_again_and_ends_well(world: World, ada: Asker) -> None:
    ticket = await world.submit(ada, "speak", text=HELLO)
    await fail(world, ticket.job_id)
    reply = await world.ask(ada, "jobs retry", job=ticket.job_id)
    assert reply.job == ticket.job_id
    assert reply.text == f"Job {ticket.job_id} waits again; it is next."
    assert world.host.woken == 1
    assert (await world.perform(ticket.job_id)).text.startswith(f'"{HELLO}"')
    assert await world.rows("SELECT used, reserved FROM balances WHERE metric = 'characters' AND period = 'day'") == [
        (len(HELLO), 0)
    ]


async def test_a_job_that_was_cut_off_goes_on_by_itself_and_retry_says_so(world: World, ada: Asker) -> None:
    ticket = await world.submit(ada, "speak", text=HELLO)
    reply = await world.ask(ada, "jobs retry", job=ticket.job_id)
    assert (reply.job, reply.text) == (ticket.job_id, "Job 1 waits already; it is next.")
    await world.claim(ticket.job_id)
    reply = await world.ask(ada, "jobs retry", job=ticket.job_id)
    assert (reply.job, reply.text) == (ticket.job_id, "Job 1 is under way already.")


async def test_what_is_done_is_not_done_again(world: World, ada: Asker) -> None:
    await world.ask(ada, "speak", text=HELLO)
    with pytest.raises(Refused, match=r"Job 1 is done; /jobs show job=1 has its file\."):
        await world.ask(ada, "jobs retry", job=1)


async def test_a_retry_that_goes_over_a_limit_is_refused_and_changes_nothing(world: World, ada: Asker) -> None:
    ticket = await world.submit(ada, "speak", text=HELLO)
    await world.ask(ada, "jobs cancel", job=ticket.job_id)
    await world.database.write(
        lambda tx: quota.set_limit(
            tx,
            scope="member",
            place=ada.place,
            user_id=ada.user_id,
            metric=Metric.CHARACTERS,
            period=Period.DAY,
            amount=5,
            by_user_id=None,
        )
    )
    with pytest.raises(QuotaReached, match="That takes 18 characters; your limit is 5 characters a day"):
        await world.ask(ada, "jobs retry", job=ticket.job_id)
    assert await state_of(world, ticket.job_id) == "cancelled"
    assert await reserved(world) == 0


async def test_a_job_whose_command_is_gone_is_not_had_again(world: World, ada: Asker) -> None:
    ticket = await world.submit(ada, "speak", text=HELLO)
    await world.ask(ada, "jobs cancel", job=ticket.job_id)
    world.host.commands = {name: each for name, each in world.host.commands.items() if name != "speak"}
    with pytest.raises(Failed, match="This Mynah no longer knows /speak; nothing was charged"):
        await world.ask(ada, "jobs retry", job=ticket.job_id)
    assert await state_of(world, ticket.job_id) == "cancelled"


async def test_a_retry_is_new_work_and_needs_room_like_any_other(world: World, ada: Asker) -> None:
    ticket = await world.submit(ada, "speak", text=HELLO)
    await world.ask(ada, "jobs cancel", job=ticket.job_id)
    world.host.full = True
    with pytest.raises(DiskFull, match="Make room"):
        await world.ask(ada, "jobs retry", job=ticket.job_id)
    assert await state_of(world, ticket.job_id) == "cancelled"


async def test_a_retry_does_not_pass_the_number_that_may_wait(world: World, ada: Asker) -> None:
    ticket = await world.submit(ada, "speak", text=HELLO)
    await world.ask(ada, "jobs cancel", job=ticket.job_id)
    world.rules = replace(world.rules, waiting=1)
    await world.submit(ada, "speak", text=HELLO)
    with pytest.raises(TooManyWaiting, match="1 of your requests are waiting already"):
        await world.ask(ada, "jobs retry", job=ticket.job_id)


async def test_who_owns_mynah_no_more_retries_within_limits(world: World, ada: Asker) -> None:
    owner = replace(ada, rank=Audience.OWNERS)
    ticket = await world.submit(owner, "speak", text=HELLO)
    await world.ask(owner, "jobs cancel", job=ticket.job_id)
    world.rules = replace(world.rules, allowances=Allowances(member={(Metric.CHARACTERS, Period.DAY): 5}))
    with pytest.raises(QuotaReached):
        await world.ask(ada, "jobs retry", job=ticket.job_id)


async def test_what_came_as_a_file_is_told_by_its_first_words(world: World, ada: Asker) -> None:
    staged = world.host.data / "staging" / "page.txt"
    staged.parent.mkdir(exist_ok=True)
    staged.write_text(HELLO, encoding="utf-8")
    page = {"name": "page.txt", "path": "staging/page.txt", "bytes": len(HELLO)}
    await world.ask(ada, "speak", file=page, voice="en-gb")
    assert (await world.ask(ada, "jobs list")).text.startswith(f'1 · /speak "{HELLO}" · done, ')
    host = await world.person("host", rank=Audience.OWNERS)
    assert "Mynah." not in (await world.ask(host, "jobs list", everyone=True)).text


async def test_show_has_all_the_files_that_were_made_also_of_a_repeat(world: World, ada: Asker) -> None:
    made = await world.ask(ada, "speak", text=HELLO, timestamps="sentences")
    await world.ask(ada, "speak", text=HELLO, timestamps="sentences")
    assert [file.format for file in made.files] == ["wav", "json", "srt", "vtt"]
    for job in (1, 2):
        assert (await world.ask(ada, "jobs show", job=job)).files == made.files
    (world.host.data / made.files[1].path).unlink()
    shown = await world.ask(ada, "jobs show", job=1)
    assert [file.format for file in shown.files] == ["wav", "srt", "vtt"]
    assert shown.data["file"] == str(world.host.data / made.files[0].path)
