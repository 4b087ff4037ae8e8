"""How fast a bot may send."""

from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import RetryAfter

from bot.demo.telegram.clock import Clock
from bot.demo.telegram.pace import Pace
from bot.demo.telegram.people import Person
from bot.demo.telegram.refusal import Refused
from bot.demo.telegram.rules import Rules
from bot.demo.telegram.server import TelegramServer
from tests.bot.demo.telegram.bots import talking


def paced(rules: Rules) -> tuple[Pace, Clock]:
    clock = Clock()
    return Pace(rules, clock), clock


async def test_a_bot_that_sends_too_fast_is_told_to_wait() -> None:
    async with TelegramServer(rules=Rules(pace=True)) as server, talking(server) as bot:
        ada, bob = server.person("Ada"), server.person("Bob")
        await ada.starts()
        await bob.starts()
        await bot.send_message(ada.id, "One")
        with pytest.raises(RetryAfter, match="Retry in 0:00:01"):
            await bot.send_message(ada.id, "Two")
        await bot.send_message(bob.id, "One")
        await bot.send_chat_action(ada.id, "typing")
        server.turn(1)
        await bot.send_message(ada.id, "Two")
        assert [seen.text for seen in ada.private.seen] == ["One", "Two"]


def test_a_group_takes_so_many_in_a_minute() -> None:
    pace, clock = paced(Rules(pace=True, group_minute=3))
    for _ in range(3):
        pace.check(-1)
        clock.turn(1)
    with pytest.raises(Refused) as told:
        pace.check(-1)
    assert told.value.parameters == {"retry_after": 57}
    clock.turn(58)
    pace.check(-1)
    for _ in range(4):
        clock.turn(1)
        pace.check(1)


def test_all_chats_take_so_many_in_a_second() -> None:
    pace, clock = paced(Rules(pace=True, every_second=3))
    for chat in range(1, 4):
        pace.check(chat)
    with pytest.raises(Refused, match="Too Many Requests: retry after 1"):
        pace.check(4)
    clock.turn(1)
    pace.check(4)


async def test_nothing_is_counted_unless_it_is_wanted(server: TelegramServer, bot: Bot, ada: Person) -> None:
    for _ in range(3):
        await bot.send_message(ada.id, "Hello")
    assert len(ada.private.seen) == 3 and not server.world.rules.pace
