"""Discord itself, where somebody has lent a token: what can be tried without a person who types."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.discord_adapter import Discord
from bot.discord_adapter.bases import point
from bot.discord_adapter.line import Line
from bot.discord_adapter.message import messages
from bot.discord_adapter.payload import natives, nobody_asks, nothing_fits
from bot.discord_adapter.post import Post
from bot.settings import Discord as Section
from commands.core.command import commands
from commands.core.reply import FileRef
from engine.waveform import waveform
from tests.fakes.running import running

TOKEN, CHANNEL = os.environ.get("MYNAH_LIVE_DISCORD_TOKEN", ""), os.environ.get("MYNAH_LIVE_DISCORD_CHANNEL", "")
pytestmark = pytest.mark.skipif(not TOKEN, reason="MYNAH_LIVE_DISCORD_TOKEN is not set")
in_a_channel = pytest.mark.skipif(not CHANNEL, reason="MYNAH_LIVE_DISCORD_CHANNEL is not set")


@contextlib.asynccontextmanager
async def line() -> AsyncIterator[Line]:
    """A line to Discord that makes calls, and does not listen."""
    point()
    client = Line(0, lambda _: None)
    await client.login(TOKEN)
    try:
        yield client
    finally:
        await client.close()


async def test_the_token_is_accepted() -> None:
    found = await Discord.examine(Section.of({"token": SecretStr(TOKEN)}))
    assert not [each.words for each in found if each.state == "bad"]


async def test_discord_takes_every_command() -> None:
    async with line() as client:
        for native in natives(commands(), nobody_asks, nothing_fits):
            client.tree.add_command(native)
        taken = await client.tree.sync()
        assert len(taken) == len(client.tree.get_commands())


async def test_it_logs_in_and_listens() -> None:
    async with line() as client, asyncio.timeout(60):
        listening = asyncio.create_task(client.connect())
        await client.wait_until_ready()
        assert not listening.done()


@in_a_channel
async def test_a_message_with_the_same_nonce_comes_once() -> None:
    async with line() as client:
        (message,) = messages("A test of Mynah: **this** is not bold, and @everyone hears nothing.")
        nonce = secrets.token_hex(10)
        sent = [await Post(client.http).send(CHANNEL, replace(message, nonce=nonce)) for _ in range(2)]
        assert sent[0] == sent[1]


@in_a_channel
async def test_a_voice_message_is_taken(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        await mynah.ended(await mynah.ticket("speak", {"text": "A test of Mynah.", "format": "ogg-opus"}))
        (sent,) = mynah.post.sent
        file = FileRef(**sent["reply"]["files"][0])
        async with line() as client:
            picture = waveform(Path(file.path))
            assert await Post(client.http).send_voice(CHANNEL, file, picture, secrets.token_hex(10))
