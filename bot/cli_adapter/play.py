"""Playing what was made, where this machine can; nobody hears of it where it cannot."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

log = logging.getLogger(__name__)

PLAYERS: tuple[tuple[str, ...], ...] = (
    ("pw-play",),
    ("paplay",),
    ("aplay", "-q"),
    ("afplay",),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "quiet"),
)
"""Programs that play a file, the quickest to start first; the file's name goes behind."""
_WINDOWS = (sys.executable, "-c", "import sys, winsound; winsound.PlaySound(sys.argv[1], winsound.SND_FILENAME)")


def players() -> list[Sequence[str]]:
    """The players that this machine has."""
    if sys.platform == "win32":
        return [_WINDOWS]
    return [player for player in PLAYERS if shutil.which(player[0])]


class Playlist:
    """Plays one file after another."""

    def __init__(self, players: Sequence[Sequence[str]]) -> None:
        self._players = list(players)
        self._waiting: asyncio.Queue[Path] = asyncio.Queue()
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._hushed = False

    @property
    def playing(self) -> bool:
        """Whether something can be heard."""
        return self._process is not None

    def add(self, path: Path) -> None:
        """Play a file when those before it have been played."""
        if not self._players:
            return
        self._waiting.put_nowait(path)
        if self._task is None:
            self._task = asyncio.create_task(self._play_on())

    def hush(self) -> None:
        """Stop what can be heard, and forget what waits."""
        while not self._waiting.empty():
            self._waiting.get_nowait()
        if self._process is not None:
            self._hushed = True
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def close(self) -> None:
        """Stop playing for good."""
        self._players = []
        self.hush()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _play_on(self) -> None:
        while True:
            path = await self._waiting.get()
            while self._players and not await self._play(self._players[0], path):
                log.info("%s cannot play here", self._players.pop(0)[0])

    async def _play(self, player: Sequence[str], path: Path) -> bool:
        """Play a file and return whether the player could; one that was hushed could."""
        self._hushed = False
        quiet = asyncio.subprocess.DEVNULL
        try:
            self._process = await asyncio.create_subprocess_exec(
                *player, str(path), stdin=quiet, stdout=quiet, stderr=quiet
            )
        except OSError:
            return False
        try:
            status = await self._process.wait()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            raise
        finally:
            self._process = None
        return status == 0 or self._hushed
