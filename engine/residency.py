"""Which heavy engines are in memory: loaded behind what answers already, unloaded when idle or for another.

All of it happens in one event loop. What an engine takes is counted when it is open; before, what it says that it is
going to take. Together they may take what the host has set, else a share of what is free where they lie.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial

from engine.engine import EngineError, OutOfMemory
from engine.health import EngineHealth, State
from engine.memory import free_bytes
from engine.worker import Worker

_log = logging.getLogger(__name__)

SHARE = 0.75
"""How much of the memory that is free they may take together, where the host has set nothing."""
AGAIN = 60.0
"""How long an engine that could not be loaded is left alone, in seconds."""
WAIT = 60.0
"""How long an engine waits for others that are speaking to leave it room, in seconds."""
MIB = 2**20


class EngineNotLoaded(EngineError):
    """A heavy engine cannot be loaded; the message says why, in words for people."""


class _NoRoom(OutOfMemory):
    """What speaks takes all the memory that there is."""


class _Resident:
    """A heavy engine."""

    def __init__(self, name: str, worker: Worker) -> None:
        self.name, self.worker = name, worker
        self.state: State = "unloaded"
        self.since = time.time()
        self.note = ""
        self.failed_at = 0.0
        self.held = 0
        """How much it took when it was last in memory."""
        self.users = 0
        """How many wait for it to say something, or speak."""
        self.used_at = time.monotonic()
        self.loading: asyncio.Task[None] | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.turn = asyncio.Lock()
        """Held by whoever loads or unloads it."""

    def become(self, state: State, note: str = "") -> None:
        self.state, self.since, self.note = state, time.time(), note

    @property
    def is_idle(self) -> bool:
        return not self.users and not self.worker.is_busy


class Residency:
    """Keeps heavy engines in memory, and takes them out."""

    def __init__(
        self,
        workers: Mapping[str, Worker],
        *,
        budget: int = 0,
        idle: float = 0.0,
        free: Callable[[], int | None] = free_bytes,
        wait: float = WAIT,
    ) -> None:
        """Take the heavy engines' workers, by name.

        Args:
            workers: They are asked for room by each other, from now on.
            budget: How much memory they may take together, in bytes; 0: a share of what is free.
            idle: After how many seconds without anything to say one is unloaded; 0: never.
            free: Tells how much memory is free before any of them is open, in bytes; None where nobody knows.
            wait: How long one waits for others that are speaking to leave it room, in seconds.
        """
        self._residents = {name: _Resident(name, worker) for name, worker in workers.items()}
        self._budget, self._idle, self._free, self._wait = budget, idle, free, wait
        self._one_at_a_time = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self.arrived: Callable[[str], Awaitable[None]] = _nothing
        """Called when one was loaded for the first time, and before anybody may use it."""
        self.changed: Callable[[], None] = lambda: None
        """Called when one has come, gone, or failed."""
        for resident in self._residents.values():
            resident.worker.room = partial(self._make_others_go, resident.name)

    def __contains__(self, name: str) -> bool:
        """Whether it is one of its engines."""
        return name in self._residents

    def load_all(self) -> None:
        """Load every engine, one after another, behind whatever else is done; where one has no room, it stays out."""
        for resident in self._residents.values():
            self._begin(resident, only_if_room=True)

    async def settle(self) -> None:
        """Wait until whatever is being loaded is there, or is known not to come."""
        loading = [each.loading for each in self._residents.values() if each.loading is not None]
        await asyncio.gather(*loading, return_exceptions=True)

    def is_there(self, name: str) -> bool:
        """Whether an engine need not be waited for."""
        return self._residents[name].state == "ready"

    async def load(self, name: str) -> None:
        """Make sure that an engine is there; others that nobody needs now may have to go for it.

        Raises:
            EngineNotLoaded: It cannot be loaded.
        """
        async with self.using(name):
            pass

    @asynccontextmanager
    async def using(self, name: str) -> AsyncIterator[Worker]:
        """Have an engine there for as long as the block lasts; it is loaded first, where it is not.

        Raises:
            EngineNotLoaded: It cannot be loaded.
        """
        resident = self._residents[name]
        resident.users += 1
        try:
            while resident.state != "ready":
                if resident.state == "failed" and time.monotonic() - resident.failed_at < AGAIN:
                    raise EngineNotLoaded(resident.note)
                task = resident.loading or self._begin(resident)
                await asyncio.shield(task)
            yield resident.worker
        finally:
            resident.users -= 1
            resident.used_at = time.monotonic()
            self._look_when_idle(resident)

    def health(self) -> dict[str, EngineHealth]:
        """Tell how each of them is."""
        return {name: self._health(resident) for name, resident in self._residents.items()}

    async def close(self) -> None:
        """Unload all of them; what is being loaded is not waited for."""
        self._closed = True
        for resident in self._residents.values():
            if resident.timer is not None:
                resident.timer.cancel()
            if resident.loading is not None:
                resident.loading.cancel()
        tasks = [*self._tasks, *(each.loading for each in self._residents.values() if each.loading is not None)]
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(resident.worker.stop() for resident in self._residents.values()))
        for resident in self._residents.values():
            if resident.state in ("ready", "loading"):
                resident.become("unloaded")

    def _health(self, resident: _Resident) -> EngineHealth:
        worker, state, note = resident.worker, resident.state, resident.note
        if worker.closed is not None:
            state, note = "hung", str(worker.closed)
        return EngineHealth(
            state=state, since=resident.since, held_bytes=worker.held_bytes, last_beat=worker.last_beat, note=note
        )

    def _begin(self, resident: _Resident, *, only_if_room: bool = False) -> asyncio.Task[None]:
        """Begin to load an engine, unless that has begun."""
        if resident.loading is None:
            resident.become("loading")
            resident.loading = asyncio.create_task(self._bring(resident, only_if_room), name=f"load {resident.name}")
            resident.loading.add_done_callback(lambda task: self._begun(resident, task))
            self.changed()
        return resident.loading

    def _begun(self, resident: _Resident, task: asyncio.Task[None]) -> None:
        resident.loading = None
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, EngineNotLoaded):
            _log.error("%s could not be loaded.", resident.name, exc_info=error)
            resident.become("failed", "it could not be loaded")
            self.changed()

    async def _bring(self, resident: _Resident, only_if_room: bool) -> None:
        async with self._one_at_a_time, resident.turn:
            if only_if_room and self._held_by(self._others(resident)) and self._excess(resident) > 0:
                _log.info("%s stays out of memory until it is needed: there is not room for all.", resident.name)
                resident.become("unloaded")
                self.changed()
                return
            begun = time.monotonic()
            _log.info("%s is loading.", resident.name)
            resident.become("loading")
            try:
                await self._clear_the_way(resident)
                await self._open(resident)
            except EngineError as error:
                raise self._fail(resident, error) from error
            first = not resident.held
            resident.held = max(1, resident.worker.held_bytes)
            if first:
                await self.arrived(resident.name)
            resident.become("ready")
            took = time.monotonic() - begun
            _log.info("%s is there after %.1f s; it takes %d MiB.", resident.name, took, resident.held // MIB)
            await self._thin_out(resident)
            self._look_when_idle(resident)
            self.changed()

    def _fail(self, resident: _Resident, error: EngineError) -> EngineNotLoaded:
        why = str(error)
        if isinstance(error, _NoRoom):  # which may be otherwise in a moment
            resident.become("unloaded")
            self.changed()
            return EngineNotLoaded(why)
        resident.failed_at = time.monotonic()
        _log.warning("%s could not be loaded: %s", resident.name, why)
        resident.become("failed", why)
        self.changed()
        return EngineNotLoaded(why)

    async def _open(self, resident: _Resident) -> None:
        try:
            await resident.worker.start()
        except OutOfMemory:
            if not await self._make_others_go(resident.name):
                raise
            await resident.worker.start()

    async def _clear_the_way(self, resident: _Resident) -> None:
        """Unload what was used longest ago until there is room; wait a while for what speaks.

        Raises:
            _NoRoom: What speaks takes all there is.
        """
        until = time.monotonic() + self._wait
        while self._excess(resident) > 0 and self._held_by(self._others(resident)):
            if await self._unload_oldest(resident):
                continue
            if time.monotonic() > until:
                raise _NoRoom("what is speaking now takes all the memory that there is for it; try again later")
            await asyncio.sleep(min(0.25, self._wait / 4))

    async def _thin_out(self, resident: _Resident) -> None:
        """Unload others where an engine has taken more than it had said."""
        while self._excess() > 0 and await self._unload_oldest(resident):
            pass

    def _excess(self, coming: _Resident | None = None) -> int:
        """Tell by how many bytes all of them take too much, with one that is to come."""
        held = self._held_by(self._residents.values())
        limit = self._budget
        if not limit:
            told = [each.worker.free_bytes for each in self._residents.values() if each.worker.held_bytes]
            known = [free for free in told if free is not None]
            free = min(known) if known else self._free()
            if free is None:
                return 0
            limit = int(SHARE * (free + held))
        need = 0 if coming is None else coming.held or coming.worker.needed_bytes
        return held + need - limit

    def _others(self, resident: _Resident | None) -> Iterable[_Resident]:
        return [each for each in self._residents.values() if each is not resident]

    @staticmethod
    def _held_by(residents: Iterable[_Resident]) -> int:
        return sum(resident.worker.held_bytes for resident in residents)

    async def _unload_oldest(self, besides: _Resident | None) -> bool:
        """Unload the engine that was used longest ago and that nobody needs now; False where there is none."""
        able = [each for each in self._others(besides) if each.state == "ready" and each.is_idle]
        if not able:
            return False
        await self._unload(min(able, key=lambda each: each.used_at), "another needs its memory")
        return True

    async def _make_others_go(self, name: str) -> bool:
        """Unload every other engine that nobody needs now, after memory ran out; tell whether any was."""
        gone = False
        while await self._unload_oldest(self._residents[name]):
            gone = True
        return gone

    async def _unload(self, resident: _Resident, why: str) -> None:
        resident.become("unloaded")  # so that whoever comes now loads it again, after this
        async with resident.turn:
            _log.info("%s is unloaded: %s.", resident.name, why)
            await resident.worker.stop()
        self.changed()

    def _look_when_idle(self, resident: _Resident) -> None:
        if resident.timer is not None:
            resident.timer.cancel()
            resident.timer = None
        if self._idle and not resident.users and resident.state == "ready" and not self._closed:
            resident.timer = asyncio.get_running_loop().call_later(self._idle, self._unload_idle, resident)

    def _unload_idle(self, resident: _Resident) -> None:
        resident.timer = None
        if resident.state == "ready" and resident.is_idle:
            task = asyncio.create_task(self._unload(resident, "nobody needs it"))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._look_when_idle(resident)


async def _nothing(name: str) -> None:
    """Do nothing."""
