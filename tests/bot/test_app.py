"""Mynah as a whole: it starts light, goes on where it was, stops in order, and one process owns a folder."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot import platforms
from bot.adapter import Adapter, CannotRun, Limits
from bot.app import App
from bot.config import ConfigError, load
from bot.desk import Desk
from commands.core.reply import Json, Reply
from commands.core.request import Request
from storage.clock import SetClock
from storage.errors import DatabaseBroken, FolderInUse
from tests.fakes.durable import DurableAdapter
from tests.fakes.running import ADA, Running, released, running

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "TTS", "scipy", "discord", "telegram", "apscheduler", "prompt_toolkit", "numpy", "httpx")


def test_importing_it_brings_in_nothing_heavy() -> None:
    code = "import bot.app, sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [name for name in json.loads(done.stdout) if name in HEAVY] == []


def test_a_one_shot_brings_in_no_chat_library_and_no_scheduler(tmp_path: Path) -> None:
    code = "from tests.bot.test_app import once; import asyncio; asyncio.run(once())"
    env = {**os.environ, "MYNAH_DATA": str(tmp_path / "data"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert set(json.loads(done.stdout)) & set(HEAVY) <= {"numpy"}


async def once() -> None:
    """Speak once, and print what was imported for it."""
    post = DurableAdapter(Path("post"))
    loaded = load(None, {"MYNAH_DATA": os.environ["MYNAH_DATA"]})
    before = set(sys.modules)
    async with App.open(loaded, make=[lambda desk: post], once=True) as app:
        await app.perform(ADA, Request(command="speak", values={"text": "Hello."}, address={"to": "ada"}))
    assert len(post.sent) == 1
    names = json.dumps(sorted(set(sys.modules) - before))
    print(names)


async def test_garbage_is_looked_for_once_it_has_started_though_not_among_what_a_start_made(tmp_path: Path) -> None:
    gc.disable()  # as `bot.__main__` does
    try:
        async with running(tmp_path, once=True):
            assert gc.isenabled() and gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        gc.enable()


async def test_it_goes_on_where_it_was_and_what_it_made_is_still_there(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        await mynah.ended(await mynah.ticket("speak", {"text": "Hello."}))
    async with running(tmp_path) as mynah:
        shown = await mynah.reply("jobs show", {"job": 1})
        assert (mynah.folder / shown.files[0].path).read_bytes()[:4] == b"RIFF"
        assert os.path.isabs(shown.files[0].path)
        speakers = json.loads((mynah.folder / "metadata" / "builtin_model_data.json").read_text("utf-8"))
        assert {"engine", "key", "name", "language", "sex", "notes"} <= set(speakers[0]) and len(speakers) > 100
        voices = [each for each in speakers if not each["key"].startswith("+")]
        assert await mynah.value("SELECT COUNT(*) FROM voices WHERE status = 'ready'") == len(voices) < len(speakers)


async def test_a_folder_belongs_to_one_mynah_at_a_time(tmp_path: Path) -> None:
    async with running(tmp_path):
        with pytest.raises(FolderInUse, match=f"already .process {os.getpid()}."):
            async with running(tmp_path):
                pass
    assert released(tmp_path / "data")


async def test_a_broken_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    async with running(tmp_path):
        pass
    database = tmp_path / "data" / "mynah.db"
    database.write_bytes(b"not a database, but somebody's letters" * 100)
    before = database.read_bytes()
    with pytest.raises(DatabaseBroken):
        async with running(tmp_path):
            pass
    assert database.read_bytes() == before and released(tmp_path / "data")


async def test_an_engine_that_there_is_not_is_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no engine 'espaek'.*Did you mean espeak"):
        async with running(tmp_path, engine__name="espaek"):
            pass
    async with running(tmp_path, engine__name="espeak") as mynah:
        await mynah.ended(await mynah.ticket("speak", {"text": "Hello."}))


async def test_it_stops_in_order_and_the_running_job_is_still_delivered(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        job = await mynah.ticket("trick wait", slow=0.02)
        await mynah.until("SELECT state FROM jobs WHERE id = :id", "running", id=job)
        asyncio.get_running_loop().call_later(0.05, mynah.tricks.go_on.set)
    assert mynah.post.steps == ["start", "stop_listening", "stop"]
    assert [message["reply"]["text"] for message in mynah.post.sent] == ["Waited."]
    assert released(tmp_path / "data")


async def test_what_goes_wrong_in_the_body_still_stops_everything(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        async with running(tmp_path) as mynah:
            raise KeyError
    assert mynah.post.steps[-1] == "stop" and released(tmp_path / "data")


async def test_serving_ends_when_it_is_told_to(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        serving = asyncio.create_task(mynah.app.serve())
        await asyncio.sleep(0)
        assert not serving.done()
        mynah.app.stop()
        await serving


class Shouting(Adapter):
    """A platform that shouts every request of one folder's worth into a list."""

    name = "shouting"
    limits = Limits(text=10, file_bytes=10, sends=1)
    made: list[Shouting] = []  # noqa: RUF012  # what a test looks at

    def __init__(self, desk: Desk, section: Mapping[str, object]) -> None:
        self.volume = section.get("volume")
        self.started = False
        self.made.append(self)

    async def start(self) -> None:
        if self.volume == "broken":
            raise ConnectionError("no voice today")
        self.started = True

    async def stop_listening(self) -> None:
        if self.volume == "stubborn":
            raise ConnectionError("it will not be quiet")

    async def stop(self) -> None:
        await self.stop_listening()
        self.started = False

    async def deliver(self, delivery_id: int, address: Mapping[str, Json], reply: Reply) -> str:
        return "shouted"

    def repeatable(self, address: Mapping[str, Json], age: float) -> bool:
        return True


