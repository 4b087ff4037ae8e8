"""The calls that reach Discord, and the door that they go through."""

from __future__ import annotations

from pathlib import Path

import pytest
from discord.http import HTTPClient

from bot.discord_adapter import post
from tests.bot.discord_adapter.stage import stage


def test_a_discord_py_that_sends_in_another_way_is_refused() -> None:
    async def request(route: object, **rest: object) -> None:
        """The same name, and another form."""

    post.check_form(HTTPClient.request)
    with pytest.raises(ImportError, match=r"install 2\.7\.1"):
        post.check_form(request)


async def test_a_channel_for_direct_messages_is_opened_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        client = on.adapter(mynah.app)._line
        assert client is not None
        calls = post.Post(client.http)
        assert await calls.direct(on.ada.id) == await calls.direct(on.ada.id) == on.ada.direct().id
        assert len(on.discord.called("POST", "/users/@me/channels")) == 1
