"""/api/v1/owner/overview: all of Mynah at a glance, for whoever runs it; counts and names, and nobody's texts."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from bot.web_adapter.parts import Parts
from bot.web_adapter.shapes import Error
from bot.web_adapter.who import Owner
from commands.core.words import iso
from storage import queue, statistics
from storage.database import Transaction


class QueueRow(BaseModel):
    """A job that has not ended."""

    job: int
    state: str
    person: str
    command: str
    place: int | None
    """How many jobs go before it; null where it does not wait."""
    left: float | None
    """Seconds until it is done, as far as one can tell."""
    waiting_since: str
    progress: float


class FailureRow(BaseModel):
    """A reason for which jobs have failed."""

    job: int
    """The latest of them."""
    at: str
    key: str
    reason: str
    count: int


class Storage(BaseModel):
    """What is on disk."""

    bytes: int
    files: int
    free: int
    recordings: int
    recording_bytes: int


class EngineRow(BaseModel):
    """An engine."""

    name: str
    state: str
    version: str
    licence: str
    note: str
    held_bytes: int


class PersonRow(BaseModel):
    """Somebody who uses this Mynah."""

    id: int
    name: str
    platform: str
    used: dict[str, int]
    limits: dict[str, int]
    """By the same names; -1 is as much as they like."""
    blocked: bool
    seen: str


class PlaceRow(BaseModel):
    """Where it is used."""

    id: int
    name: str
    platform: str
    kind: str
    jobs: int
    """How many were asked for there since midnight, UTC."""


class DayRow(BaseModel):
    """What was done in a day."""

    day: str
    generations: int
    seconds: float
    wait_p50: float
    wait_p90: float


class Overview(BaseModel):
    """All of it."""

    queue: list[QueueRow]
    failures: list[FailureRow]
    storage: Storage
    engines: list[EngineRow]
    people: list[PersonRow]
    places: list[PlaceRow]
    days: list[DayRow]


def routes(parts: Parts) -> APIRouter:
    """What is served for whoever runs this Mynah."""
    router = APIRouter(prefix="/api/v1/owner", tags=["owner"], responses={401: {"model": Error}, 403: {"model": Error}})

    @router.get("/overview")
    async def overview(owner: Owner) -> Overview:
        """Tell of the queue, failures, storage, engines, people, places and the last thirty days."""
        free, engines = parts.folder.free_bytes(), _engines(parts)

        def look(tx: Transaction) -> Overview:
            stored = statistics.stored(tx)
            return Overview(
                queue=[_queued(tx, each) for each in statistics.waiting(tx)],
                failures=[
                    FailureRow(job=each.job_id, at=iso(each.at), key=each.key, reason=each.reason, count=each.count)
                    for each in statistics.failures(tx)
                ],
                storage=Storage(
                    bytes=stored.file_bytes,
                    files=stored.files,
                    free=free,
                    recordings=stored.recordings,
                    recording_bytes=stored.recording_bytes,
                ),
                engines=engines,
                people=[_person(each) for each in statistics.people(tx, parts.rules.allowances)],
                places=[PlaceRow(**_fields(each)) for each in statistics.places(tx)],
                days=[DayRow(**_fields(each)) for each in statistics.days(tx)],
            )

        return await parts.database.read(look)

    return router


def _queued(tx: Transaction, waiting: statistics.Waiting) -> QueueRow:
    job = waiting.job
    place, left = None, job.eta_at - tx.now if job.eta_at is not None else None
    if job.state == "ready":
        ticket = queue.ticket(tx, job.id)
        place, left = ticket.place, ticket.eta_ms
    return QueueRow(
        job=job.id,
        state=job.state,
        person=waiting.person,
        command=job.command,
        place=place,
        left=max(0, left) / 1_000 if left is not None else None,
        waiting_since=iso(job.created_at),
        progress=job.progress,
    )


def _person(person: statistics.PersonUse) -> PersonRow:
    told = _fields(person)
    return PersonRow(
        id=told.pop("user_id"),
        seen=iso(told.pop("seen_at")),
        **{**told, "used": dict(person.used), "limits": dict(person.limits)},
    )


def _engines(parts: Parts) -> list[EngineRow]:
    abilities = parts.host.abilities
    return [
        EngineRow(
            name=name,
            state=health.state,
            version=abilities[name].version if name in abilities else "",
            licence=abilities[name].licence if name in abilities else "",
            note=health.note,
            held_bytes=health.held_bytes,
        )
        for name, health in parts.host.health.items()
    ]


def _fields(row: object) -> dict[str, Any]:
    return {name: getattr(row, name) for name in getattr(type(row), "__dataclass_fields__", {})}
