"""/jobs: what you asked for, how far it is, and how to stop it or have it again."""

from __future__ import annotations

import enum
from typing import Annotated

from commands.core.command import Audience, command
from commands.core.context import Context
from commands.core.entries import refs, words_of
from commands.core.errors import NotAllowed, NotFound, Refused
from commands.core.notices import tell_cancelled
from commands.core.params import Between, JobId
from commands.core.refusals import check_waiting, quota_reached
from commands.core.reply import Action, Json, Reply, bar
from commands.core.request import revive
from commands.core.words import count, duration, excerpt, iso
from storage import audit, files, jobs, queue, users
from storage.database import Transaction
from storage.files import File
from storage.jobs import Job
from storage.queue import LostJob
from storage.quota import Shortage

PAGE = 10
"""How many jobs stand on a page."""
Page = Annotated[int, Between(1, 10_000)]

STATES = {
    "pending": "waits for a file",
    "ready": "waits",
    "running": "under way",
    "succeeded": "done",
    "failed": "failed",
    "cancelled": "cancelled",
}
"""How a state is said to people."""


class State(enum.Enum):
    """How far a job is."""

    PENDING = "pending"
    READY = "ready"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@command("jobs", "list", private=True)
async def list_jobs(ctx: Context, state: State | None = None, everyone: bool = False, page: Page = 1) -> Reply:
    """List what you asked for, the latest first.

    Args:
        state: Only jobs that are so far.
        everyone: Everybody's jobs, without their texts; for those who run this Mynah.
        page: Which page of a long list.
    """
    if everyone and ctx.asker.rank < Audience.OWNERS:
        raise NotAllowed("Everybody's jobs are for those who run this Mynah; /jobs list shows yours.")
    wanted: jobs.State | None = state.value if state else None
    offset = (page - 1) * PAGE

    def look(tx: Transaction) -> list[tuple[Job, str]]:
        if everyone:
            found = jobs.latest(tx, wanted, PAGE + 1, offset)
            return [(job, _owner(tx, ctx, job)) for job in found]
        return [(job, "") for job in jobs.of_user(tx, ctx.asker.user_id, wanted, PAGE + 1, offset)]

    found = await ctx.read(look)
    lines = [_line(job, owner) for job, owner in found[:PAGE]] or [_nothing(state, page)]
    values: dict[str, Json] = {"state": wanted, "everyone": everyone}
    more = {name: value for name, value in values.items() if value} | {"page": page + 1}
    return Reply(
        text="\n".join(lines),
        private=True,
        items=tuple(_facts(job, owner) for job, owner in found[:PAGE]),
        actions=(Action(label="More", command="jobs list", values=more),) if len(found) > PAGE else (),
    )


@command("jobs", "show", private=True)
async def show_job(ctx: Context, job: JobId) -> Reply:
    """Tell how far a job is, or get its files once more.

    Args:
        job: Its number.
    """

    def look(tx: Transaction) -> tuple[Job, str, list[File], int | None]:
        found = _seen(tx, ctx, job)
        before = queue.line(tx, job)[0] if found.state == "ready" else None
        return found, _owner(tx, ctx, found), _files(tx, found), before

    found, owner, made, before = await ctx.read(look)
    there = [file for file in made if (ctx.host.data / file.path).is_file()]  # nobody has removed it by hand
    file = there[0] if there and there[0] is made[0] else None
    given = there if file and not owner else []
    said = [_line(found, owner)]
    if found.state == "running":
        left = f" · {duration((found.eta_at - ctx.database.clock.now()) / 1000)} left" if found.eta_at else ""
        said.append(f"{bar(found.progress)} {found.progress:.0%}{left}")
    if before is not None:
        said.append("It is next." if before == 0 else f"{count(before, 'jobs')} before it.")
    if found.error:
        said.append(found.error)
    if found.state == "succeeded" and file is None:
        said.append("Its file is gone; ask again to have it made anew.")
    return Reply(
        text="\n".join(said),
        private=True,
        data=_facts(found, owner) | ({"file": str(ctx.host.data / given[0].path)} if given else {}),
        files=refs(found, given),
        actions=_next_steps(found),
    )


@command("jobs", "cancel", private=True)
async def cancel_job(ctx: Context, job: JobId) -> Reply:
    """Stop a job; nothing is charged for it.

    Args:
        job: Its number.
    """

    def cancel(tx: Transaction) -> Job:
        found = _seen(tx, ctx, job)
        mine = found.user_id == ctx.asker.user_id
        if not queue.cancel(tx, job, by="user" if mine else "host"):
            raise Refused("Job {id} is {state} already.", id=job, state=STATES[found.state])
        if not mine:
            tell_cancelled(tx, found, "by those who run this Mynah; nothing was charged")
            audit.note(tx, ctx.asker.user_id, found.place_id, "jobs cancel", found.user_id, {"job": job})
        return found

    found = await ctx.commit(cancel)
    await ctx.host.stop(job)
    ctx.host.wake()
    return Reply(
        text=f"Job {job} is cancelled; nothing was charged.",
        private=True,
        data={"id": job, "state": "cancelled"},
        actions=_next_steps(found, "cancelled"),
    )


