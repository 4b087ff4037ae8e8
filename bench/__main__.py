"""Print the tables of all benchmarks, or of those that are named: `python -m bench [name ...] [--turns N]`."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench import (
    chatting,
    encoding,
    engine,
    formats,
    joining,
    languages,
    levels,
    likeness,
    novel,
    quality,
    queueing,
    speaking,
    starting,
    timings,
)
from bench.measure import machine

BENCHES: dict[str, tuple[Callable[[Path, int], Awaitable[str]], int]] = {
    "speaking": (speaking.measure, 15),
    "chatting": (chatting.measure, 4),
    "queueing": (queueing.measure, 15),
    "engine": (engine.measure, 5),
    "starting": (starting.measure, 7),
    "languages": (languages.measure, 3),
    "formats": (formats.measure, 9),
    "novel": (novel.measure, 1),
    "encoding": (encoding.measure, 15),
    "joining": (joining.measure, 15),
    "levels": (levels.measure, 1),
    "likeness": (likeness.measure, 15),
    "quality": (quality.measure, 5),
    "timings": (timings.measure, 3),
}
"""What can be measured, and in how many turns."""


def main() -> None:
    """Measure what is named, or everything."""
    parser = argparse.ArgumentParser("python -m bench", description="Ratios, measured side by side in one run.")
    parser.add_argument("bench", nargs="*", help=f"what to measure: {', '.join(BENCHES)}; everything to begin with")
    parser.add_argument("--turns", type=int, help="how many turns each case gets; medians are taken over them")
    given = parser.parse_args()
    unknown = set(given.bench) - set(BENCHES)
    if unknown:
        parser.error(f"there is no {unknown.pop()!r}; there are {', '.join(BENCHES)}")
    print(f"{machine()}\nCases take turns in one run; medians; CPU seconds count children in.\n")
    for name in given.bench or BENCHES:
        measure, turns = BENCHES[name]
        with tempfile.TemporaryDirectory(prefix="mynah-bench-") as folder:
            print(asyncio.run(_measure(measure, Path(folder), given.turns or turns)), end="\n\n", flush=True)


async def _measure(measure: Callable[[Path, int], Awaitable[str]], folder: Path, turns: int) -> str:
    return await measure(folder, turns)


if __name__ == "__main__":
    main()
