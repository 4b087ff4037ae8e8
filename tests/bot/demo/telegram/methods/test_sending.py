"""Texts, forwards and copies."""

from __future__ import annotations

import pytest
from telegram import Bot, LinkPreviewOptions, MessageOriginUser
from telegram.error import BadRequest, Forbidden

from bot.demo.telegram.methods.sending import ACTIONS
from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer
from tests.bot.demo.telegram.bots import OPUS


async def test_a_text_is_sent_in_the_name_of_the_bot(server: TelegramServer, bot: Bot, ada: Person) -> None:
    sent = await bot.send_message(ada.id, "Hello", link_preview_options=LinkPreviewOptions(is_disabled=True))
    assert sent.from_user == await bot.get_me() and sent.text == "Hello" and sent.chat.id == ada.id
    (seen,) = ada.private.seen
    assert (seen.id, seen.kind, seen.text) == (sent.message_id, "text", "Hello")
    assert server.updates.pending == []


async def test_a_message_is_forwarded_or_copied(server: TelegramServer, bot: Bot, ada: Person) -> None:
    group = server.group("Workshop")
    sent = await ada.says(ada.private, voice=OPUS)
    forwarded = await bot.forward_message(group.id, ada.id, sent.id)
    assert isinstance(forwarded.forward_origin, MessageOriginUser)
    assert forwarded.forward_origin.sender_user.id == ada.id
    copied = await bot.copy_message(group.id, ada.id, sent.id, caption="Ada")
    assert [(seen.kind, seen.text) for seen in group.seen] == [("voice", ""), ("voice", "Ada")]
    assert copied.message_id == group.seen[1].id and group.seen[1].origin is None
    with pytest.raises(BadRequest, match=r"(?i)message to copy not found"):
        await bot.copy_message(group.id, ada.id, 4_711)


@pytest.mark.parametrize("action", sorted(ACTIONS))
async def test_people_see_what_a_bot_does(bot: Bot, ada: Person, action: str) -> None:
    await bot.send_chat_action(ada.id, action)
    assert [each.kind for each in ada.private.actions] == [action]


async def test_nobody_who_stopped_the_bot_sees_what_it_does(bot: Bot, ada: Person) -> None:
    await ada.stops()
    with pytest.raises(Forbidden):
        await bot.send_chat_action(ada.id, "typing")
    assert ada.private.actions == []
