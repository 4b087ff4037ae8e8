"""What a command may know and use: who asks and where (Inquiry), how to write (Context), and in a job, more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from commands.core.command import Audience, Command
from commands.core.known_sounds import KINDS
from commands.core.params import FileFormat
from commands.core.studio import Studio
from engine.choice import Choice
from engine.engine import Abilities
from engine.fingerprint import Question
from engine.pool import Pool
from engine.speech import Enrolled, Reference, Variant
from engine.value import value
from storage import queue, voices
from storage.database import Database, Transaction, Work
from storage.likeness import Likeness
from storage.metrics import Metric
from storage.places import Place
from storage.quota import Allowances
from storage.sounds import Kind

T = TypeVar("T")


@value
class Asker:
    """The person who asks, and where."""

    user_id: int
    """Their row in `users`."""
    name: str
    """What they are called there; for people to read, never for decisions."""
    platform: str
    """Which platform they ask on."""
    place: Place
    """The server, the group or the direct messages in which they ask."""
    rank: Audience
    """The most that they may do there."""
    roles: tuple[str, ...] = ()
    """Ids of the roles that they have there, the best first."""


@value
class Rules:
    """What the host has set that commands go by."""

    default_voice: str
    """The voice of those who have not chosen one, where the place has none either."""
    allowances: Allowances
    """The limits that hold where nobody has set others."""
    file_days: int
    """How many days a file is kept, unless its owner keeps it."""
    attempts: int = queue.ATTEMPTS
    """How often a job is tried when it goes wrong."""
    waiting: int = 100
    """How many jobs of one person may be in the queue at once; not for owners."""
    formats: Mapping[str, FileFormat] = field(default_factory=dict)
    """The kind of file where nobody asks for another, by platform; WAV for platforms that it does not name."""
    owners: frozenset[str] = frozenset()
    """The accounts of those who run this Mynah, such as 'discord:8035'."""
    consent: Literal["spoken", "ticked"] = "spoken"
    """How somebody has to agree before their voice is made: aloud, or by whoever gives the recording ticking a box."""
    examinations: int = 20
    """How many recordings of one person are looked at in an hour; not for owners."""


class Host(Protocol):
    """The running Mynah, as far as commands may touch it."""

    @property
    def data(self) -> Path:
        """The data folder."""

    @property
    def commands(self) -> Mapping[str, Command]:
        """Every command, by name."""

    @property
    def abilities(self) -> Mapping[str, Abilities]:
        """What each open engine can do, by its name."""

    def can_load(self, engine: str) -> bool:
        """Whether an engine that is not open is loaded as soon as there is something to say with it."""

    @property
    def variants(self) -> Mapping[str, Sequence[Variant]]:
        """The variants that the speakers of each open engine can take behind a '+', by the engine's name."""

    @property
    def choice(self) -> Choice:
        """Who speaks where nobody has chosen a voice."""

    @property
    def languages(self) -> Sequence[str]:
        """The languages that the open engines speak, as BCP 47 tags in order."""

    @property
    def key(self) -> bytes:
        """The secret of this data folder, under which forgotten people's use is kept."""

    @property
    def pool(self) -> Pool:
        """The processes for numeric work that no engine does."""

    @property
    def models(self) -> Path:
        """The folder of weights, which those who need them read in the pool."""

    @property
    def likeness(self) -> Likeness:
        """Which voices sound alike; asked in `read`."""

    async def find_sound(self, questions: Sequence[Question], kinds: Sequence[Kind] = KINDS) -> Kind | None:
        """Tell of what kind a sound is that was there before: the first of `kinds`; None where it never was."""

    async def settle_sounds(self) -> None:
        """Let none of the sounds that were made be open any more, so that what is deleted now is gone."""

    async def enroll(self, engine: str, reference: Reference, key: str, report: Callable[[float], None]) -> Enrolled:
        """Have an engine learn a speaker from recordings, under a key of its own; `report` is told how far it is.

        Raises:
            EngineError: It cannot.
        """

    def check_room(self) -> None:
        """Refuse new work where the disk has no room for it.

        Raises:
            StorageError: It has not; the sentence says what to do.
        """

    def wake(self) -> None:
        """Say that there may be work to claim or something to deliver."""

    async def stop(self, job_id: int) -> None:
        """Make the task of a job stop, if it has one, and wait until it has."""


@value
class Inquiry:
    """What may be looked at before anything is done: by suggestions, quotes and refusals."""

    asker: Asker
    """Who asks, and where."""
    database: Database
    """What is remembered; commands go through `read` and `commit`."""
    rules: Rules
    """What the host has set."""
    host: Host
    """The running Mynah."""

    async def read(self, work: Work[T]) -> T:
        """Run `work` over one unchanging view of what is remembered."""
        return await self.database.read(work)

    async def glance(self, work: Work[T]) -> T:
        """Run `work` as `read` does, here and now: for some rows by their keys, of what is asked with every request."""
        return await self.database.glance(work)

    def format_for(self, wanted: FileFormat) -> FileFormat:
        """Return the kind of file that somebody gets: what they want, else what is usual in their place."""
        if wanted is not FileFormat.AUTO:
            return wanted
        here = FileFormat(self.asker.place.format)
        return here if here is not FileFormat.AUTO else self.rules.formats.get(self.asker.platform, FileFormat.AUTO)

    async def voice_names(self, typed: str) -> list[str]:
        """Up to 25 names of voices that the asker may use and that match what is typed, best first."""
        asker = self.asker
        base, plus, variant = typed.partition("+")
        if plus:
            place_id = asker.place.id
            voice = await self.read(lambda tx: voices.named(tx, base, user_id=asker.user_id, place_id=place_id))
            known = self.host.variants.get(voice.engine, ()) if voice else ()
            return [f"{base}+{each.key}" for each in known if each.key.startswith(variant.lower())][:25]
        return await self.read(lambda tx: voices.suggest(tx, typed, user_id=asker.user_id, place_id=asker.place.id))


@value
class Context(Inquiry):
    """What a command may use while it runs."""

    async def commit(self, work: Work[T]) -> T:
        """Write what `work` writes, all of it or nothing."""
        return await self.database.write(work)


def _nobody(done: float) -> None:
    """Tell nobody how far it is."""


@value
class JobContext(Context):
    """What a command may use while it runs in a job."""

    job_id: int
    """The job."""
    attempt: int
    """Which attempt at it this is; the first is 1."""
    studio: Studio
    """Turns utterances into audio."""
    workspace: Path
    """A folder for this attempt's temporary files; who needs it makes it, and it goes when the attempt ends."""
    report: Callable[[float], None] = _nobody
    """Told how much is done, from 0 to 1, by what goes on outside the studio."""
    prepared: object = None
    """What the quote has found out, where the job began as soon as it was asked for; else None."""
    used: dict[Metric, int] = field(default_factory=dict)
    """What the job really took, where that is less than what was set aside; the command fills it in."""

    async def commit(self, work: Work[T]) -> T:
        """Write what `work` writes, if the job is still ours in the same transaction.

        Raises:
            LostJob: It is not (cancelled meanwhile, or a newer attempt has it); nothing was written.
        """

        def fenced(tx: Transaction) -> T:
            queue.hold(tx, self.job_id, self.attempt)
            return work(tx)

        return await self.database.write(fenced)
