"""How fast is sent."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.telegram_adapter.faults import Flooded
from bot.telegram_adapter.rhythm import FREE, Rhythm


@pytest.fixture(autouse=True)
def new_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


async def request(rhythm: Rhythm, endpoint: str, answers: list[Exception | bool], chat: int = -100) -> Any:
    async def callback() -> bool:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return await rhythm.process_request(callback, (), {}, endpoint, {"chat_id": chat}, None)


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


async def test_a_chat_that_has_to_wait_holds_up_no_other() -> None:
    rhythm = Rhythm()
    waits = asyncio.create_task(request(rhythm, "sendMessage", [RetryAfter(1), True], chat=5))
    await asyncio.sleep(0)
    async with asyncio.timeout(0.5):
        assert await request(rhythm, "sendMessage", [True], chat=6)
    assert rhythm.is_full(5) and rhythm.is_busy(5) and not rhythm.is_full(6)
    assert await waits
    assert not rhythm.is_full(5)


async def test_a_chat_that_gets_too_many_gets_one_after_the_other_and_the_rest_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.telegram_adapter.rhythm.APART", 0.1)
    monkeypatch.setattr("bot.telegram_adapter.rhythm.PATIENCE", 1.2)
    rhythm = Rhythm()
    first = asyncio.create_task(request(rhythm, "sendMessage", [RetryAfter(1), True], chat=5))
    await asyncio.sleep(0)
    others = [asyncio.create_task(request(rhythm, "sendMessage", [True], chat=5)) for _ in range(4)]
    told = await asyncio.gather(first, *others, return_exceptions=True)
    assert told[:2] == [True, True]
    assert isinstance(told[-1], Flooded) and told[-1].seconds > 1.2


async def test_a_request_to_no_chat_waits_by_itself() -> None:
    assert await request(Rhythm(), "setMyCommands", [RetryAfter(1), True], chat=0)


async def test_a_chat_that_is_never_ready_is_given_up_for_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.telegram_adapter.rhythm.APART", 0.0)
    answers: list[Exception | bool] = [RetryAfter(0) for _ in range(9)]
    with pytest.raises(Flooded):
        await request(Rhythm(), "sendMessage", answers, chat=5)
    assert len(answers) == 5
