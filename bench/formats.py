"""What a spoken text costs in each kind of file: through Mynah, and the naive way with two programs.

Through Mynah means the whole way, as in the benchmark of speaking. The naive way has the espeak-ng program write a WAV
file and the ffmpeg program make another kind of it: once with ffmpeg's own settings, once with those that Mynah uses.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bench.encoding import EQUAL
from bench.measure import Case, table, take_turns
from bench.speaking import DATA, FORMS, TEXTS, VOICE, Silent, mynah, own_files, texts
from bot.app import App
from bot.cli_adapter.terminal import Terminal
from bot.config import load
from engine.speech import Format

FLOORS = {(Format.OPUS, 60): 4.0, (Format.OPUS, 400): 2.0}
"""How many times as much the naive way has to cost at least, by format and length."""
MADE = (Format.OPUS, Format.MP3, Format.WAV)


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the tables."""
    loaded = load(None, {"MYNAH_DATA": str(folder / DATA), "MYNAH_ENGINE__NAME": "espeak"})
    programs = shutil.which("espeak-ng"), shutil.which("ffmpeg")
    screen = Silent()
    tables = []
    async with App.open(loaded, make=[lambda desk: Terminal(loaded.data, screen)]) as app:
        for length, form in FORMS.items():
            rows = []
            for format in MADE:
                cases = [
                    Case(
                        name=f"{format}",
                        run=mynah(app, screen, texts(form), format=format.value),
                        repeats=20,
                        settle=app.sounds.settle,
                    )
                ]
                if all(programs):
                    cases += _naive(programs[0] or "", programs[1] or "", form, format, folder)
                await take_turns(cases, turns)
                rows.append(_row(length, format, cases))
            head = ("format", "Mynah, CPU ms", "two programs", "to Mynah", "floor", "same settings", "to Mynah")
            tables.append(table(f"About {length} characters ({len(TEXTS[length])}) to a file", head, rows))
    missing = [name for name, found in zip(("espeak-ng", "ffmpeg"), programs, strict=True) if not found]
    note = f"\n\nNot installed here, so nothing to compare with: {', '.join(missing)}." if missing else ""
    return "\n\n".join(tables) + note


def _row(length: int, format: Format, cases: Sequence[Case]) -> Sequence[str]:
    ours, *naive = cases
    floor = FLOORS.get((format, length))
    ratios = [(f"{case.cpu * 1e3:.1f}", f"{case.cpu / ours.cpu:.2f} x") for case in naive]
    cells = [*ratios, *[("-", "-")] * (2 - len(ratios))]
    return (str(format), f"{ours.cpu * 1e3:.2f}", *cells[0], f">= {floor:g} x" if floor else "", *cells[1])


def _naive(espeak: str, ffmpeg: str, form: str, format: Format, folder: Path) -> list[Case]:
    if format is Format.WAV:
        return [Case(name="program", run=_programs(espeak, None, form, folder, format, ()), repeats=5)]
    own = ("-c:a", "libopus") if format is Format.OPUS else ()  # else it is Vorbis or FLAC that goes into Ogg
    return [
        Case(name=name, run=_programs(espeak, ffmpeg, form, folder, format, options), repeats=5)
        for name, options in (("programs", own), ("same settings", EQUAL[format]))
    ]


def _programs(
    espeak: str, ffmpeg: str | None, form: str, folder: Path, format: Format, options: Sequence[str]
) -> Callable[[], Awaitable[None]]:
    given = texts(form)
    waves, targets = own_files(folder, "naive", "wav"), own_files(folder, "made", format.suffix)

    async def run() -> None:
        wav, target = next(waves), next(targets)
        await _run(espeak, "-v", VOICE, "-w", str(wav), next(given))
        if ffmpeg is not None:
            await _run(ffmpeg, "-y", "-loglevel", "error", "-i", str(wav), *options, str(target))

    return run


async def _run(*argv: str) -> None:
    process = await asyncio.create_subprocess_exec(*argv)
    if await process.wait() != 0:
        raise RuntimeError(f"{argv[0]} failed")
