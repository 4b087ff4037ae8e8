"""A process that is to be shut in gets nothing of ours, and ends when its time is up."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from engine.engine import EngineError
from engine.intake.process import Child

NAP = "import time; time.sleep(60)"


def child(monkeypatch: pytest.MonkeyPatch, code: str) -> Child:
    """A child that runs other code than it would."""
    monkeypatch.setattr("engine.intake.process._BEGIN", code)
    return Child([], None)


def test_it_says_what_it_says_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    with child(monkeypatch, "import os; os.write(1, b'hello')") as started:
        assert started.says.read() == b"hello"
    assert (started.ended, started.late) == (0, False)


def test_it_is_ended_when_its_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    with child(monkeypatch, NAP) as started:
        started.within(0.1)
        assert started.says.read() == b""
    assert started.late
    assert time.monotonic() - began < 10


def test_what_was_said_of_its_time_before_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    with child(monkeypatch, "import time; time.sleep(0.3)") as started:
        started.within(0.05)
        started.within(60)
        assert started.says.read() == b""
    assert (started.ended, started.late) == (0, False)


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="this system has no groups of processes")
def test_what_it_has_started_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with child(monkeypatch, f"import os; os.fork(); os.write(1, b'x'); {NAP}") as started:
        assert started.says.read(1) == b"x"
        started.within(0.1)
        # Both hold the pipe, so it ends when both have.
        assert started.says.read() in (b"", b"x")
    assert started.late


def test_it_is_ended_where_nobody_listens_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError), child(monkeypatch, NAP) as started:
        raise ValueError
    assert started.ended != 0


def test_no_secret_of_ours_is_in_its_environment_and_it_stands_in_no_folder_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MYNAH_TOKEN", "secret")
    code = "import os; os.write(1, repr([sorted(os.environ), os.getcwd()]).encode())"
    with child(monkeypatch, code) as started:
        seen = started.says.read().decode()
    assert "MYNAH_TOKEN" not in seen and "'PATH'" not in seen and "'HOME'" not in seen
    assert seen.endswith(f"{str(Path(sys.executable).anchor)!r}]")


def test_a_python_that_is_not_there_is_our_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(EngineError, match="could not be started"):
        Child([], None)
