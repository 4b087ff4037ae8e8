"""Discord as people see it: they ask, and Mynah answers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.adapter import TryLater
from bot.demo.discord.wire import Upload
from bot.discord_adapter import Discord, adapter
from bot.discord_adapter.address import Address
from commands.core.command import Audience, Command
from commands.core.params import Attachment, Member, PlaceId, Role, Word
from commands.core.reply import Progress, Reply
from tests.bot.discord_adapter.stage import Stage, stage

LONG = "The quick brown fox jumps over the lazy dog. " * 80


async def test_who_asks_for_speech_is_told_where_it_stands_and_then_has_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        exchange = await on.ada.slash(on.guild.channel, "speak", text="Hello, I am Mynah.")
        assert await exchange.acknowledged() < 1.5
        answer = await exchange.answer(with_file=True)
        first, *_, last = exchange.history
        assert first.seen is not None and last.seen is not None
        assert "next" in first.seen.content and first.seen.labels == ["Cancel"]
        assert last.seen.labels == ["Again", "Other voice", "Other format", "Keep"]
        assert "Hello, I am Mynah." in answer.content
        assert answer.file.name.endswith(".wav") and answer.file.data.startswith(b"RIFF")
        assert not answer.private
        assert [message.id for message in on.guild.channel.messages] == [answer.id]
        await mynah.until("SELECT state FROM deliveries", "sent")
        assert await mynah.value("SELECT reference FROM deliveries") == answer.id


async def test_in_direct_messages_it_is_the_same(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        exchange = await on.ada.slash(on.ada.direct(), "speak", text="Between us.", voice="en-us", speed=1.5)
        answer = await exchange.answer(with_file=True)
        assert answer.file.data.startswith(b"RIFF")
        assert await mynah.value("SELECT kind FROM places WHERE platform = 'discord'") == "direct"


async def test_no_text_of_a_person_calls_anybody_or_is_taken_for_markup(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        text = f"@everyone <@{on.bob.id}> <@12> **bold** https://example.org"
        exchange = await on.ada.slash(on.guild.channel, "speak", text=text)
        answer = await exchange.answer(with_file=True)
        assert answer.pings == () and answer.embeds == ()
        assert answer.flags & 4, "no preview of the link"
        assert r"\@everyone somebody \<\@12>" in answer.content and r"\*\*bold\*\*" in answer.content


async def test_a_long_text_shows_how_far_it_is_and_nothing_comes_after_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Discord, "pace", 0.02)
    async with stage(tmp_path) as on, on.mynah():
        exchange = await on.ada.slash(on.guild.channel, "speak", text=LONG, format="mp3")
        answer = await exchange.answer(with_file=True, within=20)
        await asyncio.sleep(0.1)
        shown = [moment.seen.content for moment in exchange.history if moment.seen]
        bars = [each for each in shown if "█" in each]
        assert bars and all("%" in each for each in bars)
        assert len(set(shown)) == len(shown), "what had not changed was shown again"
        assert shown[-1] == answer.content == exchange.now().content
        assert exchange.now().files


async def test_the_menu_of_a_message_speaks_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        said = await on.bob.say(on.guild.channel, "What Bob said.")
        answer = await (await on.ada.menu(on.guild.channel, "Speak this", said)).answer(with_file=True)
        assert "What Bob said." in answer.content


async def test_the_menu_of_a_message_that_is_a_file_speaks_that(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        said = await on.bob.say(on.guild.channel, files=[Upload(name="page.txt", data=b"What Bob wrote.")])
        answer = await (await on.ada.menu(on.guild.channel, "Speak this", said)).answer(with_file=True)
        assert "What Bob wrote." in answer.content
        picture = await on.bob.say(on.guild.channel, files=[Upload(name="bird.png", data=b"...")])
        refused = await (await on.ada.menu(on.guild.channel, "Speak this", picture)).answer()
        assert refused.private and "bird.png is no .txt or .md file" in refused.content


async def test_what_is_typed_is_gone_on_from(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        offered = await on.ada.complete(on.guild.channel, "speak", "voice", "en")
        assert 1 < len(offered) <= 25 and "en-gb" in [each.value for each in offered]
        assert [each.value for each in await on.ada.complete(on.guild.channel, "speak", "language", "de")] == ["de"]


async def test_every_command_is_answered(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah(owners__discord=int_of(on)) as mynah:
        await (await on.ada.slash(on.guild.channel, "speak", text="Something to look at.")).answer(with_file=True)
        asked = []
        for command in mynah.app.commands.values():
            if command.name.startswith("trick") or command.name == "forget":
                continue
            exchange = await on.ada.slash(on.guild.channel, command.name, **given(command, on))
            seen = await exchange.answer(within=10)
            if "█" in seen.content or seen.labels == ["Cancel"]:
                seen = await exchange.answer(with_file=True, within=10)
            assert seen.content and "went wrong on our side" not in seen.content, (command.name, seen)
            assert seen.private >= command.private, command.name
            asked.append(command.name)
        assert len(asked) > 20
        assert (await (await on.ada.slash(on.guild.channel, "forget")).answer()).private


async def test_other_bots_are_not_heard_whatever_they_ask(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        on.bob.bot = True
        asked = [
            await on.bob.slash(on.guild.channel, command.name, **given(command, on))
            for command in mynah.app.commands.values()
            if not command.name.startswith("trick") and command.audience is Audience.EVERYONE
        ]
        await (await on.ada.slash(on.guild.channel, "about")).answer()
        assert len(asked) > 15 and all(exchange.history == [] for exchange in asked)
        assert await mynah.value("SELECT COUNT(*) FROM users") == 1, "and nobody noted that there was a bot"


def int_of(on: Stage) -> str:
    """Ada's account, as the settings have it."""
    return str(on.ada.id)


