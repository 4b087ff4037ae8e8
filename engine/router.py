"""Every voice to the engine that it belongs to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from engine.choice import Choice
from engine.engine import Abilities, EngineError
from engine.speech import Audio, Enrolled, Reference, Speaker, Utterance, Variant
from engine.worker import Worker


class Router:
    """The workers of all engines in use, by the engine's name."""

    def __init__(self, workers: Mapping[str, Worker]) -> None:
        self._workers = workers
        self._failures: dict[str, EngineError] = {}
        self._choice: Choice | None = None
        self._languages: tuple[str, ...] | None = None

    async def open(self) -> None:
        """Open all engines at once. One that cannot be opened is left out; `failures` tells why.

        Raises:
            EngineError: None can be opened; this is the first one's reason.
        """
        results = await asyncio.gather(*(worker.start() for worker in self._workers.values()), return_exceptions=True)
        self._failures.clear()
        self._choice = self._languages = None
        for name, result in zip(self._workers, results, strict=True):
            if isinstance(result, EngineError):
                self._failures[name] = result
            elif isinstance(result, BaseException):
                raise result
        if self._failures and len(self._failures) == len(self._workers):
            raise next(iter(self._failures.values()))

    async def close(self) -> None:
        """Stop what is being said and close all engines."""
        await asyncio.gather(*(worker.stop() for worker in self._workers.values()))

    async def say(self, utterance: Utterance, lane: int, user: int) -> Audio:
        """Say one utterance, as `Worker.say` does.

        Raises:
            EngineError: There is no such engine, or it could not.
        """
        return await self._worker(utterance.engine).say(utterance, lane=lane, user=user)

    async def enroll(self, engine: str, reference: Reference, key: str, report: Callable[[float], None]) -> Enrolled:
        """Have an engine learn a speaker, as `Worker.enroll` does.

        Raises:
            EngineMissing: Something that is needed to learn is not on this machine.
            EngineError: There is no such engine, or it could not.
        """
        return await self._worker(engine).enroll(reference, key, report)

    @property
    def abilities(self) -> Mapping[str, Abilities]:
        """What each open engine can do, by its name."""
        return {name: worker.abilities for name, worker in self._open().items()}

    @property
    def languages(self) -> Sequence[str]:
        """What the open engines speak, as BCP 47 tags in order."""
        if self._languages is None:
            spoken = {language for abilities in self.abilities.values() for language in abilities.languages}
            self._languages = tuple(sorted(spoken))
        return self._languages

    @property
    def speakers(self) -> tuple[Speaker, ...]:
        """The built-in speakers of all open engines."""
        return tuple(speaker for worker in self._open().values() for speaker in worker.speakers())

    @property
    def variants(self) -> Mapping[str, tuple[Variant, ...]]:
        """The variants that each open engine's speakers can take, by the engine's name."""
        return {name: tuple(worker.variants()) for name, worker in self._open().items()}

    @property
    def choice(self) -> Choice:
        """Who of them speaks where nobody has chosen a voice."""
        if self._choice is None:
            self._choice = Choice(self.speakers, self.abilities, self._failures)
        return self._choice

    @property
    def failures(self) -> Mapping[str, EngineError]:
        """Why engines could not be opened, by their names."""
        return self._failures

    def _worker(self, engine: str) -> Worker:
        if engine not in self._workers:
            raise EngineError(f"there is no engine {engine!r} here")
        return self._workers[engine]

    def _open(self) -> dict[str, Worker]:
        return {name: worker for name, worker in self._workers.items() if worker.is_open}
