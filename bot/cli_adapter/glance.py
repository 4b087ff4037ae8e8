"""A look at what is remembered, beside a running Mynah or without one: for the shell, which completes names."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TypeVar, cast

from bot.cli_adapter.terminal import HOST
from commands.core.command import Command
from commands.core.context import Asker, Host, Inquiry, Rules
from commands.core.params import Param, Suggest
from storage import identities, places
from storage.clock import SystemClock
from storage.database import Database, Transaction, Work
from storage.quota import Allowances

T = TypeVar("T")

FILE = "mynah.db"


class Glance(Database):
    """One read-only connection, for one look."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__((), (), connection, SystemClock())  # type: ignore[arg-type]  # nothing goes through a thread

    async def read(self, work: Work[T]) -> T:
        """Run `work` at once."""
        return work(Transaction(self._glancer, self.clock.now()))

    glance = read


def suggest(command: Command, param: Param, typed: str) -> list[str]:
    """Return what a value may go on as; nothing where that cannot be told, for nobody wants to read why just then."""
    mark = param.mark(Suggest)
    try:
        from bot.config import load

        file = load(None, os.environ).data / FILE
        with closing(_open(file)) as connection:
            inquiry = _inquiry(connection)
            return asyncio.run(_ask(mark, inquiry, typed)) if mark and inquiry else []
    except Exception:  # a broken setting, no database yet, a plugin that needs more than a look
        return []


async def _ask(mark: Suggest, inquiry: Inquiry, typed: str) -> list[str]:
    return await mark.source(inquiry, typed)


def _open(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


def _inquiry(connection: sqlite3.Connection) -> Inquiry | None:
    glance = Glance(connection)
    tx = Transaction(connection, glance.clock.now())
    user_id = identities.find(tx, f"{HOST.platform}:{HOST.account}")
    place = places.find(tx, f"{HOST.platform}:{HOST.place}")
    if user_id is None or place is None:
        return None
    return Inquiry(
        asker=Asker(user_id=user_id, name=HOST.name, platform=HOST.platform, place=place, rank=HOST.rank),
        database=glance,
        rules=Rules(default_voice="", allowances=Allowances(member={}), file_days=1),
        host=cast(Host, None),  # suggestions come from what is remembered; one that asks more gets nothing
    )