@pytest.fixture
def shouting(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Shouting]]:
    """Bring the platform in as a plugin would."""
    monkeypatch.setattr(platforms, "plugins", lambda: (sys.modules[__name__],))
    Shouting.made.clear()
    yield Shouting.made


async def test_a_platform_runs_when_its_section_stands_there(tmp_path: Path, shouting: list[Shouting]) -> None:
    async with running(tmp_path, shouting__volume="11") as mynah:
        assert "shouting" in mynah.app.adapters and shouting[0].volume == "11" and shouting[0].started
    assert not shouting[0].started
    async with running(tmp_path) as mynah:
        assert list(mynah.app.adapters) == ["durable"]
    async with running(tmp_path, once=True, shouting__volume="11") as mynah:
        assert list(mynah.app.adapters) == ["durable"]


async def test_a_platform_that_fails_does_not_stop_the_others(
    tmp_path: Path, shouting: list[Shouting], caplog: pytest.LogCaptureFixture
) -> None:
    async with running(tmp_path, shouting__volume="broken") as mynah:
        assert list(mynah.app.adapters) == ["durable"]
        assert "shouting does not run" in caplog.text and "no voice today" in caplog.text
        await mynah.ended(await mynah.ticket("speak", {"text": "Hello."}))


async def test_a_platform_that_says_why_it_cannot_run_is_told_in_its_words_alone(
    tmp_path: Path, shouting: list[Shouting], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def start(self: Shouting) -> None:
        raise CannotRun("Its token is no good; get another.")

    monkeypatch.setattr(Shouting, "start", start)
    async with running(tmp_path, shouting__volume="11") as mynah:
        assert list(mynah.app.adapters) == ["durable"]
    assert "shouting does not run: Its token is no good; get another." in caplog.text and "Traceback" not in caplog.text


async def test_a_platform_that_will_not_stop_does_not_keep_the_rest_from_it(
    tmp_path: Path, shouting: list[Shouting], caplog: pytest.LogCaptureFixture
) -> None:
    async with running(tmp_path, shouting__volume="stubborn") as mynah:
        pass
    assert mynah.post.steps[-1] == "stop" and released(tmp_path / "data")
    assert caplog.text.count("it will not be quiet") >= 2


async def test_a_platform_that_is_set_up_but_not_there_is_told_to_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platforms, "find", lambda name: None)
    async with running(tmp_path, telegram__token="8035:" + "x" * 35):
        assert "telegram is set up, but this Mynah does not bring it" in caplog.text


async def test_a_one_shot_runs_its_own_job_only_and_schedules_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, jobs__drain_seconds=0) as mynah:
        left = await mynah.ticket("trick wait")
    async with running(tmp_path, once=True) as mynah:
        await mynah.ticket("speak", {"text": "Mine."})
        answer = await mynah.app.perform(ADA, Request(command="speak", values={"text": "Now."}, address={"to": "ada"}))
        assert not isinstance(answer, Reply)
        await mynah.ended(answer.job_id)
        assert [message["reply"]["data"]["id"] for message in mynah.post.sent] == [answer.job_id]
        assert (await mynah.job(left))["state"] == "ready"
        quick = await mynah.app.perform(ADA, Request(command="help"))
        assert isinstance(quick, Reply) and len(mynah.post.sent) == 1
        retried = await _retry(mynah)
        assert retried == "succeeded"


async def test_a_clock_can_be_given(tmp_path: Path, clock: SetClock) -> None:
    async with running(tmp_path, clock=clock) as mynah:
        await mynah.reply("help")
        assert await mynah.value("SELECT created_at FROM users") == clock.now()


async def _retry(mynah: Running) -> str:
    """Fail a job, then have it done after all."""
    job = await mynah.ticket("trick wait")
    await mynah.reply("jobs cancel", {"job": job})
    mynah.tricks.go_on.set()
    answer = await mynah.app.perform(ADA, Request(command="jobs retry", values={"job": job}, address={"to": "ada"}))
    assert isinstance(answer, Reply) and answer.job == job
    return str((await mynah.job(job))["state"])
