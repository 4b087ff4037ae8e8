"""What is packed for the gateway comes out of the very streams that clients unpack with."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from collections.abc import Callable

import aiohttp
import pytest
import zstandard

from bot.demo.discord.compression import packing
from bot.demo.discord.server import DiscordServer
from tests.house.source import ROOT


def unpack_with(kind: str) -> Callable[[bytes], bytes]:
    """Make what a client unpacks with."""
    if kind == "zlib-stream":
        return zlib.decompressobj().decompress
    return zstandard.ZstdDecompressor().decompressobj().decompress


@pytest.mark.parametrize("kind", ["zlib-stream", "zstd-stream"])
async def test_each_message_can_be_unpacked_when_it_comes(kind: str) -> None:
    unpack = unpack_with(kind)
    async with DiscordServer() as server, aiohttp.ClientSession() as session:
        server.guild("Workshop")
        async with session.ws_connect(f"{server.gateway_url}?v=10&encoding=json&compress={kind}") as line:
            assert json.loads(unpack(await line.receive_bytes(timeout=5)))["op"] == 10
            await line.send_json({"op": 2, "d": {"token": server.token, "intents": 1}})
            told = [json.loads(unpack(await line.receive_bytes(timeout=5)))["t"] for _ in range(2)]
            assert told == ["READY", "GUILD_CREATE"]


def test_discord_py_without_zstd_is_packed_for_with_zlib() -> None:
    """Where nothing unpacks zstd, discord.py asks for zlib when it is imported: so in a process of its own."""
    ran = subprocess.run([sys.executable, "-c", ONE_WORD], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ran.stdout.strip(), ran.returncode) == ("zlib-stream Hello", 0), ran.stderr


ONE_WORD = """
import asyncio, sys
sys.modules["zstandard"] = sys.modules["compression.zstd"] = None
import discord
from bot.demo.discord.server import DiscordServer
from tests.bot.demo.discord.client import running

async def main():
    async with DiscordServer() as server:
        guild = server.guild("Workshop")
        ada = guild.person("Ada")
        async with running(server):
            seen = await (await ada.slash(guild.channel, "speak", text="x")).answer()
            print(discord.utils._ActiveDecompressionContext.COMPRESSION_TYPE, seen.content)

asyncio.run(main())
"""


def test_a_message_is_text_where_nobody_asks_for_packing() -> None:
    assert packing(None) is None
    with pytest.raises(ValueError, match="lzma"):
        packing("lzma")


def test_what_packs_zstd_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    monkeypatch.setitem(sys.modules, "compression.zstd", None)
    with pytest.raises(RuntimeError, match="Install the package zstandard"):
        packing("zstd-stream")
