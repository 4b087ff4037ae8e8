"""POST /v1/audio/speech: OpenAI's speech API; a job like every other, whose sound streams while it is said."""

from __future__ import annotations

import base64
import enum
import json
import secrets
from collections.abc import AsyncGenerator
from contextlib import ExitStack
from typing import Annotated

from fastapi import APIRouter
from fastapi import Request as Call
from fastapi.responses import Response
from pydantic import BaseModel, Field

from bot.web_adapter import openai_names
from bot.web_adapter.parts import Parts
from bot.web_adapter.refusal import Refused, refused
from bot.web_adapter.streaming import Live, NotSaid, Voicing, first_of
from bot.web_adapter.who import Guest, Visitor
from commands.core.errors import MynahError
from commands.core.params import TEXT_LIMIT
from commands.core.reply import Reply
from commands.core.request import Request
from engine.encoding.streamed import Kind

TYPES = {
    Kind.MP3: "audio/mpeg",
    Kind.OPUS: "audio/ogg",
    Kind.AAC: "audio/aac",
    Kind.FLAC: "audio/flac",
    Kind.WAV: "audio/wav",
    Kind.PCM: "audio/pcm",
}
"""What each kind is called on the web."""
SLOWEST, FASTEST = 0.5, 3.0
"""The paces that voices here have; OpenAI's clients may ask for more on both sides, and get these."""
CLIENT_GONE = 499
"""What is answered where nobody is there to hear it; servers note it so."""


class Stream(enum.StrEnum):
    """How the sound comes."""

    AUDIO = "audio"
    """As the bytes of the file."""
    SSE = "sse"
    """As events of base64."""


class VoiceId(BaseModel):
    """A voice by its name, as some clients wrap it."""

    id: Annotated[str, Field(max_length=100)]
    """The name."""


class Speech(BaseModel):
    """What is to be said, and how."""

    input: Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT, examples=["Hello, I am Mynah."])]
    """The text. OpenAI takes 4,096 characters; more are taken here."""
    model: Annotated[str, Field(max_length=100, examples=["tts-1"])] = openai_names.OWN
    """Any name of GET /v1/models; the voice decides which engine speaks."""
    voice: Annotated[str, Field(max_length=100, examples=["alloy"])] | VoiceId = ""
    """A name of GET /v1/voices or of OpenAI's; empty: your own."""
    response_format: Kind = Kind.MP3
    """The kind of file; 'pcm' is 24,000 Hz, 16 bits, little-endian, without a header."""
    speed: Annotated[float, Field(ge=0.25, le=4.0)] = 1.0
    """Pace; 1 is the voice's own. Voices here go from 0.5 to 3, and no further."""
    stream_format: Stream = Stream.AUDIO
    """How the sound comes: as bytes, or as server-sent events."""
    instructions: Annotated[str, Field(max_length=4_096)] = ""
    """How it is to be said; voices here do not heed it."""


def routes(parts: Parts) -> APIRouter:
    """What is served for OpenAI's speech API."""
    router = APIRouter(tags=["OpenAI's speech API"])

    @router.post(
        "/v1/audio/speech",
        response_class=Response,
        responses={200: {"description": "The sound, as it is said.", "content": {t: {} for t in TYPES.values()}}},
        summary="Say a text",
    )
    async def speech(call: Call, visitor: Visitor, wanted: Speech) -> Response:
        """Say a text in a voice; the bytes come sentence by sentence. It counts, waits and is kept as any /speak."""
        return await _Saying(parts, visitor, wanted).answer(call)

    return router


class _Saying:
    """One request to say something."""

    def __init__(self, parts: Parts, guest: Guest, wanted: Speech) -> None:
        self._parts = parts
        self._guest = guest
        self._wanted = wanted
        self._key = secrets.token_hex(16)
        self._listening = ExitStack()
        self._job: int | None = None
        self._voicing: Voicing | None = None

    async def answer(self, call: Call) -> Response:
        """Ask for it, wait for its first bytes, and answer with those and what comes after them."""
        if self._wanted.model not in openai_names.MODELS:
            raise Refused(404, "model_not_found", f"There is no model {self._wanted.model!r}; GET /v1/models has all.")
        try:
            parts = await self._begin()
            try:
                first = await first_of(parts, call.receive)
            except NotSaid as error:
                raise refused(error.reply) from None
            except MynahError as error:
                raise refused(error) from None
        except BaseException:
            await self._end()
            raise
        if first is None:
            await parts.aclose()
            await self._end()
            return Response(status_code=CLIENT_GONE)
        as_events = self._wanted.stream_format is Stream.SSE
        return Live(
            first,
            parts,
            self._end,
            media_type="text/event-stream" if as_events else TYPES[self._wanted.response_format],
            headers={"X-Mynah-Job": str(self._job), "Cache-Control": "no-store"},
        )

    async def _begin(self) -> AsyncGenerator[bytes, None]:
        """Hand it in, with somebody to listen before it can begin."""
        host = self._parts.host
        tap = self._listening.enter_context(host.runner.listen(self._key))
        ticket = await self._parts.desk.ask(self._guest.caller, await self._request())
        if isinstance(ticket, Reply):
            raise refused(ticket)
        self._job = ticket.job_id
        self._voicing = voicing = Voicing(
            database=self._parts.database, runner=host.runner, data=host.data, tap=tap, job_id=ticket.job_id
        )
        sound = voicing.sound(self._wanted.response_format)
        return sound if self._wanted.stream_format is Stream.AUDIO else self._events(sound)

    async def _request(self) -> Request:
        wanted, named = self._wanted, openai_names.names(self._parts.settings.web.voices)
        voice = wanted.voice.id if isinstance(wanted.voice, VoiceId) else wanted.voice
        asker, languages = self._guest.asker, self._parts.host.languages
        meant = await self._parts.database.glance(
            lambda tx: openai_names.meant(tx, asker, voice, wanted.input, named, languages)
        )
        values: dict[str, object] = {"text": wanted.input, "format": wanted.response_format.file_format.value}
        values["speed"] = min(max(wanted.speed, SLOWEST), FASTEST)
        values |= {"voice": meant.voice} if meant.voice else {}
        values |= {"language": meant.language} if meant.language else {}
        return Request(command="speak", values=values, address={"api": "speech", "tap": self._key})

    async def _end(self) -> None:
        """Listen no more; what nobody hears to its end is cancelled, and not charged."""
        self._listening.close()
        if self._job is not None and not (self._voicing and self._voicing.over):
            await self._parts.desk.ask(self._guest.caller, Request(command="jobs cancel", values={"job": self._job}))

    async def _events(self, sound: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        """Wrap the sound as OpenAI's events; tokens are characters here."""
        try:
            async for part in sound:
                yield _event({"type": "speech.audio.delta", "audio": base64.b64encode(part).decode()})
        finally:
            await sound.aclose()
        count = len(self._wanted.input)
        usage = {"input_tokens": count, "output_tokens": 0, "total_tokens": count}
        yield _event({"type": "speech.audio.done", "usage": usage})


def _event(data: dict[str, object]) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()
