"""The memory of sounds: what Mynah has made is noted when nobody waits, and before anybody asks whether it was there.

To work out what a sound is known by takes a third of what espeak takes to say it, and is of no use to whoever waits for
the sound. So it is done once Mynah has been idle for a moment, and at the latest where somebody asks, before files are
deleted, after a minute, where many have gathered, and at the end. Until then a WAV file is open, so that it can be read
wherever it is by then: that takes no memory, which would have to be found anew for every sound. Of what is encoded the
sound is held. A kill before that loses what was not noted yet; the sounds themselves are safe.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple

from bot.alarm import Alarm
from bot.uncut import uncut
from commands.core.known_sounds import KINDS, KnownSounds
from commands.core.threads import off_loop
from engine.fingerprint import Pending, Question
from storage import sounds
from storage.database import Database, Transaction
from storage.sounds import Kind

log = logging.getLogger("mynah.sounds")

QUIET = 1.0
"""Mynah is idle where it has made nothing for so many seconds."""
LONGEST = 60.0
"""For how many seconds a sound may wait; then it is noted, busy or not."""
MOST = 64
"""How many sounds may gather; of more, half are noted, busy or not. Each is an open file: on a Mac there may be 256."""
AT_ONCE = 8
"""How many are written, and so let go, in one transaction."""


class SoundMemory:
    """Notes what Mynah makes, and tells of a sound whether it was there before."""

    def __init__(self, database: Database, is_busy: Callable[[], bool]) -> None:
        """`is_busy` tells whether anybody waits for a sound."""
        self._database = database
        self._is_busy = is_busy
        self._known = KnownSounds()
        self._made: deque[_Made] = deque()
        self._noting = asyncio.Lock()
        self._alarm = Alarm(self._round, name="sounds")
        self._is_over = False

    def start(self) -> None:
        """Begin to note when nothing else is to be done."""
        self._alarm.start()

    def add(self, made: Pending) -> None:
        """Take a sound that was made; it is noted later, and closed."""
        if self._is_over:
            made.close()
            return
        self._made.append(_Made(made, time.monotonic()))
        if self._alarm.is_on:
            self._alarm.ring_in(QUIET)

    async def settle(self) -> None:
        """Note all that was made until now, of which nothing is open any more then."""
        await uncut(self._note(len(self._made)))

    async def find(self, questions: Sequence[Question], kinds: Sequence[Kind] = KINDS) -> Kind | None:
        """Tell of what kind a sound is that was there before: the first of `kinds`; None where it never was."""
        await self.settle()
        return await self._database.read(lambda tx: self._known.find(tx, questions, kinds))

    async def stop(self) -> None:
        """Note what is left, and look no more."""
        try:
            await self._alarm.stop()
            await self.settle()
        finally:
            self._is_over = True
            while self._made:
                self._made.pop().sound.close()

    async def _round(self) -> float | None:
        """Note everything where nobody waits, else what waits too long or is too much; tell when to look again."""
        if not self._made:
            return None
        now, count = time.monotonic(), len(self._made)
        if self._is_busy() or now - self._made[-1].at < QUIET:
            late = sum(now - made.at > LONGEST for made in self._made)
            count = max(late, count // 2 if count > MOST else 0)
        await self._note(count)
        return QUIET if self._made else None

    async def _note(self, count: int) -> None:
        """Note the oldest so many sounds; they are closed once they are in the database."""
        async with self._noting:
            left = min(count, len(self._made))
            while left:
                noted = [made.sound for made in islice(self._made, min(left, AT_ONCE))]
                found = [await off_loop(partial(_known_by, each)) for each in noted]
                await self._database.note(partial(_write, found))
                for _ in noted:
                    self._made.popleft().sound.close()
                left -= len(noted)


class _Made(NamedTuple):
    """A sound that was made."""

    sound: Pending
    at: float
    """When, by the monotonic clock."""


def _write(found: Sequence[bytes | None], tx: Transaction) -> None:
    for fingerprint in filter(None, found):
        sounds.note_made(tx, fingerprint)


def _known_by(made: Pending) -> bytes | None:
    """Return what a sound is known by; None where that cannot be worked out: it must not stand in the way of others."""
    try:
        return made.finish()
    except Exception:
        log.exception("a sound that was made will not be known again")
        return None
