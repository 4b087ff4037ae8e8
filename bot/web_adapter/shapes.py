"""Shapes: what the API tells of jobs and files, as JSON; the OpenAPI document is made from them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from commands.core.words import iso
from engine.speech import Format
from storage import files, queue
from storage.database import Transaction
from storage.files import File
from storage.jobs import Job

SOUNDS = tuple(each.value for each in Format)
"""The formats of sounds, any of which can be had of a sound."""
AUDIO = "/api/v1/files/audio"
"""Under which path the bytes of files are."""
Page = Annotated[int, Field(ge=1, le=200)]
"""How many entries a list has."""
Skip = Annotated[int, Field(ge=0, le=10_000_000)]
"""How many entries of a list are passed over."""
Number = Annotated[int, Field(ge=1, le=2**53)]
"""The number of a row."""


class Wrong(BaseModel):
    """What is wrong."""

    message: str
    """For people."""
    type: str
    """For programs."""
    code: str
    """The same."""


class Error(BaseModel):
    """What every refusal looks like."""

    error: Wrong


class FileShape(BaseModel):
    """A file that Mynah keeps for you."""

    id: int
    name: str
    format: str
    bytes: int
    seconds: float | None
    """How long it sounds; null where it is no sound."""
    created: str
    expires: str | None
    """When it goes; null: it is kept."""
    public: bool
    """Whether others may fetch it without a token."""
    downloads: int
    job: int | None
    """The job that made it."""
    url: str
    """Where its bytes are."""
    info: str
    """Where more is told of it."""


class JobShape(BaseModel):
    """Something that you asked for."""

    id: int
    command: str
    state: Literal["pending", "ready", "running", "succeeded", "failed", "cancelled"]
    text: str
    """What is to be said, where it was typed."""
    characters: int
    progress: float
    """How much is done, from 0 to 1."""
    place: int | None
    """How many jobs go before it, 50 standing for more; null where it does not wait."""
    seconds: float | None
    """How long its sound is."""
    cached: bool
    """Whether a file that was there already has answered it."""
    error: str | None
    """Why it failed, for programs."""
    message: str | None
    """Why it failed, for people."""
    created: str
    finished: str | None
    files: list[FileShape]


def file_shape(file: File) -> FileShape:
    """Tell of a file."""
    return FileShape(
        id=file.id,
        name=file.name,
        format=file.format,
        bytes=file.bytes,
        seconds=file.seconds,
        created=iso(file.created_at),
        expires=iso(file.expires_at) if file.expires_at is not None else None,
        public=file.public,
        downloads=file.downloads,
        job=file.job_id,
        url=f"{AUDIO}/{file.id}",
        info=f"/api/v1/files/{file.id}/info",
    )


def job_shape(tx: Transaction, job: Job) -> JobShape:
    """Tell of a job, with its files."""
    return JobShape(
        id=job.id,
        command=job.command,
        state=job.state,
        text=job.text or "",
        characters=job.characters,
        progress=round(job.progress, 4),
        place=queue.line(tx, job.id)[0] if job.state == "ready" else None,
        seconds=job.seconds,
        cached=job.cached,
        error=job.error_key,
        message=job.error,
        created=iso(job.created_at),
        finished=iso(job.finished_at) if job.finished_at is not None else None,
        files=[file_shape(each) for each in files_of(tx, job)],
    )


def files_of(tx: Transaction, job: Job) -> Sequence[File]:
    """Return what a job made, or what has answered it, the main one first; none where that is gone."""
    main = files.get(tx, job.file_id) if job.file_id is not None else None
    if main is None or main.user_id != job.user_id:
        return ()
    others = files.of_job(tx, main.job_id) if main.job_id is not None else []
    return (main, *(each for each in others if each.id != main.id))


def voice_of(job: Job | None) -> str:
    """Return the name of the voice that a job speaks with."""
    return str(json.loads(job.settings).get("voice", "")) if job else ""
