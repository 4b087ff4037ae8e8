"""Where a bot wants to write, and what it may write there."""

from __future__ import annotations

import pytest
from telegram import Bot, MessageEntity, ReplyParameters
from telegram.error import BadRequest

from bot.demo.telegram.methods.place import CAPTION, TEXT
from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer
from tests.bot.demo.telegram.bots import OPUS


async def test_a_message_that_is_gone_cannot_be_answered_unless_that_is_all_right(bot: Bot, ada: Person) -> None:
    with pytest.raises(BadRequest, match=r"(?i)message to be replied not found"):
        await bot.send_message(ada.id, "Hello", reply_parameters=ReplyParameters(4_711))
    lenient = ReplyParameters(4_711, allow_sending_without_reply=True)
    sent = await bot.send_message(ada.id, "Hello", reply_parameters=lenient)
    assert sent.reply_to_message is None and ada.private.seen[0].reply_to is None


async def test_a_text_fits_or_is_refused(bot: Bot, ada: Person) -> None:
    assert await bot.send_message(ada.id, "x" * TEXT)
    for text, why in (("x" * (TEXT + 1), "message is too long"), ("🦜" * 2_049, "too long"), (" \n ", "text is empty")):
        with pytest.raises(BadRequest, match=rf"(?i){why}"):
            await bot.send_message(ada.id, text)


async def test_a_caption_fits_or_is_refused(bot: Bot, ada: Person) -> None:
    assert await bot.send_voice(ada.id, OPUS, caption="x" * CAPTION)
    with pytest.raises(BadRequest, match=r"(?i)caption is too long"):
        await bot.send_voice(ada.id, OPUS, caption="x" * (CAPTION + 1))


async def test_a_text_is_kept_as_people_read_it(bot: Bot, ada: Person) -> None:
    await bot.send_message(ada.id, "  <b>Hello</b> & you\n", parse_mode=None)
    await bot.send_message(ada.id, "<b>Hello</b>", parse_mode="HTML")
    await bot.send_message(ada.id, "Hello", entities=[MessageEntity("bold", 0, 5)])
    assert [seen.text for seen in ada.private.seen] == ["<b>Hello</b> & you", "Hello", "Hello"]
    assert [len(seen.marks) for seen in ada.private.seen] == [0, 1, 1]


async def test_a_message_can_be_protected(server: TelegramServer, bot: Bot, ada: Person) -> None:
    sent = await bot.send_message(ada.id, "Between us", protect_content=True, disable_notification=True)
    assert sent.has_protected_content and ada.private.seen[0].protected
    with pytest.raises(BadRequest, match=r"(?i)can't be forwarded"):
        await bot.forward_message(ada.id, ada.id, sent.message_id)
