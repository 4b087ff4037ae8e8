"""Against Telegram itself, where the environment has a token and a chat for it; docs/telegram.md tells how."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import App
from bot.callers import Caller
from bot.config import load
from bot.settings import Telegram
from bot.telegram_adapter import TelegramAdapter
from bot.telegram_adapter.address import Address
from commands.core.request import Request
from storage.queue import Ticket

TOKEN = os.environ.get("MYNAH_LIVE_TELEGRAM_TOKEN", "")
CHAT = os.environ.get("MYNAH_LIVE_TELEGRAM_CHAT", "")
SERVER = os.environ.get("MYNAH_LIVE_TELEGRAM_SERVER", "")
"""Another server than Telegram's own, as base_url has it."""

pytestmark = pytest.mark.skipif(
    not (TOKEN and CHAT), reason="MYNAH_LIVE_TELEGRAM_TOKEN and MYNAH_LIVE_TELEGRAM_CHAT are not set"
)


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """A Mynah that is logged in."""
    told = {
        "MYNAH_TELEGRAM__TOKEN": TOKEN,
        "MYNAH_TELEGRAM__BASE_URL": SERVER,
        "MYNAH_ENGINE__NAME": "espeak",
        "MYNAH_DATA": str(tmp_path / "data"),
    }
    async with App.open(load(None, told, tmp_path)) as app:
        assert "telegram" in app.adapters, "the log says why"
        yield app


async def ask(app: App, command: str, **values: str) -> None:
    """Ask as the owner of the chat, and see to it that the answer is sent."""
    caller = Caller(platform="telegram", account=CHAT, name="Somebody")
    address = Address(chat=int(CHAT), person=int(CHAT)).to_json()
    answer = await app.desk.ask(caller, Request(command=command, values=values, address=address))
    assert isinstance(answer, Ticket), answer
    look = "SELECT COALESCE(error, state) FROM deliveries WHERE job_id = :id AND state <> 'sending'"
    async with asyncio.timeout(60):
        while (state := await app.database.read(lambda tx: tx.value(look, id=answer.job_id))) in (None, "queued"):
            assert state != "sent"
            await asyncio.sleep(0.1)
    assert state == "sent"


async def test_the_doctor_finds_nothing_bad() -> None:
    section = Telegram.of({"token": TOKEN, "base_url": SERVER})
    assert [each.words for each in await TelegramAdapter.examine(section) if each.state == "bad"] == []


async def test_a_voice_message_a_file_and_the_same_again_without_an_upload_arrive(app: App) -> None:
    await ask(app, "speak", text="Good morning from a test.")
    await ask(app, "speak", text="Good morning from a test.", format="wav")
    (reference,) = await app.database.read(lambda tx: tx.all("SELECT reference FROM uploads WHERE kind = 'voice'"))
    assert reference["reference"]
    await ask(app, "speak", text="Good morning from a test.")
