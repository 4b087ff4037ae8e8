"""What is pressed, chosen and filled in; also after a restart, and when Discord tells it twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.demo.discord.seen import Seen
from bot.demo.discord.terms import Terms
from bot.demo.discord.wire import Body
from bot.discord_adapter import controls
from commands.core.reply import Action
from tests.bot.discord_adapter.stage import Stage, stage


async def spoken(on: Stage, text: str = "Once more.") -> Seen:
    """Have something said, and see the answer."""
    return await (await on.ada.slash(on.guild.channel, "speak", text=text)).answer(with_file=True)


async def test_again_says_it_again_and_other_voice_and_format_let_one_choose(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        first = await spoken(on)
        again = await (await on.ada.press(first, "Again")).answer(with_file=True)
        assert again.id != first.id and again.file.data == first.file.data and not again.private

        asked = await (await on.ada.press(first, "Other format")).answer()
        assert asked.private and "mp3" in asked.menus[0].options and asked.content == "Another kind of file:"
        mp3 = await (await on.ada.choose(asked, "mp3")).answer(with_file=True)
        assert mp3.file.name.endswith(".mp3") and not mp3.private

        asked = await (await on.ada.press(first, "Other voice")).answer()
        assert asked.private and 1 < len(asked.menus[0].options) <= 25
        assert asked.content == "Another voice. If it is not here: /history again job:1 voice:…"
        answer = await (await on.ada.choose(asked, asked.menus[0].options[-1])).answer(with_file=True)
        assert answer.file.data != first.file.data
        assert await mynah.value("SELECT COUNT(*) FROM jobs WHERE state = 'succeeded'") == 4


async def test_keep_keeps_it_and_a_press_by_somebody_else_is_their_own_request(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        first = await spoken(on)
        kept = await (await on.ada.press(first, "Keep")).answer()
        assert kept.private and kept.labels == ["Keep no more"]
        assert await mynah.value("SELECT COUNT(*) FROM files WHERE expires_at IS NULL") == 1
        for label in ("Again", "Keep"):
            refused = await (await on.bob.press(first, label)).answer()
            assert refused.private and not refused.files


async def test_every_button_works_after_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        async with on.mynah():
            first = await spoken(on)
            asked = await (await on.ada.press(first, "Other format")).answer()
            form = await (await on.ada.slash(on.guild.channel, "speak")).modal()
        async with on.mynah():
            assert (await (await on.ada.press(first, "Again")).answer(with_file=True)).files
            assert (await (await on.ada.choose(asked, "mp3")).answer(with_file=True)).files
            assert (await (await on.ada.submit(form, **{"0": "Filled in later."})).answer(with_file=True)).files


async def test_what_is_told_twice_is_done_once_also_over_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        async with on.mynah() as mynah:
            exchange = await on.ada.slash(on.guild.channel, "speak", text="Told twice.")
            await exchange.again()
            await exchange.answer(with_file=True)
            await exchange.again()
            waiting = await on.ada.slash(on.guild.channel, "trick wait")
            await waiting.answer()
            assert await mynah.value("SELECT COUNT(*) FROM jobs") == 2
        async with on.mynah() as mynah:
            before = len(exchange.history)
            mynah.tricks.go_on.set()
            await exchange.again()
            await waiting.again()
            await waiting.until(lambda seen: seen.content == "Waited.")
            await asyncio.sleep(0.1)
            assert await mynah.value("SELECT COUNT(*) FROM jobs") == 2
            assert len(exchange.history) == before and exchange.now().files
            assert len(on.guild.channel.messages) == 2


async def test_a_button_that_nobody_made_is_answered_in_words(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        button = {"type": 2, "style": 2, "label": "Old", "custom_id": "of another time"}
        strange = {"type": 2, "style": 2, "label": "Strange", "custom_id": "do:history again&job=&voice=?&x=%00"}
        data = {"content": "A message.", "components": [{"type": 1, "components": [button, strange]}]}
        message = on.discord.world.post(on.guild.channel, on.discord.bot, Body(data=data, files={}))
        seen = on.discord.see(message.id)
        assert seen is not None
        old = await (await on.ada.press(seen, "Old")).answer()
        assert old.private and "/help" in old.content
        assert (await (await on.ada.press(seen, "Strange")).answer()).private


async def test_a_form_that_was_left_too_long_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        form = await (await on.ada.slash(on.guild.channel, "speak")).modal()
        assert (await (await on.ada.submit(form, **{"0": "First."})).answer(with_file=True)).files
        late = await (await on.ada.submit(form, **{"0": "Second."})).answer()
        assert late.private and "no longer open" in late.content


def test_an_action_without_room_on_a_button_is_a_command_to_type() -> None:
    long = Action(label="Hear it", command="speak", values={"text": "x" * 120})
    handy = Action(label="Handy", command="speak", values={"text": "x" * 120}, handy=True)
    short = Action(label="Again", command="history again", values={"job": 7}, asks="voice")
    assert controls.rows([long]) == []
    assert controls.untold([long, handy, short]) == [f"Hear it: /speak text:{'x' * 120}"]
    assert controls.typed(short) == "/history again job:7 voice:…"


def test_of_two_buttons_that_do_the_same_there_is_one() -> None:
    again = Action(label="Again", command="history again", values={"job": 7})
    (row,) = controls.rows([again, again])
    assert len(row["components"]) == 1


async def test_what_is_told_again_when_it_is_over_is_said_to_be_so(tmp_path: Path) -> None:
    async with stage(tmp_path, Terms(acknowledge_seconds=60.0)) as on:
        async with on.mynah() as mynah:
            on.discord.faults.refuse("POST", "/interactions/*/callback", 404, 10062, "Unknown interaction")
            exchange = await on.ada.slash(on.guild.channel, "speak", text="Unheard.")
            assert await on.guild.channel.until(lambda seen: bool(seen.files))
            await mynah.until("SELECT state FROM deliveries", "sent")
        async with on.mynah():
            await exchange.again()
            told = await exchange.answer()
            assert told.private and "/jobs show job:1" in told.content
            assert len(on.guild.channel.messages) == 1
