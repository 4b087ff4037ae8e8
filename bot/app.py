"""The composition root: the one place where Mynah is put together, started and stopped."""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from bot import engines, platforms
from bot.adapter import Adapter, CannotRun
from bot.attempt import Tools
from bot.config import Loaded
from bot.courier import Courier
from bot.desk import Answer, Caller, Desk, Fetch
from bot.host import LiveHost
from bot.refusals import AttachmentsLost, WornOut, ending
from bot.reporter import Reporter
from bot.rules import rules
from bot.runner import Runner
from bot.schedule import Housekeeping, Schedule
from bot.settings import SECTIONS
from bot.sound_memory import SoundMemory
from commands.core.command import Command, commands
from commands.core.reply import Reply
from commands.core.request import Request
from engine.pool import Pool
from engine.router import Router, Variants
from engine.speech import Speaker
from storage import queue, voices
from storage.clock import Clock, SystemClock
from storage.database import Database, Transaction
from storage.folder import Folder
from storage.migrations import migrate
from storage.table import tables

log = logging.getLogger("mynah")

Maker = Callable[[Desk], Adapter]
"""Makes an adapter that is to run besides those in config.toml (the terminal), once there is a desk."""

LAST_WORDS = 5.0
"""Seconds that sends may take when Mynah stops."""


