"""The memory of sounds: what Mynah has made is noted when nobody waits, and before anybody asks whether it was there.

To work out what a sound is known by takes a fifth of what espeak takes to say it, and is of no use to whoever waits for
the sound. So it is done once Mynah has been idle for a moment, and at the latest where somebody asks, where much has
gathered, and at the end. Until then its file is open, so that it can be read even where it has been deleted: that
takes no memory, which would have to be found anew for every sound. A kill before that loses what was not noted yet; the
sounds themselves are safe.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from typing import BinaryIO

from bot.alarm import Alarm
from bot.uncut import uncut
from commands.core.known_sounds import KINDS, KnownSounds
from commands.core.threads import off_loop
from engine import fingerprint
from engine.fingerprint import Question
from storage import sounds
from storage.database import Database, Transaction
from storage.sounds import Kind

log = logging.getLogger("mynah.sounds")

QUIET = 1.0
"""Mynah is idle where it has made nothing for so many seconds."""
MOST = 64
"""How many sounds may gather; of more, half are noted, busy or not. Each is an open file: on a Mac there may be 256."""


class SoundMemory:
    """Notes what Mynah makes, and tells of a sound whether it was there before."""

    def __init__(self, database: Database, is_busy: Callable[[], bool]) -> None:
        """`is_busy` tells whether anybody waits for a sound."""
        self._database = database
        self._is_busy = is_busy
        self._known = KnownSounds()
        self._made: deque[BinaryIO] = deque()
        self._last = 0.0
        self._noting = asyncio.Lock()
        self._alarm = Alarm(self._round, name="sounds")

    def start(self) -> None:
        """Begin to note when nothing else is to be done."""
        self._alarm.start()

    def add(self, made: BinaryIO) -> None:
        """Take the open file of a sound that was made; it is noted later, and closed."""
        self._made.append(made)
        self._last = time.monotonic()
        if self._alarm.is_on:
            self._alarm.ring_in(QUIET if len(self._made) <= MOST else 0)

    async def settle(self) -> None:
        """Note all that was made until now."""
        await uncut(self._note(len(self._made)))

    async def find(self, questions: Sequence[Question], kinds: Sequence[Kind] = KINDS) -> Kind | None:
        """Tell of what kind a sound is that was there before: the first of `kinds`; None where it never was."""
        await self.settle()
        return await self._database.read(lambda tx: self._known.find(tx, questions, kinds))

    async def stop(self) -> None:
        """Note what is left, and look no more."""
        await self._alarm.stop()
        try:
            await self.settle()
        finally:
            while self._made:
                self._made.pop().close()

    async def _round(self) -> float | None:
        """Note everything where nobody waits, half of it where it is too much; tell when to look again."""
        if not self._is_busy() and time.monotonic() - self._last >= QUIET:
            await self._note(len(self._made))
        elif len(self._made) > MOST:
            await self._note(len(self._made) // 2)
        return QUIET if self._made else None

    async def _note(self, count: int) -> None:
        """Note the oldest so many sounds; their files are closed once they are in the database."""
        async with self._noting:
            noted = list(islice(self._made, count))
            found = [await off_loop(partial(_known_by, each)) for each in noted]

            def work(tx: Transaction) -> None:
                for each in filter(None, found):
                    sounds.note_made(tx, each)

            if noted:
                await self._database.note(work)
            for _ in noted:
                self._made.popleft().close()


def _known_by(made: BinaryIO) -> bytes | None:
    """Return what a sound is known by; None where that cannot be worked out: it must not stand in the way of others."""
    try:
        return fingerprint.of_file(made)
    except Exception:
        log.exception("a sound that was made will not be known again")
        return None
