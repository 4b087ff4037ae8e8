"""A bot in a process of its own, for `bench.chatting`: Mynah, or a floor that answers everything with one fixed sound.

`python -m bench.chat_bot mynah|discord|telegram` takes its token and addresses as Mynah does, from the environment.
Each line on its input is answered with one JSON object: what it took since the line before.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

TICK = 0.005
"""Seconds between two looks at how late the event loop is."""


class Meter:
    """Measures how long the event loop was held: on the clock, and in CPU seconds of its own thread."""

    def __init__(self) -> None:
        self._begun = self._cpu = 0.0
        self._late = self._held = 0.0
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self._cpu, self._late, self._held = time.process_time(), 0.0, 0.0

    def told(self) -> str:
        """Tell what was taken since the last time."""
        said = {
            "cpu": time.process_time() - self._cpu,
            "late_ms": self._late * 1e3,
            "held_ms": self._held * 1e3,
            "mib": resident(),
        }
        self.reset()
        return json.dumps(said)

    async def run(self) -> None:
        """Look, again and again."""
        while True:
            before, own = time.perf_counter(), time.thread_time()
            await asyncio.sleep(TICK)
            self._late = max(self._late, time.perf_counter() - before - TICK)
            self._held = max(self._held, time.thread_time() - own)


def resident() -> float:
    """How much memory this process holds, in MiB; 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def fixed_sound() -> bytes:
    """What a floor sends."""
    return Path(os.environ["BENCH_SOUND"]).read_bytes()


async def main(kind: str) -> None:
    """Run the bot until its input ends."""
    bots = {"mynah": mynah, "discord": discord_floor, "telegram": telegram_floor}
    async with bots[kind]():
        meter = Meter()
        measuring = asyncio.create_task(meter.run())
        print("ready", flush=True)
        async for _ in lines():
            print(meter.told(), flush=True)
        measuring.cancel()
        await asyncio.gather(measuring, return_exceptions=True)


async def lines() -> AsyncIterator[str]:
    """The lines of standard input, read by a thread of their own."""
    loop, queue = asyncio.get_running_loop(), asyncio.Queue[str]()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(queue.put_nowait, line)
        loop.call_soon_threadsafe(queue.put_nowait, "")

    threading.Thread(target=read, daemon=True).start()
    while line := await queue.get():
        yield line


@asynccontextmanager
async def mynah() -> AsyncIterator[None]:
    """Mynah as it is served."""
    from bot.app import App
    from bot.config import load

    async with App.open(load(None, os.environ)):
        yield


@asynccontextmanager
async def discord_floor() -> AsyncIterator[None]:
    """The least that answers on Discord: acknowledge, then put a sound there."""
    import discord
    import yarl
    from discord import app_commands

    discord.http.Route.BASE = os.environ["MYNAH_DISCORD__API_BASE"]

    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["MYNAH_DISCORD__GATEWAY_URL"])
    sound = fixed_sound()
    client = discord.Client(
        intents=discord.Intents(guilds=True),
        chunk_guilds_at_startup=False,
        max_messages=None,
        member_cache_flags=discord.MemberCacheFlags.none(),
        guild_ready_timeout=0.05,
    )
    tree = app_commands.CommandTree(client)

    @tree.command(description="Say a text.")
    async def speak(interaction: discord.Interaction, text: str) -> None:
        await interaction.response.send_message("It is next.")
        file = discord.File(io.BytesIO(sound), "speech.wav")
        await interaction.edit_original_response(content=text, attachments=[file])

    ready = asyncio.Event()

    @client.event
    async def setup_hook() -> None:
        await tree.sync()

    @client.event
    async def on_ready() -> None:
        ready.set()

    running = asyncio.create_task(client.start(os.environ["MYNAH_DISCORD__TOKEN"]))
    await ready.wait()
    try:
        yield
    finally:
        await client.close()
        await running


@asynccontextmanager
async def telegram_floor() -> AsyncIterator[None]:
    """The least that answers on Telegram: take what is said, and send a voice message."""
    from telegram import Update
    from telegram.ext import AIORateLimiter, Application, ContextTypes, MessageHandler, filters

    sound = fixed_sound()
    sends = asyncio.Semaphore(4)

    async def speak(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message is not None
        async with sends:
            await update.effective_message.reply_voice(io.BytesIO(sound))

    app = (
        Application.builder()
        .token(os.environ["MYNAH_TELEGRAM__TOKEN"])
        .base_url(os.environ["MYNAH_TELEGRAM__BASE_URL"])
        .base_file_url(os.environ["MYNAH_TELEGRAM__BASE_FILE_URL"])
        .rate_limiter(AIORateLimiter(max_retries=3))  # what Telegram allows, as Mynah keeps to it
        .concurrent_updates(True)
        .build()
    )
    app.add_handler(MessageHandler(filters.TEXT, speak))
    await app.initialize()
    await app.start()
    assert app.updater is not None
    await app.updater.start_polling()
    try:
        yield
    finally:
        await app.updater.stop()
        await app.stop()
        await app.shutdown()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
