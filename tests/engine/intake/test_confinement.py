"""The filter and the limits, each as it is made; that they hold is tried from inside, in the tests of `reception`."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from engine.intake import probe, seccomp

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")


def confined(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process that is shut in after its imports."""
    begin = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import os, mmap, ctypes, faulthandler\n"
        "from engine.intake.confinement import shut_in\nfrom engine.intake.limits import Limits\n"
        "held = shut_in(Limits(memory=50_000_000))\n"
    )
    return subprocess.run([sys.executable, "-c", begin + code], capture_output=True, text=True, timeout=30)


def test_it_tells_what_holds() -> None:
    ran = confined("os.write(1, repr((held.seccomp, held.limits)).encode()); os._exit(0)")
    assert ran.stdout.startswith("(True, ('RLIMIT_CORE', 'RLIMIT_FSIZE', 'RLIMIT_NPROC', 'RLIMIT_CPU', 'RLIMIT_AS'")


def test_memory_that_can_be_executed_is_denied() -> None:
    ran = confined("mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE)\nmmap.mmap(-1, 4096, prot=4)")
    assert ran.returncode == 1
    assert "PermissionError" in ran.stderr
    assert "line 7" in ran.stderr


def test_it_may_end_itself_and_nobody_else() -> None:
    assert confined("os.abort()").returncode == -6
    assert "PermissionError" in confined("os.kill(os.getpid(), 9)").stderr


def test_a_program_for_another_machine_ends_the_process() -> None:
    first = struct.unpack_from("HBBI", seccomp._program(seccomp._MACHINES["x86_64"], 1), 8)
    assert first == (seccomp._EQUAL, 1, 0, 0xC000_003E)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_machine_allows_as_many_calls(machine: str) -> None:
    calls = seccomp._MACHINES[machine].allowed
    assert len(calls) == len(set(calls)) == len(seccomp._MACHINES["x86_64"].allowed)


def test_what_is_not_stopped_is_told_as_such(tmp_path: Path) -> None:
    assert probe._stopped_by(lambda folder: None, tmp_path) == "nothing"
    told = {each.name: probe._stopped_by(each.act, tmp_path) for each in probe.ATTEMPTS if each.name != "take 4 GB"}
    assert set(told.values()) == {"nothing"}
