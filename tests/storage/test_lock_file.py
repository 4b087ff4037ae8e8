"""A lock file has one holder at a time, and tells who it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage import lock_file


def test_one_holds_it_and_the_next_is_told_who(tmp_path: Path) -> None:
    lock = lock_file.take(tmp_path / "lock")
    with pytest.raises(lock_file.Held) as held:
        lock_file.take(tmp_path / "lock")
    assert held.value.process == str(os.getpid())
    lock_file.release(lock)
    lock_file.release(lock_file.take(tmp_path / "lock"))


def test_it_goes_with_a_process_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import os, signal; from pathlib import Path; from storage import lock_file\n"
        f"lock_file.take(Path({str(tmp_path / 'lock')!r})); os.kill(os.getpid(), signal.SIGKILL)"
    )
    root = Path(__file__).resolve().parents[2]
    ended = subprocess.run([sys.executable, "-c", program], cwd=root, timeout=60, check=False)
    assert ended.returncode != 0 and (tmp_path / "lock").exists()
    lock_file.release(lock_file.take(tmp_path / "lock"))
