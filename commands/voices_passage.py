"""/voices passage: the stretch of one's own recording that was chosen, to be heard.

It is made anew from the clean sound, as the kind of file that is usual there: the file as it came is never sent, for
nobody knows what else is in it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

from commands.core.building import own_voice
from commands.core.command import Lane, command
from commands.core.consenting import OwnVoice
from commands.core.context import Inquiry, JobContext
from commands.core.errors import Failed, Refused
from commands.core.manner import USUAL, Manner
from commands.core.params import Between
from commands.core.quote import Quote
from commands.core.reply import FileRef, Reply
from commands.core.saying import voice_settings
from commands.core.threads import off_loop
from commands.core.words import count, duration, file_name
from engine.audio import to_sound
from engine.clean import read
from engine.encoding import Tags
from engine.take import Take, Target, write
from engine.value import value
from storage import recordings
from storage.database import Transaction
from storage.metrics import Charge, Metric
from storage.recordings import Recording
from storage.voices import Voice

MOST = 20
Which = Annotated[int, Between(1, MOST)]
"""Which of a voice's recordings, the best first."""
BYTES_A_SECOND = 100_000
"""What a second of a file takes at most, in bytes: a WAV file of 48 kHz."""


class SoundGone(Failed):
    """The recording of {name} is not on the disk any more. Give another one: /clone {name}"""


@value
class Passage:
    """The chosen stretch of a recording."""

    voice: Voice
    """The voice."""
    recording: Recording
    """The recording."""
    begin: float
    """From when on, in seconds."""
    end: float
    """Until when, in seconds."""
    of: int
    """How many recordings the voice has."""


async def quote_passage(inquiry: Inquiry, name: str, number: int = 1) -> Quote:
    """Check that there is one, and tell what the file of it takes.

    Raises:
        Refused: There is none.
    """
    found = await inquiry.read(lambda tx: _find(tx, inquiry, name, number))
    most = round((found.end - found.begin + 1) * BYTES_A_SECOND)
    manner = _manner(inquiry)
    return Quote(
        charges=(Charge(metric=Metric.BYTES, amount=most),),
        settings=voice_settings(found.voice),
        format=manner.kind_of_file,
    )


@command("voices", "passage", lane=Lane.NOW, quote=quote_passage, private=True)
async def hear_passage(ctx: JobContext, name: OwnVoice, number: Which = 1) -> Reply:
    """Hear the part of your recording that a voice of yours is made of above all.

    Args:
        name: Which of your voices.
        number: Which of its recordings, the best first.
    """
    found = await ctx.read(lambda tx: _find(tx, ctx, name, number))
    manner = _manner(ctx)
    file = file_name(f"{found.voice.name} recording", manner.kind_of_file.suffix)
    target = Target(
        format=manner.kind_of_file, tags=Tags(title=f"A recording for {found.voice.name}", voice="", comment="")
    )
    ctx.workspace.mkdir(exist_ok=True)
    source, path = ctx.host.data / found.recording.path, ctx.workspace / f"{file}.wav"
    try:
        take = await off_loop(partial(_cut, source, found, path, target))
    except FileNotFoundError:
        raise SoundGone(name=found.voice.name) from None
    ctx.used[Metric.BYTES] = take.bytes
    which = f", of {count(found.of, 'recordings')}" if found.of > 1 else ""
    return Reply(
        text=f"{found.voice.name}: {duration(found.end - found.begin)} from {duration(found.begin)} on{which}.",
        private=True,
        files=(
            FileRef(
                id=0,
                name=file,
                path=str(take.path),
                format=manner.kind_of_file.value,
                bytes=take.bytes,
                seconds=take.seconds,
                voice=manner.is_voice,
                voice_id=found.voice.id,
            ),
        ),
        data={"voice": found.voice.name, "begin": found.begin, "end": found.end, "recordings": found.of},
    )


def _find(tx: Transaction, inquiry: Inquiry, name: str, number: int) -> Passage:
    voice = own_voice(tx, inquiry, name)
    there = [each for each in recordings.of_voice(tx, voice.id) if each.status == "ready" and each.passage]
    there.sort(key=lambda each: (-(each.score or 0.0), each.id))
    if number > len(there):
        raise Refused(
            "{name} has {held} to listen to, no number {number}.",
            name=voice.name,
            held=count(len(there), "recordings"),
            number=number,
        )
    recording = there[number - 1]
    assert recording.passage is not None
    begin, end = recording.passage
    return Passage(voice=voice, recording=recording, begin=begin, end=end, of=len(there))


def _cut(source: Path, found: Passage, path: Path, target: Target) -> Take:
    return write(path, [to_sound(read(source, found.begin, found.end))], target)


def _manner(inquiry: Inquiry) -> Manner:
    """As everybody hears things there who asks for nothing else."""
    return replace(USUAL, format=inquiry.format_for(USUAL.format))