class App:
    """A running Mynah."""

    def __init__(
        self,
        loaded: Loaded,
        folder: Folder,
        database: Database,
        router: Router,
        pool: Pool,
        every: Mapping[str, Command],
        once: bool,
    ) -> None:
        settings = loaded.settings
        chance = random.Random()
        self._boot = secrets.token_hex(8)
        self.loaded = loaded
        """The settings in use, and where things are."""
        self.database = database
        """What is remembered."""
        self.commands = every
        """Every command, by name."""
        self.adapters: dict[str, Adapter] = {}
        """The adapters that run, by name."""
        host = LiveHost(
            folder=folder,
            commands=self.commands,
            router=router,
            pool=pool,
            least_free_mb=settings.files.least_free_mb,
        )
        self.courier = host.courier = Courier(database, self.adapters, folder.path, chance, solo=once)
        """What carries replies out."""
        self.sounds = host.sounds = SoundMemory(database, lambda: self.runner.is_busy)
        """What knows sounds again."""
        tools = Tools(
            database=database,
            folder=folder,
            host=host,
            rules=rules(settings),
            router=router,
            courier=self.courier,
            reporter=Reporter(database, self.adapters),
            sounds=self.sounds,
            chance=chance,
        )
        self.runner = host.runner = Runner(tools, settings.jobs, self._boot, solo=once)
        """What performs jobs."""
        self.desk = host.desk = Desk(database=database, folder=folder, settings=settings, rules=tools.rules, host=host)
        """What takes requests."""
        self.housekeeping = Housekeeping(database=database, folder=folder, settings=settings, ring=host.wake)
        """What is done now and then."""
        self._schedule = Schedule(self.housekeeping)
        self._router = router
        self._folder = folder
        self._stopping = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        loaded: Loaded,
        *,
        make: Sequence[Maker] = (),
        every: Mapping[str, Command] | None = None,
        once: bool = False,
        clock: Clock | None = None,
    ) -> AsyncIterator[App]:
        """Start Mynah; leaving the block stops it in order, however it is left.

        `make` makes adapters that run whatever config.toml says; `every` are the commands, if not all that there are.
        With `once` only these adapters run, nothing is scheduled, and no job is claimed but by `runner.run_one`.

        Raises:
            StorageError: The data folder cannot be used; the sentence says why.
            EngineError: No engine can speak on this machine.
            ConfigError: A setting names what there is not.
        """
        clock = clock or SystemClock()
        every = commands() if every is None else every
        if not once:
            list(every)  # what is wrong with one of them is told now, not when somebody asks for it
        router = engines.router(loaded.settings.engine, loaded.data / "speakers", loaded.data / "models")
        pool = Pool()
        async with AsyncExitStack() as stack:
            folder = Folder.take(loaded.data)
            stack.callback(folder.release)
            migrate(folder.database, tables(), folder.copies, clock.now())
            database = await Database.open(folder.database, clock)
            stack.push_async_callback(database.close)
            stack.push_async_callback(router.close)
            stack.push_async_callback(pool.close)
            router.greet = partial(_install, database, folder)
            await router.open(lazy=once)
            if not once:  # it takes its time, and a log needs it once
                engines.report(router)
            app = cls(loaded, folder, database, router, pool, every, once)
            await app._recover(folder, router)
            stack.push_async_callback(app._stop, once)
            await app._start(make, once)
            _look_for_garbage()
            yield app

    async def perform(self, caller: Caller, request: Request, *, fetch: Fetch | None = None) -> Answer:
        """Ask, and wait until it is done and its reply delivered; where it is answered at once, only return that."""
        answer = await self.desk.ask(caller, request, fetch=fetch)
        job_id = answer.job if isinstance(answer, Reply) else answer.job_id
        if job_id is not None:
            await self.desk.settle()
            await self.runner.run_one(job_id)
            await self.courier.send(job_id)
        return answer

    async def serve(self) -> None:
        """Wait until `stop` is called; the adapters do the rest."""
        await self._stopping.wait()

    def stop(self) -> None:
        """Make `serve` return; a signal handler of the loop may call it."""
        self._stopping.set()

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.loaded.data

    @property
    def key(self) -> bytes:
        """The secret of the data folder."""
        return self._folder.key()

    async def _recover(self, folder: Folder, router: Router) -> None:
        """Take up what an earlier run left, and note the speakers that there are now."""
        speakers, unknown = (*router.speakers, *router.foretold), router.unknown

        def work(tx: Transaction) -> queue.Recovered:
            voices.install(tx, speakers, unknown)
            return queue.recover(tx, self._boot, ending(AttachmentsLost()), ending(WornOut()))

        recovered = await self.database.write(work)
        if recovered.ready or recovered.failed:
            log.info("%d jobs go on, %d cannot", len(recovered.ready), len(recovered.failed))
        engines.write_speakers(folder.metadata, speakers, router.variants)

    async def _start(self, make: Sequence[Maker], once: bool) -> None:
        for maker in make:
            await self._run(maker(self.desk))
        if once:
            return
        await self.housekeeping.sweep()
        self.runner.start()
        self.courier.start()
        self.sounds.start()
        self._schedule.start()
        await asyncio.gather(*(self._run_configured(name) for name in self._configured()))

    async def _stop(self, once: bool) -> None:
        """Stop taking, finish what runs, let go: in this order, each step whatever became of the one before."""
        adapters = list(self.adapters.values())
        async with AsyncExitStack() as stack:
            for adapter in adapters:
                stack.push_async_callback(_well_or_not, f"{adapter.name} stops", adapter.stop)
            stack.push_async_callback(self._router.close)
            if once:
                stack.push_async_callback(_well_or_not, "housekeeping", self.housekeeping.catch_up)
            stack.push_async_callback(_well_or_not, "what was made is noted", self.sounds.stop)
            stack.push_async_callback(self.courier.close, LAST_WORDS)
            stack.push_async_callback(self.runner.drain, 0 if once else self.loaded.settings.jobs.drain_seconds)
            stack.push_async_callback(self.desk.close)
            stack.callback(self.desk.stop_taking)  # after what was heard already has been handed in
            for adapter in adapters:
                stack.push_async_callback(_well_or_not, f"{adapter.name} stops listening", adapter.stop_listening)
            stack.push_async_callback(self._schedule.stop)

    def _configured(self) -> list[str]:
        settings = self.loaded.settings
        return [name for name in SECTIONS if (own := settings.section(name)) and own.configured] + [*self.loaded.extra]

    async def _run_configured(self, name: str) -> None:
        """Run the adapter of a section of config.toml; one that fails does not stop the others."""
        try:
            kind = platforms.find(name)
            if kind is None:
                log.warning("%s is set up, but this Mynah does not bring it", name)
                return
            make: Callable[[Desk, object], Adapter] = kind
            section = self.loaded.settings.section(name) or self.loaded.extra[name]
            await self._run(make(self.desk, section))
        except CannotRun as error:
            log.error("%s does not run: %s", name, error)
        except Exception:
            log.exception("%s does not run", name)

    async def _run(self, adapter: Adapter) -> None:
        await self.courier.recover(adapter)
        await adapter.start()
        self.adapters[adapter.name] = adapter
        self.courier.wake()


async def _install(
    database: Database, folder: Folder, speakers: tuple[Speaker, ...], variants: Variants, unknown: frozenset[str]
) -> None:
    """Note the speakers of an engine that has come later, beside those that were there."""
    await database.write(lambda tx: voices.install(tx, speakers, unknown))
    await asyncio.to_thread(engines.write_speakers, folder.metadata, speakers, variants)


def _look_for_garbage() -> None:
    """Let Python look for garbage again where `bot.__main__` has stopped it, but not among what was made until now."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


async def _well_or_not(what: str, step: Callable[[], Awaitable[None]]) -> None:
    """Take a step of stopping; what a platform does wrong there is its own business."""
    try:
        await step()
    except Exception:
        log.exception("%s: that went wrong", what)
