"""Messages, as people and bots see them."""

from __future__ import annotations

import asyncio

import pytest
from telegram import Bot, ForceReply, Message, ReplyParameters

from bot.demo.telegram.messages import Edit
from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer


def told(server: TelegramServer) -> Message:
    """The last message that a bot was told of, as the real library reads it."""
    message = Message.de_json(dict(server.updates.pending[-1].body), None)
    assert message is not None
    return message


async def test_edits_are_kept_with_their_times(bot: Bot, ada: Person) -> None:
    sent = await bot.send_message(ada.id, "0 %")
    await sent.edit_text("50 %")
    await sent.edit_text("100 %")
    (seen,) = ada.private.seen
    assert [edit.text for edit in seen.edits] == ["50 %", "100 %"] and isinstance(seen.edits[0], Edit)
    assert seen.at < seen.edits[0].at < seen.edits[1].at and seen.text == "100 %"


async def test_one_can_wait_for_what_a_message_becomes(bot: Bot, ada: Person) -> None:
    sent = await bot.send_message(ada.id, "0 %")
    (seen,) = ada.private.seen
    waiting = asyncio.create_task(seen.becomes("done"))
    await sent.edit_text("All done.")
    assert await waiting is seen
    with pytest.raises(TimeoutError, match="stayed as it is"):
        await seen.becomes(lambda message: message.deleted, within=0.01)


async def test_a_reply_is_told_with_what_it_answers_and_no_further(server: TelegramServer, ada: Person) -> None:
    first = await ada.says(ada.private, "One")
    second = await ada.says(ada.private, "Two", reply_to=first)
    await ada.says(ada.private, "/speak", reply_to=second)
    message = told(server)
    assert message.reply_to_message is not None and message.reply_to_message.text == "Two"
    assert message.reply_to_message.reply_to_message is None


async def test_what_stands_in_a_topic_answers_what_opened_it(server: TelegramServer, ada: Person) -> None:
    group = server.group("Workshop", topics=["Birds"])
    (topic,) = group.topics.values()
    await ada.says(group, "/speak Tweet", topic=topic)
    message = told(server)
    assert message.is_topic_message and message.message_thread_id == topic.id
    assert message.reply_to_message is not None and message.reply_to_message.forum_topic_created is not None


async def test_without_topics_a_reply_names_the_message_whose_thread_it_is_in(
    server: TelegramServer, ada: Person
) -> None:
    group = server.group("Workshop", supergroup=True)
    first = await ada.says(group, "One")
    await ada.says(group, "/speak", reply_to=first)
    assert told(server).message_thread_id == first.id and not told(server).is_topic_message


async def test_a_bot_asks_only_those_whom_it_means(server: TelegramServer, bot: Bot, ada: Person) -> None:
    bob, group = server.person("Bob"), server.group("Workshop")
    asked = await ada.says(group, "/speak")
    await bot.send_message(
        group.id, "What?", reply_parameters=ReplyParameters(asked.id), reply_markup=ForceReply(selective=True)
    )
    await bot.send_message(group.id, "@bob, what?", reply_markup=ForceReply(selective=True))
    await bot.send_message(group.id, "Anybody?", reply_markup=ForceReply())
    assert [(seen.asks(ada), seen.asks(bob)) for seen in group.seen] == [(True, False), (False, True), (True, True)]
    answer = await ada.answers(group.seen[0], "Hello")
    assert answer.reply_to is group.seen[0] and told(server).text == "Hello"
    with pytest.raises(ValueError, match="does not ask Bob"):
        await bob.answers(group.seen[0], "Me!")
