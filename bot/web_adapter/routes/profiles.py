"""/api/v1/profiles: a person's own voices, made of recordings, with everything that belongs to them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from bot.web_adapter.handing_in import IdempotencyKey, hand_in
from bot.web_adapter.parts import Parts
from bot.web_adapter.refusal import Refused, refused
from bot.web_adapter.shapes import Error, JobShape, Number
from bot.web_adapter.who import Guest, Visitor
from commands.core.errors import NotFound
from commands.core.reply import Reply
from commands.core.request import Request
from commands.core.voice_words import step
from commands.core.words import iso
from storage import clones, recordings, voices
from storage.database import Transaction
from storage.voices import Voice

GONE = "There is no such voice, or it is not yours."
Name = Annotated[str, Field(min_length=1, max_length=100, examples=["Ada"])]
Upload = Annotated[str, Field(min_length=1, max_length=100, description="What POST /api/page/uploads has returned.")]


class Profile(BaseModel):
    """A voice of yours."""

    id: int
    name: str
    language: str
    notes: str
    tags: list[str]
    visibility: str
    """Who may use it: 'private', 'place' or 'public'."""
    status: str
    ready: bool
    """Whether it can speak."""
    missing: str
    """What stands between it and speaking; empty where nothing does."""
    consent: str
    """How its person has agreed; empty where they have not."""
    engine: str
    figures: dict[str, Any]
    """What was reached when it was made."""
    recordings: list[int]
    """The numbers of what it was made from."""
    created: str


class ProfileList(BaseModel):
    """Your voices, by name."""

    profiles: list[Profile]


class NewProfile(BaseModel):
    """A voice that is to be made."""

    name: Name
    """What it is called."""
    upload: Upload
    """The recording that it begins with."""
    language: Annotated[str, Field(max_length=40)] = ""
    """What is spoken in it; empty: English."""


def routes(parts: Parts) -> APIRouter:
    """What is served of voices that people have made."""
    router = APIRouter(
        prefix="/api/v1/profiles", tags=["profiles"], responses={401: {"model": Error}, 404: {"model": Error}}
    )
    taken: dict[int | str, dict[str, Any]] = {each: {"model": Error} for each in (403, 409, 422, 429)}

    @router.get("")
    async def list_profiles(visitor: Visitor) -> ProfileList:
        """List your voices, whatever their status."""

        def look(tx: Transaction) -> list[Profile]:
            return [_shape(tx, each) for each in clones.of_user(tx, visitor.asker.user_id)]

        return ProfileList(profiles=await parts.database.read(look))

    @router.post("", status_code=202, responses=taken)
    async def create_profile(visitor: Visitor, new: NewProfile, key: IdempotencyKey = None) -> JobShape:
        """Begin a voice with a recording, which is looked at first; then its person has to agree (/consent)."""
        values: dict[str, object] = {"name": new.name, "recording": {"upload": new.upload}}
        values |= {"language": new.language} if new.language else {}
        return await hand_in(parts, visitor, "clone", values, key)

    @router.get("/{id}")
    async def show_profile(visitor: Visitor, id: Number) -> Profile:
        """Tell of one of your voices."""
        return (await _own(parts, visitor, id))[1]

    @router.post("/{id}/build", status_code=202, responses=taken)
    async def build_profile(visitor: Visitor, id: Number, key: IdempotencyKey = None) -> JobShape:
        """Make a voice of its recordings, once its person has agreed."""
        voice, _ = await _own(parts, visitor, id)
        return await hand_in(parts, visitor, "voices build", {"name": voice.name}, key)

    @router.delete("/{id}", status_code=204, responses={409: {"model": Error}})
    async def delete_profile(visitor: Visitor, id: Number) -> None:
        """Let one of your voices go at once and for good, with its recordings and all that was learned from them."""
        voice, _ = await _own(parts, visitor, id)
        values = {"name": voice.name, "confirm": True}
        reply = await parts.desk.ask(visitor.caller, Request(command="voices delete", values=values))
        if isinstance(reply, Reply) and reply.error:
            raise refused(reply)

    return router


async def _own(parts: Parts, guest: Guest, id: int) -> tuple[Voice, Profile]:
    """Return one of the visitor's voices.

    Raises:
        Refused: There is none of that number, or it is somebody else's, or came with an engine.
    """

    def look(tx: Transaction) -> tuple[Voice, Profile] | None:
        voice = voices.get(tx, id)
        return (voice, _shape(tx, voice)) if voice is not None and voice.user_id == guest.asker.user_id else None

    found = await parts.database.read(look)
    if found is None:
        raise Refused(404, NotFound.__name__, GONE)
    return found


def _shape(tx: Transaction, voice: Voice) -> Profile:
    missing = step(voice)
    return Profile(
        id=voice.id,
        name=voice.name,
        language=voice.language,
        notes=voice.notes,
        tags=list(voice.tags),
        visibility=voice.visibility,
        status=voice.status,
        ready=not missing,
        missing=missing,
        consent=voice.consent,
        engine=voice.engine,
        figures=dict(voice.figures),
        recordings=[each.id for each in recordings.of_voice(tx, voice.id)],
        created=iso(voice.created_at),
    )
