"""What is known of interactions until their answers are there."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.discord_adapter import tickets
from bot.discord_adapter.address import Address
from bot.discord_adapter.tickets import Tickets, last_words

HERE = Address(app="1", interaction="2", token="t", ends=0.0, channel="3", user="4", private=False)


async def test_an_answer_waits_for_its_acknowledgement_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tickets, "PATIENCE", 0.05)
    known = Tickets()
    assert await known.acknowledged("of an earlier process") is None
    first = known.begin("1")
    waiting = asyncio.ensure_future(known.acknowledged("1"))
    await asyncio.sleep(0)
    assert not waiting.done()
    first.acknowledged.set()
    assert await waiting is first
    assert await known.acknowledged("1") is first
    late = known.begin("2")
    assert await known.acknowledged("2") is late and late.acknowledged.is_set()


async def test_last_words_that_are_being_said_are_waited_for_and_none_are_said_after_that() -> None:
    known, said = Tickets(), []

    async def say() -> None:
        await asyncio.sleep(0.02)
        said.append("words")

    first, second = known.begin("1"), known.begin("2")
    first.at_the_end(0.0, say)
    second.at_the_end(0.05, say)
    await asyncio.sleep(0.01)
    await first.fall_silent()
    assert said == ["words"]
    await second.fall_silent()
    await asyncio.sleep(0.1)
    assert said == ["words"]


async def test_at_the_end_nothing_is_left() -> None:
    known, said = Tickets(), []

    async def say() -> None:
        await asyncio.sleep(1.0)
        said.append("words")

    known.begin("1").at_the_end(0.0, say)
    known.begin("2").at_the_end(60.0, say)
    await asyncio.sleep(0.01)
    await known.close()
    assert said == [] and known.get("1") is None
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_the_oldest_goes_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tickets, "KEPT", 2)
    known = Tickets()
    oldest = known.begin("1")
    known.begin("2").job = 7
    known.begin("3")
    assert known.get("1") is None and oldest.acknowledged.is_set()
    assert known.of_job(7) is known.get("2")


def test_the_last_words_say_where_the_answer_will_be() -> None:
    assert "message of its own" in last_words(HERE, 12)
    assert "direct message" in last_words(replace(HERE, private=True), 12)
    assert "/jobs show job:12 has the answer" in last_words(replace(HERE, away=True), 12)
