"""A command in a shell speaks with a model that was just put there, though nothing has loaded it before."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from bot import engines
from engine.espeak_engine import EspeakEngine
from tests.acceptance.program import Program, seconds
from tests.engine.coqui_engine import tiny as tiny_xtts
from tests.engine.coqui_engine.tiny_engine import SmallCoqui
from tests.engine.vits_engine import tiny
from tests.fakes.running import running

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
SLOW = 120.0
"""Seconds that torch may take until it is imported, on a machine that has much else to do."""


@pytest.mark.skipif(bool(tiny.why_not()), reason=tiny.why_not())
def test_the_voices_of_a_vits_are_listed_and_one_of_them_speaks(tmp_path: Path) -> None:
    # What torch warns of is no business of this test.
    mynah = Program(tmp_path, MYNAH_ENGINE__NAME="auto", PYTHONWARNINGS="ignore", OMP_NUM_THREADS="1")
    tiny.make(mynah.data / "models" / "en-vctk-tiny", speakers=tiny.SPEAKERS, listed=False)
    listed = mynah("voices", "list", "language=en", timeout=SLOW)
    assert listed.returncode == 0 and "en-vctk-tiny-p225" in listed.stdout, listed.stderr
    said = mynah("speak", "Hello there.", "--voice", "en-vctk-tiny-p226", "--output", "hello.wav", timeout=SLOW)
    assert said.returncode == 0, said.stderr
    assert seconds(tmp_path / "hello.wav") > 0.2
    refused = mynah("speak", "Hello there.", "--voice", "en-vctk-tiny-p999", "--output", "no.wav", timeout=SLOW)
    assert refused.returncode == 1 and "There is no voice" in refused.stderr


@pytest.mark.skipif(bool(tiny_xtts.why_not()), reason=tiny_xtts.why_not())
async def test_a_speaker_that_xtts_brings_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_xtts.make(tmp_path / "data" / "models" / "tiny")
    there = {kind.name: kind for kind in (EspeakEngine, SmallCoqui)}
    monkeypatch.setattr(engines, "engines", lambda: there)
    async with running(tmp_path, once=True, engine__name="auto") as mynah:
        assert mynah.app._router.health()["coqui"].state == "unloaded"
        job = await mynah.ticket("speak", {"text": "Hello there.", "voice": tiny_xtts.NAMES[1]})
        await mynah.app.runner.run_one(job)
        assert (await mynah.job(job))["state"] == "succeeded"
        assert mynah.app._router.health()["coqui"].state == "ready"
