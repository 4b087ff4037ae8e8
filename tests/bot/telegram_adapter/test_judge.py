"""The same Mynah before an independent judge: tg-auto-test, a Telegram that others have written.

It has one private chat, and takes the place of the wire: the library above it is the real one. Updates are handed in
instead of fetched, so only fetching is left out here.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable
from contextlib import suppress
from pathlib import Path
from typing import Any

import av
import pytest

from bot.demo.telegram.server import TelegramServer
from bot.telegram_adapter import connection
from bot.telegram_adapter.rhythm import Rhythm
from tests.bot.telegram_adapter.whole import whole

NEEDS = "tg-auto-test is not installed; it needs Python 3.12"
judge = pytest.importorskip("tg_auto_test.test_utils.serverless_telegram_client", reason=NEEDS)
exceptions = pytest.importorskip("tg_auto_test.test_utils.exceptions", reason=NEEDS)


@pytest.fixture
async def person(server: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """Somebody who writes to Mynah through the judge."""
    client = judge.ServerlessTelegramClient(
        build_application=lambda builder: (
            builder.rate_limiter(Rhythm()).concurrent_updates(True).job_queue(None).build()
        )
    )

    async def handed_in(*_: object) -> None:
        return None

    monkeypatch.setattr(connection, "make", lambda *_: client._application)
    monkeypatch.setattr(connection, "listen", handed_in)
    async with whole(server, tmp_path):
        await client.connect()
        async with client.conversation("test_bot") as conversation:
            yield conversation


async def response(person: Any, act: Awaitable[object]) -> Any:
    """Do something, and wait for the next message of Mynah's, which the judge takes for missing while a job runs."""
    with suppress(exceptions.BotNoResponseError):
        await act
    async with asyncio.timeout(10):
        while True:
            try:
                return await person.get_response(timeout=5)
            except RuntimeError:
                await asyncio.sleep(0.01)


def seconds(content: bytes) -> float:
    with av.open(io.BytesIO(content), "r") as sound:
        return sum(frame.samples / frame.sample_rate for frame in sound.decode(sound.streams.audio[0]))


async def test_a_text_comes_back_as_a_voice_message_that_can_be_heard(person: Any) -> None:
    seen = await response(person, person.send_message("Good morning, dear world."))
    assert seen.voice is not None and seen.voice.mime_type == "audio/ogg"
    assert 0.5 < seconds(await seen.download_media(file=bytes)) < 10
    assert seen.text.startswith('"Good morning, dear world."')


async def test_a_button_is_pressed_and_answered(person: Any) -> None:
    shown = await response(person, person.send_message("/voices_show en-gb"))
    (hear, *_) = [button for row in shown.buttons for button in row]
    assert hear.text == "Hear it"
    assert (await response(person, shown.click(data=hear.data))).voice is not None


async def test_commands_are_answered_in_words(person: Any) -> None:
    for line, words in (("/help", "/speak"), ("/start", "I am Mynah"), ("/quota_show", "Generations a day")):
        assert words in (await response(person, person.send_message(line))).text
