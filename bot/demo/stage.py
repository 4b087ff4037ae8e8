"""The stage: a whole Mynah on a stand-in for a platform, and a conversation that is played on it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from bot.app import App
from bot.config import load
from engine.value import value

Say = Callable[[str], None]
"""Shows a line of the conversation, or some."""
FRONT = "mynah-demo-"
"""What the names of the folders begin with in which demonstrations leave what was said."""


async def show(platform: str, say: Say) -> Path:
    """Play the conversation of a platform, and return the folder with what was said in it."""
    folder = Path(tempfile.mkdtemp(prefix=FRONT))
    stand_ins = {"discord": _discord, "telegram": _telegram}
    async with stand_ins[platform]() as stand_in, mynah(folder, stand_in.settings):
        await stand_in.play(folder, say)
    return folder


@value
class StandIn:
    """A platform's stand-in that runs."""

    settings: Mapping[str, str]
    """What Mynah needs to know to be on it."""
    play: Callable[[Path, Say], Awaitable[None]]
    """Plays its conversation, and leaves what was said in a folder."""


@asynccontextmanager
async def mynah(folder: Path, settings: Mapping[str, str]) -> AsyncIterator[App]:
    """Run Mynah in a folder, on the platform that the settings name and on no other."""
    engine = {name: os.environ[name] for name in ("MYNAH_ENGINE__NAME",) if name in os.environ}
    env = {"MYNAH_DATA": str(folder / "data"), "MYNAH_FILES__LEAST_FREE_MB": "1", **engine, **settings}
    async with App.open(load(None, env, folder)) as app:
        yield app


@asynccontextmanager
async def _discord() -> AsyncIterator[StandIn]:
    from bot.demo.discord.server import DiscordServer
    from bot.demo.discord.story import play

    async with DiscordServer() as server:
        settings = {
            "MYNAH_DISCORD__TOKEN": server.token,
            "MYNAH_DISCORD__API_BASE": server.api_base,
            "MYNAH_DISCORD__GATEWAY_URL": server.gateway_url,
        }
        yield StandIn(settings=settings, play=partial(play, server))


@asynccontextmanager
async def _telegram() -> AsyncIterator[StandIn]:
    from bot.demo.telegram.server import TelegramServer
    from bot.demo.telegram.story import play

    async with TelegramServer() as server:
        settings = {
            "MYNAH_TELEGRAM__TOKEN": server.token,
            "MYNAH_TELEGRAM__BASE_URL": server.base_url,
            "MYNAH_TELEGRAM__BASE_FILE_URL": server.base_file_url,
        }
        yield StandIn(settings=settings, play=partial(play, server))
