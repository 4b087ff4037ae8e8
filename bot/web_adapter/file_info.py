"""What is told of a file: how loud it is when, what is said in it and when, and what it can be had as."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field

from bot.web_adapter.shapes import AUDIO, SOUNDS, FileShape, file_shape, voice_of
from commands.core.threads import off_loop
from engine.engine import EngineError
from engine.waveform import waveform
from storage import files, jobs
from storage.database import Database, Transaction
from storage.files import File
from storage.jobs import Job

MOST_PEAKS, PEAKS_A_SECOND = 400, 50
"""The most values in a picture of a sound, in all and for a second of it."""
KEPT = 500
"""How many pictures are kept in memory; each takes some 4 kB."""
LARGEST = 20_000_000
"""The largest file of timings that is read, in bytes: those of a novel."""


class Spoken(BaseModel):
    """A stretch of speech."""

    start: float
    """When it begins, in seconds."""
    end: float
    """When it ends, in seconds."""
    text: str


class Word(Spoken):
    """A word that is said."""

    begins: Annotated[int | None, Field(alias="from")]
    """Where it stands in the text, in characters; null where it was not found there."""
    ends: Annotated[int | None, Field(alias="to")]
    """Where it ends there."""


class Info(FileShape):
    """All about a file."""

    voice: str
    """Who speaks."""
    text: str
    """What is said, where it was typed."""
    peaks: list[float]
    """How loud it is from its begin to its end, from 0 to 1; empty where it is no sound."""
    words: list[Word]
    """When each word is said."""
    sentences: list[Spoken]
    """When each sentence is said."""
    formats: list[str]
    """What it can be had as, behind `url` as ?format=."""
    srt: str
    """Where its subtitles are, as SubRip; empty where it has none."""
    vtt: str
    """The same as WebVTT."""
    figures: dict[str, Any]
    """What is known of how it was made: the licence of what speaks, how well an engine has judged itself."""


class Inspector:
    """Tells of files, and keeps in mind what takes long to find out."""

    def __init__(self, database: Database, data: Path) -> None:
        self._database = database
        self._data = data
        self._peaks: OrderedDict[tuple[int, str], list[float]] = OrderedDict()

    async def tell(self, file: File) -> Info:
        """Tell all about a file."""

        def look(tx: Transaction) -> tuple[Job | None, list[File]]:
            job = jobs.get(tx, file.job_id) if file.job_id is not None else None
            return job, files.of_job(tx, file.job_id) if file.job_id is not None else []

        job, others = await self._database.glance(look)
        is_sound = file.format in SOUNDS
        text = (job.text if job and job.user_id == file.user_id else None) or ""
        beside = {each.format: each for each in others} if is_sound else {}
        timings = await off_loop(partial(_timings, self._data, beside.get("json")))
        return Info(
            **file_shape(file).model_dump(),
            voice=voice_of(job),
            text=text,
            peaks=await self._picture(file) if is_sound else [],
            words=list(_words(timings, text)),
            sentences=[_spoken(each) for each in timings if each["kind"] == "sentence"],
            formats=list(SOUNDS) if is_sound else [file.format],
            srt=_url(beside.get("srt")),
            vtt=_url(beside.get("vtt")),
            figures=dict(file.figures),
        )

    async def _picture(self, file: File) -> list[float]:
        key = (file.id, file.sha256)
        if key not in self._peaks:
            path = self._data / file.path
            try:
                drawn = await off_loop(partial(waveform, path, most=MOST_PEAKS, a_second=PEAKS_A_SECOND))
            except EngineError:
                return []
            self._peaks[key] = [round(level / 255, 3) for level in drawn.levels]
        self._peaks.move_to_end(key)
        while len(self._peaks) > KEPT:
            self._peaks.popitem(last=False)
        return self._peaks[key]


def _timings(data: Path, file: File | None) -> Sequence[Mapping[str, Any]]:
    """Read what was written beside a sound of when what is said; nothing where nothing was."""
    if file is None or file.bytes > LARGEST:
        return ()
    try:
        return list(json.loads((data / file.path).read_text("utf-8"))["timings"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _words(timings: Sequence[Mapping[str, Any]], text: str) -> Iterator[Word]:
    """Yield the words, each with its place in the text; they stand there in the order in which they are said."""
    at = 0
    for each in timings:
        if each["kind"] != "word":
            continue
        found = text.find(each["text"], at) if each["text"] else -1
        place = (found, found + len(each["text"])) if found >= 0 else (None, None)
        at = place[1] or at
        yield Word.model_validate({**_spoken(each).model_dump(), "from": place[0], "to": place[1]})


def _spoken(timing: Mapping[str, Any]) -> Spoken:
    return Spoken(start=timing["start_ms"] / 1_000, end=timing["end_ms"] / 1_000, text=timing["text"])


def _url(file: File | None) -> str:
    return f"{AUDIO}/{file.id}" if file else ""
