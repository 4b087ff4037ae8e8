"""XTTS in the bot, with a tiny model: a voice is made by it, three people are spoken for at once, and it may die.

The model's weights are random, so what it says is noise; all that stands around it is the real thing.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

import bot.engines
from bench import spoken
from bot.demo.discord.server import DiscordServer
from bot.demo.discord.wire import Upload
from engine.engine import Engine
from engine.engine_thread import Hear
from engine.espeak_engine import EspeakEngine
from engine.licence import CPML
from engine.router import Router
from engine.speech import Audio, Utterance
from tests.commands.agreeing import ADA, use_spoken_words
from tests.engine.coqui_engine import tiny
from tests.engine.coqui_engine.tiny_engine import SmallCoqui
from tests.fakes.chats import CANCEL, OPUS, WAV, DiscordChat, Told, asked_words
from tests.fakes.learner import Learner
from tests.fakes.running import Running
from tests.fakes.waiting import until

SOUNDS = (OPUS, WAV)
PATIENCE = 60.0
"""Seconds that the model may take to be loaded on a machine that has much else to do."""
THREE = {"Ada": tiny.NAMES[0], "Bob": tiny.NAMES[1], "Eve": tiny.NAMES[0]}
"""Who asks at once, and in whose voice."""

pytestmark = pytest.mark.skipif(bool(tiny.why_not()), reason=tiny.why_not())


class Aviary(DiscordChat):
    """A server with three people in it."""

    def __init__(self, server: DiscordServer, tmp_path: Path) -> None:
        super().__init__(server, tmp_path)
        guild = server.guild("Aviary")
        self.channel = guild.channel
        self.people = {name: guild.person(name) for name in THREE}
        self.more: dict[str, str] = {}

    def settings(self) -> dict[str, str]:
        return {**super().settings(), **self.more}

    async def brings(self, who: str, archive: bytes) -> Told:
        """Bring a voice in that was exported."""
        file = Upload(name="muse.zip", data=archive, content_type="application/zip")
        exchange = await self.people[who].slash(self.channel, "voices import", file=file)
        seen = await exchange.until(lambda each: CANCEL not in each.labels, PATIENCE)
        return Told(text=seen.content, buttons=seen.labels, file=b"", native=seen)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of models of a Mynah that has the tiny XTTS beside espeak, and an engine that learns at once."""
    folder = tiny.make_converted(tmp_path / "data" / "models" / "tiny")
    use_engines(monkeypatch, EspeakEngine, Learner, SmallCoqui)
    return folder.parent


def use_engines(monkeypatch: pytest.MonkeyPatch, *kinds: type[Engine]) -> None:
    monkeypatch.setattr(bot.engines, "engines", lambda: {kind.name: kind for kind in kinds})


@asynccontextmanager
async def aviary(tmp_path: Path) -> AsyncIterator[Aviary]:
    async with DiscordServer() as server:
        yield Aviary(server, tmp_path)


@asynccontextmanager
async def mynah(on: Aviary, *, loaded: bool = True) -> AsyncIterator[Running]:
    """Run Mynah, and wait until the model is there."""
    async with on.mynah() as running:
        if loaded:
            host = running.app.desk.insides.host
            await until(lambda: host.health["coqui"].state == "ready", PATIENCE)
        yield running


async def speaks(on: Aviary, who: str, voice: str, text: str) -> Told:
    heard = await on.asks(who, "speak", voice=voice, text=text)
    assert heard.file.startswith(SOUNDS), heard.text
    return heard


async def agrees(on: Aviary, asked: Told) -> Told:
    """Have Ada say the words that she is asked for; once more where they were not heard."""
    words = asked_words(asked)
    granted = asked
    for go in range(3):
        granted = await on.says("Ada", spoken.said(ADA, words, random.Random(f"{go} {' '.join(words)}")))
        if "Try again" not in granted.buttons:
            break
    assert granted.text.startswith("Thank you."), granted.text
    return granted


def ask_all(on: Aviary) -> list[asyncio.Task[Told]]:
    """Have three people ask at once."""
    return [asyncio.create_task(speaks(on, who, voice, f"{who} asks for this.")) for who, voice in THREE.items()]


