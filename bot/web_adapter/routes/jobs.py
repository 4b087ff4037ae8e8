"""/api/v1/jobs: what its person asked for, and asking for more."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from bot.web_adapter.handing_in import IdempotencyKey, hand_in
from bot.web_adapter.parts import Parts
from bot.web_adapter.refusal import Refused, refused
from bot.web_adapter.shapes import Error, JobShape, Number, Page, Skip, job_shape
from bot.web_adapter.who import Guest, Visitor
from commands.core.errors import NotFound
from commands.core.reply import Reply
from commands.core.request import Request
from storage import jobs
from storage.database import Transaction
from storage.jobs import State

GONE = "There is no such job, or it is not yours."


class JobList(BaseModel):
    """Some of your jobs, the latest first."""

    jobs: list[JobShape]
    more: bool
    """Whether there are more behind these."""


class Order(BaseModel):
    """What is to be done."""

    command: Annotated[str, Field(min_length=1, max_length=100, examples=["speak"])]
    """The name of a command that takes its time, such as 'speak' or 'voices preview'."""
    values: dict[str, Any] = Field(default_factory=dict, examples=[{"text": "Hello", "format": "mp3"}])
    """What it is given, by the names of its parameters; a file is {"upload": id} of POST /api/page/uploads."""


def routes(parts: Parts) -> APIRouter:
    """What is served of jobs."""
    router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"], responses={401: {"model": Error}, 404: {"model": Error}})
    database = parts.database

    @router.get("")
    async def list_jobs(
        visitor: Visitor,
        state: Annotated[State | None, Query(description="Only those that are so far.")] = None,
        limit: Page = 50,
        skip: Skip = 0,
    ) -> JobList:
        """List what you asked for, the latest first."""

        def look(tx: Transaction) -> JobList:
            found = jobs.of_user(tx, visitor.asker.user_id, state, limit + 1, skip)
            return JobList(jobs=[job_shape(tx, each) for each in found[:limit]], more=len(found) > limit)

        return await database.read(look)

    @router.post("", status_code=202, responses={409: {"model": Error}, 422: {"model": Error}, 429: {"model": Error}})
    async def order(visitor: Visitor, order: Order, key: IdempotencyKey = None) -> JobShape:
        """Ask for something that takes its time; GET the job to see how far it is, and its files when it is done."""
        return await hand_in(parts, visitor, order.command, order.values, key)

    @router.get("/{id}")
    async def show_job(visitor: Visitor, id: Number) -> JobShape:
        """Tell how far one of your jobs is."""
        return await _shown(parts, visitor, id)

    @router.delete("/{id}", responses={409: {"model": Error}})
    async def cancel_job(visitor: Visitor, id: Number) -> JobShape:
        """Stop one of your jobs; nothing is charged for it."""
        await _shown(parts, visitor, id)
        reply = await parts.desk.ask(visitor.caller, Request(command="jobs cancel", values={"job": id}))
        if isinstance(reply, Reply) and reply.error:
            raise refused(reply)
        return await _shown(parts, visitor, id)

    return router


async def _shown(parts: Parts, guest: Guest, id: int) -> JobShape:
    """Return one of the visitor's jobs.

    Raises:
        Refused: There is none of that number, or it is somebody else's.
    """

    def look(tx: Transaction) -> JobShape | None:
        found = jobs.get(tx, id)
        return job_shape(tx, found) if found is not None and found.user_id == guest.asker.user_id else None

    shape = await parts.database.glance(look)
    if shape is None:
        raise Refused(404, NotFound.__name__, GONE)
    return shape
