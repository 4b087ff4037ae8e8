"""What it costs to join sentences with fades and gaps: pydub, used as people do, against the engine's own way.

Both are given the same sentences, cut so that every one begins and ends abruptly; both fade them over 5 ms at both
ends, put 250 ms of silence between them and write a WAV file. The figures of pydub are those of what people write,
`whole += part`, which copies the whole each time, and of what it can do at best: the parts' bytes joined by hand.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.measure import Case, table, take_turns
from bench.sounds import spoken
from engine.audio import to_sound
from engine.encoding import Tags, encoder
from engine.seams import silence, soften
from engine.speech import Audio, Format

if TYPE_CHECKING:
    from pydub import AudioSegment  # type: ignore[import-untyped]  # it has no types

COUNTS = (20, 200)
"""How many sentences are joined: those of a short text, and of a chapter."""
GAP = 0.25
"""Seconds of silence between them."""
FADE_MS = 5
SENTENCES = (
    "The quick brown fox jumps over the lazy dog near the river bank.",
    "Every morning the old keeper walks down the stone path.",
    "He counts the boats in the harbour, and writes the number in a small blue book.",
    "Nobody has ever asked him why.",
)


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the tables."""
    tables = [await _joined(folder, count, max(3, turns // 3)) for count in COUNTS]
    return "\n\n".join(tables)


async def _joined(folder: Path, count: int, turns: int) -> str:
    cut = [_abrupt(spoken(text)) for text in SENTENCES]
    sounds = [cut[index % len(cut)] for index in range(count)]
    repeats = max(1, COUNTS[-1] // count // 4)
    cases = [Case(name="Mynah: soften, encoder", run=_ours(folder / "ours.wav", sounds), repeats=repeats)]
    try:
        cases += [
            Case(name="pydub: whole += part", run=_pydub(folder / "grown.wav", sounds, _grow), repeats=repeats),
            Case(name="pydub: bytes joined", run=_pydub(folder / "joined.wav", sounds, _join_bytes), repeats=repeats),
        ]
    except ImportError:
        return "pydub is not installed here: nothing to compare with."
    await take_turns(cases, turns)
    ours = cases[0]
    memory = {case.name: await _highest(case) for case in cases}
    rows = [
        (
            case.name,
            f"{case.cpu * 1e3:.2f}",
            f"{case.cpu / ours.cpu:.1f} x",
            f"{memory[case.name] / 1e6:.1f}",
            f"{memory[case.name] / memory[ours.name]:.1f} x",
        )
        for case in cases
    ]
    seconds = sum(audio.seconds + GAP for audio in sounds)
    head = ("case", "CPU ms", "to Mynah", "peak MB", "to Mynah")
    return table(f"{count} sentences, {seconds:.0f} s, joined into a WAV file", head, rows)


def _abrupt(audio: Audio) -> Audio:
    """Cut a sound where it is loud, at both ends."""
    loud = np.flatnonzero(np.abs(audio.samples) > 0.1)
    return Audio(samples=audio.samples[loud[0] : loud[-1] + 1], rate=audio.rate)


def _ours(path: Path, sounds: Sequence[Audio]) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        rate = sounds[0].rate
        gap = to_sound(Audio(samples=silence(GAP, rate), rate=rate)).pcm
        with encoder(path, Format.WAV, rate=rate, tags=Tags(title="", voice="")) as file:
            for audio in sounds:
                file.write(to_sound(Audio(samples=soften(audio.samples, rate), rate=rate)).pcm)
                file.write(gap)

    return run


def _pydub(
    path: Path, sounds: Sequence[Audio], join: Callable[[Sequence[AudioSegment]], AudioSegment]
) -> Callable[[], Awaitable[None]]:
    from pydub import AudioSegment

    given = [to_sound(audio).pcm.tobytes() for audio in sounds]  # it takes bytes: what made them is not its cost

    async def run() -> None:
        rate = sounds[0].rate
        gap = AudioSegment.silent(duration=round(1000 * GAP), frame_rate=rate)
        parts = []
        for pcm in given:
            part = AudioSegment(data=pcm, sample_width=2, frame_rate=rate, channels=1)
            parts += [part.fade_in(FADE_MS).fade_out(FADE_MS), gap]
        join(parts).export(path, format="wav").close()

    return run


def _grow(parts: Sequence[AudioSegment]) -> AudioSegment:
    whole = parts[0]
    for part in parts[1:]:
        whole += part
    return whole


def _join_bytes(parts: Sequence[AudioSegment]) -> AudioSegment:
    whole = b"".join(part.raw_data for part in parts)
    return type(parts[0])(data=whole, sample_width=2, frame_rate=parts[0].frame_rate, channels=1)


async def _highest(case: Case) -> int:
    """The most memory that a case takes beyond what it was given, in bytes; numpy and bytes are both counted."""
    tracemalloc.start()
    try:
        await case.run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
