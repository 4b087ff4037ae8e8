"""/api/v1/recordings: what voices are made from, and how good it is; a recording goes with its voice."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from bot.web_adapter.handing_in import IdempotencyKey, hand_in
from bot.web_adapter.parts import Parts
from bot.web_adapter.refusal import Refused
from bot.web_adapter.routes.profiles import Name, Upload
from bot.web_adapter.shapes import Error, JobShape, Number, Page, Skip
from bot.web_adapter.who import Visitor
from commands.core.errors import NotFound
from commands.core.words import iso
from storage import recordings
from storage.recordings import Recording

GONE = "There is no such recording, or it is not yours."


class RecordingShape(BaseModel):
    """A recording that you have given."""

    id: int
    profile: int | None
    """The voice that it belongs to."""
    name: str
    status: str
    bytes: int
    seconds: float | None
    rate: int | None
    """Samples a second, in Hz."""
    speakers: int | None
    """How many people speak in it: 1, or 2 for more."""
    score: float | None
    """How good it is for a voice, from 0 to 10."""
    figures: dict[str, Any]
    """Everything that was measured."""
    transcript: str
    """What is said in it, where you wrote that down."""
    error: str
    """Why it cannot be used; empty where it can."""
    created: str


class RecordingList(BaseModel):
    """Some of your recordings, the latest first."""

    recordings: list[RecordingShape]
    more: bool
    """Whether there are more behind these."""


class NewRecording(BaseModel):
    """A recording for a voice."""

    profile: Name
    """The name of the voice: a new one, or one of yours that it is added to."""
    upload: Upload
    """The sound."""
    transcript: Annotated[str, Field(max_length=100)] = ""
    """A text of what is said in it, given before like the sound; empty for none."""
    language: Annotated[str, Field(max_length=40)] = ""
    """What is spoken in it; empty: English."""


def routes(parts: Parts) -> APIRouter:
    """What is served of recordings."""
    router = APIRouter(
        prefix="/api/v1/recordings", tags=["recordings"], responses={401: {"model": Error}, 404: {"model": Error}}
    )
    taken: dict[int | str, dict[str, Any]] = {each: {"model": Error} for each in (403, 409, 422, 429)}

    @router.get("")
    async def list_recordings(visitor: Visitor, limit: Page = 50, skip: Skip = 0) -> RecordingList:
        """List the recordings that you have given, the latest first."""
        found = await parts.database.read(lambda tx: recordings.of_user(tx, visitor.asker.user_id, limit + 1, skip))
        return RecordingList(recordings=[_shape(each) for each in found[:limit]], more=len(found) > limit)

    @router.post("", status_code=202, responses=taken)
    async def give_recording(visitor: Visitor, new: NewRecording, key: IdempotencyKey = None) -> JobShape:
        """Give a recording for a voice: it is looked at, and the job's answer is its report card."""
        values: dict[str, object] = {"name": new.profile, "recording": {"upload": new.upload}}
        values |= {"transcript": {"upload": new.transcript}} if new.transcript else {}
        values |= {"language": new.language} if new.language else {}
        return await hand_in(parts, visitor, "clone", values, key)

    @router.get("/{id}")
    async def show_recording(visitor: Visitor, id: Number) -> RecordingShape:
        """Tell of one of your recordings, and how good it is."""
        found = await parts.database.glance(lambda tx: recordings.get(tx, id))
        if found is None or found.user_id != visitor.asker.user_id:
            raise Refused(404, NotFound.__name__, GONE)
        return _shape(found)

    return router


def _shape(recording: Recording) -> RecordingShape:
    return RecordingShape(
        id=recording.id,
        profile=recording.voice_id,
        name=recording.name,
        status=recording.status,
        bytes=recording.bytes,
        seconds=recording.seconds,
        rate=recording.rate,
        speakers=recording.speakers,
        score=recording.score,
        figures=dict(recording.figures),
        transcript=recording.transcript or "",
        error=recording.error or "",
        created=iso(recording.created_at),
    )
