"""Sidecars: files that tell when each word of a sound is said, beside it and under its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from commands.core.reply import FileRef
from engine.speech import Timing
from engine.take import Take

Writer = Callable[[Iterable[Timing]], Iterable[str]]


def write(take: Take, folder: Path, name: str) -> tuple[FileRef, ...]:
    """Write the timings of a take in every form into a folder; `name` is what people see the sound called."""
    from engine.subtitles import to_json, to_srt, to_vtt  # only here: few ask for them, and all would wait for it

    folder.mkdir(parents=True, exist_ok=True)
    writers: dict[str, Writer] = {"json": to_json, "srt": to_srt, "vtt": to_vtt}
    return tuple(_write(take, folder / f"timings.{ending}", name, writer) for ending, writer in writers.items())


def _write(take: Take, path: Path, name: str, writer: Writer) -> FileRef:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(writer(take.timings))
    ending = path.suffix.removeprefix(".")
    stem = name.rpartition(".")[0]
    return FileRef(id=0, name=f"{stem}.{ending}", path=str(path), format=ending, bytes=path.stat().st_size)
