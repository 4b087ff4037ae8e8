"""Decoding XTTS-v2 for many at once, against the library's own `inference` for one after another.

The network has its real size and random weights: what a step costs does not depend on what the numbers are. Every row
gets the same number of codes, whatever it says, so that both ways make the same sound. Beside it stands a floor: no
step is faster than to read the weights and the rows' keys and values once, at the speed with which the memory was
measured to be copied. The vocoder's work is not in that floor.

Of sentences that differ in length some end while others begin; how fast those go is measured by itself, where a
graphics processor is at hand.

What was measured is written to bench-engine.json.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from bench import flat
from bench.measure import table

if TYPE_CHECKING:
    import torch

    from bench.xtts import Both

RATE = 22_050 / 1024
"""How many codes a second of sound has."""
SENTENCES = 1000
"""How many sentences that differ in length."""
LISTENED = {"cuda": 108, "cpu": 54}
"""How many codes a sentence has that one person listens to while it is said, by device: 5 s, or what can be waited for.
"""
AIMS = {"cuda": {1: "first <= 0.3 s", 16: "first <= 1 s", 32: ">= 8 x, >= 60 s/s; 300"}, "cpu": {8: ">= 2 x"}}
"""What is to be reached, by device and users."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What was measured for a number of users."""

    users: int
    """How many sentences were asked for at once."""
    seconds: float
    """How long it took until all were there."""
    first: float
    """After how many seconds the last of them had heard something."""
    audio: float
    """How many seconds of sound were made."""
    library: float
    """How long the library takes for the same, one after another."""
    floor: float
    """Seconds of sound per second that the memory allows the decoding, without the vocoder."""

    @property
    def rate(self) -> float:
        """Seconds of sound per second."""
        return self.audio / self.seconds

    @property
    def ratio(self) -> float:
        """How many times as fast as the library."""
        return self.library / self.seconds


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the table."""
    missing = [name for name in ("torch", "TTS") if find_spec(name) is None]
    if missing:
        return f"Not measured: {missing[0]} is not installed (the extra `neural` brings it)."
    import torch

    from bench.xtts import Both

    cuda = torch.cuda.is_available()
    codes, users = (108, (1, 4, 8, 16, 32, 64)) if cuda else (24, (1, 4, 8, 16, 32))
    both = await asyncio.to_thread(Both, codes)
    await asyncio.to_thread(both.warm, users)
    cases = await asyncio.to_thread(run, both, users, turns if cuda else 1)
    alone = await asyncio.to_thread(both.listened, LISTENED[both.device.type])
    p99 = await flat.late(both, min(users[-1], both.switches.slots), folder)
    mixed = await asyncio.to_thread(both.mixed, SENTENCES) if cuda else 0.0
    shown = show(both, cases, p99, mixed, alone)
    text = json.dumps(figures(both, cases, p99, mixed, alone), indent=2)
    await asyncio.to_thread(Path("bench-engine.json").write_text, text + "\n", "utf-8")
    del both
    return f"{shown}\n{await flat.measure(folder)}"


def run(both: Both, users: tuple[int, ...], turns: int) -> list[Case]:
    """Measure each number of users, a turn of the library's between."""
    alone = [both.library() for _ in range(2)]
    bandwidth = copy_speed(both.device)
    cases = []
    for count in users:
        runs = [both.together(count) for _ in range(turns)]
        alone.append(both.library())
        best = sorted(runs)[len(runs) // 2]
        rows = min(count, both.switches.slots)  # the others wait until one of them ends
        cases.append(
            Case(
                users=count,
                seconds=best[0],
                first=best[1],
                audio=count * both.codes / RATE,
                library=0.0,
                floor=rows / RATE * bandwidth / both.step_bytes(rows),
            )
        )
    return [replace(case, library=case.users * statistics.median(alone)) for case in cases]


def copy_speed(device: torch.device) -> float:
    """Measure with how many bytes a second, read and written, the device's memory is copied."""
    import torch

    size = 2**31 if device.type == "cuda" else 2**28
    source = torch.ones(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    return 2 * size / min(timed(lambda: target.copy_(source), device) for _ in range(5))


def timed(what: Callable[[], object], device: torch.device) -> float:
    """Return how long something takes, in seconds, until the device has done it."""
    import torch

    if device.type == "cuda":
        torch.cuda.synchronize()
    start = time.perf_counter()
    what()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def figures(both: Both, cases: list[Case], p99: float, mixed: float, alone: tuple[float, float]) -> dict[str, object]:
    """Put down what was measured, for a program to read."""
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        **both.describe(),
        "loop_delay_p99_ms": round(1000 * p99, 1),
        "mixed_audio_per_second": round(mixed, 1) or None,
        "listened": {"codes": LISTENED[both.device.type], "first": round(alone[0], 3), "whole": round(alone[1], 3)},
        "cases": [{**asdict(case), "audio_per_second": case.rate, "times_library": case.ratio} for case in cases],
    }


def show(both: Both, cases: list[Case], p99: float, mixed: float, alone: tuple[float, float]) -> str:
    """Draw the table; `alone` is when one who listens to a sentence heard the first of it, and when it was whole."""
    aims = AIMS[both.device.type]
    rows = [
        (
            str(case.users),
            f"{case.rate:.2f}",
            f"{case.audio / case.library:.2f}",
            f"{case.ratio:.1f} x",
            f"{case.first:.2f}",
            f"{case.library:.2f}",
            f"{case.floor:.1f}",
            aims.get(case.users, ""),
        )
        for case in cases
    ]
    head = ("users", "audio s/s", "library", "ratio", "first, s", "library, all, s", "floor s/s", "aim")
    said = ", ".join(f"{name} {value}" for name, value in both.describe().items())
    title = f"XTTS-v2, random weights, {both.codes} codes each"
    note = f"The event loop's delay was at most {1000 * p99:.1f} ms in 99 of 100, with the self-check on (aim: 50)."
    lasts = LISTENED[both.device.type] / RATE
    note += f"\nWho listens alone to a sentence of {lasts:.1f} s hears the first of it after {alone[0]:.2f} s; "
    note += f"it is whole after {alone[1]:.2f} s."
    if mixed:
        note += f"\n{SENTENCES} sentences of 1 to 7 s, {both.switches.slots} at once: {mixed:.0f} s of sound a second."
    return f"{table(title, head, rows)}\n\n{said}.\n{note}"
