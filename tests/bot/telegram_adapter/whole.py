"""A whole Mynah on a Telegram of its own: the real library, the embedded engine, and people who write to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app import App
from bot.config import load
from bot.demo.telegram.server import TelegramServer
from bot.telegram_adapter import TelegramAdapter
from commands.core.command import Command
from storage.database import Row
from tests.fakes.running import seed


@dataclass
class Whole:
    """A Mynah that is logged in to a Telegram, and what one looks at."""

    app: App
    server: TelegramServer

    @property
    def adapter(self) -> TelegramAdapter:
        """What stands between the two."""
        found = self.app.adapters["telegram"]
        assert isinstance(found, TelegramAdapter)
        return found

    async def rows(self, sql: str, **values: Any) -> list[Row]:
        """Look into the database."""
        return await self.app.database.read(lambda tx: tx.all(sql, **values))

    async def value(self, sql: str, **values: Any) -> Any:
        """Look up one thing in the database."""
        return await self.app.database.read(lambda tx: tx.value(sql, **values))

    async def until(self, sql: str, expected: object) -> None:
        """Wait until a query answers so."""
        async with asyncio.timeout(10):
            while (found := await self.value(sql)) != expected:
                assert found != expected
                await asyncio.sleep(0.02)

    async def delivery_is(self, state: str) -> None:
        """Wait until the first delivery is in a state."""
        await self.until("SELECT state FROM deliveries ORDER BY id LIMIT 1", state)

    async def jobs(self) -> int:
        """How many jobs there are."""
        return int(await self.value("SELECT COUNT(*) FROM jobs"))


def environment(server: TelegramServer, data: Path, **settings: object) -> dict[str, str]:
    """What the environment of a Mynah says that is to be on this Telegram; settings as `jobs__running=2`."""
    return {
        "MYNAH_FILES__LEAST_FREE_MB": "1",
        "MYNAH_ENGINE__NAME": "espeak",
        "MYNAH_TELEGRAM__TOKEN": server.token,
        "MYNAH_TELEGRAM__BASE_URL": server.base_url,
        "MYNAH_TELEGRAM__BASE_FILE_URL": server.base_file_url,
        "MYNAH_DATA": str(data),
        **{f"MYNAH_{name.upper()}": str(value) for name, value in settings.items()},
    }


@asynccontextmanager
async def whole(
    server: TelegramServer, tmp_path: Path, *, every: Mapping[str, Command] | None = None, **settings: object
) -> AsyncIterator[Whole]:
    """Run Mynah on `tmp_path/data` against a Telegram."""
    loaded = load(None, environment(server, tmp_path / "data", **settings), tmp_path)
    seed(loaded.data)
    async with App.open(loaded, every=every) as app:
        yield Whole(app, server)
