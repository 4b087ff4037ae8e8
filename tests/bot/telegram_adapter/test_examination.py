"""What the doctor finds out about Telegram."""

from __future__ import annotations

from typing import Any

from bot.demo.telegram.server import TelegramServer
from bot.settings import Telegram
from bot.telegram_adapter import TelegramAdapter


async def found(server: TelegramServer, **settings: Any) -> list[tuple[str, str]]:
    section = Telegram.of({"token": server.token, "base_url": server.base_url, **settings})
    return [(each.state, each.words) for each in await TelegramAdapter.examine(section)]


async def test_a_good_token_tells_whose_it_is(server: TelegramServer) -> None:
    assert await found(server) == [("good", "The token is good: the bot is @mynah_demo_bot (7000000001).")]
    assert {call.method for call in server.calls} == {"getMe", "getWebhookInfo"}


async def test_without_a_token_it_is_said_where_to_get_one(server: TelegramServer) -> None:
    ((state, words),) = await found(server, token="")
    assert state == "bad" and "@BotFather" in words


async def test_a_wrong_token_is_not_shown(server: TelegramServer) -> None:
    for token in (f"{server.bot.id}:{'w' * 35}", "nonsense"):
        ((state, words),) = await found(server, token=token)
        assert state == "bad" and words.startswith("Telegram refuses the token.")
        assert token not in words


async def test_a_server_that_is_not_there_is_named() -> None:
    async with TelegramServer() as gone:
        pass
    ((state, words),) = await found(gone)
    assert state == "bad" and words.startswith(f"{gone.base_url} cannot be reached")


async def test_a_webhook_of_another_program_is_noted(server: TelegramServer) -> None:
    server.world.webhook.url = "http://127.0.0.1:9/other"
    assert ("note", "A webhook is set by another program; it is taken away when Mynah starts.") in await found(server)
    server.world.webhook.url = ""
