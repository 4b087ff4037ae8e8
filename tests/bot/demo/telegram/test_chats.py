"""Chats, and what a bot may do in them."""

from __future__ import annotations

import pytest
from telegram import Bot, ChatMemberUpdated, Message, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.demo.telegram.chats import GENERAL
from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer
from tests.bot.demo.telegram.bots import OPUS


async def test_messages_are_numbered_within_their_chat(server: TelegramServer, ada: Person) -> None:
    group = server.group("Workshop")
    numbers = [(await ada.says(chat, "Hello")).id for chat in (group, ada.private, group)]
    assert numbers == [1, 2, 2]


async def test_a_bot_cannot_write_to_somebody_who_never_started_it(server: TelegramServer, bot: Bot) -> None:
    bob = server.person("Bob")
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await bot.send_message(bob.id, "Hello")
    await bob.starts("welcome")
    assert (await bot.send_message(bob.id, "Hello")).chat.first_name == "Bob"


async def test_a_bot_cannot_write_to_somebody_who_stopped_it(server: TelegramServer, bot: Bot, ada: Person) -> None:
    await ada.stops()
    change = ChatMemberUpdated.de_json(dict(server.updates.pending[-1].body), bot)
    assert change.new_chat_member.status == "kicked" and change.from_user.id == ada.id
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.send_message(ada.id, "Hello")
    await ada.returns()
    assert await bot.send_message(ada.id, "Hello")


async def test_a_bot_that_was_thrown_out_cannot_write(server: TelegramServer, bot: Bot, ada: Person) -> None:
    group = server.group("Workshop", admins=[ada])
    await group.kicks_bot(by=ada)
    change = ChatMemberUpdated.de_json(dict(server.updates.pending[-1].body), bot)
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(group.id, "Hello")
    await ada.says(group, "/speak Is it gone?")
    assert server.updates.pending[-1].kind == "my_chat_member"
    await group.lets_bot_in(by=ada, admin=True)
    assert await bot.send_message(group.id, "Hello")


async def test_a_group_that_becomes_a_supergroup_is_another_chat(server: TelegramServer, bot: Bot, ada: Person) -> None:
    group = server.group("Workshop", owner=ada)
    new = await group.becomes_supergroup()
    old_told, new_told = [Message.de_json(dict(each.body), bot) for each in server.updates.pending]
    assert (old_told.chat.id, old_told.migrate_to_chat_id) == (group.id, new.id)
    assert (new_told.chat.id, new_told.migrate_from_chat_id) == (new.id, group.id)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group.id, "Hello")
    assert moved.value.new_chat_id == new.id
    assert (await bot.send_message(new.id, "Hello")).chat.type == "supergroup"
    assert ada.id in new.admins
    with pytest.raises(ValueError, match="has become"):
        await ada.says(group, "Is anybody here?")
    with pytest.raises(ValueError, match="no supergroup"):
        group.opens("Birds")


async def test_a_topic_that_does_not_exist_is_refused(server: TelegramServer, bot: Bot) -> None:
    group = server.group("Workshop", topics=["Birds", "Fish"])
    birds, fish = group.topics.values()
    await bot.send_message(group.id, "Tweet", message_thread_id=birds.id)
    assert group.seen[0].topic is birds
    for number in (4_711, GENERAL):
        with pytest.raises(BadRequest, match=r"(?i)message thread not found"):
            await bot.send_message(group.id, "Tweet", message_thread_id=number)
    fish.closed = True
    with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
        await bot.send_message(group.id, "Blub", message_thread_id=fish.id)


async def test_a_reply_stays_in_the_topic_of_what_it_answers(server: TelegramServer, bot: Bot, ada: Person) -> None:
    group = server.group("Workshop", topics=["Birds"])
    (topic,) = group.topics.values()
    asked = await ada.says(group, "/speak", topic=topic)
    await bot.send_message(group.id, "Tweet", reply_parameters=ReplyParameters(asked.id))
    assert group.seen[0].topic is topic


async def test_what_a_bot_does_is_seen_in_its_topic(server: TelegramServer, bot: Bot) -> None:
    group = server.group("Workshop", topics=["Birds"])
    (topic,) = group.topics.values()
    await bot.send_chat_action(group.id, "record_voice", message_thread_id=topic.id)
    await bot.send_chat_action(group.id, "typing", message_thread_id=GENERAL)
    seen = [(action.kind, action.topic) for action in group.actions]
    assert seen == [("record_voice", topic.id), ("typing", None)]
    with pytest.raises(BadRequest, match=r"(?i)wrong parameter action"):
        await bot.send_chat_action(group.id, "sing")


async def test_a_group_can_forbid_voice_messages(server: TelegramServer, bot: Bot) -> None:
    group = server.group("Workshop")
    group.forbids.add("voice")
    with pytest.raises(BadRequest, match=r"(?i)not enough rights to send voice notes"):
        await bot.send_voice(group.id, OPUS)
    assert await bot.send_message(group.id, "Then as text")


async def test_waiting_for_an_answer_says_what_came_instead(bot: Bot, ada: Person) -> None:
    sent = await ada.says(ada.private, "Hello")
    assert await ada.private.stays_quiet(0.01, after=sent)
    await bot.send_message(ada.id, "Not a voice message")
    assert (await ada.private.answer(after=sent)).kind == "text"
    with pytest.raises(TimeoutError, match=r"no voice in .*Not a voice message"):
        await ada.private.answer(after=sent, kind="voice", within=0.01)
    with pytest.raises(TimeoutError, match="not 2 answers"):
        await ada.private.answers(2, after=sent, within=0.01)
    await bot.send_message(ada.id, "And another")
    assert [each.text for each in await ada.private.answers(2, after=sent)] == ["Not a voice message", "And another"]
    assert not await ada.private.stays_quiet(0.01, after=sent)
