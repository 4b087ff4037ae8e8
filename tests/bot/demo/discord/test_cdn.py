"""Files lie behind links that end."""

from __future__ import annotations

import aiohttp
import discord
import pytest

from bot.demo.discord.cdn import Cdn
from bot.demo.discord.server import DiscordServer
from bot.demo.discord.terms import Terms
from bot.demo.discord.wire import Ids, Upload
from tests.bot.demo.discord.client import running


async def status_of(url: str) -> int:
    """What a link answers."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status


async def test_a_link_works_until_it_ends() -> None:
    note = Upload(name="note.txt", data=b"Read me", content_type="text/plain")
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server) as bot:
            await (await ada.slash(guild.channel, "speak", text="x", file=note)).answer()
            assert await bot.given["file"].read() == b"Read me"
            server.world.cdn.end_links()
            with pytest.raises(discord.NotFound):
                await bot.given["file"].read()


async def test_a_link_is_over_when_its_time_is() -> None:
    async with DiscordServer(Terms(link_seconds=-1)) as server:
        guild = server.guild("Workshop")
        said = await guild.person("Ada").say(guild.channel, "x", files=[Upload(name="a.txt", data=b"a")])
        assert await status_of(said.file.url) == 404


async def test_a_link_that_somebody_changed_leads_nowhere() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        said = await guild.person("Ada").say(guild.channel, "x", files=[Upload(name="ä ö.txt", data=b"a")])
        assert said.file.name == "ä_ö.txt" and await status_of(said.file.url) == 200
        assert await status_of(said.file.url.split("?")[0]) == 404
        assert await status_of(said.file.url.replace("&hm=", "&hm=0")) == 404
        server.world.delete(server.world.messages[said.id])
        assert await status_of(said.file.url) == 404


@pytest.mark.parametrize(
    ("name", "told", "content_type"),
    [
        ("a.wav", "application/octet-stream", "audio/x-wav"),
        ("a.mp3", "application/octet-stream", "audio/mpeg"),
        ("a.ogg", "audio/ogg; codecs=opus", "audio/ogg"),
        ("a", "application/octet-stream", "application/octet-stream"),
    ],
)
def test_the_type_of_a_file_is_told_as_discord_tells_it(name: str, told: str, content_type: str) -> None:
    cdn = Cdn(Ids(), 60.0)
    kept = cdn.keep(Upload(name=name, data=b"", content_type=told), "1")
    assert cdn.payload(kept)["content_type"] == content_type
