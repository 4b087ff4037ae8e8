"""Buttons and inline questions, which have to be answered in time."""

from __future__ import annotations

import pytest
from telegram import (
    Bot,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Message,
)
from telegram.error import BadRequest

from bot.demo.telegram.people import Person
from bot.demo.telegram.queries import Query
from bot.demo.telegram.server import TelegramServer

ARTICLE = InlineQueryResultArticle("1", "Hello", InputTextMessageContent("Hello"))
GO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Go", callback_data="go:1"), InlineKeyboardButton("See", url="https://example.org")]]
)


async def pressed(bot: Bot, ada: Person) -> Query:
    await bot.send_message(ada.id, "Choose", reply_markup=GO)
    return await ada.presses(ada.private.seen[-1], "Go")


async def test_a_pressed_button_tells_the_bot_its_data_and_its_message(
    server: TelegramServer, bot: Bot, ada: Person
) -> None:
    query = await pressed(bot, ada)
    heard = CallbackQuery.de_json(dict(server.updates.pending[-1].body), bot)
    assert (heard.id, heard.data, heard.from_user.id) == (query.id, "go:1", ada.id)
    assert isinstance(heard.message, Message) and heard.message.text == "Choose"
    await heard.answer("Going", show_alert=True)
    assert (await query.answered())["show_alert"] is True


async def test_a_button_with_an_address_tells_the_bot_nothing(bot: Bot, ada: Person) -> None:
    await bot.send_message(ada.id, "Choose", reply_markup=GO)
    with pytest.raises(ValueError, match="no button that the bot hears of"):
        await ada.presses(ada.private.seen[0], "See")


async def test_a_button_of_a_deleted_message_comes_without_it(server: TelegramServer, bot: Bot, ada: Person) -> None:
    sent = await bot.send_message(ada.id, "Choose", reply_markup=GO)
    await sent.delete()
    (message,) = [each for each in ada.private.messages if each.deleted]
    await ada.presses(message, "Go")
    heard = CallbackQuery.de_json(dict(server.updates.pending[-1].body), bot)
    assert heard.message is not None and not heard.message.is_accessible


async def test_a_query_can_be_answered_once(bot: Bot, ada: Person) -> None:
    query = await pressed(bot, ada)
    await bot.answer_callback_query(query.id)
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query(query.id)


async def test_a_query_grows_too_old_to_be_answered(server: TelegramServer, bot: Bot, ada: Person) -> None:
    button, inline = await pressed(bot, ada), await ada.asks_inline("hel")
    server.turn(901)
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query(button.id)
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_inline_query(inline.id, [ARTICLE])
    with pytest.raises(TimeoutError, match="nobody answered 'hel'"):
        await inline.answered(within=0.01)


async def test_an_inline_question_gets_its_results(bot: Bot, ada: Person) -> None:
    query = await ada.asks_inline("hel")
    assert query.results == []
    await bot.answer_inline_query(query.id, [ARTICLE], cache_time=0, is_personal=True)
    answer = await query.answered()
    assert (answer["cache_time"], answer["is_personal"]) == (0, True)
    assert [each["title"] for each in query.results] == ["Hello"]
