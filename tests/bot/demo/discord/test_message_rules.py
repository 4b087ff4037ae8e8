"""Messages that Discord would not take are refused with its own codes."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.demo.discord.component_rules import check_components, check_modal
from bot.demo.discord.message_rules import check_message
from bot.demo.discord.refusal import Refusal
from bot.demo.discord.server import DiscordServer
from bot.demo.discord.wire import Body, Upload
from tests.bot.demo.discord.client import VoiceFile, running, send_voice, sound
from tests.fakes.waiting import until


def refused(data: Any, **files: Upload) -> Refusal:
    """What a message is refused with."""
    with pytest.raises(Refusal) as caught:
        check_message(Body(data=data, files=dict(enumerate(files.values()))), upload_bytes=1000)
    return caught.value


def button(**more: Any) -> dict[str, Any]:
    """A button that is right but for what is said."""
    return {"type": 2, "style": 1, "label": "Go", "custom_id": "go", **more}


def row(*inner: dict[str, Any]) -> dict[str, Any]:
    """A row of components."""
    return {"type": 1, "components": list(inner)}


def menu(**more: Any) -> dict[str, Any]:
    """A menu that is right but for what is said."""
    return {"type": 3, "custom_id": "menu", "options": [{"label": "A", "value": "a"}], **more}


def test_a_message_says_something_and_not_too_much() -> None:
    check_message(Body(data={"content": "x" * 2000}, files={}), upload_bytes=1000)
    assert refused({"content": ""}).body["code"] == 50006
    errors = refused({"content": "x" * 2001}).body["errors"]
    assert errors["content"]["_errors"][0]["code"] == "BASE_TYPE_MAX_LENGTH"


def test_a_file_that_is_too_large_is_refused_as_that() -> None:
    error = refused({}, a=Upload(name="a", data=bytes(1001)))
    assert (error.status, error.body["code"]) == (413, 40005)


def test_a_file_that_is_spoken_of_and_not_there_is_missed() -> None:
    assert refused({"content": "x", "attachments": [{"id": 0}]}).body["code"] == 50146


@pytest.mark.parametrize(
    ("data", "content_type", "code"),
    [
        ({"content": "also"}, "audio/ogg", 50159),
        ({}, "application/octet-stream", 50160),
        ({}, "audio/ogg", 50161),
        ({"attachments": [{"id": 0, "duration_secs": 1.0}]}, "audio/ogg", 50161),
    ],
)
def test_a_voice_message_is_one_sound_with_its_waveform_and_nothing_else(
    data: dict[str, Any], content_type: str, code: int
) -> None:
    upload = Upload(name="a.ogg", data=b"OggS", content_type=content_type)
    assert refused({"flags": 8192, **data}, a=upload).body["code"] == code


@pytest.mark.parametrize(
    "components",
    [
        [row(button())] * 6,
        [row(*[button(custom_id=str(n)) for n in range(6)])],
        [row()],
        [row(button(), button())],
        [row(button(custom_id="x" * 101))],
        [row(button(label="x" * 81))],
        [row(button(label=""))],
        [row(button(style=5))],
        [row(button(), menu())],
        [row(menu(options=[]))],
        [row(menu(options=[{"label": str(n), "value": str(n)} for n in range(26)]))],
        [row(menu(options=[{"label": "a", "value": "a"}, {"label": "b", "value": "a"}]))],
        [row(menu(max_values=26))],
        [button()],
        [row({"type": 4, "custom_id": "text", "label": "Text", "style": 1})],
    ],
)
def test_components_outside_the_limits_are_refused(components: list[dict[str, Any]]) -> None:
    with pytest.raises(Refusal):
        check_components(components, v2=False)


def test_components_within_the_limits_are_taken() -> None:
    full = [row(*[button(custom_id=str(n)) for n in range(5)]), row(menu())]
    check_components(full, v2=False)
    with pytest.raises(Refusal):
        check_components([*full, row(menu())], v2=False)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "x" * 46},
        {"components": []},
        {"components": [row({"type": 4, "custom_id": str(n), "label": "L", "style": 1}) for n in range(6)]},
        {"components": [row({"type": 4, "custom_id": "a", "label": "x" * 46, "style": 1})]},
        {"components": [row({"type": 4, "custom_id": "a", "label": "L", "style": 1, "max_length": 4001})]},
        {"components": [row(button())]},
    ],
)
def test_a_form_outside_the_limits_is_refused(changed: dict[str, Any]) -> None:
    fine = {
        "title": "T",
        "custom_id": "m",
        "components": [row({"type": 4, "custom_id": "a", "label": "L", "style": 1})],
    }
    check_modal(fine)
    with pytest.raises(Refusal):
        check_modal({**fine, **changed})


async def test_discord_py_reads_a_refusal_as_what_it_is() -> None:
    async def answer(interaction: discord.Interaction) -> None:
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="1", custom_id="same"))
        view.add_item(discord.ui.Button(label="2", custom_id="same"))
        await interaction.response.send_message("x" * 2001, view=view)

    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            bot.act = answer
            await ada.slash(guild.channel, "speak", text="x")
            await until(lambda: bool(bot.errors))
            assert bot.code == 50035 and guild.channel.messages == []
            channel = bot.get_partial_messageable(int(guild.channel.id))
            with pytest.raises(discord.HTTPException, match="Must be 2000 or fewer in length"):
                await channel.send("x" * 2001)


async def test_a_voice_message_is_sent_into_a_channel_and_cannot_be_changed() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        async with running(server) as bot:
            sent = await send_voice(bot, int(guild.channel.id), VoiceFile(sound().fp, "voice.ogg"))
            seen = guild.channel.messages[0]
            assert seen.voice and seen.seconds == 1.5 and seen.file.content_type == "audio/ogg"
            with pytest.raises(discord.HTTPException) as caught:
                await (
                    bot.get_partial_messageable(int(guild.channel.id))
                    .get_partial_message(int(sent["id"]))
                    .edit(content="x")
                )
            assert caught.value.code == 50162


async def test_a_guild_has_a_limit_of_its_own_for_files() -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(file=sound(size=interaction.filesize_limit + 1))

    async with DiscordServer() as server:
        guild = server.guild("Workshop", upload_bytes=500)
        ada = guild.person("Ada")
        async with running(server) as bot:
            bot.act = answer
            await ada.slash(guild.channel, "speak", text="x")
            await until(lambda: bool(bot.errors))
            assert bot.code == 40005
            with pytest.raises(discord.HTTPException) as caught:
                await bot.get_partial_messageable(int(guild.channel.id)).send(file=sound(size=501))
            assert (caught.value.status, caught.value.code) == (413, 40005)
            await bot.get_partial_messageable(int(guild.channel.id)).send(file=sound(size=500))
            assert len(guild.channel.messages) == 1
