"""Who may call, what a call has to look like, and what is kept of it."""

from __future__ import annotations

import asyncio

import aiohttp
import discord
import pytest

from bot.demo.discord.server import DiscordServer
from bot.demo.discord.watch import Watch
from tests.bot.demo.discord.client import Bot, pointed, running
from tests.fakes.waiting import until


async def test_a_wrong_token_is_refused() -> None:
    async with DiscordServer() as server:
        with pointed(server):
            bot = Bot()
            with pytest.raises(discord.LoginFailure):
                await bot.login("wrong")
            await bot.close()
        assert [each.status for each in server.calls] == [401]


@pytest.mark.parametrize("path", ["/users/@me", "/channels/1", "/gateway/bot", "/applications/1/commands"])
async def test_nothing_is_answered_without_the_token(path: str) -> None:
    async with DiscordServer() as server, aiohttp.ClientSession() as session:
        response = await session.get(server.api_base + path)
        assert (response.status, response.headers["Content-Type"]) == (401, "application/json")
        assert await response.json() == {"message": "401: Unauthorized", "code": 0}


async def test_what_is_no_json_is_refused() -> None:
    async with DiscordServer() as server, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bot {server.token}"}
        async with session.post(f"{server.api_base}/users/@me/channels", data=b"{", headers=headers) as response:
            assert (response.status, (await response.json())["code"]) == (400, 50109)
        async with session.post(f"{server.api_base}/users/@me/channels", json=[], headers=headers) as response:
            assert (response.status, (await response.json())["code"]) == (400, 50035)


async def test_a_path_that_discord_does_not_know_is_not_found() -> None:
    async with DiscordServer() as server, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bot {server.token}"}
        async with session.get(f"{server.api_base}/nowhere", headers=headers) as response:
            assert await response.json() == {"message": "404: Not Found", "code": 0}
        async with session.delete(f"{server.api_base}/users/@me", headers=headers) as response:
            assert response.status == 405


async def test_a_client_that_breaks_off_leaves_nothing_and_no_fault() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        host, _, port = server.api_base.removeprefix("http://").partition("/")[0].partition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        head = f"POST /api/v10/channels/{guild.channel.id}/messages HTTP/1.1\r\nHost: {host}\r\n"
        writer.write(f"{head}Authorization: Bot {server.token}\r\nContent-Length: 100\r\n\r\n{{".encode())
        await writer.drain()
        await until(lambda: len(server.calls) == 1)
        writer.transport.abort()
        async with running(server) as bot:
            await bot.get_partial_messageable(int(guild.channel.id)).send("Hello")
        assert [each.content for each in guild.channel.messages] == ["Hello"]


async def test_what_the_double_does_wrong_itself_is_told() -> None:
    with pytest.raises(ZeroDivisionError):
        async with DiscordServer() as server:
            guild = server.guild("Workshop")
            async with running(server) as bot:
                guild.channel.watch = Broken()
                with pytest.raises(discord.HTTPException, match="The double failed"):
                    await bot.http.send_typing(int(guild.channel.id))


class Broken(Watch):
    """Fails."""

    def stir(self) -> None:
        raise ZeroDivisionError


async def test_calls_are_kept_with_what_they_brought_and_got() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        async with running(server) as bot:
            await bot.get_partial_messageable(int(guild.channel.id)).send("Hello", nonce=5)
            (call,) = server.called("POST", f"/channels/{guild.channel.id}/messages")
            assert call.body["content"] == "Hello" and call.body["enforce_nonce"] and call.status == 200
            assert [each.path for each in server.called("PUT")] == [f"/applications/{server.client_id}/commands"]
