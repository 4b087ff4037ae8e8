"""/speak: text in, speech out."""

from __future__ import annotations

from commands.core import plan
from commands.core.command import Lane, command
from commands.core.context import Inquiry, JobContext
from commands.core.estimate import quote_file
from commands.core.labels import project_of, tags_of
from commands.core.manner import Manner
from commands.core.page import check_file, read_file
from commands.core.params import (
    FileFormat,
    Language,
    Pitch,
    SampleRate,
    Speed,
    TextFile,
    TextOrFile,
    Timestamps,
    VoiceName,
    Volume,
)
from commands.core.quote import Quote
from commands.core.reply import Reply
from commands.core.saying import Prepared, note, quote, ready, say, voice_settings
from commands.core.words import excerpt
from engine.value import replace

FIRST_WORDS = 200
"""How many characters of what stood in a file are remembered: the history tells it by them."""


async def quote_speech(
    inquiry: Inquiry,
    text: str = "",
    voice: str = "",
    file: TextFile | None = None,
    tags: str = "",
    project: str = "",
    **wanted: object,
) -> Quote:
    """Check that there is something to say and somebody to say it, and tell what it costs.

    Raises:
        UsageError: Nothing in the text can be read aloud.
        NotFound: There is no such voice for the person.
    """
    manner = Manner(**wanted)  # type: ignore[arg-type]  # each was converted to the type of its parameter
    if (format := inquiry.format_for(manner.format)) is not manner.format:
        manner = replace(manner, format=format)
    if file is not None:
        check_file(file)
        planned = await plan.make(inquiry, "", voice, manner)
        quoted = replace(quote_file(file.bytes, manner), settings=voice_settings(planned.voice))
    else:
        quoted = await quote(inquiry, await ready(text), voice, manner)
    return replace(
        quoted,
        settings={**manner.settings, **quoted.settings},
        format=manner.kind_of_file,
        tags=tags_of(tags),
        project=project_of(project),
    )


@command("speak", lane=Lane.NOW, quote=quote_speech)
async def speak(
    ctx: JobContext,
    text: TextOrFile = "",
    voice: VoiceName = "",
    speed: Speed = 1.0,
    pitch: Pitch = 0.0,
    volume: Volume = 1.0,
    format: FileFormat = FileFormat.AUTO,
    sample_rate: SampleRate = SampleRate.AUTO,
    language: Language = "",
    timestamps: Timestamps = Timestamps.NONE,
    file: TextFile | None = None,
    tags: str = "",
    project: str = "",
) -> Reply:
    """Say a text in a voice.

    You get a sound file. A long text shows how far it has come, and goes on where it was if Mynah restarts. What you
    had said before, in the same voice and manner, comes back at once and is free. [pause 1s] in the text is a pause.

    Args:
        text: What to say.
        voice: Whose voice says it; yours to begin with (/voices default).
        speed: Pace; 1 is the voice's own, 2 is twice as fast.
        pitch: How many semitones higher; -12 is an octave lower.
        volume: Loudness; 1 is as usual, 2 is twice as much.
        format: The kind of file.
        sample_rate: Samples a second, in Hz; auto is the voice's own.
        language: What the text is in, such as de; found out where you leave it open.
        timestamps: Tell when each is said, in JSON, SRT and VTT files beside the sound.
        file: A .txt or .md file to say, in place of a text.
        tags: What to file it under, in words with blanks between.
        project: What it belongs to.
    """
    manner = Manner(
        speed=speed,
        pitch=pitch,
        volume=volume,
        format=ctx.format_for(format),
        sample_rate=sample_rate,
        language=language,
        timestamps=timestamps,
    )
    if isinstance(known := ctx.prepared, Prepared):
        return await say(ctx, known.text, known.plan, manner)
    words = await ready(text if file is None else await read_file(ctx, file))
    planned = await plan.make(ctx, words, voice, manner)
    if file is None:
        await note(ctx, planned, manner)
    else:
        await note(ctx, planned, manner, words=excerpt(words, FIRST_WORDS))
    return await say(ctx, words, planned, manner)
