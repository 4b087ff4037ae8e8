"""A whole Mynah for a test: the real thing on a folder of its own, with a durable platform and a few tricks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.app import App, Maker
from bot.config import load
from bot.desk import Caller
from commands.core.command import Command, commands
from commands.core.reply import Reply
from commands.core.request import Request
from storage.clock import Clock, SystemClock
from storage.database import Row
from storage.folder import Folder
from storage.migrations import migrate
from storage.queue import Ticket
from storage.table import tables
from tests.fakes.durable import DurableAdapter, fetch
from tests.fakes.tricks import Tricks

ADA = Caller(platform="durable", account="1", name="Ada")
BOB = Caller(platform="durable", account="2", name="Bob")


@dataclass
class Running:
    """A Mynah that runs, and what one looks at."""

    app: App
    post: DurableAdapter
    tricks: Tricks
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder = self.app.data

    async def ask(self, command: str, values: Mapping[str, object] | None = None, **more: Any) -> Reply | Ticket:
        """Ask as Ada, to be answered at the address 'ada', unless told otherwise."""
        caller = more.pop("caller", ADA)
        event_id = more.pop("event_id", "")
        address = {"to": "ada", **more}
        request = Request(command=command, values=values or {}, address=address, event_id=event_id)
        return await self.app.desk.ask(caller, request, fetch=fetch)

    async def ticket(self, command: str, values: Mapping[str, object] | None = None, **more: Any) -> int:
        """Ask for a job and return its number."""
        answer = await self.ask(command, values, **more)
        assert isinstance(answer, Ticket), answer
        return answer.job_id

    async def reply(self, command: str, values: Mapping[str, object] | None = None, **more: Any) -> Reply:
        """Ask for what is answered at once."""
        answer = await self.ask(command, values, **more)
        assert isinstance(answer, Reply), answer
        return answer

    async def rows(self, sql: str, **values: Any) -> list[Row]:
        """Look into the database."""
        return await self.app.database.read(lambda tx: tx.all(sql, **values))

    async def value(self, sql: str, **values: Any) -> Any:
        """Look up one thing in the database."""
        return await self.app.database.read(lambda tx: tx.value(sql, **values))

    async def job(self, job_id: int) -> Row:
        """The row of a job."""
        (row,) = await self.rows("SELECT * FROM jobs WHERE id = :id", id=job_id)
        return row

    async def until(self, sql: str, expected: object = True, **values: Any) -> None:
        """Wait until a query answers so; a job's change is committed in the thread that this waits for too."""
        async with asyncio.timeout(10):
            while (found := await self.value(sql, **values)) != expected:
                assert found != expected
                await asyncio.sleep(0.002)

    async def ended(self, job_id: int, state: str = "succeeded") -> None:
        """Wait until a job has ended, and its delivery too."""
        await self.until("SELECT finished_at IS NOT NULL FROM jobs WHERE id = :id", 1, id=job_id)
        assert (await self.job(job_id))["state"] == state
        busy = "SELECT COUNT(*) FROM deliveries WHERE job_id = :id AND state IN ('queued', 'sending')"
        await self.until(busy, 0, id=job_id)

    async def charged(self, metric: str = "generations") -> tuple[int, int]:
        """What everybody used of a metric today, and what is set aside; the ledger says the same."""
        row = await self.rows(
            "SELECT SUM(used) AS used, SUM(reserved) AS reserved FROM balances WHERE metric = :m AND period <> 'month'",
            m=metric,
        )
        told = await self.rows(
            "SELECT SUM(used) AS used, SUM(reserved) AS reserved FROM ledger WHERE metric = :m AND period <> 'month'",
            m=metric,
        )
        assert dict(row[0]) == dict(told[0])
        return row[0]["used"] or 0, row[0]["reserved"] or 0

    def litter(self) -> list[str]:
        """Temporary files that lie about."""
        return [str(path) for name in ("spool", "staging") for path in (self.folder / name).iterdir()]


@asynccontextmanager
async def running(
    tmp_path: Path,
    *,
    clock: Clock | None = None,
    once: bool = False,
    prepare: Callable[[App], None] | None = None,
    make: Sequence[Maker] = (),
    **settings: object,
) -> AsyncIterator[Running]:
    """Run Mynah on `tmp_path/data`; settings are given as `jobs__running=2`."""
    env = {f"MYNAH_{name.upper()}": str(value) for name, value in settings.items()}
    loaded = load(
        None,
        {
            "MYNAH_FILES__LEAST_FREE_MB": "1",
            "MYNAH_ENGINE__NAME": "espeak",
            **env,
            "MYNAH_DATA": str(tmp_path / "data"),
        },
        tmp_path,
    )
    seed(loaded.data)
    post, tricks = DurableAdapter(tmp_path / "post"), Tricks()
    async with App.open(loaded, make=[lambda _: post, *make], every=every(tricks), once=once, clock=clock) as app:
        if prepare:
            prepare(app)
        yield Running(app, post, tricks)


def seed(data: Path) -> None:
    """Make a data folder with a database in it, as the first start does, where there is none yet."""
    if not data.exists():
        data.mkdir(mode=0o700, parents=True)
        (data / "mynah.db").write_bytes(_migrated(tuple(table.name for table in tables())))


@cache
def _migrated(names: tuple[str, ...]) -> bytes:
    """A database with these tables and no row, made once: that takes longer than the rest of a start."""
    with TemporaryDirectory() as folder:
        made = Path(folder) / "mynah.db"
        migrate(made, tables(), Path(folder) / "copies", SystemClock().now())
        return made.read_bytes()


def every(tricks: Tricks) -> dict[str, Command]:
    """All commands there are, and the tricks."""
    return {**commands(), **tricks.all()}


def released(data: Path) -> bool:
    """Whether nobody holds the data folder."""
    Folder.take(data).release()
    return True
