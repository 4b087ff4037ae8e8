"""Entries: how something that a person has had said is told in their history."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from commands.core.params import FileFormat
from commands.core.reply import FileRef, Json
from commands.core.words import count, duration, excerpt, iso, listed
from engine.text.hygiene import clean
from storage.clock import DAY, HOUR, MINUTE
from storage.files import File
from storage.jobs import Job


def line(job: Job, file: File | None, now: int) -> str:
    """Tell of an entry on one line; `file` is None where it is gone, `now` in ms."""
    left = "gone" if file is None else "kept" if file.expires_at is None else f"goes {due(file.expires_at - now)}"
    parts = (
        str(job.id),
        first_words(job, file, 40),
        voice_of(job),
        length(job, file),
        file.format if file else job.format,
        ago(now - job.created_at),
        left,
        excerpt(" ".join(f"#{tag}" for tag in json.loads(job.tags)), 60),
        job.project,
    )
    return " · ".join(part for part in parts if part)


def facts(job: Job, file: File | None, data: Path) -> dict[str, Json]:
    """Tell of an entry to programs; `data` is the folder that its file lies in."""
    expires = file.expires_at if file else None
    seconds = _seconds(job, file)
    return {
        "id": job.id,
        "text": excerpt(job.text, 200) if job.text else "",
        "voice": voice_of(job),
        "seconds": round(seconds, 3) if seconds else None,
        "format": file.format if file else job.format,
        "created": iso(job.created_at),
        "expires": iso(expires) if expires is not None else None,
        "kept": file is not None and file.kept,
        "tags": json.loads(job.tags),
        "project": job.project,
        "file": str(data / file.path) if file else None,
    }


def ref(file: File, *, voice: bool = False) -> FileRef:
    """Return a file as a reply carries it; `voice`: it goes as a voice message, where the platform has such."""
    return FileRef(
        id=file.id,
        name=file.name,
        path=file.path,
        format=file.format,
        bytes=file.bytes,
        seconds=file.seconds,
        voice=voice,
        ends=file.ends,
        figures=file.figures,
    )


def refs(job: Job, made: Sequence[File]) -> tuple[FileRef, ...]:
    """Return the files of a job as a reply carries them, the sound as a voice message where it was one."""
    voice = json.loads(job.settings).get("format") == FileFormat.VOICE.value
    return tuple(ref(file, voice=voice and file is made[0]) for file in made)


def first_words(job: Job, file: File | None, most: int) -> str:
    """Return the first words of what was said, or what else tells it from others."""
    return words_of(job, most) or (file.name if file else f"/{job.command}")


def words_of(job: Job, most: int) -> str:
    """Return the first words of what was said, in quotation marks; empty where nobody wrote them down."""
    if job.text:
        return f'"{excerpt(clean(job.text[: 8 * most]), most)}"'
    words = json.loads(job.settings).get("words")
    return f'"{excerpt(str(words), most)}"' if words else ""


def voice_of(job: Job) -> str:
    """Return the name of the voice that said it; empty where nobody wrote it down."""
    return str(json.loads(job.settings).get("voice") or json.loads(job.vals).get("voice") or "")


def length(job: Job, file: File | None) -> str:
    """Return how long it sounds, in words; empty where nobody knows."""
    seconds = _seconds(job, file)
    return duration(seconds) if seconds else ""


def filed(job: Job) -> str:
    """Return under what it is filed, in sentences; empty where it is not."""
    tags = json.loads(job.tags)
    said = [f"Filed under {listed([f'#{tag}' for tag in tags])}."] if tags else []
    said += [f'Belongs to "{job.project}".'] if job.project else []
    return " ".join(said)


def ago(ms: int) -> str:
    """'just now', '3 h ago', '2 days ago'."""
    return f"{_about(ms)} ago" if ms >= MINUTE else "just now"


def due(ms: int) -> str:
    """'in 6 days', 'within a minute'."""
    return f"in {_about(ms)}" if ms >= MINUTE else "within a minute"


def _seconds(job: Job, file: File | None) -> float | None:
    return job.seconds or (file.seconds if file else None)


def _about(ms: int) -> str:
    """Return a length of time in its largest unit; 6 days and 23 hours are 7 days."""
    if ms >= 0.95 * DAY:
        return count(max(1, round(ms / DAY)), "days")
    return f"{max(1, round(ms / HOUR))} h" if ms >= 0.95 * HOUR else f"{round(ms / MINUTE)} min"
