"""What a bot says of itself."""

from __future__ import annotations

import pytest
from telegram import Bot, MenuButtonCommands
from telegram.error import BadRequest

from bot.demo.telegram.methods.profile import LONGEST
from bot.demo.telegram.server import TelegramServer


async def test_a_bot_is_told_who_it_is(server: TelegramServer, bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.username, me.is_bot) == (server.bot.id, server.bot.username, True)
    assert me.can_read_all_group_messages is False and me.supports_inline_queries is True


async def test_a_bot_describes_itself_in_several_languages(bot: Bot) -> None:
    await bot.set_my_description("Speaks")
    await bot.set_my_description("Spricht", language_code="de")
    await bot.set_my_short_description("Short")
    assert (await bot.get_my_description()).description == "Speaks"
    assert (await bot.get_my_description("de")).description == "Spricht"
    assert (await bot.get_my_description("fr")).description == "Speaks"
    assert (await bot.get_my_short_description()).short_description == "Short"
    assert (await bot.get_my_name()).name == "Mynah"


async def test_what_it_says_is_not_too_long(bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)description is too long"):
        await bot.set_my_description("x" * (LONGEST["description"] + 1))


async def test_the_button_of_the_menu_is_let_be(bot: Bot) -> None:
    assert await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert isinstance(await bot.get_chat_menu_button(), MenuButtonCommands)
