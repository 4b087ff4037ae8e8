"""Recodings: a file of Mynah's in other formats, made when somebody wants them and gone a while after.

They have no names on disk that outlive this process: whoever may not have the file any more has no way to them.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from bot.web_adapter.ranges import Source
from commands.core.threads import off_loop
from engine.recode import recode
from engine.speech import Format
from engine.take import Target
from storage.files import File

MOST_BYTES = 256_000_000
"""How many bytes of them are kept; the one that nobody wanted for longest goes first."""
LIFE = 600.0
"""Seconds after which one goes that nobody wants."""
AT_ONCE = 1
"""How many are made at once: what is spoken needs the processor more."""

Key = tuple[int, str, Format]
"""The file's number and digest, and the format."""


@dataclass
class _Made:
    source: Source
    used: float


class Recodings:
    """Makes and keeps them; their files have no names from the moment on that they are whole."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES, life: float = LIFE) -> None:
        """Use a folder while they are made; what an earlier run has left there goes. `life` is in seconds."""
        self._folder = folder
        self._most = most_bytes
        self._life = life
        self._made: OrderedDict[Key, _Made] = OrderedDict()
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._cleared = False
        self._alarm: asyncio.TimerHandle | None = None

    async def open(self, path: Path, file: File, format: Format) -> Source:
        """Return a file in another format; who has read it closes it.

        Args:
            path: Where it lies.
            file: Its row.
            format: Which format.

        Raises:
            EngineError: It is gone or damaged.
            OSError: There is no room.
        """
        key = (file.id, file.sha256, format)
        async with self._turn:
            made = self._made.get(key)
            if made is None:
                made = self._made[key] = _Made(source=await self._make(path, format), used=0.0)
            made.used = time.monotonic()
            self._made.move_to_end(key)
            opened = made.source.share()
        self.sweep()
        return opened

    def sweep(self) -> None:
        """Let those go that nobody wanted for a while, and where they are too many, those first."""
        if self._alarm is not None:
            self._alarm.cancel()
        while self._made:
            key, oldest = next(iter(self._made.items()))
            too_many = len(self._made) > 1 and sum(made.source.size for made in self._made.values()) > self._most
            left = oldest.used + self._life - time.monotonic()
            if left > 0 and not too_many:
                self._alarm = asyncio.get_running_loop().call_later(left, self.sweep)
                break
            oldest.source.close()
            del self._made[key]

    def close(self) -> None:
        """Let all of them go."""
        if self._alarm is not None:
            self._alarm.cancel()
        for made in self._made.values():
            made.source.close()
        self._made.clear()

    async def _make(self, path: Path, format: Format) -> Source:
        stopped = threading.Event()
        to = self._folder / f"{secrets.token_hex(8)}.{format.suffix}"

        def work() -> Source:
            if not self._cleared:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._cleared = True
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            recode(path, to, Target(format=format), stopped=stopped.is_set)
            return Source(to, nameless=True)

        return await off_loop(work, stopped.set)
