"""Print the tables of all benchmarks, or of those that are named: `python -m bench [name ...] [--turns N]`."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bench import (
    chatting,
    cloning,
    consent,
    encoding,
    engine,
    formats,
    identity,
    joining,
    languages,
    levels,
    likeness,
    novel,
    own_output,
    quality,
    queueing,
    selfcheck,
    speaking,
    starting,
    timings,
    web,
)
from bench.measure import machine
from bot import loop

BENCHES: dict[str, tuple[Callable[[Path, int], Awaitable[str]], int]] = {
    "speaking": (speaking.measure, 15),
    "chatting": (chatting.measure, 4),
    "queueing": (queueing.measure, 15),
    "web": (web.measure, 5),
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
    "consent": (consent.measure, 6),
    "identity": (identity.measure, 1),
    "own_output": (own_output.measure, 1),
    "timings": (timings.measure, 3),
    "selfcheck": (selfcheck.measure, 1),
    "cloning": (cloning.measure, 1),
}
"""What can be measured, and in how many turns."""
LONG = ("own_output", "cloning", "selfcheck")
"""What takes many minutes, so that it is measured only where it is named."""
OF_PEOPLE = {"cloning": cloning.measure, "identity": identity.measure}
"""What can be measured on any folder of people: a folder for each, with their recordings in it."""


def main() -> None:
    """Measure what is named, or everything."""
    parser = argparse.ArgumentParser("python -m bench", description="Ratios, measured side by side in one run.")
    parser.add_argument(
        "bench",
        nargs="*",
        help=f"what to measure: {', '.join(BENCHES)}; all but {' and '.join(LONG)} to begin with; or a "
        "folder of people",
    )
    parser.add_argument("--turns", type=int, help="how many turns each case gets; medians are taken over them")
    parser.add_argument("--json", action="store_true", help="the figures as JSON, where a folder of people is given")
    given = parser.parse_args()
    people = [Path(each) for each in given.bench if each not in BENCHES and Path(each).is_dir()]
    if people:
        _of_people([each for each in given.bench if each in BENCHES], people[-1], given.json)
        return
    unknown = set(given.bench) - set(BENCHES)
    if unknown:
        parser.error(f"there is no {unknown.pop()!r}; there are {', '.join(BENCHES)}")
    print(f"{machine()}\nCases take turns in one run; medians; CPU seconds count children in.\n")
    for name in given.bench or [each for each in BENCHES if each not in LONG]:
        measure, turns = BENCHES[name]
        with tempfile.TemporaryDirectory(prefix="mynah-bench-") as folder:
            print(loop.run(_measure(measure, Path(folder), given.turns or turns)), end="\n\n", flush=True)


def _of_people(names: Sequence[str], people: Path, as_json: bool) -> None:
    """Measure what is named, or all that can be, on a folder of people."""
    for name in [each for each in names or OF_PEOPLE if each in OF_PEOPLE]:
        with tempfile.TemporaryDirectory(prefix="mynah-bench-") as folder:
            told = asyncio.run(OF_PEOPLE[name](Path(folder), 1, people, as_json=as_json))
        print(told, end="\n\n", flush=True)


async def _measure(measure: Callable[[Path, int], Awaitable[str]], folder: Path, turns: int) -> str:
    return await measure(folder, turns)


if __name__ == "__main__":
    main()
