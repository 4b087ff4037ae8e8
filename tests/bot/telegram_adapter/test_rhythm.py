"""How fast is sent."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.telegram_adapter.faults import Flooded
from bot.telegram_adapter.rhythm import FREE, Rhythm

GROUP = {"chat_id": -100}


@pytest.fixture(autouse=True)
def new_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


async def request(rhythm: Rhythm, endpoint: str, answers: list[Exception | bool]) -> Any:
    async def callback() -> bool:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return await rhythm.process_request(callback, (), {}, endpoint, GROUP, None)


async def test_signs_take_none_of_a_groups_twenty_messages() -> None:
    rhythm = Rhythm()
    async with asyncio.timeout(1):
        for endpoint in FREE:
            for _ in range(25):
                assert await request(rhythm, endpoint, [True])


async def test_the_twenty_first_message_to_a_group_waits_for_its_turn() -> None:
    rhythm = Rhythm()
    for _ in range(20):
        await request(rhythm, "sendMessage", [True])
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await request(rhythm, "sendMessage", [True])


async def test_a_group_is_full_after_twenty_messages() -> None:
    rhythm = Rhythm()
    assert not rhythm.is_full(-100)
    for _ in range(20):
        await request(rhythm, "sendMessage", [True])
    assert rhythm.is_full(-100) and not rhythm.is_full(-200)


async def test_a_short_wait_is_waited_out() -> None:
    assert await request(Rhythm(), "sendMessage", [RetryAfter(1), True])


async def test_a_long_wait_is_handed_on_so_that_others_go_on() -> None:
    rhythm = Rhythm()
    with pytest.raises(Flooded) as told:
        await request(rhythm, "sendMessage", [RetryAfter(30), True])
    assert told.value.seconds == 30
    async with asyncio.timeout(1):
        assert await request(rhythm, "sendMessage", [True])
