"""Voice messages, music, photos and documents."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from telegram import Bot, InputMediaAudio, InputMediaDocument
from telegram.error import BadRequest

from bot.demo.telegram.methods.media import ALBUM
from bot.demo.telegram.people import Person
from bot.demo.telegram.rules import Rules
from bot.demo.telegram.server import TelegramServer
from tests.bot.demo.telegram.bots import MP3, OPUS, WAV, talking
from tests.fakes.takers import png


async def test_a_voice_message_is_sent_once_more_by_its_id(bot: Bot, ada: Person) -> None:
    sent = await bot.send_voice(ada.id, io.BytesIO(OPUS), duration=3, filename="speech.ogg")
    assert sent.voice is not None
    for _ in range(2):
        again = await bot.send_voice(ada.id, sent.voice.file_id)
        assert again.voice == sent.voice
    assert [seen.file and seen.file.content for seen in ada.private.seen] == [OPUS] * 3


async def test_a_document_keeps_its_name(bot: Bot, ada: Person) -> None:
    sent = await bot.send_document(ada.id, io.BytesIO(WAV), filename="Hello there.wav", caption="WAV")
    assert sent.document is not None and sent.document.file_name == "Hello there.wav" and sent.caption == "WAV"
    assert ada.private.seen[0].file is not None and ada.private.seen[0].file.mime in ("audio/x-wav", "audio/wav")


async def test_what_is_no_voice_message_comes_as_a_file(ada: Person, bot: Bot) -> None:
    sent = await bot.send_voice(ada.id, io.BytesIO(WAV), filename="speech.wav")
    assert sent.voice is None and sent.document is not None
    assert ada.private.seen[0].kind == "document"


async def test_a_voice_message_that_is_too_large_comes_as_a_file() -> None:
    async with TelegramServer(rules=Rules(voice_bytes=200)) as server, talking(server) as bot:
        ada = server.person("Ada")
        await ada.starts()
        assert (await bot.send_voice(ada.id, OPUS + bytes(200))).document is not None
        assert (await bot.send_voice(ada.id, OPUS)).voice is not None


async def test_somebody_forbids_voice_messages(server: TelegramServer, bot: Bot, ada: Person) -> None:
    ada.forbids_voice = True
    with pytest.raises(BadRequest, match=r"(?i)voice_messages_forbidden"):
        await bot.send_voice(ada.id, OPUS)
    audio = (await bot.send_audio(ada.id, MP3, title="Hello", performer="Mynah", duration=2)).audio
    assert audio is not None and (audio.title, audio.performer) == ("Hello", "Mynah")
    assert audio.duration == timedelta(seconds=2)
    group = server.group("Workshop", members=[ada])
    assert (await bot.send_voice(group.id, OPUS)).voice is not None


async def test_an_id_is_good_for_its_own_kind_only(bot: Bot, ada: Person) -> None:
    voice = (await bot.send_voice(ada.id, OPUS)).voice
    assert voice is not None
    with pytest.raises(BadRequest, match=r"(?i)can't use file of type voice as document"):
        await bot.send_document(ada.id, voice.file_id)


@pytest.mark.parametrize(
    ("given", "why"),
    [(b"", "must be non-empty"), ("nonsense", "wrong file identifier"), ("http://example.org/a.ogg", "failed to get")],
)
async def test_what_is_no_file_is_refused(bot: Bot, ada: Person, given: bytes | str, why: str) -> None:
    with pytest.raises(BadRequest, match=rf"(?i){why}"):
        await bot.send_voice(ada.id, io.BytesIO(given) if isinstance(given, bytes) else given)
    assert ada.private.seen == []


async def test_a_server_of_ones_own_shares_its_disk_with_the_bot(tmp_path: Path) -> None:
    async with TelegramServer(rules=Rules(local=str(tmp_path), download_bytes=1)) as server:
        speech = tmp_path / "speech.ogg"
        speech.write_bytes(OPUS)
        async with talking(server, local=True) as bot:
            ada = server.person("Ada")
            recorded = await ada.says(ada.private, voice=MP3)
            assert (await bot.send_voice(ada.id, speech)).voice is not None
            assert server.called("sendVoice")[0].files == {}
            assert recorded.file is not None
            file = await bot.get_file(recorded.file.id)
            assert file.file_path == str(tmp_path / recorded.file.unique_id)
            assert bytes(await file.download_as_bytearray()) == MP3


async def test_several_files_are_one_album(bot: Bot, ada: Person) -> None:
    known = (await bot.send_audio(ada.id, MP3)).audio
    assert known is not None
    sent = await bot.send_media_group(ada.id, [InputMediaAudio(MP3, caption="One"), InputMediaAudio(known.file_id)])
    assert [each.caption for each in sent] == ["One", None] and len({each.media_group_id for each in sent}) == 1
    assert [seen.kind for seen in ada.private.seen] == ["audio"] * 3


async def test_an_album_is_of_one_kind_and_not_too_large(bot: Bot, ada: Person) -> None:
    for count in (1, ALBUM.stop):
        with pytest.raises(BadRequest, match=r"(?i)wrong number of messages"):
            await bot.send_media_group(ada.id, [InputMediaAudio(MP3)] * count)
    with pytest.raises(BadRequest, match=r"(?i)can't mix"):
        await bot.send_media_group(ada.id, [InputMediaAudio(MP3), InputMediaDocument(WAV)])
    with pytest.raises(BadRequest, match=r"(?i)caption is too long"):
        await bot.send_media_group(ada.id, [InputMediaAudio(MP3), InputMediaAudio(MP3, caption="x" * 1_025)])
    assert ada.private.seen == []


class TestPhotos:
    """Pictures, shown as such."""

    async def test_a_photo_has_its_size_and_no_name_and_can_be_sent_once_more(self, bot: Bot, ada: Person) -> None:
        sent = await bot.send_photo(ada.id, png(40, 30), filename="card.png", caption="Look")
        (photo,) = sent.photo
        assert (photo.width, photo.height, sent.caption) == (40, 30, "Look") and sent.document is None
        again = await bot.send_photo(ada.id, photo.file_id)
        assert again.photo == sent.photo
        assert [seen.kind for seen in ada.private.seen] == ["photo"] * 2
        assert bytes(await (await bot.get_file(photo.file_id)).download_as_bytearray()) == png(40, 30)

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (png(9_000, 1_001), "photo_invalid_dimensions"),
            (png(210, 10), "photo_invalid_dimensions"),
            (b"GIF89a" + bytes(100), "image_process_failed"),
            (png(100, 100) + bytes(10 << 20), "too big for a photo"),
        ],
    )
    async def test_what_is_no_photo_is_refused(self, bot: Bot, ada: Person, content: bytes, why: str) -> None:
        with pytest.raises(BadRequest, match=rf"(?i){why}"):
            await bot.send_photo(ada.id, content)
        assert ada.private.seen == []

    async def test_a_group_can_forbid_photos(self, server: TelegramServer, bot: Bot, ada: Person) -> None:
        group = server.group("Library", members=[ada])
        group.forbids.add("photo")
        with pytest.raises(BadRequest, match=r"(?i)not enough rights to send photos"):
            await bot.send_photo(group.id, png(40, 30))
