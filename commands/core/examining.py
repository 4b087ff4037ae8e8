"""Examining: a recording that somebody gave is read, looked at and, where it is good enough, made ready to be kept."""

from __future__ import annotations

import os
import shutil
from functools import partial
from pathlib import Path

from commands.core.context import JobContext
from commands.core.errors import Failed, UsageError
from commands.core.params import Attachment
from commands.core.reply import FileRef
from commands.core.threads import off_loop
from commands.core.words import file_name
from engine.clean import keep
from engine.engine import EngineMissing
from engine.examination import Examination, examine
from engine.intake.containers import CONTAINERS
from engine.intake.errors import NotTaken
from engine.intake.reception import receive
from engine.value import value
from storage import disk, files
from storage.recordings import Finding

CARD = "png"
"""The kind of picture that a report card is."""
READ = 0.4
"""How much of the work is done when the sound is read, from 0 to 1."""

OWN = "Mynah itself made that file; give a recording of somebody who speaks."
"""What is said where somebody gives what Mynah has spoken."""


class BadRecording(UsageError):
    """{why}"""

    @property
    def brief(self) -> str:
        """What is wrong with a recording is for the person who gave it."""
        return "No voice can be made of that recording; the person who gave it knows why."


class NoCloning(Failed):
    """No voices can be made here yet. For those who run this Mynah: {why}"""


@value
class Examined:
    """A recording that is good enough, in files that wait for their names."""

    name: str
    """What its owner's file is called."""
    ending: str
    """How the names of such files end, without the dot; what its owner called it does not count."""
    container: str
    """What kind of file it is."""
    sha256: str
    """The SHA-256 of that file, in hex."""
    bytes: int
    """How large its files are together, in bytes."""
    original: Path
    """It as it came; another name of the staged file, which stays until the job ends."""
    clean: Path
    """Its sound, mono."""
    transcript: str
    """What is said in it, where somebody wrote that down; else empty."""
    said: Path | None
    """The same as a file; None where nobody did."""
    found: Examination
    """What was found out about it."""
    finding: Finding
    """The same in the form in which it is kept."""
    card: FileRef
    """The picture of it."""


async def examine_recording(ctx: JobContext, recording: Attachment, title: str, transcript: str = "") -> Examined:
    """Read and examine a staged recording.

    Args:
        ctx: The job.
        recording: The recording.
        title: What the report card says above everything else.
        transcript: What is said in it, where somebody wrote that down.

    Raises:
        BadRecording: No voice can be made of it; nothing is kept.
        NoCloning: Something is missing on this machine.
    """
    ctx.workspace.mkdir(exist_ok=True)
    try:
        taken = await off_loop(partial(_take, ctx.host.data / recording.path, ctx.workspace))
        if await ctx.read(lambda tx: files.by_digest(tx, taken.sha256)):
            raise BadRecording(why=OWN)
        ctx.report(READ)
        found = await ctx.host.pool.run(
            examine, taken.clean, clipped=taken.clipped, title=title, models=ctx.host.models
        )
    except NotTaken as error:
        raise BadRecording(why=error) from None
    except EngineMissing as error:
        raise NoCloning(why=error) from None
    if await ctx.host.find_sound(found.questions, ["made"]):
        raise BadRecording(why=OWN)
    return Examined(
        name=recording.name[:200] or "recording",
        ending=CONTAINERS[taken.container].suffix,
        container=taken.container,
        sha256=taken.sha256,
        bytes=taken.bytes,
        original=taken.original,
        clean=taken.clean,
        transcript=transcript,
        said=await off_loop(partial(_write, ctx.workspace / "transcript.txt", transcript)) if transcript else None,
        found=found,
        finding=_finding(taken, found, transcript),
        card=await off_loop(partial(_draw, ctx.workspace, title, found.picture)),
    )


@value
class _Taken:
    original: Path
    clean: Path
    container: str
    sha256: str
    bytes: int
    clipped: float
    seconds: float
    rate: int


def _take(source: Path, workspace: Path) -> _Taken:
    """Read a recording, and put beside each other what is to be kept of it."""
    received = receive(source)
    original, clean = workspace / "original", workspace / "clean.wav"
    for each in (original, clean):
        each.unlink(missing_ok=True)
    try:
        os.link(source, original)
    except OSError:  # a disk that knows no links
        shutil.copyfile(source, original)
    size = keep(received.audio, clean)
    return _Taken(
        original=original,
        clean=clean,
        container=received.container,
        sha256=received.digest,
        bytes=size + original.stat().st_size,
        clipped=received.clipped,
        seconds=received.audio.seconds,
        rate=received.audio.rate,
    )


def _finding(taken: _Taken, found: Examination, transcript: str) -> Finding:
    report, print = found.report, found.print
    return Finding(
        seconds=taken.seconds,
        rate=taken.rate,
        speakers=report.speakers or None,
        score=report.score,
        passage=report.passage,
        model=print.model,
        embedding=print.to_bytes(),
        embedding_seconds=print.seconds,
        figures=report.figures(),
        transcript=transcript or None,
    )


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    disk.sync(path)
    return path


def _draw(workspace: Path, title: str, picture: bytes) -> FileRef:
    name = file_name(f"{title} report", CARD)
    path = workspace / name
    path.write_bytes(picture)
    return FileRef(id=0, name=name, path=str(path), format=CARD, bytes=len(picture))
