"""The picture of a sound says where it is loud."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.encoding import Tags, encoder
from engine.engine import EngineError
from engine.speech import Format
from engine.waveform import MOST_LEVELS, waveform

RATE = 16_000


def made(path: Path, sound: NDArray[np.float64], format: Format = Format.WAV) -> Path:
    with encoder(path, format, rate=RATE, tags=Tags(title="", voice="")) as file:
        file.write(np.rint(sound).astype(np.int16))
    return path


def tone(seconds: float, level: float) -> NDArray[np.float64]:
    wave: NDArray[np.float64] = level * np.sin(np.arange(round(seconds * RATE)) * 0.3)
    return wave


@pytest.mark.parametrize("format", Format)
def test_it_is_loud_where_the_sound_is(tmp_path: Path, format: Format) -> None:
    sound = np.concatenate([tone(1.0, 4_000), tone(1.0, 0), tone(1.0, 1_000)])
    drawn = waveform(made(tmp_path / "sound", sound, format))
    assert drawn.seconds == pytest.approx(3.0, abs=0.07)
    assert len(drawn.levels) == 30
    loud, silent, soft = (np.frombuffer(drawn.levels, np.uint8)[begin : begin + 8] for begin in (1, 11, 21))
    assert loud.min() > 230
    assert silent.max() < 6
    assert soft.mean() == pytest.approx(64, abs=6)


def test_a_long_sound_has_as_many_levels_as_there_may_be(tmp_path: Path) -> None:
    rising = tone(60.0, 1.0) * np.linspace(0, 8_000, 60 * RATE)
    drawn = waveform(made(tmp_path / "sound", rising))
    assert drawn.seconds == 60.0
    assert len(drawn.levels) == MOST_LEVELS
    assert drawn.levels[0] < 3
    assert drawn.levels[-1] == 255
    assert list(drawn.levels) == sorted(drawn.levels)


def test_the_shortest_sound_has_a_level(tmp_path: Path) -> None:
    drawn = waveform(made(tmp_path / "sound", tone(0.03, 5_000)))
    assert (drawn.seconds, drawn.levels) == (0.03, b"\xff")


def test_silence_is_drawn_as_silence(tmp_path: Path) -> None:
    assert waveform(made(tmp_path / "sound", tone(1.0, 0))).levels == bytes(10)


def test_what_is_gone_cannot_be_drawn(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="gone"):
        waveform(tmp_path / "gone")


def test_memory_stays_flat_however_long_it_gets(tmp_path: Path) -> None:
    path = made(tmp_path / "sound", np.tile(tone(10.0, 5_000), 30))
    waveform(path)
    tracemalloc.start()
    waveform(path)
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert highest < path.stat().st_size / 3
