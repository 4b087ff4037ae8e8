"""What somebody has sent, fetched to disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from telegram import Bot
from telegram.error import BadRequest, NetworkError

from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer
from bot.telegram_adapter.files import DOWNLOAD, Files, TooLargeToFetch
from bot.telegram_adapter.reading import attachment_of
from commands.core.params import Attachment
from tests.bot.demo.telegram.bots import talking
from tests.bot.telegram_adapter.whole import Whole


async def sent(bot: Bot, ada: Person, content: bytes) -> Attachment:
    await ada.says(ada.private, file=("a.txt", content, "text/plain"))
    (update,) = await bot.get_updates()
    assert update.message is not None
    found = attachment_of(update.message)
    assert found is not None
    return found


async def test_a_file_is_written_as_it_was_sent(server: TelegramServer, ada: Person, tmp_path: Path) -> None:
    async with talking(server) as bot:
        attachment = await sent(bot, ada, b"Once upon a time.")
        await Files(bot, by_path=False).fetch(attachment, tmp_path / "a.part")
    assert (tmp_path / "a.part").read_bytes() == b"Once upon a time."


async def test_a_file_is_asked_for_again_where_the_connection_is_to_blame(
    server: TelegramServer, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram_adapter.files.PAUSES", (0.0, 0.0))
    async with talking(server) as bot:
        attachment = await sent(bot, ada, b"Once upon a time.")
        server.faults.refuse("getFile", 502)
        server.faults.drop("getFile")
        await Files(bot, by_path=False).fetch(attachment, tmp_path / "a.part")
        assert (tmp_path / "a.part").read_bytes() == b"Once upon a time."
        server.faults.refuse("getFile", 502, times=3)
        with pytest.raises(NetworkError):
            await Files(bot, by_path=False).fetch(attachment, tmp_path / "b.part")
        before = len(server.called("getFile"))
        server.faults.refuse("getFile", 400, "Bad Request: wrong file_id")
        with pytest.raises(BadRequest):
            await Files(bot, by_path=False).fetch(attachment, tmp_path / "b.part")
        assert len(server.called("getFile")) == before + 1


async def test_a_server_of_ones_own_says_where_the_file_lies(
    server: TelegramServer, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lies = tmp_path / "there.txt"
    lies.write_bytes(b"Once upon a time.")
    async with talking(server) as bot:
        attachment = await sent(bot, ada, b"...")
        link = server.world.files.link
        monkeypatch.setattr(server.world.files, "link", lambda id: (link(id)[0], str(lies)))
        await Files(bot, by_path=True).fetch(attachment, tmp_path / "a.part")
    assert (tmp_path / "a.part").read_bytes() == b"Once upon a time."


async def test_a_file_that_bots_cannot_fetch_is_refused_before_it_costs_anything(mynah: Whole, ada: Person) -> None:
    large = b"word " * (DOWNLOAD // 5 + 1)
    asked = await ada.says(ada.private, file=("a.txt", large, "text/plain"), caption="/speak")
    seen = await ada.private.answer(asked)
    assert seen.text == "Telegram lets bots fetch files of up to 20 MB; that one has 20 MB. Send it in parts."
    assert await mynah.jobs() == 0


async def test_on_a_server_of_ones_own_no_file_is_too_large(server: TelegramServer) -> None:
    attachment = Attachment(name="a.txt", bytes=DOWNLOAD + 1)
    async with talking(server) as bot:
        Files(bot, by_path=True).check(attachment)
        with pytest.raises(TooLargeToFetch):
            Files(bot, by_path=False).check(attachment)
