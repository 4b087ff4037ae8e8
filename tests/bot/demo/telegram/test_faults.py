"""What goes wrong on demand."""

from __future__ import annotations

import time

import pytest
from telegram import Bot
from telegram.error import BadRequest, NetworkError, RetryAfter

from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer


async def test_a_bot_is_told_to_wait_so_many_times(server: TelegramServer, bot: Bot, ada: Person) -> None:
    server.faults.slow_down("sendMessage", retry_after=3, times=2)
    for _ in range(2):
        with pytest.raises(RetryAfter, match="Retry in 0:00:03"):
            await bot.send_message(ada.id, "Hello")
    assert await bot.send_message(ada.id, "Hello")
    assert len(ada.private.seen) == 1 and len(server.faults.happened) == 2


async def test_only_the_method_that_is_meant_is_hit(server: TelegramServer, bot: Bot, ada: Person) -> None:
    server.faults.refuse("sendVoice", 400, "Bad Request: VOICE_MESSAGES_FORBIDDEN")
    assert await bot.send_message(ada.id, "Hello")
    with pytest.raises(BadRequest, match=r"(?i)voice_messages_forbidden"):
        await bot.send_voice(ada.id, b"OggS")


async def test_any_method_can_be_meant_but_asking_for_updates(server: TelegramServer, bot: Bot) -> None:
    server.faults.refuse("*", 500)
    assert await bot.get_updates() == ()
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await bot.get_me()


async def test_an_error_can_come_though_the_thing_is_done(server: TelegramServer, bot: Bot, ada: Person) -> None:
    server.faults.refuse("sendMessage", 500, after=True)
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await bot.send_message(ada.id, "Hello")
    assert [seen.text for seen in ada.private.seen] == ["Hello"]


async def test_what_was_to_go_wrong_can_be_called_off(server: TelegramServer, bot: Bot) -> None:
    server.faults.refuse("getMe", 500, times=1_000)
    with pytest.raises(NetworkError):
        await bot.get_me()
    server.faults.clear()
    assert await bot.get_me()


async def test_an_answer_can_be_late(server: TelegramServer, bot: Bot) -> None:
    server.faults.delay("getMe", 0.1)
    began = time.monotonic()
    await bot.get_me()
    assert time.monotonic() - began >= 0.1
