"""/clone: a voice from a recording of somebody. First it is looked at, which is free; made is it once they have agreed.

/clone Ada + a recording        Ada: 21 s of speech, 31 dB over the noise … 8 of 10. Is it your own voice?
/clone Ada + another one        the same for a second recording of the same person: the voice is made of both.

What is too poor for a voice is refused with what to do about it, and nothing of it is kept. Refused are also names that
no voice can have, what a machine has spoken, a recording of somebody else than the voice's others, more recordings than
are looked at in an hour, and whoever may not clone there.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated

from commands.core.cloning import check_able, check_allowed, check_recording, check_same, next_steps
from commands.core.command import Lane, command
from commands.core.context import Inquiry, JobContext
from commands.core.errors import UsageError
from commands.core.examining import Examined, examine_recording
from commands.core.moving import Move, Moves
from commands.core.naming import checked_name
from commands.core.page import check_file, read_file
from commands.core.params import Attachment, Example, Language, Menu, SoundFile, TextFile
from commands.core.plan import language_spoken
from commands.core.quote import FREE, Quote
from commands.core.reply import Action, Reply
from commands.core.words import count, duration, size
from engine.intake.limits import USUAL
from storage import clones, recordings, sounds, voice_folder
from storage.database import Transaction
from storage.voices import Voice

ENGLISH = "en"
"""What is spoken in a recording where nobody says otherwise."""
Name = Annotated[str, Example("Ada")]


async def quote_clone(
    inquiry: Inquiry,
    name: str,
    recording: Attachment,
    transcript: Attachment | None = None,
    language: str = "",
) -> Quote:
    """Check what can be checked before the recording is there; to have one looked at is free.

    Raises:
        Refused: No voice may or can be made so; the sentence says why.
    """
    check_allowed(inquiry)
    check_able(inquiry)
    kept = checked_name(name)
    if language:
        language_spoken(inquiry, language)
    if recording.bytes > USUAL.bytes:
        raise UsageError(
            "{name} is {size}; {most} is the most. Send the part in which the voice is clearest.",
            name=recording.name[:60],
            size=size(recording.bytes),
            most=size(USUAL.bytes),
        )
    if transcript is not None:
        check_file(transcript)
    await inquiry.read(lambda tx: check_recording(tx, inquiry, kept, bytes=recording.bytes))
    return FREE


@command("clone", lane=Lane.SOON, quote=quote_clone, private=True)
async def clone(
    ctx: JobContext,
    name: Name,
    recording: Annotated[SoundFile, Menu("Clone this voice")],
    transcript: TextFile | None = None,
    language: Language = "",
) -> Reply:
    """Make a voice of a recording of somebody who agrees to it.

    The recording is looked at first, which is free: you see how good it is, and what would make it better. Then whose
    voice it is has to agree, and the voice is made. Another recording of the same person under that name adds to it.

    Args:
        name: What the voice is called.
        recording: Somebody who speaks: 8 s are the least, 20 s are good, ten minutes the most. Any sound or video.
        transcript: What is said in it, as a .txt file; it helps, and can be left out.
        language: What is spoken in it, such as de; English where you leave it open.
    """
    check_allowed(ctx)
    kept = checked_name(name)
    await ctx.read(lambda tx: check_recording(tx, ctx, kept, job_id=ctx.job_id))
    said = await read_file(ctx, transcript) if transcript is not None else ""
    examined = await examine_recording(ctx, recording, kept, said)
    voice = await _keep(ctx, kept, language_spoken(ctx, language) if language else ENGLISH, examined)
    held = await name_sources(ctx, voice)
    return _card(ctx, voice, examined, held)


async def name_sources(ctx: JobContext, voice: Voice) -> int:
    """Write beside a voice's recordings what each is called; return how many there are."""
    origin = f"given on {ctx.asker.platform}"
    there = await ctx.read(lambda tx: recordings.of_voice(tx, voice.id))
    sources = [(each.name, origin) for each in there]
    await asyncio.to_thread(voice_folder.write_sources, ctx.host.data, voice.id, sources)
    return len(there)


