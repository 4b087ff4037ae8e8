"""What an app has cut becomes one text again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from telegram import Chat, Message, User

from bot.telegram_adapter.pastes import NEARLY, Pastes, joined
from bot.telegram_adapter.wording import TEXT

FULL = "x" * (NEARLY + 10)
ADA, BOB = (User(id=id, first_name=name, is_bot=False) for id, name in ((5, "Ada"), (6, "Bob")))


def part(id: int, text: str, user: User = ADA, chat: int = 5) -> Message:
    return Message(message_id=id, date=datetime.now(UTC), chat=Chat(id=chat, type="private"), from_user=user, text=text)


async def test_a_short_text_is_not_held_back() -> None:
    async with asyncio.timeout(0.1):
        assert [each.message_id for each in await Pastes(wait=10).whole(part(1, "Hello"))] == [1]


async def test_parts_are_put_in_order_whichever_comes_first() -> None:
    pastes = Pastes(wait=0.2)
    found = await asyncio.gather(*(pastes.whole(each) for each in (part(2, FULL), part(3, "end"), part(1, FULL))))
    (whole,) = [parts for parts in found if parts]
    assert [each.message_id for each in whole] == [1, 2, 3]


async def test_the_last_part_may_be_full_too() -> None:
    pastes = Pastes(wait=0.05)
    found = await asyncio.gather(*(pastes.whole(each) for each in (part(1, FULL), part(2, FULL))))
    assert [len(parts) for parts in found] == [2, 0]


async def test_what_others_say_or_what_is_said_elsewhere_does_not_belong_to_it() -> None:
    pastes = Pastes(wait=0.05)
    told = (part(1, FULL), part(2, "Hello", BOB), part(3, "Hello", ADA, chat=-7), part(4, "/help"))
    found = await asyncio.gather(*(pastes.whole(each) for each in told))
    assert [[each.message_id for each in parts] for parts in found] == [[1], [2], [3], [4]]


async def test_a_file_does_not_belong_to_a_text() -> None:
    pastes = Pastes(wait=0.05)
    found = await asyncio.gather(*(pastes.whole(each) for each in (part(1, FULL), part(2, ""))))
    assert [[each.message_id for each in parts] for parts in found] == [[1], [2]]


def test_a_word_that_was_cut_in_two_is_one_again() -> None:
    cut = "y" * TEXT
    assert joined([part(1, cut), part(2, "es")]) == f"{cut}es"
    assert joined([part(1, FULL), part(2, "end")]) == f"{FULL} end"
