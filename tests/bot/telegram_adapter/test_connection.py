"""The webhook, over the library's own server, and what the connection asks for."""

from __future__ import annotations

import asyncio
import importlib
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer
from bot.telegram_adapter.connection import HEARD, settle_missing
from tests.bot.telegram_adapter.whole import whole


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def test_updates_come_in_by_the_webhook(server: TelegramServer, ada: Person, tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/telegram"
    async with whole(server, tmp_path, telegram__webhook_url=url, telegram__webhook_port=port):
        sent = await ada.says(ada.private, "Hello by the webhook.")
        assert (await ada.private.answer(sent)).kind == "voice"
        assert server.called("getUpdates") == []
        address = server.world.webhook.url
        assert address.startswith(f"{url}/") and len(urlsplit(address).path) > 30
        assert server.token.partition(":")[2] not in address


async def test_who_does_not_know_the_secret_is_not_heard(server: TelegramServer, ada: Person, tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with whole(server, tmp_path, telegram__webhook_url=url, telegram__webhook_port=port) as mynah:
        update = {"update_id": 1, "message": (await ada.says(ada.private, "Hello.")).wire()}
        await ada.private.answer()
        async with aiohttp.ClientSession() as session:
            for secret in ({}, {"X-Telegram-Bot-Api-Secret-Token": "guessed"}):
                async with session.post(server.world.webhook.url, json=update, headers=secret) as answer:
                    assert answer.status == 403
        await asyncio.sleep(0.1)
        assert await mynah.jobs() == 1


async def test_a_port_that_is_taken_is_told_of_in_words(
    server: TelegramServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        async with whole(server, tmp_path, telegram__webhook_url=url, telegram__webhook_port=port) as mynah:
            assert "telegram" not in mynah.app.adapters
    assert f"telegram does not run: the webhook cannot be served on 127.0.0.1:{port}: another program" in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_webhook_that_telegram_refuses_is_told_of_in_its_words(
    server: TelegramServer, ada: Person, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.faults.refuse("setWebhook", 400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with whole(server, tmp_path, telegram__webhook_url=url, telegram__webhook_port=port):
        sent = await ada.says(ada.private, "Hello by the webhook.")
        assert (await ada.private.answer(sent)).kind == "voice"
    assert "Telegram does not let it begin (Bad webhook: an https url must" in caplog.text


async def test_who_polls_again_takes_the_webhook_away(server: TelegramServer, ada: Person, tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with whole(server, tmp_path, telegram__webhook_url=url, telegram__webhook_port=port):
        assert server.world.webhook.url
    async with whole(server, tmp_path):
        assert server.world.webhook.url == ""
        assert (await ada.private.answer(await ada.says(ada.private, "Hello."))).kind == "voice"


async def test_only_what_is_used_is_asked_for(server: TelegramServer, tmp_path: Path) -> None:
    async with whole(server, tmp_path):
        await asyncio.sleep(0.1)
    (asked, *_) = server.called("getUpdates")
    assert asked.words("allowed_updates") == ["message", "callback_query", "inline_query"] == [*map(str, HEARD)]


def test_what_is_not_installed_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "this", raising=False)
    for name in ("no_such_module", "this"):
        settle_missing(name)
    assert "this" not in sys.modules  # it is there, whenever somebody wants it
    with pytest.raises(ModuleNotFoundError, match=r"None in sys\.modules"):
        importlib.import_module("no_such_module")
