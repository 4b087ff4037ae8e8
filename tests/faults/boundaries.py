"""The boundaries at which a kill may leave something half done, and how to be killed there."""

from __future__ import annotations

import functools
import importlib
import inspect
import itertools
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

BOUNDARIES = {
    "fetching": "bot.stager:fetch_whole",
    "staging": "storage.queue:stage",
    "submit": "storage.queue:submit",
    "claim": "storage.queue:claim",
    "spool append": "engine.spool:Spool.append",
    "spool finish": "engine.spool:Spool.finish",
    "take": "engine.take:write",
    "file row": "storage.files:add",
    "rename": "bot.harvest:Harvest.move",
    "finish": "storage.queue:finish",
    "fail": "storage.queue:fail",
    "try again": "storage.queue:retry_later",
    "settle": "storage.quota:settle",
    "commit": "storage.database:_whole",
    "claim to send": "storage.deliveries:claim",
    "sending": "tests.fakes.durable:DurableAdapter.deliver",
    "sent": "storage.deliveries:sent",
    "taking up": "storage.queue:recover",
    "judging": "bot.courier:Courier.recover",
    "sweep": "storage.folder:Folder.sweep",
    "migrating": "bot.app:migrate",
}
"""Every boundary, and the function that crosses it: 'module:name' or 'module:Class.name'."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """Where to be killed."""

    boundary: str
    """One of BOUNDARIES."""
    after: bool
    """Whether the function has returned by then, or has not begun."""
    nth: int
    """At which of its calls; the first is 1."""

    def __str__(self) -> str:
        return f"{'after' if self.after else 'before'} {self.boundary} ({self.nth})"


def arm(point: Point) -> None:
    """Have this process killed when it comes to the point."""
    module_name, _, path = BOUNDARIES[point.boundary].partition(":")
    *owners, name = path.split(".")
    owner = functools.reduce(getattr, owners, importlib.import_module(module_name))
    setattr(owner, name, _deadly(getattr(owner, name), point))


def _deadly(function: Callable[..., Any], point: Point) -> Callable[..., Any]:
    calls = itertools.count(1)

    def come(call: int, after: bool) -> None:
        if call == point.nth and after == point.after:
            os.kill(os.getpid(), signal.SIGKILL)

    @functools.wraps(function)
    def plain(*args: Any, **kwargs: Any) -> Any:
        call = next(calls)
        come(call, False)
        result = function(*args, **kwargs)
        come(call, True)
        return result

    @functools.wraps(function)
    async def awaited(*args: Any, **kwargs: Any) -> Any:
        call = next(calls)
        come(call, False)
        result = await function(*args, **kwargs)
        come(call, True)
        return result

    return awaited if inspect.iscoroutinefunction(function) else plain