async def test_a_voice_of_a_recording_is_spoken_by_xtts_and_by_another_where_that_is_gone(
    tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not spoken.SPEECH.is_dir():
        pytest.skip("shared/speech is not here")
    use_spoken_words(monkeypatch)
    read = [spoken.utterance(f"{ADA}-142285-000{number}") for number in (3, 6)]
    async with aviary(tmp_path) as on:
        async with mynah(on) as running:
            card = await on.clones("Ada", "option", "Muse", Audio(samples=np.concatenate(read), rate=spoken.RATE))
            asked = await on.presses("Ada", card, "It is my voice")
            granted = await agrees(on, asked)
            built = await on.presses("Ada", granted, "Build Muse")
            assert "Muse is ready" in built.text and "coqui speaks it; where that is not running" in built.text
            assert "not for commercial use" in built.text
            heard = await speaks(on, "Ada", "Muse", "Good morning.")
            assert "not running" not in heard.text
            figures = await running.value("SELECT figures FROM files WHERE seconds > 0 ORDER BY id DESC LIMIT 1")
            assert CPML in figures and "score" in figures
            assert "Coqui Public Model License" in (await on.asks("Ada", "about")).text
            assert "not for commercial use" in (await on.asks("Ada", "voices show", name="Muse")).text
            exported = await on.asks("Ada", "voices export", name="Muse")
            asked = await on.asks("Ada", "voices delete", name="Muse")
            assert "Muse is gone" in (await on.presses("Ada", asked, "Let it go")).text
            back = await on.brings("Ada", exported.file)
            assert "Muse is back as it was, and speaks" in back.text
            heard = await speaks(on, "Ada", "Muse", "Good morning once more.")
            assert "not running" not in heard.text
            learned = await running.rows("SELECT engine FROM speakers WHERE user_id IS NOT NULL")
            assert [row["engine"] for row in learned] == ["coqui"], "which nobody had to learn again"
        shutil.rmtree(models / "tiny")
        use_engines(monkeypatch, EspeakEngine, Learner)
        async with mynah(on, loaded=False):
            heard = await speaks(on, "Ada", "Muse", "Good evening.")
            assert "learner speaks it, for coqui is not running here" in heard.text


async def test_three_people_are_spoken_for_in_one_batch(
    tmp_path: Path, models: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, say = [], Router.say

    async def counted(self: Router, utterance: Utterance, lane: int, user: int, hear: Hear | None = None) -> Audio:
        said.append(utterance)
        return await say(self, utterance, lane, user, hear)

    monkeypatch.setattr(Router, "say", counted)
    caplog.set_level(logging.INFO, "engine.coqui_engine.engine")
    async with aviary(tmp_path) as on, mynah(on):
        for voice in tiny.NAMES:  # what is said to measure how loud it is comes first
            await speaks(on, "Ada", voice, "Once to begin with.")
        (models / SmallCoqui.HOLD).touch()
        caplog.clear()
        said.clear()
        asked = ask_all(on)
        await until((models / SmallCoqui.HELD).exists, PATIENCE)
        await until(lambda: len(said) == len(THREE), PATIENCE)
        await asyncio.sleep(0.1)  # until the last has gone over to the engine's thread
        (models / SmallCoqui.HOLD).unlink()
        await asyncio.gather(*asked)
    told = [re.search(r"said (\d+) utterances, at most (\d+) at once", each.getMessage()) for each in caplog.records]
    assert [(int(found[1]), int(found[2])) for found in told if found] == [(3, 3)]


async def test_a_kill_of_the_engines_process_in_the_middle_leaves_nobody_without_an_answer(
    tmp_path: Path, models: Path
) -> None:
    async with aviary(tmp_path) as on:
        on.more["engine__isolated"] = "coqui"
        async with mynah(on) as running:
            hold, held, midway = (models / name for name in (SmallCoqui.HOLD, SmallCoqui.HELD, SmallCoqui.MIDWAY))
            hold.touch()
            asked = ask_all(on)
            await until(held.exists, PATIENCE)
            held.unlink()
            midway.touch()
            hold.unlink()
            await until(lambda: held.exists() and bool(held.read_text()), PATIENCE)  # the first was said by now
            process = int(held.read_text())
            assert process != os.getpid()
            os.kill(process, signal.SIGKILL)
            midway.unlink()
            await asyncio.gather(*asked)
            rows = await running.rows("SELECT state, attempt FROM jobs WHERE command = 'speak'")
            assert [tuple(row) for row in rows] == [("succeeded", 1)] * len(THREE), "and no job had to begin anew"
