"""'Recording voice', as long as somebody waits."""

from __future__ import annotations

import pytest

from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer
from bot.telegram_adapter.address import Address
from bot.telegram_adapter.signs import Signs
from tests.bot.demo.telegram.bots import talking
from tests.fakes.waiting import until


async def test_a_sign_is_given_again_until_nobody_waits(
    server: TelegramServer, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram_adapter.signs.EVERY", 0.02)
    to = Address(chat=ada.id)
    async with talking(server) as bot:
        signs = Signs(bot)
        signs.begin(to)
        signs.begin(to)
        await until(lambda: len(ada.private.actions) >= 3)
        signs.end(to)
        seen = len(ada.private.actions)
        await until(lambda: len(ada.private.actions) > seen)
        signs.end(to)
        await until(lambda: not signs._tasks)
        signs.end(to)
        await signs.close()
    assert {each.kind for each in ada.private.actions} == {"record_voice"}


async def test_a_sign_stays_in_its_topic(server: TelegramServer, ada: Person) -> None:
    group = server.group("Workshop", members=[ada], topics=["Tools"])
    (tools,) = group.topics.values()
    async with talking(server) as bot:
        signs = Signs(bot)
        signs.begin(Address(chat=group.id, topic=tools.id))
        await until(lambda: bool(group.actions))
        await signs.close()
    assert group.actions[0].topic == tools.id


async def test_not_more_chats_are_given_signs_than_telegram_bears(
    server: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram_adapter.signs.CHATS", 2)
    async with talking(server) as bot:
        signs = Signs(bot)
        for number in range(5):
            signs.begin(Address(chat=number + 1))
        assert len(signs._tasks) == 2
        await signs.close()
