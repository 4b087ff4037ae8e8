"""A stage: a whole Mynah on a Discord of one's own, with people on it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app import App
from bot.demo.discord.guild import Guild
from bot.demo.discord.person import Person
from bot.demo.discord.server import DiscordServer
from bot.demo.discord.terms import Terms
from bot.discord_adapter import Discord
from storage.clock import Clock
from tests.fakes.running import Running, running


@dataclass
class Stage:
    """A Discord with a server, in which Ada rules and Bob is a guest, and the Mynah that serves it."""

    discord: DiscordServer
    guild: Guild
    ada: Person
    bob: Person
    tmp_path: Path

    @asynccontextmanager
    async def mynah(self, clock: Clock | None = None, **settings: Any) -> AsyncIterator[Running]:
        """Run Mynah until the block ends; once more on the same data folder where it ran before."""
        told = {
            "discord__token": self.discord.token,
            "discord__api_base": self.discord.api_base,
            "discord__gateway_url": self.discord.gateway_url,
            "jobs__drain_seconds": 0,
            **settings,
        }
        async with running(self.tmp_path, clock=clock, **told) as mynah:
            yield mynah

    def adapter(self, app: App) -> Discord:
        """The adapter that runs."""
        found = app.adapters["discord"]
        assert isinstance(found, Discord)
        return found

    async def addressed(self, mynah: Running) -> dict[str, Any]:
        """Where the latest job is answered."""
        found: dict[str, Any] = json.loads(await mynah.value("SELECT address FROM jobs ORDER BY id DESC"))
        return found


@asynccontextmanager
async def stage(tmp_path: Path, terms: Terms | None = None, **guild: Any) -> AsyncIterator[Stage]:
    """Set up a Discord; Mynah comes with `mynah`."""
    async with DiscordServer(terms) as discord:
        workshop = discord.guild("Workshop", **guild)
        ada, bob = workshop.person("Ada", admin=True), workshop.person("Bob")
        yield Stage(discord, workshop, ada, bob, tmp_path)
