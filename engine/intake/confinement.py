"""Shuts a process in: after `shut_in` it can read what it has open, compute, and write to what it has open."""

from __future__ import annotations

import contextlib
import math
from pathlib import Path

from engine.intake import seccomp
from engine.intake.limits import Limits
from engine.value import value

_WITHOUT_PROC = 1 << 30
"""How much a process may map, in bytes, where nothing tells how much it has mapped already."""


@value
class Confinement:
    """What holds a process."""

    seccomp: bool
    """Whether Linux filters its system calls."""
    limits: tuple[str, ...]
    """The names of the limits on its resources that were set; none where the system has no such thing."""


def shut_in(limits: Limits, *, filtered: bool = True) -> Confinement:
    """Shut this process in until it ends.

    Args:
        limits: How much time and memory it may take from here on.
        filtered: Whether its system calls are filtered too; not, to see what the rest is worth.
    """
    held = _limit_resources(limits)
    return Confinement(limits=held, seccomp=filtered and seccomp.confine())


def _limit_resources(limits: Limits) -> tuple[str, ...]:
    try:
        import resource
    except ImportError:  # Windows has none
        return ()
    seconds = math.ceil(limits.deadline + resource.getrusage(resource.RUSAGE_SELF).ru_utime)
    mapped = _mapped()
    wanted = {
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NPROC": 0,
        "RLIMIT_CPU": seconds,
        "RLIMIT_AS": mapped + limits.memory if mapped else _WITHOUT_PROC,
        "RLIMIT_NOFILE": 0,
    }
    held = []
    for name, most in wanted.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (most, most))
            held.append(name)
    return tuple(held)


def _mapped() -> int:
    """How much memory this process has mapped, in bytes; 0 where nothing tells."""
    import resource

    with contextlib.suppress(OSError, ValueError):
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    return 0
