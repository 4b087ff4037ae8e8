"""/speak: text in, speech out."""

from __future__ import annotations

import asyncio
import math

from commands.core.casting import cast
from commands.core.command import Lane, command
from commands.core.context import Inquiry, JobContext
from commands.core.errors import UsageError
from commands.core.estimate import LONG, quote_text
from commands.core.params import TEXT_LIMIT, Speed, Text, VoiceName
from commands.core.quote import Quote
from commands.core.reply import Action, FileRef, Reply
from commands.core.words import duration, excerpt, file_name
from engine.speech import Utterance
from engine.text.hygiene import clean, speakable
from engine.text.sentences import sentences as cut
from storage.metrics import Metric
from storage.voices import Voice

AGAIN = 4_000
"""The longest text, in characters, that a button carries to be said again."""


async def quote_speech(inquiry: Inquiry, text: str, voice: str = "", speed: float = 1.0) -> Quote:
    """Check that there is something to say and somebody to say it, and tell what it costs.

    Raises:
        UsageError: Nothing in the text can be read aloud.
        NotFound: There is no such voice for the person.
    """
    cleaned = await ready(text)
    await inquiry.read(lambda tx: cast(tx, inquiry, voice))
    return quote_text(cleaned, speed)


@command("speak", lane=Lane.NOW, quote=quote_speech)
async def speak(ctx: JobContext, text: Text, voice: VoiceName = "", speed: Speed = 1.0) -> Reply:
    """Say a text in a voice.

    You get a sound file. A long text shows how far it has come, and goes on where it was if Mynah restarts.

    Args:
        text: What to say.
        voice: Whose voice says it; yours to begin with (/voices default).
        speed: Pace; 1 is the voice's own, 2 is twice as fast.
    """
    speaker = await ctx.read(lambda tx: cast(tx, ctx, voice))
    return await perform(ctx, await ready(text), speaker, speed)


async def ready(text: str) -> str:
    """Return the text as `readable` does; a long one is not read on the event loop."""
    return readable(text) if len(text) <= LONG else await asyncio.to_thread(readable, text)


def readable(text: str) -> str:
    """Return the text clean and ready to be read aloud.

    Raises:
        UsageError: There is nothing in it to read.
    """
    cleaned = clean(text)
    if not cleaned.strip():
        raise UsageError("There is nothing to say yet; put some words behind /speak.")
    if not speakable(cleaned):
        raise UsageError("There is nothing in that to read aloud; add a word or two.")
    if len(cleaned) > TEXT_LIMIT:  # ligatures and the like are longer when they are read
        raise UsageError(
            "That is {length:,} characters to read; {most:,} is the most. Send it in parts.",
            length=len(cleaned),
            most=TEXT_LIMIT,
        )
    return cleaned


async def perform(ctx: JobContext, text: str, voice: Voice, speed: float) -> Reply:
    """Say a clean text in a voice, and answer with the file of it."""
    sentences = cut(text) if len(text) <= LONG else await asyncio.to_thread(cut, text)
    utterances = [
        Utterance(text=sentence, engine=voice.engine, speaker=voice.speaker_key, speed=speed) for sentence in sentences
    ]
    take = await ctx.studio.say(utterances)
    ctx.used[Metric.SECONDS] = math.ceil(take.seconds)
    ctx.used[Metric.BYTES] = take.bytes
    return Reply(
        text=f'"{excerpt(text)}" · {duration(take.seconds)} · {voice.title}',
        files=(
            FileRef(
                id=0,
                name=file_name(text, "wav"),
                path=str(take.path),
                format="wav",
                bytes=take.bytes,
                seconds=take.seconds,
            ),
        ),
        actions=_again(text, voice, speed),
        data={
            "seconds": round(take.seconds, 3),
            "voice": voice.name,
            "engine": voice.engine,
            "cached": False,
            "characters": len(text),
        },
    )


def _again(text: str, voice: Voice, speed: float) -> tuple[Action, ...]:
    if len(text) > AGAIN:
        return ()
    return (Action(label="Again", command="speak", values={"text": text, "voice": voice.name, "speed": speed}),)
