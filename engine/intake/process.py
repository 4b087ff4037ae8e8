"""Starting a process that is to be shut in, and ending it when its time is up."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from engine.engine import EngineError

START = 30.0
"""How long a process may take to be ready, in seconds; it has looked at nothing by then, so the machine is slow."""

_ROOT = Path(__file__).resolve().parents[2]
_BEGIN = "import sys; sys.path[:0] = {folders!r}; from engine.intake.child import main; main()"
_OUTER = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "SystemRoot")
"""What Python may need of our environment to find libraries; the process gets nothing else of it."""
_INNER = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Child:
    """A process that runs `engine.intake.child`, with nothing of ours but the file that it is given."""

    def __init__(self, arguments: Sequence[str], file: IO[bytes] | None) -> None:
        """Start it.

        Args:
            arguments: What it is to do, as `child.main` reads it.
            file: Its standard input.

        Raises:
            EngineError: It cannot be started.
        """
        folders = [str(_ROOT), *(each for each in sys.path if os.path.isabs(each) and os.path.isdir(each))]
        # Without `site`, which takes longer than all the rest of Python's start.
        command = [sys.executable, "-I", "-S", "-B", "-c", _BEGIN.format(folders=folders), *arguments]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=file if file is not None else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=Path(sys.executable).anchor,
                env={**_INNER, **{name: os.environ[name] for name in _OUTER if name in os.environ}},
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise EngineError(f"the process that reads recordings could not be started: {error}") from error
        self.says: IO[bytes] = self._process.stdout  # type: ignore[assignment]  # a pipe was asked for
        """What it says, as bytes; it ends when the process does."""
        self.ready = False
        """Whether it has said that it is shut in."""
        self._expired = False
        self._until = time.monotonic() + START
        self._changed, self._over = threading.Event(), threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def ended(self) -> int:
        """How it ended, as `subprocess` tells it: -11 for a crash; 0 while it has not."""
        return self._process.returncode or 0

    @property
    def late(self) -> bool:
        """Whether it was ended because its time was up, by the clock or by the processor's."""
        return self._expired or self.ended == -getattr(signal, "SIGXCPU", 0) != 0

    def within(self, seconds: float) -> None:
        """End it, and all that it might have started, so many seconds from now; what was said before does not count."""
        self._until = time.monotonic() + seconds
        self._changed.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it if it has not ended, and wait until it has."""
        if error is not None:
            self._kill()
        self.says.close()
        self._process.wait()
        self._over.set()
        self._changed.set()

    def _watch(self) -> None:
        """Run in a thread of its own until the process has ended, and end it when its time is up."""
        while not self._over.is_set():
            self._changed.clear()
            if (left := self._until - time.monotonic()) <= 0:
                self._expired = True
                return self._kill()
            self._changed.wait(left)
        return None

    def _kill(self) -> None:
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
