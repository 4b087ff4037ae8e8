"""Waiting for what a person is to see."""

from __future__ import annotations

import asyncio

import pytest

from bot.demo.discord.server import DiscordServer
from bot.demo.discord.watch import Watch
from tests.bot.demo.discord.client import running


async def test_what_is_found_after_a_stir_is_returned() -> None:
    watch = Watch()
    found: list[str] = []
    waiting = asyncio.create_task(watch.until(lambda: found or None, 5.0, lambda: ""))
    await asyncio.sleep(0)
    watch.stir()
    await asyncio.sleep(0)
    found.append("it")
    watch.stir()
    assert await waiting == ["it"]


async def test_what_does_not_come_is_told_with_what_came_instead() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server):
            exchange = await ada.slash(guild.channel, "speak", text="x")
            await exchange.answer()
            with pytest.raises(AssertionError, match="'message', 'Hello'"):
                await exchange.answer(with_file=True, within=0.02)
            with pytest.raises(AssertionError, match="Hello"):
                await guild.channel.until(lambda seen: seen.content == "Bye", within=0.02)
            assert (await guild.channel.until(lambda seen: seen.content == "Hello")).id == exchange.now().id
