"""Pulling models with the real program: Ctrl-C leaves what has come, and a licence is asked on a real terminal."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.catalogue import published
from tests.acceptance.program import PATIENCE, Program
from tests.fakes.mirror import SMALL, Fault, Mirror, path_of, serving, wait_for, xtts_files

WEIGHTS = path_of(published()["xtts_v2"].files[0].url)
PULL = ("models", "pull", "xtts_v2", "--accept-license", "cpml")


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with serving() as served:
        served.publish(published()["xtts_v2"], xtts_files())
        yield served


@pytest.fixture
def mynah(tmp_path: Path, mirror: Mirror) -> Program:
    return Program(tmp_path, MYNAH_MODELS__MIRROR=mirror.address, MYNAH_FILES__LEAST_FREE_MB="0")


def arrived(mynah: Program) -> int:
    part = mynah.data / "models" / ".pull" / "xtts_v2" / "model.pth.part"
    return part.stat().st_size if part.exists() else 0


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_pull_that_is_stopped_says_how_to_go_on_and_goes_on(
    mynah: Program, mirror: Mirror, number: signal.Signals, status: int
) -> None:
    mirror.faults[WEIGHTS] = [Fault(drip=SMALL // 200)]
    with mynah.start(*PULL) as process:
        wait_for(lambda: arrived(mynah) > SMALL // 20)
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (status, "")
    assert err.startswith("Stopped; ") and err.strip().endswith("'mynah models pull xtts_v2' goes on from there.")
    there = arrived(mynah)
    done = mynah("models", "pull", "xtts_v2")
    assert done.returncode == 0, done.stderr
    assert mirror.got(WEIGHTS)[-1].headers["Range"] == f"bytes={there}-"
    assert (mynah.data / "models" / "xtts_v2" / "model.pth").read_bytes() == xtts_files()["model.pth"]


def test_on_a_terminal_the_licence_is_asked_and_a_bar_is_drawn(mynah: Program, mirror: Mirror) -> None:
    mirror.faults[WEIGHTS] = [Fault(drip=SMALL // 50)]
    with mynah.on_terminal("models", "pull", "xtts_v2") as screen:
        screen.until("Type 'cpml' if you have read and accept it")
        screen.type("cpml")
        screen.until(r"█+░+ +\d+ %")
        screen.until(r"xtts_v2 is here: \d+ kB")
        assert screen.status() == 0


def test_ctrl_c_at_the_question_leaves_everything_as_it_was(mynah: Program, mirror: Mirror) -> None:
    with mynah.on_terminal("models", "pull", "xtts_v2") as screen:
        screen.until("Type 'cpml' if you have read and accept it")
        screen.press("c")
        assert screen.status() == 130
    assert not mirror.asked


def test_the_doctor_tells_of_what_was_pulled(mynah: Program) -> None:
    assert mynah(*PULL).returncode == 0
    models = [item for item in mynah.json("doctor")["items"] if item["part"] == "models"]
    assert len(models) == 1 and models[0]["message"].startswith("xtts_v2 is here (")
