"""GET /v1/voices: every voice that its person may use, and what OpenAI's names stand for."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from bot.web_adapter.openai_names import OWN, names
from bot.web_adapter.parts import Parts
from bot.web_adapter.shapes import Error
from bot.web_adapter.who import Visitor
from storage import voices
from storage.database import Transaction
from storage.voices import Voice


class VoiceShape(BaseModel):
    """A voice that you may use."""

    id: str
    """The name by which it is asked for."""
    object: Literal["voice"] = "voice"
    name: str
    title: str
    """A name for people; may be empty."""
    language: str
    sex: str
    kind: str
    """'builtin', or 'clone' for one that was made from recordings."""
    engine: str
    mine: bool
    notes: str


class VoiceList(BaseModel):
    """The voices that you may use, your own first."""

    object: Literal["list"] = "list"
    data: list[VoiceShape]
    more: bool
    """Whether there are more behind these."""
    aliases: dict[str, str]
    """What each of OpenAI's names stands for; 'auto' is your own voice, in the language of the text."""
    variants: dict[str, list[str]]
    """By engine, what can stand behind a '+': 'en-us+annie' is the voice en-us in the manner of annie."""
    default: str = Field(default=OWN, examples=[OWN])
    """What speaks where no voice is named."""


def routes(parts: Parts) -> APIRouter:
    """What is served of voices."""
    router = APIRouter(tags=["OpenAI's speech API"], responses={401: {"model": Error}})

    @router.get("/v1/voices")
    @router.get("/v1/audio/voices", include_in_schema=False)  # where other servers of this API have it
    async def list_voices(
        visitor: Visitor,
        language: Annotated[str, Query(max_length=40, description="Only of this language, such as 'en'.")] = "",
        search: Annotated[str, Query(max_length=100, description="Only those that have this in them.")] = "",
        limit: Annotated[int, Query(ge=1, le=1_000)] = 1_000,
        skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    ) -> VoiceList:
        """List the voices that you may use, your own first."""
        asker = visitor.asker

        def look(tx: Transaction) -> list[Voice]:
            return voices.visible(
                tx,
                user_id=asker.user_id,
                place_id=asker.place.id,
                language=language or None,
                search=search or None,
                limit=limit + 1,
                offset=skip,
            )

        found = await parts.database.read(look)
        return VoiceList(
            data=[_shape(each, asker.user_id) for each in found[:limit]],
            more=len(found) > limit,
            aliases=dict(names(parts.settings.web.voices)),
            variants={engine: [v.key for v in some] for engine, some in parts.host.variants.items() if some},
        )

    return router


def _shape(voice: Voice, user_id: int) -> VoiceShape:
    return VoiceShape(
        id=voice.name,
        name=voice.name,
        title=voice.title,
        language=voice.language,
        sex=voice.sex,
        kind=voice.kind,
        engine=voice.engine,
        mine=voice.user_id == user_id,
        notes=voice.notes,
    )
