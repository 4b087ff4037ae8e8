"""The demonstrations: a real Mynah on a stand-in, and what people see is what it answers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from bot.demo import stage


@pytest.fixture
def folders() -> Iterator[list[Path]]:
    made: list[Path] = []
    yield made
    for folder in made:
        shutil.rmtree(folder)


def seconds(path: Path) -> float:
    with av.open(str(path)) as sound:
        return sum(frame.samples for frame in sound.decode(audio=0)) / sound.streams.audio[0].rate


async def test_on_discord_people_hear_press_ask_and_are_refused(folders: list[Path]) -> None:
    told: list[str] = []
    folders.append(await stage.show("discord", told.append))
    text = "\n".join(told)
    assert '"Good morning, everybody. I am Mynah."' in text and "[Other voice]" in text
    assert "(only they see it) That is for admins of this place only" in text
    assert "may use 500 generations a day here" in text
    assert "nothing was charged" in text
    sounds = sorted(folders[0].glob("*.wav"))
    assert len(sounds) == 2 and all(1 < seconds(each) < 10 for each in sounds)


async def test_on_telegram_people_hear_press_ask_and_are_refused(folders: list[Path]) -> None:
    told: list[str] = []
    folders.append(await stage.show("telegram", told.append))
    text = "\n".join(told)
    assert text.count("🎤 voice") == 3 and "[Other voice]" in text
    assert "That is for admins of this place only" in text
    sounds = sorted(folders[0].glob("*.ogg"))
    assert len(sounds) == 3 and all(0.5 < seconds(each) < 10 for each in sounds)
