"""A voice from a recording, in the chats: looked at, agreed to aloud, made, heard, and taken back.

The people are readers of LibriSpeech; what they say to agree is cut out of what they have read (`bench/spoken.py`).
"""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

import bot.engines
from bench import spoken
from engine.espeak_engine import EspeakEngine
from engine.speech import Audio
from tests.commands.agreeing import ADA, BOB, BOBS, use_spoken_words
from tests.fakes.chats import OPUS, PICTURE, WAV, Chat, TelegramChat, Told, asked_words, chat, play
from tests.fakes.learner import Learner

SOUNDS = (OPUS, WAV)
PLATFORMS = ("telegram", "discord")


@pytest.fixture(autouse=True)
def real(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have real people's words drawn, and an engine that learns at once beside espeak."""
    use_spoken_words(monkeypatch)
    monkeypatch.setattr(bot.engines, "engines", lambda: {"espeak": EspeakEngine, "learner": Learner})


def read(*numbers: int) -> Audio:
    """What Ada has read; from these no consent is cut, so that none is an old sound."""
    names = [f"{ADA}-142285-000{number}" for number in numbers]
    return Audio(samples=np.concatenate([spoken.utterance(name) for name in names]), rate=spoken.RATE)


def consent(person: str, *words: str) -> Audio:
    """Somebody says these words."""
    return spoken.said(person, words, random.Random(" ".join(words)))


def examined(card: Told) -> None:
    """See that it is a report card: figures in words, a picture, and what comes next."""
    assert card.file.startswith(PICTURE) and "s of speech" in card.text and "of 10." in card.text, card.text
    assert card.buttons[:2] == ["It is my voice", "Somebody else's"] and "Drop it" in card.buttons


async def speaks(on: Chat, who: str, name: str) -> None:
    """See that a voice speaks."""
    heard = await on.asks(who, "speak", voice=name, text="Good morning.")
    assert heard.file.startswith(SOUNDS) and name in heard.text, heard.text


async def own_voice(on: Chat) -> AsyncIterator[None]:
    """Ada clones her own voice, agrees at the second try, hears it, and takes it back."""
    way, other = ("offer", "caption") if isinstance(on, TelegramChat) else ("menu", "option")
    examined(await on.clones("Ada", way, "Ada", read(3, 6)))
    yield
    card = await on.clones("Ada", other, "Ada", read(0))
    examined(card)
    assert "Ada has 2 recordings now." in card.text
    yield
    asked = await on.presses("Ada", card, "It is my voice")
    words = asked_words(asked)
    yield
    refused = await on.says("Ada", consent(BOB, *BOBS))
    assert "does not sound like the person in the recording" in refused.text and "2 tries left" in refused.text
    yield
    granted = await on.says("Ada", consent(ADA, *words))
    assert granted.text.startswith("Thank you.") and granted.buttons == ["Build Ada"], granted.text
    yield
    built = await on.presses("Ada", granted, "Build Ada")
    assert "Ada is ready: a similar voice" in built.text and built.buttons[0] == "Hear it"
    yield
    await speaks(on, "Ada", "Ada")
    yield
    asked = await on.asks("Ada", "revoke", voice="Ada")
    yield
    gone = await on.presses("Ada", asked, "Take it back")
    assert gone.text.startswith("Ada is gone")
    yield
    refused = await on.asks("Ada", "speak", voice="Ada", text="Good morning.")
    assert not refused.file


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_ones_own_voice_with_a_restart_between_any_two_steps(tmp_path: Path, platform: str) -> None:
    async with chat(platform, tmp_path) as on:
        await play(on, own_voice, restarts=True)


async def somebody_elses(on: Chat) -> AsyncIterator[None]:
    """Bob clones Ada's voice; she agrees on her own account, he makes it, and she takes it back."""
    card = await on.clones("Bob", "reply" if isinstance(on, TelegramChat) else "option", "Muse", read(0, 3))
    yield
    told = await on.presses("Bob", card, "Somebody else's")
    (code,) = re.findall(r"/consent.give code[=:](\w+)", told.text)
    yield
    refused = await on.asks("Bob", "consent give", code=code)
    assert "That code is for somebody else" in refused.text
    asked = await on.asks("Ada", "consent give", code=code)
    assert asked.text.startswith("Bob asks to make a copy of your voice, called Muse")
    yield
    given = await on.says("Ada", consent(ADA, *asked_words(asked)))
    assert given.text.startswith("Thank you. Bob can make Muse now.") and given.buttons == ["Take it back"]
    news = await on.hears("Bob", "Whose voice it is has agreed")
    assert news.buttons == ["Build Muse"]
    yield
    built = await on.presses("Bob", news, "Build Muse")
    assert "Muse is ready" in built.text
    await speaks(on, "Bob", "Muse")
    yield
    sure = await on.presses("Ada", given, "Take it back")
    gone = await on.presses("Ada", sure, "Take it back")
    assert gone.text.startswith("Muse is gone")
    assert "taken back by the person whose voice it is" in (await on.hears("Bob", "Muse was taken back")).text
    yield
    refused = await on.asks("Bob", "speak", voice="Muse", text="Good morning.")
    assert not refused.file


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_somebody_elses_voice_by_a_code_on_their_own_account(tmp_path: Path, platform: str) -> None:
    async with chat(platform, tmp_path) as on:
        await play(on, somebody_elses, restarts=platform == "discord")
