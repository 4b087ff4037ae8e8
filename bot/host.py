"""The host: the running Mynah, as far as commands may touch it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from commands.core.command import Command
from commands.core.known_sounds import KINDS
from engine.choice import Choice
from engine.engine import Abilities
from engine.fingerprint import Question
from engine.health import EngineHealth
from engine.pool import Pool
from engine.router import Router
from engine.speech import Enrolled, Reference, Variant
from storage.errors import DiskFull
from storage.folder import Folder
from storage.likeness import Likeness
from storage.sounds import Kind

if TYPE_CHECKING:
    from bot.courier import Courier
    from bot.desk import Desk
    from bot.runner import Runner
    from bot.sound_memory import SoundMemory


MB = 1_000_000


class LiveHost:
    """Stands between commands and what runs them (`commands.core.context.Host`)."""

    desk: Desk
    """These four need the host to be made, so the app hands them in afterwards."""
    runner: Runner
    courier: Courier
    sounds: SoundMemory

    def __init__(
        self,
        *,
        folder: Folder,
        commands: Mapping[str, Command],
        router: Router,
        pool: Pool,
        least_free_mb: int,
    ) -> None:
        """`least_free_mb` is how much of the disk has to be free for new work, in MB."""
        self._folder = folder
        self._least_free_mb = least_free_mb
        self._commands = commands
        self._router = router
        self._pool = pool
        self._likeness = Likeness()

    @property
    def data(self) -> Path:
        """The data folder."""
        return self._folder.path

    @property
    def commands(self) -> Mapping[str, Command]:
        """Every command, by name."""
        return self._commands

    @property
    def abilities(self) -> Mapping[str, Abilities]:
        """What each open engine can do, by its name."""
        return self._router.abilities

    def can_load(self, engine: str) -> bool:
        """Whether an engine that is not open is loaded as soon as there is something to say with it."""
        told = self._router.health().get(engine)
        return told is not None and told.state == "unloaded"

    @property
    def variants(self) -> Mapping[str, Sequence[Variant]]:
        """The variants that the speakers of each open engine can take behind a '+', by the engine's name."""
        return self._router.variants

    @property
    def choice(self) -> Choice:
        """Who speaks where nobody has chosen a voice."""
        return self._router.choice

    @property
    def languages(self) -> Sequence[str]:
        """The languages that the open engines speak, as BCP 47 tags in order."""
        return self._router.languages

    @property
    def health(self) -> Mapping[str, EngineHealth]:
        """How each engine is, by its name."""
        return self._router.health()

    @property
    def key(self) -> bytes:
        """The secret of this data folder, under which forgotten people's use is kept."""
        return self._folder.key()

    @property
    def pool(self) -> Pool:
        """The processes for numeric work that no engine does."""
        return self._pool

    @property
    def models(self) -> Path:
        """The folder of weights, which those who need them read in the pool."""
        return self._folder.path / "models"

    @property
    def likeness(self) -> Likeness:
        """Which voices sound alike; asked in `read`."""
        return self._likeness

    async def find_sound(self, questions: Sequence[Question], kinds: Sequence[Kind] = KINDS) -> Kind | None:
        """Tell of what kind a sound is that was there before: the first of `kinds`; None where it never was."""
        return await self.sounds.find(questions, kinds)

    async def settle_sounds(self) -> None:
        """Let none of the sounds that were made be open any more, so that what is deleted now is gone."""
        await self.sounds.settle()

    async def enroll(self, engine: str, reference: Reference, key: str, report: Callable[[float], None]) -> Enrolled:
        """Have an engine learn a speaker from recordings, under a key of its own; `report` is told how far it is."""
        return await self._router.enroll(engine, reference, key, report)

    def check_room(self) -> None:
        """Refuse new work where the disk has no room for it."""
        free = self._folder.free_bytes() // MB
        if free < self._least_free_mb:
            raise DiskFull(folder=self._folder.path, free=free, least=self._least_free_mb)

    def wake(self) -> None:
        """Say that there may be work to claim or something to deliver."""
        self.runner.wake()
        self.courier.wake()

    async def stop(self, job_id: int) -> None:
        """Make what is being done for a job stop, and wait until it has; its row has been taken care of before."""
        await self.desk.stop(job_id)
        await self.runner.stop(job_id)
