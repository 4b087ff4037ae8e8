"""Where discord.py looks for Discord."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.discord_adapter.bases import point


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave the addresses as they were."""
    yield
    point()


def test_the_addresses_are_discords_own_unless_the_settings_name_others() -> None:
    point("http://127.0.0.1:8080/api/v10/", "ws://127.0.0.1:8080/gateway")
    assert Route("GET", "/users/@me").url == "http://127.0.0.1:8080/api/v10/users/@me"
    assert str(DiscordWebSocket.DEFAULT_GATEWAY) == "ws://127.0.0.1:8080/gateway"
    assert Asset.BASE == "http://127.0.0.1:8080"
    point()
    assert Route("GET", "/users/@me").url == "https://discord.com/api/v10/users/@me"
    assert str(DiscordWebSocket.DEFAULT_GATEWAY) == "wss://gateway.discord.gg/"
    assert Asset.BASE == "https://cdn.discordapp.com"
