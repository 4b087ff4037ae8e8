"""The calls that reach Discord, and the door that they go through."""

from __future__ import annotations

from pathlib import Path

import pytest
from discord.http import HTTPClient

from bot.discord_adapter import post
from bot.discord_adapter.message import Message
from commands.core.reply import FileRef
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


async def test_files_arrive_whole_whether_they_are_read_at_once_or_by_a_thread(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        client = on.adapter(mynah.app)._line
        assert client is not None
        for size in (post.AT_ONCE, post.AT_ONCE + 1):
            sound = tmp_path / f"{size}.wav"
            sound.write_bytes(b"mynah" * (size // 5) + b"." * (size % 5))
            file = FileRef(id=1, name=sound.name, path=str(sound), format="wav", bytes=size)
            await post.Post(client.http).send(on.guild.channel.id, Message(files=(file,)))
            assert on.guild.channel.messages[-1].file.data == sound.read_bytes()


async def test_what_was_known_of_interactions_that_are_over_is_dropped(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.mynah() as mynah:
        client = on.adapter(mynah.app)._line
        assert client is not None
        limits = client.http._buckets
        for number in range(post.LIMITS):
            client.http.get_ratelimit(f"PATCH /webhooks:8035+token{number}")
        client.http.get_ratelimit("PATCH /webhooks:8035+busy").outgoing = 1
        client.http.get_ratelimit("POST /channels:8035")
        await post.Post(client.http).direct(on.ada.id)
        assert [key for key in limits if "8035" in key] == ["PATCH /webhooks:8035+busy", "POST /channels:8035"]
