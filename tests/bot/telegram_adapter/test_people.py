"""Who asks, and what they may do: groups, topics, admins, those who hide, and groups that become supergroups."""

from __future__ import annotations

import asyncio

import pytest

from bot.demo.telegram.chats import Chat
from bot.demo.telegram.people import Person
from tests.bot.telegram_adapter.whole import Whole


def workshop(mynah: Whole, *members: Person, **more: object) -> Chat:
    return mynah.server.group("Workshop", members=list(members), **more)  # type: ignore[arg-type]  # as they are given


async def test_in_a_group_a_plain_text_is_not_for_mynah(mynah: Whole, ada: Person) -> None:
    group = workshop(mynah, ada)
    await group.lets_bot_in(admin=True)
    assert await group.stays_quiet(after=await ada.says(group, "Good morning, all."))
    assert await mynah.jobs() == 0


async def test_a_command_for_another_bot_is_not_for_mynah(mynah: Whole, ada: Person) -> None:
    group = workshop(mynah, ada)
    await group.lets_bot_in(admin=True)
    assert await group.stays_quiet(after=await ada.says(group, "/speak@other_bot Hello"))
    sent = await ada.says(group, "/speak@mynah_demo_bot Hello")
    assert (await group.answer(sent, kind="voice")).reply_to is sent


async def test_a_text_that_mentions_mynah_is_said(mynah: Whole, ada: Person) -> None:
    group = workshop(mynah, ada)
    seen = await group.answer(await ada.says(group, "@mynah_demo_bot Good morning, all."), kind="voice")
    assert seen.text.startswith('"Good morning, all."')


async def test_a_message_is_said_that_somebody_answers_with_mynahs_name(mynah: Whole, ada: Person) -> None:
    group = workshop(mynah, ada)
    told = await group.owner.says(group, "Lunch is ready.")
    seen = await group.answer(await ada.says(group, "@mynah_demo_bot", reply_to=told), kind="voice")
    assert seen.text.startswith('"Lunch is ready."')


async def test_an_answer_stays_in_the_topic_in_which_it_was_asked(mynah: Whole, ada: Person) -> None:
    group = workshop(mynah, ada, topics=["Tools", "Tea"])
    tools, tea = group.topics.values()
    sent = await ada.says(group, "/speak Hammer", topic=tools)
    seen = await group.answer(sent, kind="voice")
    assert seen.topic is tools and seen.reply_to is sent
    await ada.presses(seen, "Other voice")
    assert (await group.answer(seen)).topic is tools
    sent = await ada.says(group, "/speak", topic=tea)
    question = await group.answer(sent)
    assert question.topic is tea and question.asks(ada)


async def test_limits_are_set_by_admins_only_and_for_the_author_of_the_message_answered(
    mynah: Whole, ada: Person
) -> None:
    bob = mynah.server.person("Bob")
    group = workshop(mynah, ada, bob, admins=[bob])
    asked = await ada.says(group, "/speak Hello")
    await group.answer(asked, kind="voice")
    refused = await group.answer(await ada.says(group, "/quota_set characters 500"))
    assert refused.text == "That is for admins of this place only; ask one of them."
    await bob.starts()
    sent = await bob.says(group, "/quota_set characters 500", reply_to=asked)
    assert (await group.answer(sent)).text == "I have answered you in private."
    told = await bob.private.answer(where=lambda seen: "500" in seen.text)
    assert "Ada" in told.text
    assert len(mynah.server.called("getChatMember")) == 2


async def test_who_is_an_admin_is_asked_once_in_a_while_and_never_for_a_speech(mynah: Whole, ada: Person) -> None:
    group = workshop(mynah, ada)
    await group.answer(await ada.says(group, "/speak Hello"), kind="voice")
    assert mynah.server.called("getChatMember") == []
    for _ in range(2):
        await group.answer(await ada.says(group, "/jobs_list"))
    assert len(mynah.server.called("getChatMember")) == 1


