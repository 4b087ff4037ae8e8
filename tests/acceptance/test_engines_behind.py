"""The whole Mynah with a heavy engine beside espeak: it answers at once, gets better when the other has come, and goes
on answering when that one's process is killed."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import engines
from commands.core.reply import Progress
from engine.engine import Engine, EngineMissing
from engine.engine_process import EngineProcess
from engine.espeak_engine import EspeakEngine
from tests.fakes.odd_engines import Heavy, OddEngine, heavy
from tests.fakes.running import Running, running
from tests.fakes.waiting import until

There = Callable[..., None]


class Big(OddEngine):
    """Loads behind the others, in a process of its own."""

    name = "big"
    heavy = True


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> There:
    """Make these the engines that there are, beside espeak."""

    def put(*kinds: type[Engine]) -> None:
        every: list[type[Engine]] = [EspeakEngine, *kinds]
        monkeypatch.setattr(engines, "engines", lambda: {each.name: each for each in every})

    return put


async def spoken_by(mynah: Running, **values: str) -> str:
    """Have something said, and return by which engine."""
    job = await mynah.ticket("speak", {"text": "Hello there.", **values})
    await mynah.ended(job)
    return engine_of(mynah)


def engine_of(mynah: Running) -> str:
    """Which engine the latest answer says that it was said by."""
    return str(mynah.post.sent[-1]["reply"]["data"]["engine"])


async def state(mynah: Running, name: str = "big") -> None:
    await until(lambda: mynah.app._router.health()["big"].state == name)


async def test_it_answers_while_a_large_engine_loads_and_speaks_with_it_when_it_has_come(
    tmp_path: Path, there: There
) -> None:
    big = heavy("big", waits=True)
    there(big)
    async with running(tmp_path, engine__name="auto") as mynah:
        about = await mynah.reply("about")
        assert "big is loading since" in about.text
        assert await spoken_by(mynah) == "espeak"
        assert await mynah.value("SELECT COUNT(*) FROM voices WHERE name = 'big-ada'") == 0
        big.may_open.set()
        await state(mynah, "ready")
        assert await mynah.value("SELECT status FROM voices WHERE name = 'big-ada'") == "ready"
        assert await spoken_by(mynah) == "big"
        assert "loading" not in (await mynah.reply("about")).text
        assert "big-ada" in (mynah.folder / "metadata" / engines.FILE).read_text("utf-8")


async def test_at_the_next_start_its_voices_are_there_and_who_names_one_waits_and_is_told(
    tmp_path: Path, there: There
) -> None:
    big = heavy("big", waits=True)
    there(big)
    big.may_open.set()
    async with running(tmp_path, engine__name="auto") as mynah:
        await state(mynah, "ready")
        await mynah.reply("voices set", {"voice": "big-ada"})
    big.may_open.clear()
    async with running(tmp_path, engine__name="auto") as mynah:
        assert await mynah.value("SELECT status FROM voices WHERE name = 'big-ada'") == "ready"
        assert await spoken_by(mynah) == "espeak"  # whoever has chosen it once is answered meanwhile
        job = await mynah.ticket("speak", {"text": "Hello you.", "voice": "big-ada"})
        told: list[Progress] = []
        watching = asyncio.create_task(watch(mynah, job, told))
        await until(lambda: bool(told))
        assert told[0].note == "big is being loaded" and told[0].done == 0
        big.may_open.set()
        await mynah.ended(job)
        await asyncio.wait_for(watching, 10)
        assert engine_of(mynah) == "big"


async def watch(mynah: Running, job: int, told: list[Progress]) -> None:
    async for progress in mynah.app.runner.watch(job):
        told.append(progress)


async def test_a_voice_whose_engine_cannot_be_loaded_is_refused_in_a_sentence(tmp_path: Path, there: There) -> None:
    big = heavy("big")
    there(big)
    async with running(tmp_path, engine__name="auto") as mynah:
        await state(mynah, "ready")
    big.fails = EngineMissing("torch is not installed")
    async with running(tmp_path, engine__name="auto") as mynah:
        await state(mynah, "failed")
        job = await mynah.ticket("speak", {"text": "Hello there.", "voice": "big-ada"})
        await mynah.ended(job, "failed")
        reply = mynah.post.sent[-1]["reply"]
        assert reply["error"] == "EngineNotThere"
        assert "big, which speaks that voice, is not there: torch is not installed." in reply["text"]
        assert await mynah.charged() == (0, 0)
        assert await spoken_by(mynah) == "espeak"
        assert "torch is not installed" in (await mynah.reply("about")).text


async def test_a_single_request_loads_no_large_engine_that_it_does_not_need(tmp_path: Path, there: There) -> None:
    big = heavy("big")
    there(big)
    async with running(tmp_path, engine__name="auto", once=True) as mynah:
        job = await mynah.ticket("speak", {"text": "Hello there."})
        await mynah.app.runner.run_one(job)
        assert (await mynah.job(job))["state"] == "succeeded" and big.opened == 0


async def test_an_engine_that_left_the_memory_comes_back_for_whoever_needs_it(
    tmp_path: Path, there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    big: type[Heavy] = heavy("big")
    there(big)
    async with running(tmp_path, engine__name="auto", engine__idle_minutes=60) as mynah:
        await state(mynah, "ready")
        residency = mynah.app._router._residency
        await residency._unload_oldest(None)
        await state(mynah, "unloaded")
        assert await spoken_by(mynah) == "big"
        assert big.opened == 2


async def test_all_are_answered_though_the_engines_process_is_killed_in_the_middle(
    tmp_path: Path, there: There
) -> None:
    there(Big)
    async with running(tmp_path, engine__name="auto", engine__isolated="big") as mynah:
        await state(mynah, "ready")
        texts = ["slow one.", "slow two.", "slow three."]
        asked = [await mynah.ticket("speak", {"text": text, "voice": "big-ada"}) for text in texts]
        await mynah.until("SELECT COUNT(*) > 0 FROM jobs WHERE state = 'running'", 1)
        await asyncio.sleep(0.3)
        thread = mynah.app._router._workers["big"]._thread
        assert thread is not None and isinstance(thread.engine, EngineProcess) and thread.engine.pid is not None
        os.kill(thread.engine.pid, signal.SIGKILL)
        for job in asked:
            await mynah.ended(job)
        assert await mynah.value("SELECT MAX(attempt) FROM jobs") == 1  # no job had to be tried again
        assert await mynah.charged() == (3, 0)
