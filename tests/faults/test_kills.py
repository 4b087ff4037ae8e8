"""After kill -9 anywhere no job is lost, none is charged twice, and no file lies about.

Here it is killed often enough to meet most boundaries; `make faults` does it 240 times, FAULTS_KILLS=… as often as
one likes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("FAULTS_KILLS", "40"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the siege forks")
def test_nothing_is_lost_however_often_it_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.faults", "--kills", str(KILLS), "--root", str(tmp_path)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("MYNAH_")}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    kills = re.search(r"^(\d+) kills in", done.stdout, re.MULTILINE)
    assert kills and int(kills[1]) == KILLS
