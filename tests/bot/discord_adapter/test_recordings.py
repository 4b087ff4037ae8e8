"""What becomes of recordings: given to a command, or chosen from the menu of a message, and what comes back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.demo.discord.seen import Seen
from bot.demo.discord.wire import Upload
from bot.discord_adapter.requests import NO_RECORDING
from tests.bot.discord_adapter.stage import Stage, stage
from tests.fakes.running import Running
from tests.fakes.takers import png, shown, takers

SOUND = b"OggS" + bytes(range(200))
SOUNDS = {
    "sound": Upload(name="ada.mp3", data=SOUND, content_type="audio/mpeg"),
    "video": Upload(name="ada.mp4", data=SOUND, content_type="video/mp4"),
    "file of no known type": Upload(name="ada", data=SOUND),
}
VOICE = Upload(name="voice-message.ogg", data=SOUND, content_type="audio/ogg")
PICTURE = Upload(name="ada.png", data=png(4, 3), content_type="image/png")


@pytest.fixture(autouse=True)
def taking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have commands that tell what they were given."""
    from commands.core.command import commands
    from tests.fakes import running

    monkeypatch.setattr(running, "every", lambda tricks: {**commands(), **takers()})


@asynccontextmanager
async def served(tmp_path: Path) -> AsyncIterator[tuple[Stage, Running]]:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        yield on, mynah


async def named(on: Stage, entry: str, message: Seen, name: str = "Ada") -> Seen:
    """Choose an entry of a message's menu, name the voice in the form, and see the answer with its picture."""
    form = await (await on.ada.menu(on.guild.channel, entry, message)).modal()
    assert form.title == "/clone" and [each.label for each in form.inputs] == ["Name"]
    return await (await on.ada.submit(form, Name=name)).answer(with_file=True)


async def test_a_native_voice_message_of_anybody_is_cloned_from_its_menu(tmp_path: Path) -> None:
    async with served(tmp_path) as (on, _):
        recorded = await on.bob.record(on.guild.channel, VOICE, seconds=3)
        seen = await named(on, "Clone this voice", recorded)
        assert seen.content == f"Ada: {shown(SOUND)}" and seen.private


async def test_so_is_one_that_somebody_has_forwarded(tmp_path: Path) -> None:
    async with served(tmp_path) as (on, _):
        recorded = await on.bob.record(on.bob.direct(), VOICE, seconds=3)
        forwarded = await on.bob.forward(on.guild.channel, recorded)
        assert not forwarded.files
        seen = await named(on, "Clone this voice", forwarded)
        assert seen.content == f"Ada: {shown(SOUND)}"


@pytest.mark.parametrize("kind", SOUNDS)
async def test_so_is_each_kind_of_file_in_which_somebody_may_speak(tmp_path: Path, kind: str) -> None:
    async with served(tmp_path) as (on, _):
        message = await on.bob.say(on.guild.channel, "That is me.", files=[PICTURE, SOUNDS[kind]])
        seen = await named(on, "Clone this voice", message)
        assert seen.content == f"Ada: {shown(SOUND)}"


@pytest.mark.parametrize("entry", ["Clone this voice", "Give as consent"])
async def test_a_message_without_a_recording_is_refused_at_once_and_nothing_is_asked(
    tmp_path: Path, entry: str
) -> None:
    async with served(tmp_path) as (on, mynah):
        for files in ([], [PICTURE]):
            message = await on.bob.say(on.guild.channel, "Hello.", files=files)
            seen = await (await on.ada.menu(on.guild.channel, entry, message)).answer()
            assert seen.content == NO_RECORDING and seen.private
        assert await mynah.value("SELECT (SELECT COUNT(*) FROM jobs) + (SELECT COUNT(*) FROM drafts)") == 0


async def test_a_recording_is_an_option_of_the_command_too(tmp_path: Path) -> None:
    async with served(tmp_path) as (on, _):
        text = Upload(name="said.txt", data=b"Good morning.", content_type="text/plain")
        asked = await on.ada.slash(on.guild.channel, "clone", name="Ada", recording=SOUNDS["sound"], transcript=text)
        seen = await asked.answer(with_file=True)
        assert seen.content == f"Ada: {shown(SOUND)}, with {shown(text.data)}"


async def test_the_picture_stands_as_an_image_under_the_words_with_the_buttons(tmp_path: Path) -> None:
    async with served(tmp_path) as (on, _):
        seen = await (await on.ada.slash(on.guild.channel, "clone", name="Ada", recording=SOUNDS["sound"])).answer(
            with_file=True
        )
        assert seen.private and seen.labels == ["It is my voice"]
        assert (seen.file.name, seen.file.content_type) == ("ada.png", "image/png") and seen.file.data[1:4] == b"PNG"
        asked = await (await on.ada.press(seen, "It is my voice")).answer()
        assert asked.private and "I agree." in asked.content


async def test_a_form_for_the_name_is_filled_in_after_a_restart_too(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        message = await on.bob.say(on.guild.channel, files=[SOUNDS["sound"]])
        async with on.mynah():
            form = await (await on.ada.menu(on.guild.channel, "Clone this voice", message)).modal()
        async with on.mynah():
            seen = await (await on.ada.submit(form, Name="Ada")).answer(with_file=True)
            assert seen.content == f"Ada: {shown(SOUND)}"


async def test_an_answer_is_given_from_the_menu_of_a_voice_message_wherever_it_was_sent(tmp_path: Path) -> None:
    async with served(tmp_path) as (on, _):
        for channel in (on.guild.channel, on.ada.direct()):
            recorded = await on.ada.record(channel, VOICE, seconds=3)
            seen = await (await on.ada.menu(channel, "Give as consent", recorded)).until(
                lambda each: each.content.startswith("Heard")
            )
            assert seen.content == f"Heard for nobody: {shown(SOUND)}"