def given(command: Command, on: Stage) -> dict[str, Any]:
    """Fill in what a command needs."""
    values: dict[str, Any] = {}
    for param in command.needed:
        if param.instead and command.name != "speak":
            continue
        name = param.option
        if param.kind is Attachment:
            values[name] = Upload(name="a.txt", data=b"Hello.")
        elif param.kind is Member:
            values[name] = on.bob
        elif param.kind is Role:
            values[name] = on.guild.everybody
        elif param.kind is PlaceId:
            values[name] = f"discord:{on.guild.id}"
        elif param.choices:
            values[name] = param.choices[0]
        elif param.mark(Word):
            values[name] = "5"
        elif param.kind is int:
            values[name] = 1
        elif param.kind in (float, bool):
            values[name] = param.kind(1)
        else:
            values[name] = "en-gb"
    return values


async def test_an_answer_stays_in_the_thread_where_it_was_asked(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        thread = on.guild.new_channel("a thread")
        exchange = await on.ada.slash(thread, "speak", text="In here.")
        answer = await exchange.answer(with_file=True)
        assert answer.channel_id == thread.id and on.guild.channel.messages == []


async def test_before_it_is_logged_in_a_delivery_is_tried_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "PATIENCE", 0.05)
    async with stage(tmp_path) as on, on.discord.outage(), on.mynah() as mynah:
        where = Address(app="1", interaction="2", token="t", ends=0.0, channel="3", user="4", private=False)
        with pytest.raises(TryLater):
            await on.adapter(mynah.app).deliver(1, where.to_json(), Reply(text="Hello."))
        await on.adapter(mynah.app).show(where.to_json(), Progress(job=1, done=0.5))


@pytest.mark.parametrize(
    ("left", "age", "harmless"), [(800, 600, True), (800, 5, True), (-60, 60, True), (-60, 300, False), (40, 60, False)]
)
def test_what_may_be_sent_twice_replaces_itself_or_is_known_by_its_nonce(
    left: float, age: float, harmless: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.discord_adapter.address.now", lambda: 1_000.0)
    where = Address(app="1", interaction="2", token="t", ends=1_000.0 + left, channel="3", user="4", private=False)
    assert Discord.__new__(Discord).repeatable(where.to_json(), age) is harmless
