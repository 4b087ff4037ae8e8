"""What a bot does to messages that stand already."""

from __future__ import annotations

import pytest
from telegram import Bot, ForceReply, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.demo.telegram.methods.editing import OLDEST
from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer
from tests.bot.demo.telegram.bots import OPUS

GO = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])


async def test_a_text_is_changed_and_its_buttons_go_unless_they_are_given_again(bot: Bot, ada: Person) -> None:
    sent = await bot.send_message(ada.id, "0 %", reply_markup=GO)
    await sent.edit_text("50 %", reply_markup=GO)
    await sent.edit_text("100 %")
    (seen,) = ada.private.seen
    assert [(edit.text, edit.buttons) for edit in seen.edits] == [("50 %", ("Go",)), ("100 %", ())]


async def test_nothing_is_changed_into_what_it_is(bot: Bot, ada: Person) -> None:
    sent = await bot.send_message(ada.id, "Hello", reply_markup=GO)
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await sent.edit_text("Hello ", reply_markup=GO)
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await sent.edit_reply_markup(GO)
    await sent.edit_reply_markup(None)
    assert ada.private.seen[0].buttons == [] and len(ada.private.seen[0].edits) == 1


async def test_a_voice_message_has_a_caption_and_no_text(bot: Bot, ada: Person) -> None:
    sent = await bot.send_voice(ada.id, OPUS, caption="Hello")
    with pytest.raises(BadRequest, match=r"(?i)there is no text in the message to edit"):
        await sent.edit_text("Goodbye")
    await sent.edit_caption("Goodbye")
    assert ada.private.seen[0].text == "Goodbye"
    text = await bot.send_message(ada.id, "Hello")
    with pytest.raises(BadRequest, match=r"(?i)there is no caption"):
        await text.edit_caption("Goodbye")


async def test_a_text_that_is_too_long_is_refused(bot: Bot, ada: Person) -> None:
    sent = await bot.send_message(ada.id, "Hello")
    with pytest.raises(BadRequest, match=r"(?i)message_too_long"):
        await sent.edit_text("x" * 4_097)


async def test_only_the_bots_own_messages_can_be_edited(bot: Bot, ada: Person) -> None:
    hers = await ada.says(ada.private, "Hello")
    with pytest.raises(BadRequest, match=r"(?i)message can't be edited"):
        await bot.edit_message_text("Goodbye", ada.id, hers.id)
    with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
        await bot.edit_message_text("Goodbye", ada.id, 4_711)
    with pytest.raises(BadRequest, match=r"(?i)message_id_invalid"):
        await bot.edit_message_text("Goodbye", inline_message_id="BQ")


async def test_what_asks_for_an_answer_cannot_be_edited(bot: Bot, ada: Person) -> None:
    asking = await bot.send_message(ada.id, "What?", reply_markup=ForceReply())
    with pytest.raises(BadRequest, match=r"(?i)message can't be edited"):
        await asking.edit_text("Never mind")
    assert await asking.delete()


async def test_a_message_is_deleted(bot: Bot, ada: Person) -> None:
    sent = await bot.send_message(ada.id, "Hello")
    hers = await ada.says(ada.private, "Hello")
    await sent.delete()
    assert ada.private.seen == []
    with pytest.raises(BadRequest, match=r"(?i)message to delete not found"):
        await sent.delete()
    await bot.delete_messages(ada.id, [sent.message_id, hers.id])
    assert hers.deleted


async def test_what_people_say_in_a_group_only_an_admin_deletes(server: TelegramServer, bot: Bot, ada: Person) -> None:
    group = server.group("Workshop")
    hers = await ada.says(group, "Hello")
    with pytest.raises(BadRequest, match=r"(?i)message can't be deleted"):
        await bot.delete_message(group.id, hers.id)
    group.bot_is = "administrator"
    await bot.delete_message(group.id, hers.id)
    assert hers.deleted


async def test_what_is_old_cannot_be_deleted(server: TelegramServer, bot: Bot, ada: Person) -> None:
    sent = await bot.send_message(ada.id, "Hello")
    server.turn(OLDEST + 1)
    with pytest.raises(BadRequest, match=r"(?i)message can't be deleted"):
        await sent.delete()
    assert await sent.edit_text("Still to be edited")
