"""A bot in a process of its own, for `bench.chatting`: Mynah, or a floor that remembers nothing.

`python -m bench.chat_bot mynah|fixed|saying discord|telegram` takes its token and addresses as Mynah does, from the
environment. The fixed floor answers everything with one sound; the saying one says each text with Mynah's own engine,
in a thread. Each line on its input is answered with one JSON object: what it took since the line before.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import io
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from engine.speech import Format

Voice = Callable[[str], Awaitable[bytes]]
"""Makes a sound file for a text."""
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


def fixed() -> Voice:
    """Answer every text with the same sound, which is there already."""
    sound = Path(os.environ["BENCH_SOUND"]).read_bytes()

    async def say(text: str) -> bytes:
        return sound

    return say


def saying(format: Format) -> Voice:
    """Say each text with espeak, in a thread: what no bot that speaks can do without."""
    from engine.audio import to_sound, wav_header
    from engine.espeak_engine import EspeakEngine
    from engine.speech import Utterance
    from engine.take import Target, encode

    engine = EspeakEngine()
    engine.open()
    thread = ThreadPoolExecutor(1)
    file = Path(tempfile.mkdtemp(prefix="mynah-bench-")) / f"said.{format.suffix}"

    def make(text: str) -> bytes:
        utterance = Utterance(text=text, engine=engine.name, speaker="en-us")
        ((_, audio),) = engine.synthesize([utterance], lambda row: False)
        sound = to_sound(audio)
        if format is Format.WAV:
            return wav_header(sound.rate, sound.pcm.nbytes) + sound.pcm.tobytes()
        encode(file, [sound.pcm], sound.rate, Target(format=format))
        return file.read_bytes()

    async def say(text: str) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(thread, make, text)

    return say


async def main(kind: str, platform: str) -> None:
    """Run the bot until its input ends."""
    floor, format = (discord_floor, Format.WAV) if platform == "discord" else (telegram_floor, Format.OPUS)
    async with mynah() if kind == "mynah" else floor(fixed() if kind == "fixed" else saying(format)):
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

    gc.disable()  # as `bot.__main__` begins; what the start makes is then looked through no more
    async with App.open(load(None, os.environ)):
        yield


@asynccontextmanager
async def discord_floor(voice: Voice) -> AsyncIterator[None]:
    """The least that answers on Discord: acknowledge, then put a sound there."""
    import discord
    import yarl
    from discord import app_commands

    discord.http.Route.BASE = os.environ["MYNAH_DISCORD__API_BASE"]

    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["MYNAH_DISCORD__GATEWAY_URL"])
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
        file = discord.File(io.BytesIO(await voice(text)), "speech.wav")
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
async def telegram_floor(voice: Voice) -> AsyncIterator[None]:
    """The least that answers on Telegram: take what is said, and send a voice message."""
    from telegram import Update
    from telegram.ext import AIORateLimiter, Application, ContextTypes, MessageHandler, filters

    sends = asyncio.Semaphore(4)

    async def speak(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message is not None
        sound = await voice(update.effective_message.text or "")
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
    if "mynah" in sys.argv:
        from bot import loop

        loop.run(main(*sys.argv[1:]))
    else:
        asyncio.run(main(*sys.argv[1:]))
