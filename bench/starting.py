"""How soon Mynah is ready, and what it holds while idle, against a bare process with the same libraries.

The bare process imports every third-party library that Mynah has imported by the time it is ready, and opens
espeak; what is above it is Mynah's own.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

from bench.measure import Case, table, take_turns
from bench.speaking import texts

READY = b"Mynah is ready."
FLOOR = 1.6
"""The most that Mynah may take, as a multiple of the bare process."""
SAID = "Hello, I am Mynah."
IDLE = 2.0
"""Seconds of doing nothing before memory is read."""

BARE = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
import ctypes, espeakng_loader
library = ctypes.CDLL(espeakng_loader.get_library_path())
rate = library.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0x8000)
assert rate > 0
print("ready", file=sys.stderr, flush=True)
"""

LIST = """
import runpy, sys
sys.argv = ["mynah", *sys.argv[1:]]
try:
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
except SystemExit:
    pass
finally:
    own = {"bot", "commands", "engine", "storage", "__main__", "__mp_main__"}
    tops = {name.partition(".")[0] for name in sys.modules}
    loaded = [n for n in sys.modules if n.partition(".")[0] in tops - own - set(sys.stdlib_module_names)]
    found = (n for n in loaded if "site-packages" in (getattr(sys.modules[n], "__file__", None) or ""))
    print(*("@" + name for name in found), sep="\\n")
"""


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the tables."""
    environment = {**os.environ, "MYNAH_DATA": str(folder / "data"), "PYTHONDONTWRITEBYTECODE": ""}
    environment["MYNAH_ENGINE__NAME"] = "espeak"  # as the bare process: flite, where it is there, takes its own time
    mynah = [sys.executable, "-m", "bot"]
    speak = ["speak", "--output", str(folder / "hello.wav")]
    run_modules = await _modules(["run"], environment, serve=True)
    shot_modules = await _modules([*speak, SAID], environment, serve=False)
    cases = [
        Case(name="mynah run, to ready", run=_serving([*mynah, "run"], environment)),
        Case(name="bare process, same libraries", run=_ending([sys.executable, "-c", BARE, *run_modules], environment)),
        Case(name="cold one-shot, mynah speak", run=_ending([*mynah, *speak], environment, texts(SAID + " {}"))),
        Case(
            name="bare process, same libraries ", run=_ending([sys.executable, "-c", BARE, *shot_modules], environment)
        ),
    ]
    await take_turns(cases, turns)
    rows = []
    for case, bare in ((cases[0], cases[1]), (cases[2], cases[3])):
        rows.append(_row(case, f"{case.cpu / bare.cpu:.2f} x", f"<= {FLOOR} x"))
        rows.append(_row(bare, "1", ""))
    memory = await _idle_memory([*mynah, "run"], environment)
    start = table("Start, until ready and stopped again", ("case", "CPU ms", "wall ms", "ratio", "floor"), rows)
    return f"{start}\n\nIdle memory of `mynah run`: {memory}"


def _row(case: Case, ratio: str, floor: str) -> tuple[str, ...]:
    return (case.name.strip(), f"{case.cpu * 1e3:.0f}", f"{case.wall * 1e3:.0f}", ratio, floor)


def _ending(
    argv: Sequence[str], environment: dict[str, str], given: Iterator[str] | None = None
) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        line = [*argv, next(given)] if given else argv
        process = await asyncio.create_subprocess_exec(*line, stdout=DEVNULL, stderr=PIPE, env=environment)
        _, complaint = await process.communicate()
        if process.returncode != 0:
            raise RuntimeError(f"{argv[1:4]} ended with {process.returncode}: {complaint.decode()}")

    return run


def _serving(argv: Sequence[str], environment: dict[str, str]) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        process = await _until_ready(argv, environment)
        process.send_signal(signal.SIGTERM)
        await process.communicate()

    return run


async def _until_ready(argv: Sequence[str], environment: dict[str, str]) -> Process:
    process = await asyncio.create_subprocess_exec(*argv, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, env=environment)
    assert process.stderr is not None
    async for line in process.stderr:
        if READY in line:
            return process
    raise RuntimeError(f"{argv} ended before it was ready")


async def _modules(arguments: Sequence[str], environment: dict[str, str], *, serve: bool) -> list[str]:
    argv = [sys.executable, "-c", LIST, *arguments]
    process = await asyncio.create_subprocess_exec(*argv, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=environment)
    assert process.stderr is not None
    if serve:
        while READY not in (line := await process.stderr.readline()):
            if not line:
                raise RuntimeError("mynah run ended before it was ready")
        process.send_signal(signal.SIGTERM)
    out, complaint = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(complaint.decode())
    return [line[1:] for line in out.decode().split() if line.startswith("@")]


async def _idle_memory(argv: Sequence[str], environment: dict[str, str]) -> str:
    process = await _until_ready(argv, environment)
    await asyncio.sleep(IDLE)
    status = Path(f"/proc/{process.pid}/status")
    before, began = _ticks(process.pid), time.perf_counter()
    await asyncio.sleep(IDLE)
    busy = (_ticks(process.pid) - before) / (time.perf_counter() - began)
    text = status.read_text() if status.exists() else ""  # noqa: ASYNC240  # nothing else runs here
    process.send_signal(signal.SIGTERM)
    await process.communicate()
    lines = dict(line.split(":", 1) for line in text.splitlines())
    if "VmRSS" not in lines:
        return "not known on this system"
    return f"{int(lines['VmRSS'].split()[0]) / 1024:.0f} MiB; CPU while idle: {busy * 100:.1f} %"


def _ticks(pid: int) -> float:
    """CPU seconds that a process has used, where the system tells."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