@command("jobs", "retry", private=True)
async def retry_job(ctx: Context, job: JobId) -> Reply:
    """Have a job done that failed, was cancelled or was cut off.

    Args:
        job: Its number.
    """

    def retry(tx: Transaction) -> tuple[Job, int]:
        found = _seen(tx, ctx, job, others=False)
        if found.state == "succeeded":
            raise Refused("Job {id} is done; /jobs show job={id} has its file.", id=job)
        if found.state in ("failed", "cancelled"):
            revive(ctx.host.commands.get(found.command), found.command, found.signature, found.vals)
            ctx.host.check_room()
            place = _renew(tx, ctx, job)
        else:
            place = queue.ticket(tx, job).place
        return found, place

    try:
        found, place = await ctx.commit(retry)
    except Shortage as shortage:
        raise quota_reached(shortage, ctx.database.clock.now()) from None
    ctx.host.wake()
    if found.state == "running":
        text = f"Job {job} is under way already."
    else:
        where = "it is next" if place == 0 else f"{count(place, 'jobs')} before it"
        text = f"Job {job} waits {'again' if found.state in ('failed', 'cancelled') else 'already'}; {where}."
    return Reply(text=text, private=True, job=job, data={"id": job, "place": place})


def _nothing(state: State | None, page: int) -> str:
    """Say that a list is empty."""
    if page > 1:
        return f"There is no page {page}."
    return "No job of yours is so." if state else "You have asked for nothing yet. /help shows what there is."


def _seen(tx: Transaction, ctx: Context, id: int, others: bool = True) -> Job:
    """Return a job that the asker may see: their own or, for those who run Mynah, with `others`, anybody's.

    Raises:
        NotFound: There is none; a job that is not theirs looks the same.
    """
    found = jobs.get(tx, id)
    owner = others and ctx.asker.rank is Audience.OWNERS
    if found is None or (found.user_id != ctx.asker.user_id and not owner):
        raise NotFound("You have no job {id}; /jobs list shows those you have.", id=id)
    return found


def _renew(tx: Transaction, ctx: Context, id: int) -> int:
    """Put a job back into the line and return how many go before it; its answer goes where it would have gone."""
    asker, rules = ctx.asker, ctx.rules
    unlimited = asker.rank is Audience.OWNERS
    if not unlimited:
        check_waiting(tx, asker.user_id, rules.waiting)
    try:
        return queue.renew(
            tx,
            id,
            allowances=rules.allowances,
            roles=asker.roles,
            unlimited=unlimited,
            attempts=rules.attempts,
        ).place
    except LostJob:
        raise Refused("Job {id} waits for a file that never came; ask again, with the file.", id=id) from None


def _owner(tx: Transaction, ctx: Context, job: Job) -> str:
    """Return who asked for a job, where that is somebody else: whose text and file are not the asker's to see."""
    if job.user_id == ctx.asker.user_id:
        return ""
    user = users.get(tx, job.user_id)
    return (user.name if user else "") or f"user {job.user_id}"


def _line(job: Job, owner: str) -> str:
    what = f"/{job.command}"
    if owner:
        what = f"{owner}: {what}"
    elif words := words_of(job, 40):
        what = f"{what} {words}"
    state = STATES[job.state]
    if job.state == "running":
        state = f"{state}, {job.progress:.0%}"
    if job.state == "succeeded" and job.seconds:
        state = f"{state}, {duration(job.seconds)}"
    return f"{job.id} · {what} · {state}"


def _facts(job: Job, owner: str) -> dict[str, Json]:
    return {
        "id": job.id,
        "owner": owner,
        "command": job.command,
        "state": job.state,
        "text": excerpt(job.text, 200) if job.text and not owner else "",
        "characters": job.characters,
        "progress": round(job.progress, 3),
        "seconds": job.seconds,
        "cached": job.cached,
        "error": job.error_key,
        "message": job.error,
        "created_at": iso(job.created_at),
        "finished_at": iso(job.finished_at) if job.finished_at is not None else None,
    }


def _files(tx: Transaction, job: Job) -> list[File]:
    """Return the file that a job made, or that answered it, and what was made beside that; none where it is gone."""
    main = files.get(tx, job.file_id) if job.file_id is not None else None
    if main is None:
        return []
    others = files.of_job(tx, main.job_id) if main.job_id is not None else []
    return [main, *(file for file in others if file.id != main.id)]


def _next_steps(job: Job, state: str = "") -> tuple[Action, ...]:
    state = state or job.state
    if state in ("pending", "ready", "running"):
        return (Action(label="Cancel", command="jobs cancel", values={"job": job.id}),)
    if state in ("failed", "cancelled"):
        return (Action(label="Try again", command="jobs retry", values={"job": job.id}),)
    return ()
