"""Files in other formats: made once, kept for a while, without a name on disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from bot.web_adapter import recodings as module
from bot.web_adapter.recodings import Recodings
from engine.audio import to_sound
from engine.engine import EngineError
from engine.recode import recode as really
from engine.speech import Audio, Format
from engine.take import Target, write
from storage.files import File


def a_file(id: int = 1) -> File:
    return File(
        id=id, user_id=1, place_id=None, job_id=None, name="a.wav", path="a.wav", format="wav", sha256=f"{id:064}",
        bytes=1, seconds=1.0, rate=8_000, downloads=0, last_used_at=0, public=False, kept=False, expires_at=None,
        created_at=0, answers=None, ends=(), voice_id=None,
    )  # fmt: skip


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    samples = np.float32(0.5) * np.sin(np.arange(8_000, dtype=np.float32) / 10)
    path = tmp_path / "a.wav"
    write(path, [to_sound(Audio(samples=samples, rate=8_000))], Target())
    return path


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Recodings]:
    made = Recodings(tmp_path / "made")
    yield made
    made.close()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What was made, in order."""
    seen: list[Path] = []

    def recode(path: Path, to: Path, target: Target, **more: object) -> object:
        seen.append(to)
        return really(path, to, target)

    monkeypatch.setattr(module, "recode", recode)
    return seen


async def test_it_is_made_once_for_many_who_want_it(kept: Recodings, sound: Path, made: list[Path]) -> None:
    opened = await asyncio.gather(*(kept.open(sound, a_file(), Format.MP3) for _ in range(4)))
    assert len(made) == 1 and len({each.read_at(0, 99) for each in opened}) == 1
    other = await kept.open(sound, a_file(), Format.FLAC)
    assert other.read_at(0, 4) == b"fLaC"
    for each in (*opened, other):
        each.close()


async def test_nothing_of_it_has_a_name_on_disk(kept: Recodings, sound: Path, made: list[Path]) -> None:
    opened = await kept.open(sound, a_file(), Format.MP3)
    assert not made[0].exists() and opened.size > 0
    opened.close()


async def test_the_one_that_was_wanted_last_stays_where_there_are_too_many(
    tmp_path: Path, sound: Path, made: list[Path]
) -> None:
    small = Recodings(tmp_path / "made", most_bytes=1)
    for id in (1, 2, 2, 1):
        (await small.open(sound, a_file(id), Format.MP3)).close()
    assert len(made) == 3
    small.close()


async def test_what_nobody_wants_for_a_while_goes(tmp_path: Path, sound: Path, made: list[Path]) -> None:
    short = Recodings(tmp_path / "made", life=0.05)
    (await short.open(sound, a_file(), Format.MP3)).close()
    async with asyncio.timeout(5):
        while len(made) < 2:
            await asyncio.sleep(0.06)
            (await short.open(sound, a_file(), Format.MP3)).close()
    assert len(made) == 2
    short.close()


async def test_what_an_earlier_run_left_goes(tmp_path: Path, sound: Path, kept: Recodings) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "left.mp3").write_bytes(b"old")
    (await kept.open(sound, a_file(), Format.MP3)).close()
    assert not list((tmp_path / "made").iterdir())


async def test_a_file_that_is_gone_is_an_error_and_is_tried_again(kept: Recodings, sound: Path) -> None:
    with pytest.raises(EngineError):
        await kept.open(sound.with_name("none.wav"), a_file(), Format.MP3)
    (await kept.open(sound, a_file(), Format.MP3)).close()
