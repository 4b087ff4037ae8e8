"""Commands in a shell while Mynah runs on the same folder: two processes, and the same to see as with one."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.lines import SOCKET
from tests.acceptance.program import PATIENCE, Program, seconds
from tests.acceptance.test_running import wait_ready

pytestmark = pytest.mark.skipif(os.name != "posix", reason="this system has no such signals")


def states(mynah: Program) -> list[str]:
    with closing(sqlite3.connect(f"{(mynah.data / 'mynah.db').as_uri()}?mode=ro", uri=True)) as database:
        return [state for (state,) in database.execute("SELECT state FROM jobs ORDER BY id")]


def until_runs(mynah: Program, number: int) -> None:
    """Wait until the job of that place runs."""
    end = time.monotonic() + PATIENCE
    while len(found := states(mynah)) < number or found[number - 1] not in ("running", "succeeded"):
        assert time.monotonic() < end, found
        time.sleep(0.02)


def test_a_command_is_answered_as_if_nothing_ran(mynah: Program) -> None:
    alone = mynah("speak", "Hello there.", "--output", "alone.wav")
    with mynah.start("run") as process:
        wait_ready(process)
        handed = mynah("speak", "Hello there.", "--output", "handed.wav", "--format", "wav")
        other = mynah("speak", "Something else.", "--output", "other.wav")
        told = mynah.json("speak", "And more.", "--timestamps", "words", "--output", "more.wav")
        listed, refused = mynah("jobs", "list"), mynah("speak", "Hello.", "--voice", "nobody")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE)
    assert handed.returncode == alone.returncode == other.returncode == 0
    assert handed.stdout.splitlines()[1] == "  handed.wav" and "said before, so it is free" in handed.stdout
    assert other.stdout.splitlines()[1] == "  other.wav" and other.stderr == alone.stderr == ""
    assert seconds(mynah.folder / "handed.wav") == seconds(mynah.folder / "alone.wav")
    assert told["file"].endswith("more.wav") and len(told["beside"]) == 3
    assert all(Path(path).is_file() for path in told["beside"])
    assert listed.stdout.count("/speak") == 4
    assert refused.returncode == 1 and "no voice 'nobody'" in refused.stderr
    assert process.returncode == 0 and out == "" and "Traceback" not in err
    assert not (mynah.data / SOCKET).exists()


def test_ctrl_c_cancels_what_was_handed_off_and_nothing_is_charged(mynah: Program, long_text: str) -> None:
    with mynah.start("run") as server:
        wait_ready(server)
        with mynah.start("speak", long_text, "--output", "long.wav") as process:
            until_runs(mynah, 1)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 130
        assert "is cancelled; nothing was charged" in err and out == ""
        assert states(mynah) == ["cancelled"] and not (mynah.folder / "long.wav").exists()
        assert mynah.used("characters") == 0
        after = mynah("speak", "Still here.", "--json")
        assert after.returncode == 0 and json.loads(after.stdout)["characters"] == len("Still here.")


def test_a_one_shot_that_is_told_to_stop_leaves_its_job_to_the_mynah_that_runs(mynah: Program, long_text: str) -> None:
    with mynah.start("run") as server:
        wait_ready(server)
        with mynah.start("speak", long_text, "--output", "long.wav") as process:
            until_runs(mynah, 1)
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 143 and "goes on with this; 'mynah jobs show 1'" in err
        end = time.monotonic() + 2 * PATIENCE
        while not (mynah.folder / "long.wav").exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        assert states(mynah) == ["succeeded"]


def test_a_mynah_that_is_killed_leaves_nothing_in_the_way(mynah: Program) -> None:
    with mynah.start("run") as server:
        wait_ready(server)
        server.kill()
        server.wait(PATIENCE)
    assert (mynah.data / SOCKET).exists()
    assert mynah("speak", "On my own.", "--output", "own.wav").returncode == 0
    with mynah.start("run") as server:
        wait_ready(server)
        assert mynah("speak", "Handed off.", "--output", "handed.wav").returncode == 0
