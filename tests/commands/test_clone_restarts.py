"""A voice is made across restarts: what was given, agreed to and learned is there at the next start, and once only."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import bot.engines
from bench import spoken
from commands.core.params import Attachment
from engine.clean import keep
from engine.espeak_engine import EspeakEngine
from engine.pool import Pool
from engine.speech import Audio
from tests.commands.agreeing import ADA, need_speech, recorded, use_spoken_words
from tests.fakes.learner import Learner
from tests.fakes.running import Running, running

USED = "SELECT COALESCE(SUM(used), 0) FROM balances WHERE metric = :metric AND period IN ('day', 'held')"


@pytest.fixture
def recording(tmp_path: Path) -> Attachment:
    """Somebody who speaks."""
    need_speech()
    return as_file(tmp_path / "ada.wav", recorded(ADA, 3, 6))


def as_file(path: Path, sound: Audio) -> Attachment:
    """A sound that somebody sends."""
    return Attachment(name=path.name, bytes=keep(sound, path), reference=str(path))


@pytest.fixture(autouse=True)
def learns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an engine that learns at once."""
    monkeypatch.setattr(bot.engines, "engines", lambda: {"espeak": EspeakEngine, "learner": Learner})


@asynccontextmanager
async def started(tmp_path: Path, **settings: Any) -> AsyncIterator[Running]:
    async with running(tmp_path, engine__name="auto", **settings) as mynah:
        yield mynah


def kept(data: Path) -> list[str]:
    """The endings of what lies in the folders of voices."""
    files = [path for name in ("audio", "speakers") for path in (data / name).rglob("*") if path.is_file()]
    return sorted(path.suffix for path in files)


async def test_each_step_goes_on_where_the_last_run_came_to(
    tmp_path: Path, recording: Attachment, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_spoken_words(monkeypatch)
    async with started(tmp_path) as mynah:
        job = await mynah.ticket("clone", {"name": "Ada", "recording": recording})
        await mynah.ended(job)
        assert (await mynah.job(job))["file_id"] is not None
    async with started(tmp_path) as mynah:
        asked = await mynah.reply("consent own", {"voice": "Ada"})
    async with started(tmp_path) as mynah:
        words = asked.data["words"]
        voice_message = as_file(tmp_path / "said.wav", spoken.said(ADA, words, random.Random(" ".join(words))))
        await mynah.ended(await mynah.ticket("consent answer", {"recording": voice_message}))
        assert await mynah.value("SELECT consent FROM voices WHERE name = 'Ada'") == "spoken"
    async with started(tmp_path) as mynah:
        await mynah.ended(await mynah.ticket("voices build", {"name": "Ada"}))
    async with started(tmp_path) as mynah:
        job = await mynah.ticket("speak", {"text": "Hello there.", "voice": "Ada"})
        await mynah.ended(job)
        said = await mynah.rows("SELECT voice_id, seconds > 0 AS heard FROM files WHERE job_id = :job", job=job)
        assert [tuple(row) for row in said] == [(await mynah.value("SELECT id FROM voices WHERE name = 'Ada'"), 1)]
        assert len(await asyncio.to_thread(kept, mynah.folder)) == 4, "two sounds, their list, and what was learned"
        assert await mynah.value(USED, metric="clones") == await mynah.value(USED, metric="voices") == 1
        assert mynah.litter() == []


async def test_what_was_cut_off_while_it_was_examined_is_examined_at_the_next_start(
    tmp_path: Path, recording: Attachment, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def never(self: Pool, *given: object, **more: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as stuck:
        stuck.setattr(Pool, "run", never)
        async with started(tmp_path, jobs__drain_seconds=0) as mynah:
            job = await mynah.ticket("clone", {"name": "Ada", "recording": recording})
            await begun.wait()
    async with started(tmp_path) as mynah:
        await mynah.ended(job)
        assert await mynah.value("SELECT COUNT(*) FROM recordings WHERE status = 'ready'") == 1
        assert mynah.litter() == []


async def test_what_was_kept_before_a_kill_is_not_kept_twice(
    tmp_path: Path, recording: Attachment, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = asyncio.Event()

    async def killed(*given: object) -> None:
        noted.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as stuck:
        stuck.setattr("commands.clone.name_sources", killed)
        async with started(tmp_path, jobs__drain_seconds=0) as mynah:
            job = await mynah.ticket("clone", {"name": "Ada", "recording": recording})
            await noted.wait()
            assert await mynah.value("SELECT COUNT(*) FROM recordings") == 1
    async with started(tmp_path) as mynah:
        await mynah.ended(job)
        assert await mynah.value("SELECT COUNT(*) FROM recordings") == 1
        assert await asyncio.to_thread(kept, mynah.folder) == [".json", ".wav", ".wav"]


async def test_folders_without_a_row_are_swept(tmp_path: Path) -> None:
    async with started(tmp_path):
        pass
    for stray in ("audio/9/7/7.wav", "speakers/learner/0123.safetensors"):
        (tmp_path / "data" / stray).parent.mkdir(parents=True)
        (tmp_path / "data" / stray).write_bytes(b"x")
        os.utime(tmp_path / "data" / stray, (0, 0))  # what is new may be on its way to a row
    async with started(tmp_path) as mynah:
        assert await asyncio.to_thread(kept, mynah.folder) == []


async def test_of_what_is_refused_for_what_it_is_nothing_stays(tmp_path: Path) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_text("#EXTM3U\n/etc/hostname\n")
    async with started(tmp_path) as mynah:
        given = Attachment(name="bad.wav", bytes=bad.stat().st_size, reference=str(bad))
        job = await mynah.ticket("clone", {"name": "Ada", "recording": given})
        await mynah.ended(job, "failed")
        assert mynah.litter() == []
        assert await asyncio.to_thread(kept, mynah.folder) == []
        (told,) = [each["reply"] for each in mynah.post.sent]
        assert told["text"].startswith("That is a playlist, not a recording")
        assert told["actions"] == [], "the same can only be refused again"
