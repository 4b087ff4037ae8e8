"""Sidecars: files that tell when each word of a sound is said, beside it and under its name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from commands.core.reply import FileRef
from engine.speech import TimingKind
from engine.take import Take


def write(take: Take, folder: Path, name: str, kinds: Collection[TimingKind]) -> tuple[FileRef, ...]:
    """Write the timings of a take in every form into a folder.

    Args:
        take: What was said.
        folder: Where the files go; it is made.
        name: What people see the sound called.
        kinds: What the JSON file tells of; where the engine told of none of them, it tells what there is.
    """
    from engine.subtitles import to_json, to_srt, to_vtt  # only here: few ask for them, and all would wait for it

    folder.mkdir(parents=True, exist_ok=True)
    told = kinds if any(timing.kind in kinds for timing in take.timings) else None
    texts = {"json": to_json(take.timings, told), "srt": to_srt(take.timings), "vtt": to_vtt(take.timings)}
    return tuple(_write(text, folder / f"timings.{ending}", name) for ending, text in texts.items())


def _write(text: Iterable[str], path: Path, name: str) -> FileRef:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(text)
    ending = path.suffix.removeprefix(".")
    stem = name.rpartition(".")[0]
    return FileRef(id=0, name=f"{stem}.{ending}", path=str(path), format=ending, bytes=path.stat().st_size)
