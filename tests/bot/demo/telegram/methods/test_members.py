"""Who is in a chat, as a bot finds out."""

from __future__ import annotations

import pytest
from telegram import Bot, ChatMemberAdministrator, ChatMemberOwner
from telegram.error import BadRequest, Forbidden

from bot.demo.telegram.methods.members import GIFTS
from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer


async def test_everybody_is_something(server: TelegramServer, bot: Bot, ada: Person) -> None:
    bob, eva = server.person("Bob"), server.person("Eva")
    group = server.group("Workshop", owner=ada, admins=[bob])
    assert isinstance(await bot.get_chat_member(group.id, ada.id), ChatMemberOwner)
    assert isinstance(await bot.get_chat_member(group.id, bob.id), ChatMemberAdministrator)
    assert (await bot.get_chat_member(group.id, eva.id)).status == "left"
    group.add([eva])
    group.demotes(bob)
    assert (await bot.get_chat_member(group.id, eva.id)).status == "member"
    assert (await bot.get_chat_member(group.id, bob.id)).status == "member"
    assert (await bot.get_chat_member(group.id, bot.id)).status == "member"
    assert await bot.get_chat_member_count(group.id) == 4
    with pytest.raises(BadRequest, match=r"(?i)invalid user_id"):
        await bot.get_chat_member(group.id, 4_711)


async def test_admins_are_listed_and_the_bot_where_it_is_one(server: TelegramServer, bot: Bot, ada: Person) -> None:
    group = server.group("Workshop", owner=ada)
    assert [each.user.id for each in await bot.get_chat_administrators(group.id)] == [ada.id]
    group.bot_is = "administrator"
    assert [each.user.id for each in await bot.get_chat_administrators(group.id)] == [ada.id, bot.id]
    with pytest.raises(BadRequest, match=r"(?i)no administrators in the private chat"):
        await bot.get_chat_administrators(ada.id)


async def test_a_chat_is_described(server: TelegramServer, bot: Bot, ada: Person) -> None:
    forum = await bot.get_chat(server.group("Workshop", topics=["Birds"]).id)
    assert (forum.title, forum.type, forum.is_forum) == ("Workshop", "supergroup", True)
    assert all(getattr(forum.accepted_gift_types, gift) is False for gift in GIFTS)
    assert not (await bot.get_chat(ada.id)).has_restricted_voice_and_video_messages
    ada.forbids_voice = True
    assert (await bot.get_chat(ada.id)).has_restricted_voice_and_video_messages


async def test_a_bot_that_left_finds_out_nothing(server: TelegramServer, bot: Bot, ada: Person) -> None:
    group = server.group("Workshop")
    await bot.leave_chat(group.id)
    with pytest.raises(Forbidden, match="not a member of the group chat"):
        await bot.get_chat(group.id)
    with pytest.raises(BadRequest, match=r"(?i)private chats"):
        await bot.leave_chat(ada.id)
