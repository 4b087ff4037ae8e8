"""As what a file goes into a chat, and that one which is there already is not uploaded again."""

from __future__ import annotations

import pytest
from telegram.error import TelegramError

from bot.demo.telegram.people import Person
from bot.memory import Memory
from bot.telegram_adapter.address import Address
from bot.telegram_adapter.post import Post
from bot.telegram_adapter.uploads import PHOTO, Uploads, kind_of
from commands.core.reply import FileRef
from tests.bot.demo.telegram.bots import talking
from tests.bot.telegram_adapter.whole import Whole


@pytest.mark.parametrize(
    ("format", "voice", "kind"),
    [
        ("ogg-opus", True, "voice"),
        ("ogg-opus", False, "document"),
        ("mp3", False, "audio"),
        ("m4a", False, "audio"),
        ("wav", False, "document"),
        ("srt", False, "document"),
        ("zip", False, "document"),
        ("png", False, "photo"),
    ],
)
def test_a_file_goes_as_what_it_is_heard_best(format: str, voice: bool, kind: str) -> None:
    assert kind_of(FileRef(id=0, name="a", path="a", format=format, bytes=1, voice=voice)) == kind


def test_a_picture_that_is_too_large_to_be_shown_goes_as_a_file() -> None:
    assert kind_of(FileRef(id=0, name="a", path="a", format="png", bytes=PHOTO + 1)) == "document"


async def test_a_reference_that_telegram_no_longer_takes_is_dropped_and_the_file_uploaded_afresh(
    mynah: Whole, ada: Person
) -> None:
    first = await ada.private.answer(await ada.says(ada.private, "Hello."), kind="voice")
    assert first.file is not None
    mynah.server.world.files._files.pop(first.file.id)
    await ada.presses(first, "Again")
    again = await ada.private.answer(first, kind="voice")
    assert again.file is not None and again.file.content == first.file.content
    calls = [bool(call.files) for call in mynah.server.called("sendVoice")]
    assert calls == [True, False, True]
    await mynah.until("SELECT reference FROM uploads", again.file.id)


async def test_references_are_kept_for_this_bot_alone(mynah: Whole, ada: Person) -> None:
    await ada.private.answer(await ada.says(ada.private, "Hello."), kind="voice")
    await mynah.until("SELECT COUNT(*) FROM uploads", 1)
    (row,) = await mynah.rows("SELECT account, kind FROM uploads")
    assert (row["account"], row["kind"]) == ("telegram:7000000001", "voice")


async def test_a_server_of_ones_own_is_told_where_the_file_lies(mynah: Whole, ada: Person) -> None:
    async with talking(mynah.server, local=True) as bot:
        post = Post(bot, mynah.app.desk)
        path = mynah.app.data / "hello.ogg"
        path.write_bytes(b"OggS")
        uploads = Uploads(bot, post, Memory(mynah.app.database), "telegram:7", by_path=True)
        file = FileRef(id=0, name="hello.ogg", path=str(path), format="ogg-opus", bytes=4, voice=True)
        with pytest.raises(TelegramError):  # this Telegram is no server of one's own
            await uploads.send(Address(chat=ada.id), file, "", None)
    (call,) = mynah.server.called("sendVoice")
    assert call.text("voice") == path.as_uri() and not call.files


async def test_how_long_it_lasts_and_what_it_is_called_goes_with_it(mynah: Whole, ada: Person) -> None:
    await ada.private.answer(await ada.says(ada.private, "/speak format=mp3 Good morning, dear world."), kind="audio")
    (call,) = mynah.server.called("sendAudio")
    assert call.text("title") == "good-morning-dear-world" and call.text("performer") == "Mynah"
    assert int(call.text("duration")) >= 1
