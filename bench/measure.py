"""Measuring: cases take turns (A B C A B C …) in one run, and medians are compared.

Scored on CPU seconds, those of children included, because wall time on a shared machine says more about the
neighbours; wall time stands beside it.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """What one turn of a case took, for each of its repeats."""

    cpu: float
    """CPU seconds, children included."""
    wall: float
    """Seconds on the clock."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Something to measure."""

    name: str
    """What the table calls it."""
    run: Callable[[], Awaitable[None]]
    """Does it once."""
    repeats: int = 1
    """How often it is done in one turn, so that a turn is long against the clock's grain."""
    settle: Callable[[], Awaitable[None]] | None = None
    """Waits after each turn for what is done later, so that it falls into nobody's turn."""
    samples: list[Sample] = field(default_factory=list)
    """What its turns took so far."""

    @property
    def cpu(self) -> float:
        """The median of its CPU seconds."""
        return statistics.median(s.cpu for s in self.samples)

    @property
    def wall(self) -> float:
        """The median of its wall seconds."""
        return statistics.median(s.wall for s in self.samples)


def cpu_seconds() -> float:
    """CPU seconds of this process and of its children that have ended."""
    try:
        import resource
    except ImportError:  # Windows: coarser, and without the children
        return time.process_time()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


async def take_turns(cases: Sequence[Case], turns: int, *, warm: bool = True) -> None:
    """Run every case once to warm up (unless each is so long that this would tell nothing), then in turns."""
    for case in cases if warm else ():
        await case.run()
    for _ in range(turns):
        for case in cases:
            cpu, wall = cpu_seconds(), time.perf_counter()
            for _ in range(case.repeats):
                await case.run()
            case.samples.append(
                Sample(
                    cpu=(cpu_seconds() - cpu) / case.repeats,
                    wall=(time.perf_counter() - wall) / case.repeats,
                )
            )
            if case.settle is not None:
                await case.settle()


def machine() -> str:
    """Say what the figures were measured on: system, cores, load and versions."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    parts = ", ".join(f"{name} {version(name)}" for name in ("aiosqlite", "espeakng-loader", "numpy"))
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load}; "
        f"Python {sys.version.split()[0]}, Mynah {version('mynah-bot')}, {parts}"
    )


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Draw a table in plain text, which is Markdown too."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in rows]
    top = "| " + " | ".join(cell.ljust(w) for cell, w in zip(head, widths, strict=True)) + " |"
    rule = "|" + "|".join("-" * (w + 2) for w in widths) + "|"
    return "\n".join([f"### {title}", top, rule, *lines])
