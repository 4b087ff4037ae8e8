"""The siege: one life of Mynah after the other on one folder, each killed somewhere, and the last one left in peace."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import signal
import sqlite3
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.faults.boundaries import BOUNDARIES, Point
from tests.faults.life import HOLDS, KINDS, Plan, acknowledged, live

CROWD = 18
"""Events that may be unfinished before new ones are held back, so that every life has a chance to get on."""
EACH = len(KINDS)
"""New events in a life."""
LONGEST = 0.6
"""The latest random time, in seconds after the start of a life, at which it is killed."""


class Siege:
    """Kills Mynah over and over."""

    def __init__(self, root: Path, seed: int) -> None:
        self._root = root
        self._chance = random.Random(seed)
        self._asked = 0
        self.kills: Counter[str] = Counter()
        """How often it was killed, by boundary; 'any time' for kills at random."""
        self.escapes = 0
        """How often it did not come to the point where it was to be killed."""
        (root / "letter.txt").write_text("Dear reader.\n" * 500)

    def run(self, kills: int) -> None:
        """Kill it so often, then let it finish."""
        points = self._points()
        while self.kills.total() < kills:
            point = next(points)
            died = self._one_life(point, None if point else self._chance.uniform(0.0, LONGEST))
            if died:
                self.kills[point.boundary if point else "any time"] += 1
            else:
                self.escapes += 1
        assert not self._one_life(None, None), "it was killed though nobody meant to"

    def _points(self) -> Iterator[Point | None]:
        """Each boundary, before and after, again and again; every fifth kill is at any time."""
        everywhere = [(boundary, after) for boundary in BOUNDARIES for after in (False, True)]
        for turn in itertools.count():
            self._chance.shuffle(everywhere)
            for number, (boundary, after) in enumerate(everywhere):
                # The first call sees what the last life left; later ones are among the work of this one.
                yield Point(
                    boundary=boundary, after=after, nth=1 if turn == 0 else self._chance.choice((1, 1, 2, 3, 5))
                )
                if number % 4 == 3:
                    yield None

    def _one_life(self, point: Point | None, seconds: float | None) -> bool:
        """Live one life; whether it was killed."""
        events, hold = self._events(), self._hold(point)
        process = os.fork()
        if process == 0:
            status = 1
            try:
                live(Plan(root=self._root, events=events, point=point, hold=hold))
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
        if seconds is not None:
            time.sleep(seconds)
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, f"a life went wrong ({point})"
        return os.WIFSIGNALED(status)

    def _hold(self, point: Point | None) -> float:
        """Whether sentences go to the spool at once: what is killed there has to come there."""
        spool, held = HOLDS
        known = {"spool append": spool, "spool finish": spool, "take": held}
        by_chance = self._chance.choice(HOLDS)
        return known.get(point.boundary, by_chance) if point else by_chance

    def _events(self) -> tuple[int, ...]:
        """What the platform tells: the events that nobody has acknowledged, and new ones where not too much waits."""
        known = acknowledged(self._root)
        if self._unfinished() < CROWD:
            self._asked += EACH
        return tuple(event for event in range(self._asked) if event not in known)

    def _unfinished(self) -> int:
        file = self._root / "data" / "mynah.db"
        if not file.exists():
            return 0
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return int(database.execute("SELECT COUNT(*) FROM jobs WHERE finished_at IS NULL").fetchone()[0])