async def test_who_has_become_an_admin_or_is_one_no_more_is_known_as_such_at_once(
    mynah: Whole, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram_adapter.people.AT_ONCE", 0.0)
    group = workshop(mynah, ada)
    line = "/quota_set characters 500"
    refused = "That is for admins of this place only; ask one of them."
    assert (await group.answer(await ada.says(group, line))).text == refused
    group.promotes(ada)
    assert (await group.answer(await ada.says(group, line))).text == "I have answered you in private."
    group.demotes(ada)
    assert (await group.answer(await ada.says(group, line))).text == refused


async def test_an_admin_who_hides_is_an_admin_under_a_name_of_the_group(mynah: Whole) -> None:
    bob = mynah.server.person("Bob")
    group = workshop(mynah, admins=[bob])
    seen = await group.answer(await bob.says(group, "/quota_set characters 500", anonymously=True))
    assert seen.text == "That is done."
    names = [row["name"] for row in await mynah.rows("SELECT name FROM identities")]
    assert names == ["anonymous admins of Workshop"]


async def test_what_is_for_one_person_is_not_shown_to_an_admin_who_hides(mynah: Whole) -> None:
    bob = mynah.server.person("Bob")
    group = workshop(mynah, admins=[bob])
    seen = await group.answer(await bob.says(group, "/quota_show", anonymously=True))
    assert seen.text.startswith("The answer is for one person only")


async def test_a_refusal_in_a_group_has_no_figures(mynah: Whole, ada: Person) -> None:
    bob = mynah.server.person("Bob")
    group = workshop(mynah, ada, admins=[bob])
    await group.answer(await bob.says(group, "/quota_set characters 10", anonymously=True))
    seen = await group.answer(await ada.says(group, "/speak This is more than ten characters."))
    assert seen.text == "That would go over a limit; /quota_show tells what is left and when it starts again."
    assert await mynah.jobs() == 0


async def test_a_private_answer_goes_to_the_private_chat(mynah: Whole, ada: Person) -> None:
    group = workshop(mynah, ada)
    sent = await ada.says(group, "/quota_show")
    assert (await group.answer(sent)).text == "I have answered you in private."
    assert "Generations a day" in (await ada.private.answer()).text


async def test_who_never_started_mynah_gets_a_button_that_opens_their_chat(mynah: Whole) -> None:
    bob = mynah.server.person("Bob")
    group = workshop(mynah, bob)
    seen = await group.answer(await bob.says(group, "/quota_show"))
    assert seen.text == "I cannot write to you yet. Open our chat, press Start, and ask me there."
    assert seen.button("Open our chat")["url"] == "https://t.me/mynah_demo_bot?start=hello"


async def test_who_adds_mynah_to_a_group_is_told_what_to_type_there(mynah: Whole, ada: Person) -> None:
    group = workshop(mynah, ada)
    seen = await group.answer(await ada.says(group, "/start@mynah_demo_bot true"))
    assert "answer a message with /speak" in seen.text


async def test_what_goes_to_a_group_that_has_had_its_twenty_messages_waits_and_others_go_on(
    mynah: Whole, ada: Person
) -> None:
    group = workshop(mynah, ada)
    for _ in range(20):
        await group.answer(await ada.says(group, "/about"))
    await ada.says(group, "/speak One too many.")
    await mynah.until("SELECT next_at > created_at FROM deliveries WHERE state = 'queued' AND attempts = 0", 1)
    assert (await ada.private.answer(await ada.says(ada.private, "Hello."), kind="voice")).text.startswith('"Hello."')


async def test_a_group_that_becomes_a_supergroup_keeps_what_it_has(mynah: Whole, ada: Person) -> None:
    bob = mynah.server.person("Bob")
    group = workshop(mynah, ada, admins=[bob])
    await group.answer(await bob.says(group, "/quota_set characters 10", anonymously=True))
    new = await group.becomes_supergroup()
    seen = await new.answer(await ada.says(new, "/speak This is more than ten characters."))
    assert seen.text.startswith("That would go over a limit")
    mynah.server.updates.repeat(3)
    await asyncio.sleep(0.2)
    places = await mynah.rows("SELECT key, name FROM places WHERE kind = 'group'")
    assert [(row["key"], row["name"]) for row in places] == [(str(new.id), "Workshop")]


async def test_a_topic_that_is_gone_is_no_place_to_answer_in(mynah: Whole, ada: Person) -> None:
    group = workshop(mynah, ada, topics=["Tools"])
    (tools,) = group.topics.values()
    mynah.server.faults.delay("sendVoice", 0.2)
    await ada.says(group, "/speak Hammer", topic=tools)
    tools.deleted = True
    await mynah.delivery_is("undeliverable")
    assert group.seen == []
