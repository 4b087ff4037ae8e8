"""What goes wrong on demand, and how a real discord.py takes it."""

from __future__ import annotations

import time

import aiohttp
import discord
import pytest

from bot.demo.discord.server import DiscordServer
from tests.bot.demo.discord.client import Bot, running

MESSAGES = "/channels/*/messages"


def place(bot: Bot, channel_id: str) -> discord.PartialMessageable:
    """A channel to send to."""
    return bot.get_partial_messageable(int(channel_id))


async def test_a_call_that_is_one_too_many_is_made_again_later() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        async with running(server) as bot:
            server.faults.limit("POST", MESSAGES, after=0.05, times=2)
            await place(bot, guild.channel.id).send("Hello")
            assert [each.status for each in server.called("POST", "/messages")] == [429, 429, 200]


async def test_a_client_that_was_banned_is_told_without_a_time() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        async with running(server) as bot:
            server.faults.ban("POST", MESSAGES)
            with pytest.raises(discord.HTTPException) as caught:
                await place(bot, guild.channel.id).send("Hello")
            assert caught.value.status == 429 and guild.channel.messages == []


async def test_discord_breaks_for_as_many_calls_as_wished() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        async with running(server) as bot:
            server.faults.fail("POST", MESSAGES, status=503, times=2)
            for _ in range(2):
                with pytest.raises(discord.DiscordServerError):
                    await place(bot, guild.channel.id).send("Hello")
            await place(bot, guild.channel.id).send("Hello")
            assert len(guild.channel.messages) == 1


async def test_an_error_of_discords_is_put_in_the_place_of_an_answer() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        async with running(server) as bot:
            server.faults.refuse("POST", MESSAGES, 400, 20009, "Explicit content cannot be sent")
            with pytest.raises(discord.HTTPException) as caught:
                await place(bot, guild.channel.id).send("Hello")
            assert caught.value.code == 20009


@pytest.mark.parametrize(("done", "there"), [(False, []), (True, ["Hello"])])
async def test_a_connection_is_cut_before_or_after_the_thing_is_done(done: bool, there: list[str]) -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        async with running(server) as bot:
            server.faults.drop("POST", MESSAGES, done=done)
            with pytest.raises((aiohttp.ClientError, OSError)):
                await place(bot, guild.channel.id).send("Hello", nonce=1)
            assert [each.content for each in guild.channel.messages] == there
            await place(bot, guild.channel.id).send("Hello", nonce=1)
            assert [each.content for each in guild.channel.messages] == ["Hello"]


async def test_a_call_is_held_up() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        async with running(server) as bot:
            server.faults.delay("POST", MESSAGES, 0.05)
            begun = time.monotonic()
            await place(bot, guild.channel.id).send("Hello")
            assert time.monotonic() - begun >= 0.05


async def test_a_rate_limit_is_told_in_headers_that_discord_py_keeps_to() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        async with running(server) as bot:
            server.faults.pace("POST", MESSAGES, calls=2, seconds=0.1)
            begun = time.monotonic()
            for number in range(4):
                await place(bot, guild.channel.id).send(str(number))
            assert time.monotonic() - begun >= 0.1
            assert [each.status for each in server.called("POST", "/messages")] == [200] * 4


async def test_all_goes_well_again() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        async with running(server) as bot:
            server.faults.fail("*", "*", times=1000)
            server.faults.pace("*", "*", calls=0, seconds=60)
            server.faults.clear()
            await place(bot, guild.channel.id).send("Hello")
            assert server.calls[-1].status == 200
