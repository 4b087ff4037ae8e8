from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.engine import EngineError, OutOfMemory
from engine.memory import ALLOCATOR, free_bytes, is_out_of_memory


def system(root: Path, *, available: str = "", most: str = "", current: str = "") -> Path:
    """Make a root that tells of memory as Linux does."""
    (root / "proc").mkdir()
    group = root / "sys" / "fs" / "cgroup"
    group.mkdir(parents=True)
    for file, text in (
        (root / "proc" / "meminfo", available and f"MemTotal:  8000 kB\nMemAvailable:   {available} kB\n"),
        (group / "memory.max", most),
        (group / "memory.current", current),
    ):
        if text:
            file.write_text(text)
    return root


@pytest.mark.skipif(os.name == "nt", reason="Windows tells it in another way")
@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"available": "4000"}, 4_096_000),
        ({"available": "4000", "most": "max\n", "current": "5"}, 4_096_000),
        ({"available": "4000", "most": "1000000\n", "current": "400000"}, 600_000),
        ({"available": "4000", "most": "1000000\n", "current": "1400000"}, 0),
        ({"available": "x"}, None),
        ({}, None),
    ],
)
def test_what_is_free_is_what_the_kernel_and_the_group_leave(
    tmp_path: Path, told: dict[str, str], expected: int | None
) -> None:
    assert free_bytes(system(tmp_path, **told)) == expected


@pytest.mark.skipif(not Path("/proc/meminfo").exists(), reason="this system does not tell")
def test_this_machine_tells_how_much_is_free() -> None:
    free = free_bytes()
    assert free is not None and 0 < free < 2**50


def test_errors_of_too_little_memory_are_known_in_all_their_forms() -> None:
    class OutOfMemoryError(RuntimeError):
        """torch's own, which is known by its name alone."""

    scarce = [
        MemoryError(),
        OutOfMemory("too little"),
        OutOfMemoryError(),
        RuntimeError(f"[enforce] {ALLOCATOR}: can't"),
    ]
    assert all(map(is_out_of_memory, scarce))
    others = [EngineError("memory ran out"), RuntimeError("CUDA error"), ValueError(ALLOCATOR)]
    assert not any(map(is_out_of_memory, others))
