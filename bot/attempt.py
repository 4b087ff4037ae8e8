"""An attempt at a job: performs its command, and ends it in one transaction."""

from __future__ import annotations

import asyncio
import logging
import random
import shutil
import sqlite3
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.alarm import PAUSE
from bot.courier import Courier
from bot.harvest import Harvest
from bot.refusals import AttachmentGone, GaveUp, disk_full
from bot.reporter import Report, Reporter
from bot.sound_memory import SoundMemory
from bot.uncut import uncut
from commands.core.context import Asker, Host, JobContext, Rules
from commands.core.errors import MynahError, UsageError
from commands.core.params import Attachment
from commands.core.reply import Action, Reply
from commands.core.request import check_audience, revive, tell
from commands.core.studio import Studio
from commands.core.words import count
from engine import spool
from engine.router import Router
from engine.value import replace
from storage import queue
from storage.clock import SECOND
from storage.database import Database, Transaction, Work
from storage.errors import StorageError
from storage.folder import Folder
from storage.jobs import Job
from storage.queue import LostJob

log = logging.getLogger("mynah.runner")

End = Callable[[Job, Work[None]], Coroutine[Any, Any, None]]
"""async (job, work) -> None: commits `work`, which ends an attempt at the job."""

FIRST_PAUSE = 2.0
"""Seconds before the second attempt; each pause is four times the last."""
LONGEST_PAUSE = 600.0
"""The longest pause between two attempts, in seconds."""


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What every attempt works with."""

    database: Database
    folder: Folder
    host: Host
    rules: Rules
    router: Router
    courier: Courier
    reporter: Reporter
    sounds: SoundMemory
    chance: random.Random
    """For the jitter of pauses."""


class Attempt:
    """One attempt at a job."""

    def __init__(self, tools: Tools, job: Job, asker: Asker, end: End) -> None:
        """`end` writes how it ended."""
        self._tools = tools
        self._end = end
        self._asker = asker
        self._inputs: list[Path] = []
        self.job = job
        """What is attempted."""
        self.prepared: object = None
        """What the quote has found out, where the job was claimed as soon as it was asked for."""
        self.ended = False
        """Whether the job has ended."""
        self.written = False
        """Whether it was written how the attempt ended, and so the next job was claimed."""
        self.lost = False
        """Whether the job was cancelled, or went to a newer attempt, while it ran."""
        self.took = 0.0
        """How many ms it took, where it did the whole job."""

    @property
    def number(self) -> int:
        """Which attempt at the job it is; the first is 1."""
        return self.job.attempt

    async def run(self) -> int | None:
        """Perform it; return when to try again (ms), or None where the job has ended or is no longer ours."""
        now = asyncio.get_running_loop().time
        begun, report = now(), self._tools.reporter.begin(self.job)
        workspace = workspace_of(self._tools.folder, self.job.id, self.job.attempt)
        try:
            reply, context = await self._perform(report, workspace)
            await report.close()
            await uncut(self._succeed(reply, context))
            if self.job.attempt == 1 and self.job.characters:
                self.took = (now() - begun) * SECOND
        except LostJob:
            log.info("job %d went to somebody else while it ran", self.job.id)
            self.lost = True
        except (MynahError, StorageError) as error:
            await self._fail(error)
        except Exception as error:
            return await self._recover_from(error)
        finally:
            await report.close()
            if workspace.exists():
                shutil.rmtree(workspace, ignore_errors=True)
        return None

    async def put_back(self) -> None:
        """Give the job back to the queue, for the next run of Mynah to go on with."""
        await self._write(lambda tx: queue.put_back(tx, self.job.id, self.job.attempt))

    async def _perform(self, report: Report, workspace: Path) -> tuple[Reply, JobContext]:
        job, tools = self.job, self._tools
        command, values = revive(tools.host.commands.get(job.command), job.command, job.signature, job.vals)
        check_audience(command, self._asker.rank, self._asker.place.kind)
        self._check_inputs(values)
        context = JobContext(
            asker=self._asker,
            database=tools.database,
            rules=tools.rules,
            host=tools.host,
            job_id=job.id,
            attempt=job.attempt,
            studio=self._studio(report),
            workspace=workspace,
            report=report,
            prepared=self.prepared,
        )
        reply = await command.handler(context, **values)
        return reply, context

    def _check_inputs(self, values: Mapping[str, object]) -> None:
        for name, value in values.items():
            if isinstance(value, Attachment):
                self._inputs.append(self._tools.folder.path / value.path)
                if not self._inputs[-1].is_file():
                    raise AttachmentGone(name=name)

    def _studio(self, report: Report) -> Studio:
        job, tools = self.job, self._tools
        return Studio(
            tools.router,
            tools.folder.spool,
            job=job.id,
            attempt=job.attempt,
            lane=job.lane,
            user=job.user_id,
            report=report,
            tap=tools.reporter.tap(job),
            note=report.note,
        )

    async def _succeed(self, reply: Reply, context: JobContext) -> None:
        job, tools = self.job, self._tools
        harvest = Harvest(tools.folder, job, reply, context.studio.takes, tools.rules.file_days)
        if harvest.needs_preparing:
            await asyncio.to_thread(harvest.prepare)

        def work(tx: Transaction) -> None:
            answer = harvest.enter(tx)
            answer = replace(answer, data={"id": job.id, **answer.data})
            queue.finish(
                tx,
                job.id,
                job.attempt,
                used=context.used,
                seconds=sum(file.seconds or 0.0 for file in answer.files),
                reply=answer.to_json(),
                file_id=answer.files[0].id if answer.files else None,
                cached=bool(reply.files) and reply.files[0].id != 0,
            )
            harvest.move()

        try:
            await self._end(job, work)
        except BaseException:
            harvest.put_back()
            raise
        for made in harvest.sounds:
            tools.sounds.add(made)
        self._note_end()
        self._drop_inputs()  # after a failure they stay for a while, for the person may try again

    async def _fail(self, error: Exception) -> None:
        job = self.job
        retry = Action(label="Try again", command="jobs retry", values={"job": job.id})
        hopeless = isinstance(error, UsageError)  # the same request can only be refused again
        reply = replace(tell(error), data={"id": job.id}, actions=() if hopeless else (retry,))

        def work(tx: Transaction) -> None:
            queue.fail(tx, job.id, job.attempt, key=reply.error, sentence=reply.text, reply=reply.to_json())

        if await self._write(work):
            self._note_end()
            if hopeless:  # what was refused for what it is, is not kept either
                self._drop_inputs()

    async def _recover_from(self, error: Exception) -> int | None:
        """Try again later, unless this was the last attempt; return when."""
        job = self.job
        if full := disk_full(error, self._tools.folder):
            spool.remove(self._tools.folder.spool, job.id)  # else there is no room even to note the failure
            await self._fail(full)
            return None
        log.warning("job %d: attempt %d went wrong", job.id, job.attempt, exc_info=error)
        if job.attempts_left <= 0:
            await self._fail(GaveUp(times=count(job.attempt, "times")))
            return None
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 4.0 ** (job.attempt - 1)) * self._tools.chance.uniform(0.75, 1.25)
        run_at = self._tools.database.clock.now() + round(pause * SECOND)
        await self._write(lambda tx: queue.retry_later(tx, job.id, job.attempt, run_at))
        return run_at

    async def _write(self, work: Work[None]) -> bool:
        """Write how the attempt ended, as soon as that can be written; False where the job went to somebody else."""
        while True:
            try:
                await uncut(self._end(self.job, work))
                self.written = True
                return True
            except LostJob:
                return False
            except sqlite3.Error:  # a full disk, say
                log.exception("how job %d ended could not be written yet", self.job.id)
                await asyncio.sleep(PAUSE)

    def _drop_inputs(self) -> None:
        for path in self._inputs:
            path.unlink(missing_ok=True)

    def _note_end(self) -> None:
        self.ended = self.written = True
        if self.job.attempt > 1:
            clear_attempts(self._tools.folder, self.job.id, self.job.attempt)
        spool.remove(self._tools.folder.spool, self.job.id)


def clear(folder: Folder, job_id: int) -> None:
    """Remove whatever a job has left in the spool and in staging."""
    spool.remove(folder.spool, job_id)
    for path in folder.staging.glob(f"{job_id}-*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def clear_attempts(folder: Folder, job_id: int, attempts: int) -> None:
    """Remove the workspaces of a job's attempts; one that was killed has left its own."""
    for attempt in range(1, attempts + 1):
        shutil.rmtree(workspace_of(folder, job_id, attempt), ignore_errors=True)


def workspace_of(folder: Folder, job_id: int, attempt: int) -> Path:
    """Where an attempt at a job keeps its temporary files."""
    return folder.staging / f"{job_id}-{attempt}"
