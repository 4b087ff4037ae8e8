"""The stager: brings the attachments of new jobs to disk, after their tickets are out."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from bot.alarm import PAUSE
from bot.refusals import AttachmentLost, disk_full, ending
from bot.uncut import uncut
from commands.core.context import Host
from commands.core.params import Attachment
from storage import disk, queue
from storage.database import Database, Transaction
from storage.folder import Folder

log = logging.getLogger("mynah.stager")

Fetch = Callable[[Attachment, Path], Awaitable[None]]
"""async (attachment, destination): writes what the platform holds of an attachment into a new file."""


class Stager:
    """Fetches attachments, a task for each job."""

    def __init__(self, database: Database, folder: Folder, host: Host) -> None:
        self._database = database
        self._folder = folder
        self._host = host
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def begin(self, job_id: int, attachments: Mapping[str, Attachment], fetch: Fetch) -> None:
        """Fetch what a pending job waits for; with the last file it is ready, and with one that is lost it fails."""
        task = asyncio.create_task(self._stage(job_id, attachments, fetch), name=f"stage {job_id}")
        self._tasks[job_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job_id, None))

    async def settle(self) -> None:
        """Wait until every attachment that is being fetched is there, or is lost."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def stop(self, job_id: int) -> None:
        """Fetch no more for a job, and wait until that is so."""
        if task := self._tasks.get(job_id):
            task.cancel()
            await asyncio.wait([task])

    async def close(self) -> None:
        """Fetch no more for any job."""
        for job_id in list(self._tasks):
            await self.stop(job_id)

    async def _stage(self, job_id: int, attachments: Mapping[str, Attachment], fetch: Fetch) -> None:
        staged: list[Path] = []
        wanted = False
        try:
            for name, attachment in attachments.items():
                staged.append(self._folder.staging / f"{job_id}-{name}")
                await fetch_whole(attachment, staged[-1], fetch)
                where = staged[-1].relative_to(self._folder.path).as_posix()
                wanted = await uncut(self._note(job_id, name, replace(attachment, path=where)))
            self._host.wake()
        except Exception as error:
            log.warning("job %d: an attachment could not be fetched", job_id, exc_info=error)
            _remove(staged)  # first: else there may be no room even to note the failure
            await self._lose(
                job_id, disk_full(error, self._folder) or AttachmentLost(name=attachment.name or f"The file for {name}")
            )
        finally:
            if not wanted:
                _remove(staged)

    async def _note(self, job_id: int, name: str, attachment: Attachment) -> bool:
        form = json.dumps(asdict(attachment), ensure_ascii=False)
        return await self._database.write(lambda tx: queue.stage(tx, job_id, name, form))

    async def _lose(self, job_id: int, error: Exception) -> None:
        """Let the job fail, as soon as that can be written."""
        why = ending(error)

        def work(tx: Transaction) -> bool:
            return queue.fail_inputs_lost(tx, job_id, key=why.key, sentence=why.sentence, reply=why.reply)

        while True:
            try:
                await uncut(self._database.write(work))
                break
            except sqlite3.Error:  # a full disk, say
                log.exception("that the files of job %d are lost could not be written yet", job_id)
                await asyncio.sleep(PAUSE)
        self._host.wake()


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


async def fetch_whole(attachment: Attachment, path: Path, fetch: Fetch) -> None:
    """Fetch an attachment so that the file is whole and on disk under its name, or is not there at all."""
    part = path.with_name(f"{path.name}.part")
    try:
        await fetch(attachment, part)
        await asyncio.to_thread(disk.settle, part, path)
    finally:
        part.unlink(missing_ok=True)
