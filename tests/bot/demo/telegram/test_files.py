"""Files, their ids and their links."""

from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import BadRequest, InvalidToken

from bot.demo.telegram.files import pixels, shown_as, sound
from bot.demo.telegram.people import Person
from bot.demo.telegram.rules import Rules
from bot.demo.telegram.server import TelegramServer
from tests.bot.demo.telegram.bots import MP3, OPUS, WAV, talking
from tests.fakes.takers import png


async def test_a_link_leads_to_what_was_sent(server: TelegramServer, bot: Bot, ada: Person) -> None:
    sent = await ada.says(ada.private, file=("book.epub", b"PK" * 50, "application/epub+zip"))
    assert sent.file is not None
    file = await bot.get_file(sent.file.id)
    assert file.file_size == 100 and (file.file_path or "").endswith(".epub")
    assert bytes(await file.download_as_bytearray()) == b"PK" * 50


async def test_a_link_ends_and_a_new_one_can_be_had(server: TelegramServer, bot: Bot, ada: Person) -> None:
    sent = await ada.says(ada.private, voice=OPUS)
    assert sent.file is not None
    file = await bot.get_file(sent.file.id)
    server.turn(3_601)
    with pytest.raises(InvalidToken):  # which is what the library makes of 404
        await file.download_as_bytearray()
    assert bytes(await (await bot.get_file(sent.file.id)).download_as_bytearray()) == OPUS


async def test_what_is_too_large_cannot_be_fetched() -> None:
    async with TelegramServer(rules=Rules(download_bytes=1_000)) as server, talking(server) as bot:
        ada = server.person("Ada")
        sent = await ada.says(ada.private, file=("long.txt", bytes(1_001), "text/plain"))
        assert sent.file is not None
        with pytest.raises(BadRequest, match=r"(?i)file is too big"):
            await bot.get_file(sent.file.id)


async def test_a_file_belongs_to_one_bot(server: TelegramServer, bot: Bot, ada: Person) -> None:
    sent = await bot.send_voice(ada.id, OPUS)
    assert sent.voice is not None
    async with TelegramServer(bot_id=99) as elsewhere, talking(elsewhere) as other:
        bob = elsewhere.person("Bob")
        await bob.starts()
        with pytest.raises(BadRequest, match=r"(?i)wrong file identifier"):
            await other.send_voice(bob.id, sent.voice.file_id)
        with pytest.raises(BadRequest, match=r"(?i)wrong file_id"):
            await other.get_file(sent.voice.file_id)


@pytest.mark.parametrize(
    ("content", "kind"),
    [(OPUS, "opus"), (MP3, "mp3"), (b"\xff\xfb\x90\x00", "mp3"), (b"\0\0\0 ftypM4A ", "m4a"), (WAV, ""), (b"", "")],
)
def test_a_sound_is_told_by_its_first_bytes(content: bytes, kind: str) -> None:
    assert sound(content) == kind


@pytest.mark.parametrize(
    ("sent", "content", "shown"),
    [
        ("voice", OPUS, "voice"),
        ("voice", MP3, "voice"),
        ("voice", WAV, "document"),
        ("voice", OPUS + bytes(1 << 20), "document"),
        ("audio", MP3 + bytes(1 << 20), "audio"),
        ("audio", WAV, "document"),
        ("document", MP3, "document"),
    ],
)
def test_what_cannot_be_shown_as_it_was_sent_is_a_file(sent: str, content: bytes, shown: str) -> None:
    assert shown_as(sent, content, Rules()) == shown


def test_the_size_of_a_picture_stands_in_its_head() -> None:
    assert pixels(png(1_200, 675)) == (1_200, 675)
    assert pixels(b"\x89PNG") == pixels(MP3) == pixels(b"") == (0, 0)
