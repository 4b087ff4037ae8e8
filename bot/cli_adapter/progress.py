"""The bar of a one-shot: drawn on standard error, over and over on one line, and only where somebody sees it."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

from bot.cli_adapter.render import Renderer
from commands.core.reply import Progress

PACE = 0.1
"""Seconds from one drawing to the next."""


class Bar:
    """A bar on a terminal; silent where the stream is none."""

    def __init__(self, stream: TextIO | None, renderer: Renderer, *, dumb: bool = False) -> None:
        self._stream = stream if stream is not None and stream.isatty() and not dumb else None
        self._renderer = renderer
        self._drawn = False
        self._drawn_at = 0.0

    def show(self, progress: Progress) -> None:
        """Draw how far it has come over what was drawn before."""
        if self._stream is None or time.monotonic() - self._drawn_at < PACE:
            return
        self._drawn_at = time.monotonic()
        width = shutil.get_terminal_size().columns - 1
        line = self._renderer.progress(progress)[:width]
        self._stream.write(f"\r{line.ljust(min(width, 60))}")
        self._stream.flush()
        self._drawn = True

    def clear(self) -> None:
        """Wipe the bar off, so that what follows stands on a clean line."""
        if self._stream is not None and self._drawn:
            self._stream.write("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r")
            self._stream.flush()
            self._drawn = False
