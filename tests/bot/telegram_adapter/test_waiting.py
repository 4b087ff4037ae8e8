"""What is seen between asking and the answer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer
from bot.telegram_adapter import TelegramAdapter
from bot.telegram_adapter.address import Address
from bot.telegram_adapter.rhythm import Rhythm
from commands.core.reply import Reply
from storage.queue import Ticket
from tests.bot.telegram_adapter.slow import Slow
from tests.bot.telegram_adapter.whole import Whole, whole
from tests.fakes.waiting import until


async def test_what_is_answered_within_a_second_leaves_no_ticket(mynah: Whole, ada: Person) -> None:
    await ada.private.answer(await ada.says(ada.private, "Hello."), kind="voice")
    assert mynah.server.called("sendMessage") == []
    assert ada.private.actions == []


async def test_what_takes_longer_gets_a_ticket_that_tells_how_far_it_is_and_goes_with_the_answer(
    server: TelegramServer, ada: Person, tmp_path: Path
) -> None:
    slow = Slow()
    async with whole(server, tmp_path, every=slow.every(), jobs__drain_seconds=0) as mynah:
        mynah.adapter.pace = 0.05
        sent = await ada.says(ada.private, "/slow")
        ticket = await ada.private.answer(sent)
        assert ticket.text.startswith("It is next") and ticket.buttons == ["Cancel"]
        assert [each.kind for each in ada.private.actions] == ["record_voice"]
        slow.steps.put_nowait(0.25)
        await ticket.becomes("25%")
        await asyncio.sleep(0.06)
        slow.steps.put_nowait(0.5)
        await ticket.becomes("50%")
        assert ticket.buttons == ["Cancel"]
        slow.steps.put_nowait(1)
        done = await ada.private.answer(ticket)
        assert done.text == "At last."
        await ada.private.bell.wait(lambda: ticket.deleted or None, 5)
        await asyncio.sleep(0.1)
        assert ada.private.seen == [done]
        assert len(ticket.edits) == 2


async def test_the_cancel_button_stops_a_job_and_says_so_in_place_of_the_ticket(
    server: TelegramServer, ada: Person, tmp_path: Path
) -> None:
    slow = Slow()
    async with whole(server, tmp_path, every=slow.every(), jobs__drain_seconds=0) as mynah:
        ticket = await ada.private.answer(await ada.says(ada.private, "/slow"))
        query = await ada.presses(ticket, "Cancel")
        await ticket.becomes("is cancelled; nothing was charged")
        await query.answered()
        assert ticket.buttons == []
        assert await mynah.value("SELECT state FROM jobs") == "cancelled"
        assert ada.private.seen == [ticket]


async def test_who_cancels_by_typing_sees_the_ticket_change_too(
    server: TelegramServer, ada: Person, tmp_path: Path
) -> None:
    slow = Slow()
    async with whole(server, tmp_path, every=slow.every(), jobs__drain_seconds=0):
        ticket = await ada.private.answer(await ada.says(ada.private, "/slow"))
        await ada.says(ada.private, "/jobs_cancel 1")
        await ticket.becomes("is cancelled")


async def test_who_is_forgotten_waits_for_nothing_any_more(server: TelegramServer, ada: Person, tmp_path: Path) -> None:
    slow = Slow()
    async with whole(server, tmp_path, every=slow.every()) as mynah:
        ticket = await ada.private.answer(await ada.says(ada.private, "/slow"))
        asked = await ada.private.answer(await ada.says(ada.private, "/forget"))
        assert not ticket.deleted, "nothing is gone before they have said so"
        await ada.presses(asked, "Forget me")
        await ada.private.answer(asked)
        assert ticket.deleted
        waiting = mynah.adapter._waiting
        assert waiting is not None and not waiting._waits and not waiting._signs._waiting


async def test_somebody_else_who_presses_cancel_is_refused_for_their_eyes_only(
    server: TelegramServer, ada: Person, tmp_path: Path
) -> None:
    slow = Slow()
    async with whole(server, tmp_path, every=slow.every(), jobs__drain_seconds=0) as mynah:
        bob = server.person("Bob")
        group = server.group("Workshop", members=[ada, bob])
        ticket = await group.answer(await ada.says(group, "/slow"))
        query = await bob.presses(ticket, "Cancel")
        shown = await query.answered()
        assert shown["text"] == "You have no job 1; /jobs_list shows those you have." and shown["show_alert"]
        assert await mynah.value("SELECT state FROM jobs") == "running"
        slow.steps.put_nowait(1)
        await group.answer(ticket)


async def test_a_job_that_a_restart_cut_is_delivered_and_its_ticket_goes(
    server: TelegramServer, ada: Person, tmp_path: Path
) -> None:
    slow = Slow()
    async with whole(server, tmp_path, every=slow.every(), jobs__drain_seconds=0):
        ticket = await ada.private.answer(await ada.says(ada.private, "/slow"))
    later = Slow()
    async with whole(server, tmp_path, every=later.every(), jobs__drain_seconds=0) as mynah:
        mynah.adapter.pace = 0.05
        await later.begun.wait()
        await asyncio.sleep(0.06)
        later.steps.put_nowait(0.5)
        await ticket.becomes("50%")
        later.steps.put_nowait(1)
        done = await ada.private.answer(ticket)
        assert done.text == "At last."
        await ada.private.bell.wait(lambda: ticket.deleted or None, 5)


async def test_the_answer_waits_for_the_acknowledgement(mynah: Whole, ada: Person) -> None:
    to = Address(chat=ada.id, event="asked")
    waiting = mynah.adapter._waiting
    assert waiting is not None
    waiting.begin(to)
    delivering = asyncio.create_task(mynah.adapter.deliver(1, to.to_json(), Reply(text="Hello.")))
    assert await ada.private.stays_quiet(0.1)
    await waiting.acknowledge(to, Ticket(job_id=1, state="ready", place=3, eta_ms=20_000, again=False))
    await delivering
    assert [each.text for each in ada.private.seen] == ["Hello."]


async def test_a_ticket_on_its_way_is_taken_away_after_the_answer(mynah: Whole, ada: Person) -> None:
    to = Address(chat=ada.id, event="asked")
    waiting = mynah.adapter._waiting
    assert waiting is not None
    mynah.server.faults.delay("sendMessage", 0.1)
    waiting.begin(to)
    await waiting.acknowledge(to, Ticket(job_id=1, state="ready", place=3, eta_ms=20_000, again=False))
    await until(lambda: bool(mynah.server.called("sendMessage")))
    await mynah.adapter.deliver(1, to.to_json(), Reply(text="Hello."))
    told, answer = [each for each in ada.private.messages if each.sender is mynah.server.world.bot]
    assert (told.text, told.deleted) == ("In line: 3 jobs before it, done in about 20 s.", True)
    assert answer.text == "Hello."


async def test_where_much_is_sent_tickets_wait_for_answers(
    server: TelegramServer, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram_adapter.waiting.ROOM", 0.05)
    busy = [True]
    monkeypatch.setattr(Rhythm, "is_busy", lambda *_: busy[0])
    slow = Slow()
    async with whole(server, tmp_path, every=slow.every(), jobs__drain_seconds=0):
        sent = await ada.says(ada.private, "/slow")
        assert await ada.private.stays_quiet(1.2, after=sent)
        busy.clear()
        busy.append(False)
        await ada.private.answer(sent)


async def test_where_a_ticket_stands_is_remembered_without_names(
    server: TelegramServer, ada: Person, tmp_path: Path
) -> None:
    slow = Slow()
    async with whole(server, tmp_path, every=slow.every(), jobs__drain_seconds=0):
        await ada.private.answer(await ada.says(ada.private, "/slow"))
    async with whole(server, tmp_path, every=Slow().every(), jobs__drain_seconds=0) as mynah:
        kept = await mynah.value("SELECT value FROM marks WHERE name = 'tickets'")
        assert kept != "{}" and str(ada.id) not in kept


def test_progress_is_shown_every_three_seconds() -> None:
    assert TelegramAdapter.pace == 3.0


async def test_nobody_is_waited_for_who_has_been_answered(mynah: Whole, ada: Person) -> None:
    first = await ada.private.answer(await ada.says(ada.private, "Hello."), kind="voice")
    await (await ada.presses(first, "Keep")).answered()
    await ada.private.answer(await ada.says(ada.private, "/help"))
    await ada.private.answer(await ada.says(ada.private, "/jobs_cancel 1"))
    waiting = mynah.adapter._waiting
    await until(lambda: waiting is not None and not waiting._waits)
