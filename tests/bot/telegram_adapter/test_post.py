"""Single messages into chats, and into those that chats have become."""

from __future__ import annotations

from bot.demo.telegram.people import Person
from bot.telegram_adapter.address import Address
from bot.telegram_adapter.post import Post
from commands.core.reply import Action
from tests.bot.demo.telegram.bots import talking
from tests.bot.telegram_adapter.whole import Whole


async def test_a_long_text_comes_in_parts_with_the_buttons_under_the_last(mynah: Whole, ada: Person) -> None:
    async with talking(mynah.server) as bot:
        post = Post(bot, mynah.app.desk)
        action = Action(label="Keep", command="history keep", values={"job": 1})
        last = await post.say(Address(chat=ada.id), "A line of words.\n" * 400, [action])
    seen = ada.private.seen
    assert len(seen) == 2 and seen[-1].id == last
    assert [each.buttons for each in seen] == [[], ["Keep"]]
    assert "".join(each.text for each in seen).count("A line") == 400


async def test_in_a_group_the_request_is_answered_and_in_private_it_is_where_that_matters(
    mynah: Whole, ada: Person
) -> None:
    group = mynah.server.group("Workshop", members=[ada])
    there, here = await ada.says(group, "/nothing"), await ada.says(ada.private, "/help")
    async with talking(mynah.server) as bot:
        post = Post(bot, mynah.app.desk)
        await post.say(Address(chat=group.id, message=there.id), "Yes.")
        await post.say(Address(chat=ada.id, message=here.id), "Yes.")
        await post.say(Address(chat=ada.id, message=here.id), "Which?", answers=True)
        await post.say(Address(chat=group.id, message=4_711), "It was deleted.")
    assert [each.reply_to for each in group.seen] == [there, None]
    assert [each.reply_to for each in ada.private.seen if each.text in ("Yes.", "Which?")] == [None, here]


async def test_a_message_finds_the_supergroup_that_a_group_has_become(mynah: Whole, ada: Person) -> None:
    group = mynah.server.group("Workshop", members=[ada])
    mynah.server.updates.close()
    new = await group.becomes_supergroup()
    async with talking(mynah.server) as bot:
        post = Post(bot, mynah.app.desk)
        for text in ("One.", "Two."):
            await post.say(Address(chat=group.id), text)
    assert [each.text for each in new.seen] == ["One.", "Two."]
    assert len(mynah.server.called("sendMessage")) == 3


async def test_what_a_group_was_told_is_let_alone_once_it_is_a_supergroup(mynah: Whole, ada: Person) -> None:
    group = mynah.server.group("Workshop", members=[ada])
    async with talking(mynah.server) as bot:
        post = Post(bot, mynah.app.desk)
        to = Address(chat=group.id)
        await post.say(to, "Not this.")
        ticket = await post.say(to, "In line.")
        new = await group.becomes_supergroup()
        answer = await post.say(to, "At last.")
        assert answer == ticket, "a supergroup counts its messages anew"
        assert not await post.edit(to, ticket, "50 %")
        await post.delete(to, ticket)
    assert [each.text for each in new.seen] == ["At last."]


async def test_what_cannot_be_changed_or_deleted_is_no_harm(mynah: Whole, ada: Person) -> None:
    async with talking(mynah.server) as bot:
        post = Post(bot, mynah.app.desk)
        to = Address(chat=ada.id)
        assert not await post.edit(to, 4_711, "Hello")
        await post.delete(to, 4_711)
        number = await post.say(to, "Hello")
        assert await post.edit(to, number, "Hello, Ada")
        await post.delete(to, number)
    assert ada.private.seen == []
