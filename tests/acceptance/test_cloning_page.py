"""A voice from a recording, on the page: given, looked at, agreed to aloud, made, heard, and taken back."""

from __future__ import annotations

import io
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile  # type: ignore[import-untyped]  # it has no types

import bot.engines
from bench import spoken
from engine.espeak_engine import EspeakEngine
from engine.speech import Audio
from tests.commands.agreeing import ADA, BOB, BOBS, use_spoken_words
from tests.fakes.chats import PICTURE, Told, asked_words
from tests.fakes.learner import Learner
from tests.fakes.pages import Visit, paged


@pytest.fixture(autouse=True)
def real(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have real people's words drawn, and an engine that learns at once beside espeak."""
    use_spoken_words(monkeypatch)
    monkeypatch.setattr(bot.engines, "engines", lambda: {"espeak": EspeakEngine, "learner": Learner})


def wav(audio: Audio) -> bytes:
    """A sound as the file that somebody gives."""
    file = io.BytesIO()
    soundfile.write(file, audio.samples, audio.rate, format="WAV")
    return file.getvalue()


def read() -> bytes:
    """What Ada has read."""
    samples = np.concatenate([spoken.utterance(f"{ADA}-142285-000{number}") for number in (3, 6)])
    return wav(Audio(samples=samples, rate=spoken.RATE))


async def given(visit: Visit, sound: bytes) -> dict[str, str]:
    answer = await visit.client.post("/api/page/uploads", params={"name": "take.wav"}, content=sound)
    assert answer.status_code == 201, answer.text
    return {"upload": answer.json()["upload"]}


async def done(visit: Visit, message: Any) -> Any:
    """The last word about what was asked."""
    return await visit.answer(message["job"]) if message["ticket"] else message


async def pressed(visit: Visit, message: Any, label: str, **more: Any) -> Any:
    """Press a button under a message."""
    (action,) = [each for each in message["actions"] if each["label"] == label]
    return await done(visit, await visit.ask(action["command"], {**action["values"], **more}))


async def test_ones_own_voice(tmp_path: Path) -> None:
    async with paged(tmp_path, engine__name="auto") as page, page.owner() as visit:
        asked = await visit.ask(line="/clone name=Ada")
        assert asked["missing"] == "recording" and asked["draft"]
        sent = {"event": "with-its-recording", "values": {"recording": await given(visit, read())}}
        answer = await visit.client.post(f"/api/page/drafts/{asked['draft']}", json=sent)
        card = await done(visit, answer.json())
        assert "s of speech" in card["text"] and card["files"][0]["format"] == "png", card
        picture = await visit.client.get(card["files"][0]["url"])
        assert picture.content.startswith(PICTURE)
        told = await pressed(visit, card, "It is my voice")
        words = asked_words(Told(text=told["text"], buttons=[], file=b"", native=None))
        wrong = wav(spoken.said(BOB, BOBS, random.Random("bob")))
        refused = await done(visit, await visit.ask("consent answer", {"recording": await given(visit, wrong)}))
        assert "does not sound like the person in the recording" in refused["text"]
        right = wav(spoken.said(ADA, words, random.Random("ada")))
        granted = await done(visit, await visit.ask("consent answer", {"recording": await given(visit, right)}))
        assert granted["text"].startswith("Thank you."), granted["text"]
        built = await pressed(visit, granted, "Build Ada")
        assert "Ada is ready" in built["text"]
        said = await visit.spoken("Good morning.", voice="Ada")
        assert "Ada" in said["text"] and said["files"][0]["seconds"] > 0.3
        sure = await done(visit, await visit.ask("revoke", {"voice": "Ada"}))
        gone = await pressed(visit, sure, "Take it back")
        assert gone["text"].startswith("Ada is gone")
        assert (await visit.client.get(said["files"][0]["url"])).status_code == 404
        assert not any("Good morning." in str(each) for each in await visit.history())
