"""Voices on their way, and an engine that learns them at once: for tests of what is made of recordings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from commands.core.context import Asker, Rules
from engine.clean import keep
from engine.espeak_engine import EspeakEngine
from engine.router import Router
from engine.speech import Audio
from engine.worker import Worker
from storage import clones, recordings
from storage.database import Transaction
from storage.metrics import Metric, Period
from storage.quota import Allowances
from storage.voices import Voice
from tests.commands.world import ALLOWED, World
from tests.fakes.learner import Learner
from tests.storage import making


@asynccontextmanager
async def learning_router(data: Path) -> AsyncIterator[Router]:
    """espeak, and the engine that learns, open."""
    learner = Worker(Learner, home=data / "speakers" / Learner.name)
    opened = Router({EspeakEngine.name: Worker(EspeakEngine), Learner.name: learner})
    await opened.open()
    yield opened
    await opened.close()


def allowing(world: World, *, clones: int, voices: int) -> Rules:
    """The rules with so many clones a day and voices held."""
    held = {(Metric.CLONES, Period.DAY): clones, (Metric.VOICES, Period.HELD): voices}
    return replace(world.rules, allowances=Allowances(member={**ALLOWED, **held}))


async def recorded(world: World, asker: Asker, name: str = "Ada", *, agreed: bool = True) -> Voice:
    """Give somebody a voice that waits to be made, with its sound on the disk."""

    def work(tx: Transaction) -> Voice:
        voice = making.recorded(tx, asker.user_id, name)
        if agreed:
            making.agreed(tx, voice, asker.user_id)
        return voice

    voice = await world.database.write(work)
    await lay_out(world, voice)
    return voice


async def add_recording(world: World, voice: Voice, score: float = 9.0) -> int:
    """Give a voice another recording, and return its number."""

    def work(tx: Transaction) -> int:
        assert voice.user_id is not None
        id = recordings.add(
            tx, user_id=voice.user_id, voice_id=voice.id, name="more.wav", sha256="b" * 64, bytes=9, ending="wav"
        )
        found = recordings.Finding(seconds=9.0, rate=24_000, score=score, passage=(0.0, 8.0), figures={})
        assert recordings.set_ready(tx, id, found)
        return id

    id = await world.database.write(work)
    await lay_out(world, voice)
    return id


async def lay_out(world: World, voice: Voice) -> None:
    """Put a sound where each recording of a voice has one."""
    for each in await world.database.read(lambda tx: recordings.of_voice(tx, voice.id)):
        path = world.host.data / each.path
        path.parent.mkdir(parents=True, exist_ok=True)
        keep(Audio(samples=np.full(24_000 * 21, 0.25, np.float32), rate=24_000), path)


async def own(world: World, asker: Asker, name: str = "Ada") -> Voice | None:
    """Somebody's voice as it is by now."""
    return await world.database.read(lambda tx: clones.own(tx, asker.user_id, name))


def learned(world: World) -> list[str]:
    """The names of what the engine has learned and kept."""
    return sorted(path.name for path in (world.host.data / "speakers").rglob("*") if path.is_file())
