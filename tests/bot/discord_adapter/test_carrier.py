"""How answers get to people when something stands in the way."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from bot.demo.discord.permission import Permission
from bot.discord_adapter import Discord, parcel
from commands.core.reply import Progress, Reply
from tests.bot.discord_adapter.stage import Stage, stage

ANSWER = "/webhooks/*/messages/@original"
SPEECH = "The quick brown fox jumps over the lazy dog. "


def one_answer(on: Stage) -> None:
    """See that there is one answer with a file, and nothing else."""
    (only,) = on.guild.channel.messages
    assert len(only.files) == 1


@pytest.mark.parametrize("done", [False, True], ids=["before it was taken", "after it was taken"])
async def test_a_connection_that_breaks_around_the_answer_costs_nothing_and_doubles_nothing(
    tmp_path: Path, done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcel, "PAUSE", 0.01)
    async with stage(tmp_path) as on, on.mynah() as mynah:
        on.discord.faults.drop("PATCH", ANSWER, done=done)
        exchange = await on.ada.slash(on.guild.channel, "speak", text="Here I am.")
        await exchange.answer(with_file=True)
        await mynah.until("SELECT state FROM deliveries", "sent")
        one_answer(on)
        assert await mynah.charged() == (1, 0)


@pytest.mark.parametrize("status", [500, 503])
async def test_an_outage_of_discord_is_waited_out(tmp_path: Path, status: int) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        on.discord.faults.fail("PATCH", ANSWER, status=status)
        exchange = await on.ada.slash(on.guild.channel, "speak", text="Here I am.")
        if status == 503:  # discord.py itself tries the others again
            await mynah.until("SELECT state FROM deliveries WHERE next_at > created_at", "queued")
            await mynah.app.database.write(lambda tx: tx.run("UPDATE deliveries SET next_at = 0"))
            mynah.app.courier.wake()
        await exchange.answer(with_file=True)
        one_answer(on)


async def test_too_many_calls_are_made_later(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        on.discord.faults.limit("PATCH", ANSWER, after=0.05)
        assert (await (await on.ada.slash(on.guild.channel, "speak", text="One.")).answer(with_file=True)).files
        on.discord.faults.ban("PATCH", ANSWER)
        await on.ada.slash(on.guild.channel, "speak", text="Two.")
        await mynah.until("SELECT COUNT(*) FROM deliveries WHERE state = 'queued' AND attempts = 1", 1)
        error = await mynah.value("SELECT error FROM deliveries WHERE state = 'queued'")
        assert error.startswith("again in")


async def test_an_acknowledgement_that_is_lost_leaves_the_answer_to_come_as_a_message(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        on.discord.faults.refuse("POST", "/interactions/*/callback", 404, 10062, "Unknown interaction")
        await on.ada.slash(on.guild.channel, "speak", text="All the same.")
        seen = await on.guild.channel.until(lambda each: bool(each.files))
        assert "All the same." in seen.content and seen.labels[0] == "Again"
        await mynah.until("SELECT state FROM deliveries", "sent")


@pytest.mark.parametrize("done", [False, True], ids=["before it was taken", "after it was taken"])
async def test_a_message_in_a_channel_that_breaks_off_comes_once(
    tmp_path: Path, done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcel, "PAUSE", 0.01)
    async with stage(tmp_path) as on, on.mynah() as mynah:
        on.discord.faults.refuse("PATCH", ANSWER, 404, 10015, "Unknown Webhook")
        on.discord.faults.drop("POST", "/channels/*/messages", done=done)
        await on.ada.slash(on.guild.channel, "speak", text="Once.")
        await mynah.until("SELECT state FROM deliveries", "sent")
        assert len([each for each in on.guild.channel.messages if each.files]) == 1
        (nonce,) = {call.body["nonce"] for call in on.discord.called("POST", "/messages") if call.body}
        assert 10 <= len(nonce) <= 25


async def test_progress_is_not_shown_where_it_could_not_be_changed_any_more(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        exchange = await on.ada.slash(on.guild.channel, "trick wait")
        await exchange.answer()
        where = await on.addressed(mynah)
        adapter = on.adapter(mynah.app)
        await adapter._tickets.acknowledged(exchange.id)
        await adapter.show(where, Progress(job=1, done=0.5))
        await adapter.show(where, Progress(job=1, done=0.5))
        assert [moment.what for moment in exchange.history] == ["message", "edit"]
        await adapter.show({**where, "ends": time.time() + 50}, Progress(job=1, done=0.6))
        assert "takes its time" in exchange.now().content
        await adapter.show({**where, "ends": time.time()}, Progress(job=1, done=0.7))
        assert "takes its time" in exchange.now().content


async def test_progress_that_is_on_its_way_when_the_answer_is_there_does_not_replace_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        exchange = await on.ada.slash(on.guild.channel, "trick wait")
        await exchange.answer()
        on.discord.faults.delay("PATCH", ANSWER, 0.3)
        showing = asyncio.ensure_future(
            on.adapter(mynah.app).show(await on.addressed(mynah), Progress(job=1, done=0.5))
        )
        await asyncio.sleep(0.05)
        showing.cancel()
        await asyncio.wait([showing])
        mynah.tricks.go_on.set()
        await exchange.until(lambda seen: seen.content == "Waited.")
        await asyncio.sleep(0.4)
        assert exchange.now().content == "Waited."


async def test_a_job_that_waits_over_a_restart_is_answered_where_it_was_asked(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        async with on.mynah():
            exchange = await on.ada.slash(on.guild.channel, "trick wait")
            ticket = await exchange.answer()
        async with on.mynah() as mynah:
            mynah.tricks.go_on.set()
            answer = await exchange.until(lambda seen: seen.content == "Waited.")
            assert answer.id == ticket.id and answer.labels == []


async def test_a_job_that_waits_until_its_interaction_is_over_is_answered_after_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        async with on.mynah():
            exchange = await on.ada.slash(on.guild.channel, "trick wait")
            await exchange.answer()
        exchange.expire()
        async with on.mynah() as mynah:
            mynah.tricks.go_on.set()
            assert await on.guild.channel.until(lambda seen: seen.content == "Waited.")


async def test_who_has_thrown_the_bot_out_is_answered_in_direct_messages(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        exchange = await on.ada.slash(on.guild.channel, "trick wait")
        await exchange.answer()
        on.discord.guild("Another").admit(on.ada)
        on.guild.kick_bot()
        exchange.expire()
        mynah.tricks.go_on.set()
        assert await on.ada.direct().until(lambda seen: seen.content == "Waited.")


async def test_what_nobody_takes_is_kept_under_jobs(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        exchange = await on.ada.slash(on.guild.channel, "trick wait")
        await exchange.answer()
        on.ada.refuses_direct = True
        on.guild.channel.overwrite(on.discord.bot.id, deny=Permission.SEND_MESSAGES)
        exchange.expire()
        mynah.tricks.go_on.set()
        await mynah.until("SELECT state FROM deliveries", "undeliverable")
        assert "50007" in await mynah.value("SELECT error FROM deliveries")
        assert "done" in (await (await on.ada.slash(on.guild.channel, "jobs show", job=1)).answer()).content


async def test_where_it_is_no_member_a_late_answer_stays_under_jobs(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        away = on.discord.guild("Elsewhere", bot=False)
        eve = on.discord.person("Eve")
        away.admit(eve)
        exchange = await eve.slash(away.channel, "trick wait")
        await exchange.answer()
        exchange.expire()
        mynah.tricks.go_on.set()
        await mynah.until("SELECT state FROM deliveries", "undeliverable")
        assert "Invalid Webhook Token" in await mynah.value("SELECT error FROM deliveries")
        assert exchange.follow_ups == 0


async def test_a_question_about_an_answer_does_not_take_its_place(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        exchange = await on.ada.slash(on.guild.channel, "speak", text="Did it come?")
        answer = await exchange.answer(with_file=True)
        await on.adapter(mynah.app).deliver(
            8, await on.addressed(mynah), Reply(text="Did it arrive?", data={"asks": 1})
        )
        assert [file.data for file in exchange.now().files] == [file.data for file in answer.files]
        assert await on.guild.channel.until(lambda seen: seen.content == "Did it arrive?")


async def test_a_discord_that_is_gone_when_the_job_is_done_gets_the_answer_when_it_is_back(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        exchange = await on.ada.slash(on.guild.channel, "trick wait")
        await exchange.answer()
        async with on.discord.outage():
            mynah.tricks.go_on.set()
            await mynah.until("SELECT state FROM deliveries WHERE next_at > created_at", "queued")
        await mynah.app.database.write(lambda tx: tx.run("UPDATE deliveries SET next_at = 0"))
        mynah.app.courier.wake()
        assert (await exchange.until(lambda seen: seen.content == "Waited.", within=10)).labels == []
        await mynah.until("SELECT state FROM deliveries", "sent")


async def test_progress_that_discord_slows_down_does_not_hold_the_answer_up_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Discord, "pace", 0.01)
    async with stage(tmp_path) as on, on.mynah():
        on.discord.faults.pace("PATCH", ANSWER, calls=2, seconds=0.5)
        exchange = await on.ada.slash(on.guild.channel, "speak", text=SPEECH * 130)
        answer = await exchange.answer(with_file=True, within=10)
        assert answer.content == exchange.now().content
        assert not [call for call in on.discord.calls if call.status == 429], "discord.py keeps to the limit"


NEWS = Reply(text="It is agreed.", private=True, data={"news": True})


async def test_news_comes_as_a_direct_message_and_takes_no_answers_place(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        exchange = await on.ada.slash(on.guild.channel, "speak", text="Hello.")
        answer = await exchange.answer(with_file=True)
        await on.adapter(mynah.app).deliver(9, await on.addressed(mynah), NEWS)
        told = await on.ada.direct().until(lambda each: "agreed" in each.content)
        now = exchange.now()
        assert told.author == "Mynah" and (now.content, now.file.data) == (answer.content, answer.file.data)


async def test_who_takes_no_direct_messages_has_news_in_the_answers_place(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        on.ada.refuses_direct = True
        exchange = await on.ada.slash(on.guild.channel, "help")
        await exchange.answer()
        spoken = await on.ada.slash(on.guild.channel, "speak", text="Hello.")
        await spoken.answer(with_file=True)
        address = {**await on.addressed(mynah), "private": True}
        await on.adapter(mynah.app).deliver(9, address, NEWS)
        assert spoken.now().content == "It is agreed."
