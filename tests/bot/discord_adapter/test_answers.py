"""First answers: in time, as private as they have to be, and with a form where something is missing."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from bot.callers import Caller
from bot.discord_adapter import address, tickets
from commands.core.reply import Reply
from tests.bot.discord_adapter.stage import stage


async def test_the_cancel_button_stops_a_job_and_goes_with_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        exchange = await on.ada.slash(on.guild.channel, "trick wait")
        ticket = await exchange.answer()
        by_bob = await (await on.bob.press(ticket, "Cancel")).answer()
        assert by_bob.private and "no job" in by_bob.content
        await on.ada.press(ticket, "Cancel")
        await mynah.until("SELECT state FROM jobs", "cancelled")
        gone = await on.guild.channel.until(lambda seen: "cancelled" in seen.content)
        assert gone.id == ticket.id and gone.labels == ["Try again"]


async def test_a_job_that_is_cancelled_by_command_says_so_in_its_ticket(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        ticket = await (await on.ada.slash(on.guild.channel, "trick wait")).answer()
        told = await (await on.ada.slash(on.guild.channel, "jobs cancel", job=1)).answer()
        assert told.private
        gone = await on.guild.channel.until(lambda seen: "cancelled" in seen.content)
        assert gone.id == ticket.id and "Cancel" not in gone.labels


async def test_a_job_that_an_admin_cancels_says_so_once_in_its_ticket_and_by_whom_to_its_person_alone(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as on, on.mynah():
        exchange = await on.bob.slash(on.guild.channel, "trick wait")
        ticket = await exchange.answer()
        told = await (await on.ada.slash(on.guild.channel, "admin cancel", job=1)).answer()
        assert told.private and "its person is told" in told.content
        why = await exchange.until(lambda seen: seen.private)
        assert why.content == "Job 1 was cancelled by an admin; nothing was charged."
        changes = [each.seen for each in exchange.history if each.what == "edit"]
        assert [each and (each.id, each.content, each.labels) for each in changes] == [
            (ticket.id, "That was cancelled; nothing was charged.", [])
        ]


async def test_who_gives_no_text_is_asked_with_a_form_that_takes_a_long_one(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        exchange = await on.ada.slash(on.guild.channel, "speak", speed=2.0)
        modal = await exchange.modal()
        assert [each.most for each in modal.inputs] == [4_000] * 5
        assert [each.required for each in modal.inputs] == [True, False, False, False, False]
        parts = ["First part. " * 300, "Second part. " * 200]
        sent = await on.ada.submit(modal, **{"0": parts[0].strip(), "1": parts[1].strip()})
        answer = await sent.answer(with_file=True, within=20)
        assert answer.file.name.endswith(".wav")
        stored = await mynah.value("SELECT text FROM jobs")
        assert stored.count("First part.") == 300 and stored.count("Second part.") == 200
        assert await mynah.value("SELECT COUNT(*) FROM drafts") == 0


async def test_a_private_answer_is_private_from_its_first_moment(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        exchange = await on.bob.slash(on.guild.channel, "jobs list")
        assert (await exchange.answer()).private
        assert all(moment.seen.private for moment in exchange.history if moment.seen)


async def test_a_slow_answer_is_thought_about_first_and_as_private_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.discord_adapter.answers.QUICK", 0.0)
    async with stage(tmp_path) as on, on.mynah():
        listed = await on.bob.slash(on.guild.channel, "jobs list")
        assert (await listed.answer()).private
        refused = await on.bob.slash(on.guild.channel, "speak", text="Hello.", voice="nobody")
        assert (await refused.until(lambda seen: seen.private)).content
        assert [moment.what for moment in refused.history] == ["thinking", "deleted", "followup"]
        spoken = await on.bob.slash(on.guild.channel, "speak", text="Hello.")
        await spoken.answer(with_file=True)
        assert [moment.what for moment in spoken.history] == ["thinking", "edit", "edit"]
        asked = await (await on.bob.slash(on.guild.channel, "speak")).until(lambda seen: seen.private)
        assert asked.labels == ["Write it"]
        form = await (await on.bob.press(asked, "Write it")).modal()
        assert (await (await on.bob.submit(form, **{"0": "Late."})).answer(with_file=True)).files


async def test_a_long_answer_comes_in_several_messages_and_all_are_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        long = Reply(text="\n".join(f"line {number}" for number in range(600)), private=True)

        async def answer(*_: object, **__: object) -> Reply:
            return long

        monkeypatch.setattr(mynah.app.desk, "ask", answer)
        exchange = await on.ada.slash(on.guild.channel, "help")
        await exchange.until(lambda seen: "line 599" in seen.content)
        seen = [moment.seen for moment in exchange.history if moment.seen]
        assert len(seen) == 3 and all(each.private for each in seen)
        assert "\n".join(each.content for each in seen) == long.text


async def test_what_takes_longer_than_an_interaction_lives_says_so_and_comes_as_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address, "LIFE", tickets.LAST_MOMENT + 0.2)
    async with stage(tmp_path) as on, on.mynah() as mynah:
        exchange = await on.ada.slash(on.guild.channel, "trick wait")
        left = await exchange.until(lambda seen: "takes its time" in seen.content)
        assert "/jobs show job:1" in left.content and left.labels == ["Cancel"]
        exchange.expire()
        monkeypatch.setattr(address, "now", lambda: time.time() + 120)
        mynah.tricks.go_on.set()
        answer = await on.guild.channel.until(lambda seen: seen.content == "Waited.")
        assert answer.id != left.id and answer.reply_to == left.id
        await mynah.until("SELECT state FROM deliveries", "sent")


async def test_no_last_words_are_said_about_a_job_that_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "LIFE", tickets.LAST_MOMENT + 0.3)
    async with stage(tmp_path) as on, on.mynah() as mynah:
        exchange = await on.ada.slash(on.guild.channel, "trick wait")
        await exchange.answer()
        await mynah.ask("jobs cancel", {"job": 1}, caller=Caller(platform="discord", account=on.ada.id, name="Ada"))
        await asyncio.sleep(0.4)
        assert not any(moment.seen and "takes its time" in moment.seen.content for moment in exchange.history)