async def _keep(ctx: JobContext, name: str, language: str, examined: Examined) -> Voice:
    """Note the recording and move its files to where they stay, in one transaction; return its voice.

    The same file once more changes nothing: so a job that was cut off after this goes on from here.
    """
    moves = Moves()

    def work(tx: Transaction) -> Voice:
        voice = clones.own(tx, ctx.asker.user_id, name)
        there = recordings.of_voice(tx, voice.id) if voice else []
        if voice and any(each.sha256 == examined.sha256 for each in there):
            return voice
        check_recording(tx, ctx, name, job_id=ctx.job_id, bytes=examined.bytes)
        check_same(name, there, examined.found.print)
        voice, made = note_recording(tx, ctx, voice, name, language, examined)
        moves.make(made)
        return voice

    try:
        return await ctx.commit(work)
    except Exception:
        moves.undo()
        raise


def note_recording(
    tx: Transaction, ctx: JobContext, voice: Voice | None, name: str, language: str, examined: Examined
) -> tuple[Voice, list[Move]]:
    """Note a recording that is good, and its voice where it is the first; return the voice, and where files go."""
    voice, recording_id = _note(tx, ctx, voice, name, language, examined)
    recordings.set_ready(tx, recording_id, examined.finding)
    sounds.note_given(tx, examined.found.fingerprint, user_id=ctx.asker.user_id, voice_id=voice.id)
    return voice, _moves(tx, ctx, voice.id, recording_id, examined)


def _moves(tx: Transaction, ctx: JobContext, voice_id: int, recording_id: int, examined: Examined) -> list[Move]:
    """Where the files of a recording go."""
    recording = recordings.get(tx, recording_id)
    assert recording is not None and recording.original_path is not None
    moves = [
        (examined.original, ctx.host.data / recording.original_path),
        (examined.clean, ctx.host.data / recording.path),
    ]
    if examined.said is not None:
        moves.append((examined.said, ctx.host.data / voice_folder.transcript(voice_id, recording_id)))
    return moves


def _note(
    tx: Transaction, ctx: JobContext, voice: Voice | None, name: str, language: str, examined: Examined
) -> tuple[Voice, int]:
    """Note a recording, and its voice where it is the first; return both."""
    if voice is not None:
        recording_id = recordings.add(
            tx,
            user_id=ctx.asker.user_id,
            voice_id=voice.id,
            name=examined.name,
            sha256=examined.sha256,
            bytes=examined.bytes,
            ending=examined.ending,
            container=examined.container,
        )
        return voice, recording_id
    voice = clones.add_clone(
        tx,
        user_id=ctx.asker.user_id,
        name=name,
        language=language,
        recording=examined.name,
        sha256=examined.sha256,
        bytes=examined.bytes,
        ending=examined.ending,
        container=examined.container,
    )
    assert voice.recording_id is not None
    return voice, voice.recording_id


def _card(ctx: JobContext, voice: Voice, examined: Examined, held: int) -> Reply:
    """Answer with the report card, and with what comes next."""
    report = examined.found.report
    start, end = report.passage
    lines = [f"{voice.name}: {', '.join(report.words())}; {report.score:g} of 10."]
    lines.append(f"The best {duration(end - start)} ({_clock(start)}\u2013{_clock(end)}) were chosen.")
    if report.advice:
        lines.append(f"To do better: {' '.join(report.advice)}")
    if held > 1:
        lines.append(f"{voice.name} has {count(held, 'recordings')} now.")
    lines.append(_question(voice))
    return Reply(
        text="\n".join(lines),
        private=True,
        files=(replace(examined.card, voice_id=voice.id),),
        actions=(*next_steps(ctx, voice), *_also(voice)),
        data={
            "voice": voice.name,
            "status": voice.status,
            "consent": voice.consent or None,
            "recordings": held,
            "report": report.figures(),
        },
    )


def _question(voice: Voice) -> str:
    if voice.consent:
        return f"/voices build {voice.name} makes the voice of all that there is now."
    return "Is it your own voice? Whose voice it is has to agree before it is made."


def _also(voice: Voice) -> tuple[Action, ...]:
    return (
        Action(label="Listen", command="voices passage", values={"name": voice.name}, handy=True),
        Action(label="Drop it", command="voices delete", values={"name": voice.name}),
    )


def _clock(seconds: float) -> str:
    """'0:04', '12:30'."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
