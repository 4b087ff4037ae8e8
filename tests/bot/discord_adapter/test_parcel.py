"""What an answer is sent as: files that fit, voice messages, and what others must not read."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from bot.demo.discord.permission import Permission
from commands.core.reply import FileRef, Reply
from tests.bot.discord_adapter.stage import stage

ANSWER = "/webhooks/*/messages/@original"
SPEECH = "The quick brown fox jumps over the lazy dog. "


async def test_a_file_that_is_too_large_comes_smaller_and_what_is_still_refused_smaller_again(tmp_path: Path) -> None:
    async with stage(tmp_path, upload_bytes=400_000) as on, on.mynah():
        exchange = await on.ada.slash(on.guild.channel, "speak", text=SPEECH * 12)
        answer = await exchange.answer(with_file=True, within=20)
        assert answer.file.name.endswith(".mp3") and len(answer.file.data) <= 400_000
        assert "MP3" in answer.content
        on.discord.faults.refuse("PATCH", ANSWER, 413, 40005, "Request entity too large")
        exchange = await on.ada.slash(on.guild.channel, "speak", text=SPEECH * 12)
        answer = await exchange.answer(with_file=True, within=20)
        assert sum(len(file.data) for file in answer.files) <= 400_000


async def test_where_no_file_is_taken_the_answer_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(tmp_path, upload_bytes=100) as on, on.mynah():
        exchange = await on.ada.slash(on.guild.channel, "speak", text="Hello.")
        answer = await exchange.until(lambda seen: "Cancel" not in seen.labels)
        assert not answer.files and "large" in answer.content, answer.content


async def test_a_voice_message_has_its_waveform_and_follows_the_ticket(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        exchange = await on.ada.slash(on.guild.channel, "speak", text="Hear my voice.", format="voice")
        voice = await on.guild.channel.until(lambda seen: seen.voice)
        ticket = exchange.now()
        assert "Hear my voice." in ticket.content and ticket.labels[0] == "Again" and not ticket.files
        assert voice.file.data.startswith(b"OggS") and voice.file.content_type == "audio/ogg"
        assert voice.seconds == pytest.approx(1.2, abs=0.6)
        levels = base64.b64decode(voice.waveform or "")
        assert 1 < len(levels) <= 10 * (voice.seconds or 0) + 1 and max(levels) == 255
        direct = await on.ada.slash(on.ada.direct(), "speak", text="And here.", format="voice")
        assert await on.ada.direct().until(lambda seen: seen.voice)
        assert not direct.now().files


async def test_where_no_voice_messages_are_allowed_it_comes_as_a_file_and_says_why(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        on.guild.channel.overwrite(on.discord.bot.id, deny=Permission.SEND_VOICE_MESSAGES)
        exchange = await on.ada.slash(on.guild.channel, "speak", text="Hear my voice.", format="voice")
        answer = await exchange.answer(with_file=True)
        assert answer.file.data.startswith(b"OggS") and not answer.voice
        assert "may not send voice messages here" in answer.content


async def test_a_permission_that_goes_meanwhile_makes_it_a_file_too(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        on.discord.faults.refuse("POST", "/channels/*/messages", 403, 50173, "You cannot send voice messages")
        exchange = await on.ada.slash(on.guild.channel, "speak", text="Hear my voice.", format="voice")
        answer = await exchange.answer(with_file=True)
        assert answer.file.data.startswith(b"OggS") and "may not send voice messages here" in answer.content


async def test_a_failure_is_told_to_the_person_and_others_read_no_figures(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        exchange = await on.ada.slash(on.guild.channel, "trick refuse")
        told = await exchange.until(lambda seen: "no wind" in seen.content)
        assert told.private
        (before_others,) = on.guild.channel.messages
        assert "wind" not in before_others.content
        alone = await on.ada.slash(on.ada.direct(), "trick refuse")
        assert (await alone.until(lambda seen: "no wind" in seen.content)).id == alone.now().id


async def test_subtitles_come_beside_the_sound(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        exchange = await on.ada.slash(on.guild.channel, "speak", text="Tell me when.", timestamps="words")
        answer = await exchange.answer(with_file=True)
        assert [file.name.rsplit(".", 1)[1] for file in answer.files] == ["wav", "json", "srt", "vtt"]


async def test_where_what_was_written_before_may_not_be_read_the_answer_quotes_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        exchange = await on.ada.slash(on.guild.channel, "trick wait")
        await exchange.answer()
        on.discord.faults.refuse("POST", "/channels/*/messages", 403, 160002, "You cannot reply without history")
        exchange.expire()
        mynah.tricks.go_on.set()
        answer = await on.guild.channel.until(lambda seen: seen.content == "Waited.")
        assert answer.reply_to is None


async def test_files_that_are_shown_again_come_to_the_person_alone(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah():
        await (await on.ada.slash(on.guild.channel, "speak", text="Show me.", format="voice")).answer()
        await on.guild.channel.until(lambda seen: seen.voice)
        for command in ("jobs show", "history show"):
            exchange = await on.ada.slash(on.guild.channel, command, job=1)
            shown = await exchange.answer(with_file=True)
            assert shown.private and shown.file.data.startswith(b"OggS")
            assert "voice messages" not in shown.content


async def test_more_files_than_a_message_takes_come_in_several(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        exchange = await on.ada.slash(on.guild.channel, "trick wait")
        await exchange.answer()
        files = tuple(made(tmp_path, number) for number in range(13))
        where = await on.addressed(mynah)
        reference = await on.adapter(mynah.app).deliver(7, where, Reply(text="All of them.", files=files))
        assert reference == exchange.now().id
        second = await on.guild.channel.until(lambda seen: len(seen.files) == 3)
        names = [file.name for file in (*exchange.now().files, *second.files)]
        assert names == [f"{number}.bin" for number in range(13)]
        await on.adapter(mynah.app).deliver(7, where, Reply(text="All of them.", files=files))
        assert len(on.guild.channel.messages) == 2, "the same delivery again replaces itself"


def made(folder: Path, number: int) -> FileRef:
    """A small file to send."""
    path = folder / f"{number}.bin"
    path.write_bytes(b"x")
    return FileRef(id=number + 1, name=path.name, path=str(path), format="bin", bytes=1)
