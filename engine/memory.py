"""The memory of this machine: how much is free, and whether an error says that there was too little."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

ALLOCATOR = "DefaultCPUAllocator"
"""What stands in the error of torch's allocator for main memory, which has no class of its own."""


def free_bytes(root: Path = Path("/")) -> int | None:
    """Tell how much main memory programs can still have, in bytes; None where this system does not tell.

    Of Linux it is what the kernel says is available, or what is left of the limit of the group of processes (a
    container's, say), whichever is less.

    Args:
        root: Where `proc` and `sys` lie.
    """
    if os.name == "nt":
        return _free_on_windows()
    return min(_told(root), default=None)


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that memory ran out: Python's, an engine's, or torch's in either of its two forms."""
    from engine.engine import OutOfMemory  # which imports this module

    if isinstance(error, MemoryError | OutOfMemory) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and ALLOCATOR in str(error)


def _told(root: Path) -> Iterator[int]:
    try:
        for line in (root / "proc" / "meminfo").read_text("ascii").splitlines():
            name, _, size = line.partition(":")
            if name == "MemAvailable":
                yield 1024 * int(size.split()[0])
    except (OSError, ValueError):
        pass
    group = root / "sys" / "fs" / "cgroup"
    try:
        most = int((group / "memory.max").read_text("ascii"))  # 'max', where there is no limit
        yield max(0, most - int((group / "memory.current").read_text("ascii")))
    except (OSError, ValueError):
        pass


def _free_on_windows() -> int | None:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [  # ctypes wants a list here
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "f3", "f4", "f5", "f6", "f7")),
        ]

    status = Status(length=ctypes.sizeof(Status))
    library = getattr(ctypes, "windll", None)
    if library is None or not library.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.free)
