from __future__ import annotations

import io
import time

import numpy as np
import pytest
import soxr  # type: ignore[import-untyped]  # it has no types
from numpy.typing import NDArray
from PIL import Image

from bench.recordings import RATE
from engine.quality import assess
from engine.report_card import clock, picture
from engine.report_card.canvas import HEIGHT, POOR, WIDTH
from engine.speech import Audio
from tests.engine.quality_sounds import audio, said

NAMES = ["Ada", "", "Zoë 😀 中文", "\x00\u202e\ud800", "a" * 10_000, "%s {0} <b>"]


def drawn(png: bytes) -> NDArray[np.uint8]:
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    return np.asarray(image.convert("RGB"))


def columns(picture: NDArray[np.uint8], colour: tuple[int, int, int]) -> NDArray[np.intp]:
    """Which columns have pixels of that colour."""
    return np.flatnonzero(np.all(picture == colour, axis=2).any(axis=0))


@pytest.mark.parametrize("name", NAMES)
def test_whatever_its_name_is_a_recording_has_a_picture(name: str) -> None:
    report = assess(audio(said()))
    assert drawn(picture(audio(said()), report, name)).shape == (HEIGHT, WIDTH, 3)


def test_what_is_refused_is_told_in_red() -> None:
    report = assess(audio(said()[: 4 * RATE]))
    assert report.refusal
    told = drawn(picture(audio(said()[: 4 * RATE]), report, "Ada"))[75:130, :900]
    assert len(columns(told, POOR)) > 200
    assert not len(columns(drawn(picture(audio(said()), assess(audio(said())), "Ada"))[75:130, :900], POOR))


def test_the_same_input_makes_the_same_picture() -> None:
    report = assess(audio(said()))
    assert picture(audio(said()), report, "Ada") == picture(audio(said().copy()), report, "Ada")


@pytest.mark.parametrize("count", [0, 1, 500, 16_000])
@pytest.mark.parametrize("level", [0.0, 1.0, 3e38])
def test_odd_sounds_have_pictures_too(count: int, level: float) -> None:
    odd = Audio(samples=np.full(count, level, np.float32), rate=RATE)
    assert drawn(picture(odd, assess(odd), "Ada")).shape == (HEIGHT, WIDTH, 3)


def test_a_minute_takes_less_than_half_a_second() -> None:
    minute = audio(np.resize(soxr.resample(said(), RATE, 48_000), 60 * 48_000), 48_000)
    report = assess(minute)
    begin = time.process_time()
    picture(minute, report, "Ada")
    assert time.process_time() - begin < 0.5


def test_clocks_count_minutes() -> None:
    assert [clock(seconds) for seconds in (0, 4.4, 64, 600)] == ["0:00", "0:04", "1:04", "10:00"]
