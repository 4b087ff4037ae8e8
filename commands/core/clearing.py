"""Clearing: what is left to do once a voice, or a person, is gone from the database.

Everything here comes after the transaction: tasks are stopped, files unlinked, and no copy is left that remembers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from sqlite3 import Error as SqliteError

from commands.core.context import Context
from commands.core.notices import tell_cancelled
from commands.core.words import count
from engine import spool
from storage import backups, jobs, voice_folder
from storage.database import Transaction
from storage.folder import Folder

VOICE_GONE = "because its voice is not there any more; nothing was charged"
"""Why a job was cancelled that would have used it."""
COPIES_LEFT = "The host's copies of the database could not be made anew; they go when newer ones replace them."


def tell_others(tx: Transaction, ctx: Context, job_ids: Sequence[int], why: str = VOICE_GONE) -> None:
    """Tell those whose jobs were cancelled with a voice, but for the one who let it go."""
    for job in (jobs.get(tx, job_id) for job_id in job_ids):
        if job is not None and job.user_id != ctx.asker.user_id:
            tell_cancelled(tx, job, why)


async def clear(ctx: Context, paths: Sequence[str], job_ids: Sequence[int], stopped: Sequence[int] = ()) -> int:
    """Stop what is being done for jobs, remove their spools and the files, and write the database anew.

    Args:
        ctx: Who let it go.
        paths: The files and folders, relative to the data folder.
        job_ids: The jobs, whose rows have been taken care of.
        stopped: More of them, for which nothing is being done any more.

    Returns:
        How many files could not be removed now (open elsewhere, on Windows); the next sweep does.
    """
    for job_id in job_ids:
        await ctx.host.stop(job_id)
    await ctx.host.settle_sounds()
    left = await asyncio.to_thread(_remove, ctx.host.data, paths, [*stopped, *job_ids])
    await ctx.database.scrub()
    return left


async def renew_copies(ctx: Context) -> bool:
    """Let no copy of the database, nor any journal that was set aside, remember; tell whether that could be done."""
    return await asyncio.to_thread(_renew, ctx.host.data, ctx.database.clock.now())


def in_use(left: int) -> list[str]:
    """Say that files could not be removed yet, where there are such."""
    return [f"{count(left, 'files')} are in use and go when Mynah starts again."] if left else []


def _remove(data: Path, paths: Sequence[str], job_ids: Sequence[int]) -> int:
    left = voice_folder.remove(data, paths)
    for job_id in job_ids:
        spool.remove(data / "spool", job_id)
    return left


def _renew(data: Path, now: int) -> bool:
    Folder.drop_journals(data)
    try:
        backups.renew(data / "mynah.db", data / "copies", now)
    except (OSError, SqliteError):
        return False
    return True
