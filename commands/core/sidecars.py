"""Sidecars: files that tell when each word of a sound is said, beside it and under its name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from commands.core.reply import FileRef
from engine.speech import Timing, TimingKind
from engine.take import Take


def write(take: Take, folder: Path, name: str, kinds: Collection[TimingKind], licence: str = "") -> tuple[FileRef, ...]:
    """Write the timings of a take in every form into a folder.

    Args:
        take: What was said.
        folder: Where the files go; it is made.
        name: What people see the sound called.
        kinds: What the JSON file tells of; where nothing of that is known within a sentence, it tells of the sentence.
        licence: Under which the sound may be used, which the JSON file tells too, as an SPDX expression.
    """
    from engine.subtitles import to_json, to_srt, to_vtt  # only here: few ask for them, and all would wait for it

    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "json": to_json(_wanted(take.timings, kinds), licence=licence),
        "srt": to_srt(take.timings),
        "vtt": to_vtt(take.timings),
    }
    return tuple(_write(text, folder / f"timings.{ending}", name) for ending, text in texts.items())


def words_known(timings: Iterable[Timing]) -> set[bool]:
    """Tell of the sentences, given each before its words, whether it is known when their words are said."""
    found: set[bool] = set()
    known: bool | None = None
    for timing in timings:
        if timing.kind == "sentence":
            if known is not None:
                found.add(known)
            known = False
        elif timing.kind == "word":
            known = True
    return found if known is None else found | {known}


def _wanted(timings: Iterable[Timing], kinds: Collection[TimingKind]) -> Iterator[Timing]:
    """Yield what is of these kinds, and each sentence within which nothing is."""
    empty: Timing | None = None
    for timing in timings:
        if timing.kind in kinds:
            empty = None
            yield timing
        elif timing.kind == "sentence":
            if empty:
                yield empty
            empty = timing
    if empty:
        yield empty


def _write(text: Iterable[str], path: Path, name: str) -> FileRef:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(text)
    ending = path.suffix.removeprefix(".")
    stem = name.rpartition(".")[0]
    return FileRef(id=0, name=f"{stem}.{ending}", path=str(path), format=ending, bytes=path.stat().st_size)
