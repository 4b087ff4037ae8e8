"""The real program in real processes: one-shots, and a chat on a terminal that can be read like a screen."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

import pexpect  # type: ignore[import-untyped]  # it has no types
import pyte

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-m", "bot"]
PATIENCE = 20.0
"""Seconds after which what has not come will not come."""


def seconds(file: Path) -> float:
    """How long a file sounds."""
    with wave.open(str(file)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        return float(sound.getnframes() / sound.getframerate())


class Program:
    """`mynah` with a data folder of its own, started in a folder of its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
        self.env = {
            **kept,
            "PATH": str(folder),  # no player is there, unless a test puts one there
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "error,ignore:'audioop' is deprecated:DeprecationWarning",
            "MYNAH_DATA": str(self.data),
            "MYNAH_WEB__PORT": "0",  # others test beside this
            "MYNAH_ENGINE__NAME": "espeak",  # whatever this machine has besides, all get the same answers
            **settings,
        }

    def __call__(
        self,
        *words: str | bytes,
        input: str | bytes | int | IO[bytes] | None = None,
        timeout: float = PATIENCE,
        **env: str,
    ) -> subprocess.CompletedProcess[str]:
        """Run a one-shot to its end."""
        raw = input.encode() if isinstance(input, str) else input
        given: dict[str, Any] = (
            {"input": raw} if isinstance(raw, bytes) else {"stdin": subprocess.DEVNULL if raw is None else raw}
        )
        done = subprocess.run(
            [*PROGRAM, *words],
            cwd=self.folder,
            env={**self.env, **env},
            capture_output=True,
            timeout=timeout,
            **given,
        )
        out, err = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in out + err, out + err
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    def json(self, *words: str) -> dict[str, Any]:
        """Run a one-shot with --json and return the object that it prints."""
        done = self(*words, "--json")
        assert done.stdout.count("\n") == 1, done.stdout + done.stderr
        return dict(json.loads(done.stdout))

    def used(self, metric: str) -> int:
        """How much of something the host has used or set aside today, as it stands in the database."""
        if not (self.data / "mynah.db").exists():
            return 0
        sql = "SELECT sum(used + reserved) FROM balances WHERE metric = ? AND period IN ('day', 'held')"
        with closing(sqlite3.connect(f"{(self.data / 'mynah.db').as_uri()}?mode=ro", uri=True)) as database:
            return int(database.execute(sql, [metric]).fetchone()[0] or 0)

    def files(self) -> list[str]:
        """The names of what it has made and kept."""
        folder = self.data / "generations"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

    @contextmanager
    def start(self, *words: str, **env: str) -> Iterator[subprocess.Popen[str]]:
        """Start the program without a terminal; it is killed at the end of the block, if it runs then."""
        process = subprocess.Popen(
            [*PROGRAM, *words],
            cwd=self.folder,
            env={**self.env, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def chat(self, *words: str, **env: str) -> Screen:
        """Start the program on a terminal, and wait until it reads what is typed."""
        screen = self.on_terminal(*words, **env)
        screen.until(r"Ctrl-D leaves\.|shows them\.\n>")
        return screen

    def on_terminal(self, *words: str, **env: str) -> Screen:
        """Start the program on a terminal."""
        return Screen(self, {**self.env, **env}, words)


def _hear_ctrl_c() -> None:
    """Undo what a shell does to what it starts in the background, such as this suite: there Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Screen:
    """A terminal with the program on it, as a person would see it."""

    def __init__(self, program: Program, env: dict[str, str], words: tuple[str, ...]) -> None:
        self._child = pexpect.spawn(
            PROGRAM[0],
            [*PROGRAM[1:], *words],
            cwd=str(program.folder),
            env=env,
            dimensions=(30, 100),
            timeout=None,
            preexec_fn=_hear_ctrl_c,
        )
        self._screen = pyte.HistoryScreen(100, 30, history=2000, ratio=0.5)
        # prompt_toolkit asks where the cursor is
        self._screen.write_process_input = self._child.send  # type: ignore[method-assign]  # as pyte wants it
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close(force=True)

    @property
    def text(self) -> str:
        """What stands on the screen, and above it what has scrolled away."""
        above = ["".join(line[x].data for x in range(100)).rstrip() for line in self._screen.history.top]
        return "\n".join([*above, *(line.rstrip() for line in self._screen.display)])

    def type(self, line: str) -> None:
        """Type a line, and Enter."""
        self.keys(f"{line}\r")

    def paste(self, text: str) -> None:
        """Paste a text, and press Enter."""
        self.keys(f"\x1b[200~{text}\x1b[201~\r")

    def keys(self, keys: str) -> None:
        """Press keys, while what they do is looked at: nobody types into a terminal that does not show anything."""
        sending = threading.Thread(target=self._child.send, args=(keys,))
        sending.start()
        while sending.is_alive():
            self._read()
        sending.join()

    def kill(self, number: int) -> None:
        """Send a signal to the program."""
        self._child.kill(number)

    def press(self, key: str) -> None:
        """Press Ctrl and a key."""
        self._child.sendcontrol(key)

    def until(self, seen: str | Callable[[str], object], timeout: float = PATIENCE) -> re.Match[str]:
        """Look until a pattern can be found on the screen."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            self._read()
            found = re.search(seen, self.text) if isinstance(seen, str) else seen(self.text)
            if found:
                return found  # type: ignore[return-value]  # a match, where a pattern was given
            if not self._child.isalive():
                break
        raise AssertionError(f"{seen!r} did not come:\n{self.text}")

    def leave(self) -> int:
        """Press Ctrl-D as a person does, again where it came before the prompt did, and return the exit status."""
        return self.status(again="d")

    def status(self, timeout: float = PATIENCE, again: str = "") -> int:
        """Wait until the program has ended, pressing `again` with Ctrl now and then, and return its exit status."""
        deadline, pressed = time.monotonic() + timeout, 0.0
        while self._child.isalive():
            assert time.monotonic() < deadline, f"it does not end:\n{self.text}"
            if again and time.monotonic() > pressed + 1.0:
                pressed = time.monotonic()
                self.press(again)
            self._read()
        self._read()
        self._child.close()
        return int(self._child.exitstatus if self._child.exitstatus is not None else -(self._child.signalstatus or 0))

    def _read(self) -> None:
        try:
            chunk = self._child.read_nonblocking(65536, timeout=0.05)
        except (pexpect.TIMEOUT, pexpect.EOF):
            time.sleep(0.005)
            return
        self.raw += chunk
        self._stream.feed(chunk)
