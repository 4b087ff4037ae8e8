"""What sound files cost: the engine's encoders against the ffmpeg program, with its defaults and with our settings."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bench.measure import Case, table, take_turns
from bench.sounds import spoken
from bench.speaking import TEXTS
from engine.audio import to_sound
from engine.encoding import Tags, encoder
from engine.speech import Audio, Format

TAGS = Tags(title="The quick brown fox", voice="English (America)")
EQUAL = {
    Format.MP3: ("-c:a", "libmp3lame", "-b:a", "64k", "-compression_level", "7"),
    Format.OPUS: ("-c:a", "libopus", "-ar", "24000", "-b:a", "48k", "-application", "audio", "-compression_level", "0"),
    Format.M4A: ("-c:a", "aac", "-b:a", "64k", "-aac_coder", "fast", "-aac_tns", "0", "-aac_pns", "0"),
}
"""Our settings in the program's words, where they are not its defaults."""
THOROUGH = ("-c:a", "libopus", "-ar", "24000", "-b:a", "40k", "-application", "voip", "-compression_level", "5")


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the tables."""
    tables = []
    for text in TEXTS.values():
        audio = spoken(text)
        wav = folder / "given.wav"
        await _ours(wav, audio, Format.WAV)()
        rows = [await _row(folder, audio, wav, format, turns) for format in Format]
        rows.append(await _row(folder, audio, wav, Format.OPUS, turns, thorough=True))
        head = ("format", "Mynah, CPU ms", "kB", "ffmpeg", "kB", "to Mynah", "with our settings", "to Mynah")
        tables.append(table(f"{audio.seconds:.1f} s of speech at {audio.rate} Hz into a file", head, rows))
    return "\n\n".join(tables)


async def _row(
    folder: Path, audio: Audio, wav: Path, format: Format, turns: int, *, thorough: bool = False
) -> Sequence[str]:
    ours, theirs = folder / f"ours.{format.suffix}", folder / f"theirs.{format.suffix}"
    cases = [Case(name="ours", run=_ours(ours, audio, format, thorough=thorough), repeats=10)]
    if program := shutil.which("ffmpeg"):
        default = ("-c:a", "libopus") if format is Format.OPUS else ()  # else it is Vorbis or FLAC in Ogg
        cases.append(Case(name="default", run=_program(program, wav, theirs, default), repeats=2))
        if settings := THOROUGH if thorough else EQUAL.get(format):
            equal = folder / f"equal.{format.suffix}"
            cases.append(Case(name="equal", run=_program(program, wav, equal, settings), repeats=2))
    await take_turns(cases, max(3, turns // 3))
    row = [f"{format}, thorough" if thorough else str(format), f"{cases[0].cpu * 1e3:.2f}", _kilobytes(ours)]
    for index, case in enumerate(cases[1:]):
        row += [f"{case.cpu * 1e3:.1f}", *([_kilobytes(theirs)] if index == 0 else [])]
        row.append(f"{case.cpu / cases[0].cpu:.1f} x")
    return row + ["-"] * (8 - len(row))


def _kilobytes(path: Path) -> str:
    return f"{path.stat().st_size / 1000:.0f}"


def _ours(path: Path, audio: Audio, format: Format, *, thorough: bool = False) -> Callable[[], Awaitable[None]]:
    pcm = to_sound(audio).pcm

    async def run() -> None:
        with encoder(path, format, rate=audio.rate, tags=TAGS, thorough=thorough) as file:
            file.write(pcm)

    return run


def _program(program: str, wav: Path, path: Path, options: Sequence[str]) -> Callable[[], Awaitable[None]]:
    command = [program, "-y", "-loglevel", "error", "-i", str(wav), *options, str(path)]

    async def run() -> None:
        process = await asyncio.create_subprocess_exec(*command)
        if await process.wait() != 0:
            raise RuntimeError(f"{program} failed")

    return run
