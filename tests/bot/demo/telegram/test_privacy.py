"""What a bot hears in a group."""

from __future__ import annotations

import pytest
from telegram import Bot, Message

from bot.demo.telegram.accounts import ANONYMOUS_ID
from bot.demo.telegram.people import Person
from bot.demo.telegram.privacy import reaches
from bot.demo.telegram.rules import Rules
from bot.demo.telegram.server import TelegramServer


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("/speak Hello", True),
        ("/speak@mynah_demo_bot Hello", True),
        ("/speak@other_bot Hello", False),
        ("Say /speak to it", True),
        ("Hey @mynah_demo_bot, hello", True),
        ("Hey @other_bot, hello", False),
        ("Hello everybody", False),
    ],
)
async def test_only_what_is_meant_for_it_reaches_it(
    server: TelegramServer, ada: Person, text: str, heard: bool
) -> None:
    group = server.group("Workshop")
    sent = await ada.says(group, text)
    assert reaches(sent, server.bot, privacy=True) is heard
    assert len(server.updates.pending) == heard


async def test_answers_to_it_reach_it_and_answers_to_others_do_not(
    server: TelegramServer, bot: Bot, ada: Person
) -> None:
    group = server.group("Workshop")
    mine = await ada.says(group, "Hello")
    await bot.send_message(group.id, "Hello, Ada")
    await ada.says(group, "Talking to myself", reply_to=mine)
    await ada.says(group, "Talking to you", reply_to=group.seen[0])
    assert [each.body["text"] for each in server.updates.pending] == ["Talking to you"]


async def test_without_privacy_or_as_an_admin_it_hears_everything(server: TelegramServer, ada: Person) -> None:
    group = server.group("Workshop")
    group.bot_is = "administrator"
    await ada.says(group, "Hello everybody")
    assert len(server.updates.pending) == 1
    async with TelegramServer(rules=Rules(privacy=False)) as open_server:
        bob = open_server.person("Bob")
        await bob.says(open_server.group("Workshop"), "Hello everybody")
        assert len(open_server.updates.pending) == 1


async def test_an_anonymous_admin_comes_as_the_group(server: TelegramServer, ada: Person) -> None:
    group = server.group("Workshop", admins=[ada], supergroup=True)
    await ada.says(group, "/quota_set 10", anonymously=True)
    message = Message.de_json(dict(server.updates.pending[0].body), None)
    assert message.from_user is not None and message.from_user.id == ANONYMOUS_ID
    assert message.sender_chat is not None and message.sender_chat.id == group.id
    bob = server.person("Bob")
    with pytest.raises(ValueError, match="Bob is no admin"):
        await bob.says(group, "/quota_set 10", anonymously=True)


async def test_edits_of_what_it_heard_reach_it(server: TelegramServer, ada: Person) -> None:
    group = server.group("Workshop")
    sent = await ada.says(group, "/speak Helo")
    await ada.edits(sent, "/speak Hello")
    assert [each.kind for each in server.updates.pending] == ["message", "edited_message"]
    assert server.updates.pending[0].body["text"] == "/speak Helo"
