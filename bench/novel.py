"""What a novel of 33,000 words costs to have spoken into an m4a file: by Mynah, and by two programs one after another.

Mynah is started for it (`mynah speak --file novel.txt --output novel.m4a`), so its start is counted in; its memory is
the most that the process ever held. The shares of engine and encoder are measured by running each alone over the same
text and as much sound. The two programs are given the first tenth of the text, and score by the sound that they made:
what they take grows with the text and with nothing else.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

from bench.measure import Case, table, take_turns
from bench.sounds import engine
from bench.speaking import TEXTS, VOICE
from engine.audio import to_sound
from engine.encoding import Tags, encoder
from engine.speech import Audio, Format, Utterance
from engine.text.sentences import sentences

WORDS = 33_000
SILENT = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)] if hasattr(os, "posix_spawn") else []
"""What is done with the files of a program that is started: nobody reads what it says."""
MEMORY = 150
"""The most that Mynah may hold, in MiB."""


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the table."""
    text = _novel()
    page = folder / "novel.txt"
    page.write_text(text, encoding="utf-8")  # nothing else runs here
    peak: list[int] = []
    made = folder / "novel.m4a"
    cases = [
        Case(name="Mynah, started for it", run=_mynah(page, made, folder, peak)),
        Case(name="engine alone, in process", run=_engine(text)),
        Case(name="encoder alone, in process", run=_encoder(folder / "alone.m4a", text)),
    ]
    tenth = folder / "tenth.txt"
    tenth.write_text(text[: len(text) // 10], encoding="utf-8")
    espeak, ffmpeg = shutil.which("espeak-ng"), shutil.which("ffmpeg")
    if espeak and ffmpeg:
        cases.append(Case(name="espeak-ng, then ffmpeg (a tenth)", run=_naive(espeak, ffmpeg, tenth, folder)))
    await take_turns(cases, turns, warm=False)
    seconds = _seconds(made)
    sound = [seconds] * 3 + [_seconds(folder / "naive.m4a")] * (len(cases) - 3)
    best = _pace(cases[0], seconds)
    rows = []
    for case, said in zip(cases, sound, strict=True):
        pace = _pace(case, said)
        rows.append((case.name, f"{case.cpu:.2f}", f"{case.wall:.2f}", f"{pace:.0f}", f"{best / pace:.2f} x"))
    head = ("case", "CPU s", "wall s", "audio s a CPU s", "cost, to Mynah")
    told = table(f"{len(text.split()):,} words, {seconds / 60:.0f} min of speech, to m4a", head, rows)
    return f"{told}\n\nThe most memory that Mynah held: {max(peak) / 2**20:.0f} MiB (floor: <= {MEMORY} MiB)."


def _pace(case: Case, seconds: float) -> float:
    """Seconds of sound for a CPU second."""
    return seconds / case.cpu


def _novel() -> str:
    """Return 33,000 words in paragraphs, the same every time."""
    chance = random.Random(1)
    said = [sentence for text in TEXTS.values() for sentence in sentences(text)]
    paragraphs, words = [], 0
    while words < WORDS:
        paragraph = " ".join(chance.choice(said) for _ in range(chance.randint(2, 7)))
        words += len(paragraph.split())
        paragraphs.append(paragraph)
    return "\n\n".join(paragraphs) + "\n"


def _mynah(page: Path, made: Path, folder: Path, peak: list[int]) -> Callable[[], Awaitable[None]]:
    runs = iter(range(1_000))

    async def run() -> None:
        data = folder / f"data-{next(runs)}"  # what was said before would come back without being said
        argv = [sys.executable, "-m", "bot", "speak", "--file", str(page), "--voice", VOICE, "--output", str(made)]
        peak.append(await asyncio.to_thread(_run, argv, {**os.environ, "MYNAH_DATA": str(data)}))
        shutil.rmtree(data)

    return run


def _said(sentences: Sequence[str]) -> Iterator[Audio]:
    for sentence in sentences:
        rows = [Utterance(text=sentence, engine="espeak", speaker=VOICE)]
        yield from (audio for _, audio in engine().synthesize(rows, lambda row: False))


def _engine(text: str) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        for _ in _said(sentences(text)):
            pass

    return run


def _encoder(path: Path, text: str) -> Callable[[], Awaitable[None]]:
    """Encode as much sound as the text has; a part of it over and over, so that memory does not decide."""
    count = len(sentences(text))
    sounds = [to_sound(audio).pcm for audio in _said(sentences(text)[:200])]

    async def run() -> None:
        with encoder(path, Format.M4A, rate=22_050, tags=Tags(title="novel", voice=VOICE)) as file:
            for index in range(count):
                file.write(sounds[index % len(sounds)])

    return run


def _naive(espeak: str, ffmpeg: str, page: Path, folder: Path) -> Callable[[], Awaitable[None]]:
    wav, made = folder / "naive.wav", folder / "naive.m4a"

    async def run() -> None:
        await asyncio.to_thread(_run, [espeak, "-v", VOICE, "-f", str(page), "-w", str(wav)], dict(os.environ))
        argv = [ffmpeg, "-y", "-loglevel", "error", "-i", str(wav), str(made)]
        await asyncio.to_thread(_run, argv, dict(os.environ))
        wav.unlink()

    return run


def _run(argv: list[str], environment: dict[str, str]) -> int:
    """Run a program to its end, and return the most memory that it held, in bytes; on POSIX systems only."""
    _, status, used = os.wait4(os.posix_spawn(argv[0], argv, environment, file_actions=SILENT), 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"{argv[:4]} failed")
    return used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _seconds(path: Path) -> float:
    import av

    with av.open(str(path)) as sound:
        assert sound.duration is not None
        return sound.duration / av.time_base
