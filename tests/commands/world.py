"""A small Mynah around the commands: a real database, real espeak, and a host that does no more than it has to."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.sound_memory import SoundMemory
from commands.core.command import Audience, Command
from commands.core.context import Asker, Context, Inquiry, JobContext, Rules
from commands.core.errors import MynahError
from commands.core.known_sounds import KINDS
from commands.core.refusals import quota_reached
from commands.core.reply import FileRef, Reply
from commands.core.request import Request, admit, convert, find, revive, tell, to_order
from commands.core.studio import Studio
from engine.choice import Choice
from engine.engine import Abilities
from engine.fingerprint import Question
from engine.pool import Pool
from engine.router import Router
from engine.speech import Enrolled, Reference, Variant
from storage import files, identities, places, queue
from storage.clock import DAY, SetClock
from storage.database import Database, Transaction
from storage.errors import DiskFull
from storage.jobs import Job
from storage.likeness import Likeness
from storage.metrics import Metric, Period
from storage.places import Kind, Place
from storage.queue import Order, Ticket
from storage.quota import Allowances, Shortage
from storage.sounds import Kind as SoundKind

BOOT = "test"
KEY = b"k" * 32
ALLOWED = {
    (Metric.GENERATIONS, Period.DAY): 100,
    (Metric.CHARACTERS, Period.DAY): 20_000,
    (Metric.BYTES, Period.HELD): 10**9,
}


@dataclass
class SmallHost:
    """The running Mynah, as far as commands may touch it; nothing runs but what a test runs."""

    data: Path
    commands: Mapping[str, Command]
    router: Router
    sounds: SoundMemory
    pool: Pool = field(default_factory=Pool)
    likeness: Likeness = field(default_factory=Likeness)
    key: bytes = KEY
    woken: int = 0
    full: bool = False
    stopped: list[int] = field(default_factory=list)

    @property
    def abilities(self) -> Mapping[str, Abilities]:
        return self.router.abilities

    def can_load(self, engine: str) -> bool:
        told = self.router.health().get(engine)
        return told is not None and told.state == "unloaded"

    @property
    def choice(self) -> Choice:
        return self.router.choice

    @property
    def languages(self) -> Sequence[str]:
        return self.router.languages

    @property
    def variants(self) -> Mapping[str, Sequence[Variant]]:
        return self.router.variants

    @property
    def models(self) -> Path:
        return self.data / "models"

    async def enroll(self, engine: str, reference: Reference, key: str, report: Callable[[float], None]) -> Enrolled:
        return await self.router.enroll(engine, reference, key, report)

    async def find_sound(self, questions: Sequence[Question], kinds: Sequence[SoundKind] = KINDS) -> SoundKind | None:
        return await self.sounds.find(questions, kinds)

    async def settle_sounds(self) -> None:
        await self.sounds.settle()

    def check_room(self) -> None:
        if self.full:
            raise DiskFull(folder=self.data, free=1, least=2)

    def wake(self) -> None:
        self.woken += 1

    async def stop(self, job_id: int) -> None:
        self.stopped.append(job_id)


class World:
    """People, places, and what they ask."""

    def __init__(self, database: Database, clock: SetClock, host: SmallHost) -> None:
        self.database = database
        self.clock = clock
        self.host = host
        self.staged = 0
        self.rules = Rules(default_voice="en-us", allowances=Allowances(member=ALLOWED), file_days=7)

    async def person(
        self,
        name: str,
        *,
        rank: Audience = Audience.EVERYONE,
        place: str = "42",
        kind: Kind = "server",
        roles: tuple[str, ...] = (),
    ) -> Asker:
        """Return somebody who asks on Discord in a server, known there as 'discord:<name>'."""

        def enter(tx: Transaction) -> tuple[int, Place]:
            there = places.ensure(tx, "discord", place, kind, f"place {place}")
            return identities.ensure(tx, "discord", name, name, KEY), there

        user_id, there = await self.database.write(enter)
        return Asker(user_id=user_id, name=name, platform="discord", place=there, rank=rank, roles=roles)

    async def make_voice(self, name: str, user_id: int, visibility: str, place_id: int | None = None) -> int:
        """Give a person a clone that speaks as espeak's English does."""

        def make(tx: Transaction) -> int:
            recording = tx.value(
                """
                INSERT INTO recordings (user_id, name, status, path, sha256, bytes, seconds, rate, created_at)
                VALUES (:user_id, :name, 'ready', 'audio/x.wav', :sha256, 1, 9.5, 22050, 1) RETURNING id
                """,
                user_id=user_id,
                name=name,
                sha256="0" * 64,
            )
            speaker = tx.value("SELECT id FROM speakers WHERE key = 'en-us'")
            return int(
                tx.value(
                    """
                    INSERT INTO voices (kind, speaker_id, recording_id, name, folded, title, search, user_id, language,
                        visibility, place_id, status, consent, spoken_by, created_at, updated_at)
                    VALUES ('clone', :speaker, :recording, :name, :name, :name, :name, :user_id, 'en', :visibility,
                        :place_id, 'ready', 'spoken', :user_id, 1, 1)
                    RETURNING id
                    """,
                    speaker=speaker,
                    recording=recording,
                    name=name,
                    user_id=user_id,
                    visibility=visibility,
                    place_id=place_id,
                )
            )

        return await self.database.write(make)

    async def ask(self, asker: Asker, name: str, /, **values: object) -> Reply:
        """Ask for something, and have it done at once where it is a job.

        Raises:
            MynahError: It is refused, or it fails.
        """
        command = find(self.host.commands, name)
        if command.lane is not None:
            ticket = await self.submit(asker, name, **values)
            return await (self.sent(ticket.job_id) if ticket.state == "succeeded" else self.perform(ticket.job_id))
        asker = await self._now(asker)
        admitted = await admit(command, values, self.inquiry(asker))
        context = Context(asker=asker, database=self.database, rules=self.rules, host=self.host)
        return await command.handler(context, **admitted.values)

    async def submit(self, asker: Asker, name: str, /, **values: object) -> Ticket:
        """Ask for a job, and leave it in the line."""
        order = await self.order(asker, name, **values)
        try:
            return await self.database.write(lambda tx: queue.submit(tx, order))
        except Shortage as shortage:
            raise quota_reached(shortage, self.clock.now()) from None

    async def order(self, asker: Asker, name: str, /, **values: object) -> Order:
        """Return what the queue gets where somebody asks for a job."""
        inquiry = self.inquiry(await self._now(asker))
        request = Request(command=name, values=values, address={"channel": 1})
        return to_order(await admit(find(self.host.commands, name), values, inquiry), inquiry, request)

    async def sent(self, job_id: int) -> Reply:
        """Return what is in the outbox for a job that was answered without being done."""
        ((reply,),) = await self.rows("SELECT reply FROM deliveries WHERE job_id = :job_id", job_id=job_id)
        return Reply.from_json(reply)

    async def claim(self, job_id: int) -> Job:
        """Begin a job that waits."""
        job = await self.database.write(
            lambda tx: queue.claim(tx, boot=BOOT, lanes=(0, 1, 2, 3), per_user=9, job_id=job_id)
        )
        assert job is not None
        return job

    async def perform(self, job_id: int) -> Reply:
        """Do a job that waits, from claim to finish, and return its reply."""
        job = await self.claim(job_id)
        context = await self.context_of(job)
        try:
            command, values = revive(self.host.commands.get(job.command), job.command, job.signature, job.vals)
            reply = await command.handler(context, **values)
            return await self.database.write(lambda tx: self._finish(tx, job, context, reply))
        except MynahError as error:
            said = tell(error)
            await self.database.write(
                lambda tx: queue.fail(tx, job.id, job.attempt, key=said.error, sentence=said.text, reply=said.to_json())
            )
            raise
        finally:
            shutil.rmtree(context.workspace)

    async def context_of(self, job: Job, report: list[float] | None = None) -> JobContext:
        """Return what the command of a running job gets."""
        place = await self.database.read(lambda tx: places.get(tx, job.place_id))
        asker = Asker(
            user_id=job.user_id, name="", platform=job.platform, place=place, rank=Audience(job.rank), roles=()
        )
        workspace = self.host.data / "staging" / f"{job.id}-{job.attempt}"
        workspace.mkdir(parents=True)
        studio = Studio(
            self.host.router,
            self.host.data / "spool",
            job=job.id,
            attempt=job.attempt,
            lane=job.lane,
            user=job.user_id,
            report=(report if report is not None else []).append,
        )
        return JobContext(
            asker=asker,
            database=self.database,
            rules=self.rules,
            host=self.host,
            job_id=job.id,
            attempt=job.attempt,
            studio=studio,
            workspace=workspace,
            report=(report if report is not None else []).append,
        )

    def inquiry(self, asker: Asker) -> Inquiry:
        """Return what may be looked at before anything is done."""
        return Inquiry(asker=asker, database=self.database, rules=self.rules, host=self.host)

    async def rows(self, sql: str, **values: str | int | None) -> list[tuple[Any, ...]]:
        """Look into the database."""
        return [tuple(row) for row in await self.database.read(lambda tx: tx.all(sql, **values))]

    def typed(self, name: str, /, **values: object) -> dict[str, object]:
        """Return the values as the command gets them."""
        return convert(find(self.host.commands, name), values)

    async def _now(self, asker: Asker) -> Asker:
        place = await self.database.read(lambda tx: places.get(tx, asker.place.id))
        return replace(asker, place=place)

    def _finish(self, tx: Transaction, job: Job, context: JobContext, reply: Reply) -> Reply:
        cached = bool(reply.files) and reply.files[0].id != 0
        reply = replace(reply, files=tuple(self._bring_in(tx, job, ref) for ref in reply.files))
        queue.finish(
            tx,
            job.id,
            job.attempt,
            used=context.used,
            seconds=sum(ref.seconds or 0.0 for ref in reply.files),
            reply=reply.to_json(),
            file_id=reply.files[0].id if reply.files else None,
            cached=cached,
        )
        return reply

    def _bring_in(self, tx: Transaction, job: Job, ref: FileRef) -> FileRef:
        if ref.id:
            return ref
        made = Path(ref.path).read_bytes()
        id = files.add(
            tx,
            user_id=job.user_id,
            job_id=job.id,
            name=ref.name,
            format=ref.format,
            sha256=sha256(made).hexdigest(),
            bytes=len(made),
            seconds=ref.seconds,
            rate=22_050 if ref.seconds else None,
            expires_at=tx.now + 7 * DAY,
            answers=ref.answers or None,
            voice_id=ref.voice_id or None,
            figures=ref.figures,
        )
        ending = ref.name.rpartition(".")[2]
        kept = self.host.data / files.path(id, ending)
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(made)
        return replace(ref, id=id, path=files.path(id, ending), answers="")
