"""`mynah run` where nobody sits at a terminal, and what kills and signals leave to be finished."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.program import PATIENCE, Program

POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows has no signals to send")


def wait_ready(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if "Mynah is ready." in line:
            return
    raise AssertionError("it never was ready")


def wait_spool(program: Program, least: int = 500_000) -> None:
    """Wait until a job has made some of its sound."""
    deadline = time.monotonic() + PATIENCE
    while not any(path.stat().st_size > least for path in program.data.glob("spool/*.wav")):
        assert time.monotonic() < deadline, "no job came under way"
        time.sleep(0.01)


def wait_file(path: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.01)


@POSIX
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(mynah: Program, number: signal.Signals) -> None:
    with mynah.start("run") as process:
        wait_ready(process)
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
        assert out == "" and "Traceback" not in err


@POSIX
def test_bare_mynah_runs_and_a_second_one_is_told_so(mynah: Program) -> None:
    with mynah.start() as process:
        wait_ready(process)
        second = mynah("run")
        assert second.returncode == 1
        assert second.stderr.startswith(f"Mynah is running on {mynah.data} already (process {process.pid});")


@POSIX
def test_ctrl_c_cancels_a_one_shot_and_nothing_is_charged(mynah: Program, long_text: str) -> None:
    with mynah.start("speak", long_text, "--output", "long.wav") as process:
        wait_spool(mynah)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "is cancelled; nothing was charged" in err and out == ""
    assert not (mynah.folder / "long.wav").exists()
    assert mynah.files() == [] and list(mynah.data.glob("spool/*")) == []
    assert mynah.used("characters") == 0
    assert mynah.json("jobs")["items"][0]["state"] == "cancelled"


@POSIX
def test_a_one_shot_that_is_told_to_stop_can_be_finished(mynah: Program, long_text: str) -> None:
    with mynah.start("speak", long_text, "--output", "long.wav") as process:
        wait_spool(mynah)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 143
    assert "'mynah jobs retry 1' finishes this" in err
    done = mynah("jobs", "retry", "1")
    assert done.returncode == 0, done.stderr
    assert "long.wav" in done.stdout
    assert (mynah.folder / "long.wav").exists()
    assert mynah.used("characters") == len(long_text)


@POSIX
def test_a_killed_one_shot_is_finished_by_the_next_run_and_charged_once(mynah: Program, long_text: str) -> None:
    with mynah.start("speak", long_text, "--output", "long.wav") as process:
        wait_spool(mynah)
        process.kill()
    assert not (mynah.folder / "long.wav").exists()
    with mynah.start("run") as process:
        wait_file(mynah.folder / "long.wav")
        assert process.stdout is not None
        assert "This is sentence number 0" in process.stdout.readline()
        process.terminate()
        process.communicate(timeout=PATIENCE)
    assert mynah.used("characters") == len(long_text)
    assert mynah.used("generations") == 1
    assert len(mynah.files()) == 1


@POSIX
def test_a_killed_one_shot_without_output_is_answered_by_the_next_run(mynah: Program, long_text: str) -> None:
    with mynah.start("speak", long_text) as process:
        wait_spool(mynah)
        process.kill()
    with mynah.start("run") as process:
        assert process.stdout is not None
        assert "This is sentence number 0" in process.stdout.readline()
        assert process.stdout.readline() == f"  data/generations/{mynah.files()[0]}\n"


def test_an_answer_that_a_kill_cut_off_is_handed_over_later(mynah: Program) -> None:
    assert mynah("speak", "Hello.", "--output", "hello.wav").returncode == 0
    wanted = mynah.folder / "hello.wav"
    for words in (("jobs", "retry", "1"), ("run",)):
        wanted.unlink()
        with closing(sqlite3.connect(mynah.data / "mynah.db")) as database, database:
            database.execute("UPDATE deliveries SET state = 'sending', reference = NULL")
        with mynah.start(*words):
            wait_file(wanted)
    assert mynah.used("generations") == 1


@POSIX
def test_a_log_of_a_service_goes_to_standard_error(mynah: Program) -> None:
    with mynah.start("run", MYNAH_MYNAH__LOG_LEVEL="debug") as process:
        wait_ready(process)
        process.terminate()
        process.communicate(timeout=PATIENCE)
    assert not (mynah.data / "mynah.log").exists()
