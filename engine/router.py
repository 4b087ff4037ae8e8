"""Every voice to the engine that it belongs to."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from engine.choice import Choice
from engine.engine import Abilities, EngineError
from engine.engine_thread import Hear
from engine.health import EngineHealth
from engine.residency import Residency
from engine.speech import Audio, Enrolled, Reference, Speaker, Utterance, Variant
from engine.worker import Worker

_log = logging.getLogger(__name__)

Foretell = Callable[[], "Sequence[Speaker] | None"]
Variants = Mapping[str, tuple[Variant, ...]]
Greet = Callable[[tuple[Speaker, ...], Variants, frozenset[str]], Awaitable[None]]
"""async (speakers, variants, unknown) -> None: takes note of all speakers and variants that there are from now on, and
of the engines of which it is unknown whom they have built in."""


class Router:
    """The workers of all engines in use, by the engine's name."""

    def __init__(
        self,
        workers: Mapping[str, Worker],
        *,
        budget: int = 0,
        idle: float = 0.0,
        foretell: Mapping[str, Foretell] | None = None,
    ) -> None:
        """Take the workers.

        Args:
            workers: By the engines' names; the best first, where that matters to anybody.
            budget: How much memory heavy engines may take together, in bytes; 0: a share of what is free.
            idle: After how many seconds without anything to say a heavy engine is unloaded; 0: never.
            foretell: By the names of heavy engines, what tells whom they have built in before they are loaded.
        """
        self._foretell = foretell or {}
        self._foretold: dict[str, Sequence[Speaker]] = {}
        self._workers = workers
        self._heavy = {name: worker for name, worker in workers.items() if worker.heavy}
        self._light = {name: worker for name, worker in workers.items() if not worker.heavy}
        self._residency = Residency(self._heavy, budget=budget, idle=idle)
        self._residency.arrived, self._residency.changed = self._welcome, self._forget
        self._arrived: set[str] = set()
        self._failures: dict[str, EngineError] = {}
        self._since = dict.fromkeys(workers, time.time())
        self._choice: Choice | None = None
        self._languages: tuple[str, ...] | None = None
        self.greet: Greet | None = None
        """Called when a heavy engine was loaded for the first time, before anybody is spoken to by it."""
        for name, worker in workers.items():
            worker.changed = partial(self._change, name)

    async def open(self, *, lazy: bool = False) -> None:
        """Open all engines at once; the heavy ones come behind, where others can answer meanwhile.

        One that cannot be opened is left out; `failures` tells why.

        Args:
            lazy: Whether heavy ones are loaded only when they are needed; whom they have built in is foretold then.

        Raises:
            EngineError: None that speaks can be opened; this is the first one's reason.
        """
        results = await asyncio.gather(*(worker.start() for worker in self._light.values()), return_exceptions=True)
        if lazy and self._foretell:
            await asyncio.to_thread(self._look_ahead)
        self._failures.clear()
        self._since = dict.fromkeys(self._workers, time.time())
        self._forget()
        for name, result in zip(self._light, results, strict=True):
            if isinstance(result, EngineError):
                self._failures[name] = result
            elif isinstance(result, BaseException):
                raise result
        nobody = not self.speakers
        if not lazy or nobody:
            self._residency.load_all()
        if nobody:
            await self._residency.settle()
        if self.failures and not self.speakers and not self._arrived:
            raise next(iter(self.failures.values()))

    async def settle(self) -> None:
        """Wait until every engine that is being loaded is there, or is known not to come."""
        await self._residency.settle()

    async def close(self) -> None:
        """Stop what is being said and close all engines."""
        await asyncio.gather(self._residency.close(), *(worker.stop() for worker in self._light.values()))
        self._arrived.clear()
        self._forget()

    async def say(self, utterance: Utterance, lane: int, user: int, hear: Hear | None = None) -> Audio:
        """Say one utterance, as `Worker.say` does.

        Raises:
            EngineNotLoaded: Its engine cannot be loaded now.
            EngineError: There is no such engine, or it could not.
        """
        worker = self._worker(utterance.engine)
        if not worker.heavy:
            return await worker.say(utterance, lane=lane, user=user, hear=hear)
        async with self._residency.using(utterance.engine):
            return await worker.say(utterance, lane=lane, user=user, hear=hear)

    async def enroll(self, engine: str, reference: Reference, key: str, report: Callable[[float], None]) -> Enrolled:
        """Have an engine learn a speaker, as `Worker.enroll` does.

        Raises:
            EngineMissing: Something that is needed to learn is not on this machine.
            EngineNotLoaded: The engine cannot be loaded now.
            EngineError: There is no such engine, or it could not.
        """
        worker = self._worker(engine)
        if not worker.heavy:
            return await worker.enroll(reference, key, report)
        async with self._residency.using(engine):
            return await worker.enroll(reference, key, report)

    def is_there(self, engine: str) -> bool:
        """Whether an engine need not be loaded first; also of one that there is not."""
        return engine not in self._heavy or self._residency.is_there(engine)

    async def load(self, engine: str) -> None:
        """Wait until a heavy engine is loaded.

        Raises:
            EngineNotLoaded: It cannot be; the message says why.
            EngineError: There is no such engine.
        """
        self._worker(engine)
        if engine in self._heavy:
            await self._residency.load(engine)

    def health(self) -> Mapping[str, EngineHealth]:
        """Tell how each engine is, by its name."""
        heavy = self._residency.health()
        return {name: heavy.get(name) or self._health(name) for name in self._workers}

    @property
    def abilities(self) -> Mapping[str, Abilities]:
        """What each engine can do that is open, or would come back when it is needed, by its name."""
        return {name: worker.facts.abilities for name, worker in self._open().items() if worker.facts}

    @property
    def languages(self) -> Sequence[str]:
        """What the open engines speak, as BCP 47 tags in order."""
        if self._languages is None:
            spoken = {language for abilities in self.abilities.values() for language in abilities.languages}
            self._languages = tuple(sorted(spoken))
        return self._languages

    @property
    def speakers(self) -> tuple[Speaker, ...]:
        """The built-in speakers of all these engines."""
        return tuple(speaker for worker in self._open().values() if worker.facts for speaker in worker.facts.speakers)

    @property
    def foretold(self) -> tuple[Speaker, ...]:
        """The built-in speakers of heavy engines that were not loaded yet, as far as they can be told before."""
        coming = (told for name, told in self._foretold.items() if name not in self._arrived)
        return tuple(speaker for each in coming for speaker in each)

    @property
    def variants(self) -> Variants:
        """The variants that each of these engines' speakers can take, by the engine's name."""
        return {name: worker.facts.variants for name, worker in self._open().items() if worker.facts}

    @property
    def unknown(self) -> frozenset[str]:
        """The heavy engines of which nobody knows whom they have built in: never loaded so far, nor foretold."""
        return frozenset(self._heavy) - self._arrived - frozenset(self._foretold)

    @property
    def choice(self) -> Choice:
        """Who of them speaks where nobody has chosen a voice."""
        if self._choice is None:
            self._choice = Choice(self.speakers, self.abilities, {**self.failures, **self._loading()})
        return self._choice

    @property
    def failures(self) -> Mapping[str, EngineError]:
        """Why engines could not be opened, by their names."""
        heavy = self._residency.health()
        failed = {name: EngineError(each.note) for name, each in heavy.items() if each.state == "failed"}
        return {**self._failures, **failed}

    def _look_ahead(self) -> None:
        """Find out whom heavy engines have built in, without loading them, where that can be told."""
        for name, foretell in self._foretell.items():
            try:
                told = foretell() if name in self._heavy else None
            except Exception as error:  # it is told when somebody wants it to speak; others need not wait for that
                unforeseen = not isinstance(error, (EngineError, OSError))
                _log.info("Nobody knows yet who speaks in %s: %s", name, error, exc_info=unforeseen)
                continue
            if told is not None:
                self._foretold[name] = told

    def _loading(self) -> dict[str, str]:
        """Say which engines are loading, and since when."""
        states = {name: each for name, each in self._residency.health().items() if each.state == "loading"}
        return {name: f"{name} is loading since {_clock(each.since)}" for name, each in states.items()}

    def _health(self, name: str) -> EngineHealth:
        worker, since, failure = self._workers[name], self._since[name], self._failures.get(name)
        held, beat = worker.held_bytes, worker.last_beat
        if worker.closed is not None:
            return EngineHealth(state="hung", since=since, last_beat=beat, note=str(worker.closed))
        if failure is not None:
            return EngineHealth(state="failed", since=since, last_beat=beat, note=str(failure))
        return EngineHealth(
            state="ready" if worker.is_open else "unloaded", since=since, held_bytes=held, last_beat=beat
        )

    async def _welcome(self, name: str) -> None:
        """Let an engine that was loaded for the first time speak with the others, once it was told of."""
        there = {**self._open(), name: self._workers[name]}
        facts = {name: worker.facts for name, worker in there.items() if worker.facts}
        if self.greet is not None:
            speakers = tuple(speaker for each in facts.values() for speaker in each.speakers)
            coming = tuple(speaker for each, told in self._foretold.items() if each not in there for speaker in told)
            variants = {name: each.variants for name, each in facts.items()}
            await self.greet((*speakers, *coming), variants, self.unknown - {name})
        self._arrived.add(name)
        self._forget()
        _log.info("where nobody has chosen a voice: %s", self.choice.words())

    def _change(self, name: str) -> None:
        self._since[name] = time.time()
        self._forget()

    def _forget(self) -> None:
        """Look anew who speaks what when that is next asked."""
        self._choice = self._languages = None

    def _worker(self, engine: str) -> Worker:
        if engine not in self._workers:
            raise EngineError(f"there is no engine {engine!r} here")
        return self._workers[engine]

    def _open(self) -> dict[str, Worker]:
        """The engines that speak: open ones, and heavy ones that come back when they are needed."""
        heavy = self._arrived
        return {
            name: worker
            for name, worker in self._workers.items()
            if (name in heavy and worker.closed is None) or (name not in self._heavy and worker.is_open)
        }


def _clock(at: float) -> str:
    return time.strftime("%H:%M UTC", time.gmtime(at))
