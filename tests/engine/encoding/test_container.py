from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.encoding import Tags, encoder
from engine.encoding.container import ContainerEncoder, Recipe, recipe
from engine.engine import EngineError
from engine.speech import Format
from tests.engine.speech_sounds import pcm, spoken

RATE = 24_000
TAGS = Tags(title="One", voice="Two")


def noise(count: int) -> NDArray[np.int16]:
    return np.random.default_rng(1).normal(0, 3000, count).astype(np.int16)


def test_the_index_of_an_m4a_file_stands_before_its_sound(tmp_path: Path) -> None:
    with encoder(tmp_path / "sound.m4a", Format.M4A, rate=RATE, tags=TAGS) as made:
        made.write(noise(RATE))
    whole = (tmp_path / "sound.m4a").read_bytes()
    kinds, at = [], 0
    while at < len(whole):
        kinds.append(whole[at + 4 : at + 8])
        at += int.from_bytes(whole[at : at + 4], "big")
    assert kinds.index(b"moov") < kinds.index(b"mdat")


def test_opus_made_thoroughly_is_smaller(tmp_path: Path) -> None:
    speech = pcm(spoken().samples)
    for thorough in (False, True):
        with encoder(tmp_path / str(thorough), Format.OPUS, rate=22_050, tags=TAGS, thorough=thorough) as made:
            made.write(speech)
    quick, careful = ((tmp_path / str(thorough)).stat().st_size for thorough in (False, True))
    assert careful < 0.85 * quick


@pytest.mark.parametrize("format", [Format.OPUS, Format.M4A])
def test_a_low_rate_is_given_fewer_bits(format: Format) -> None:
    rates = [recipe(format, rate, thorough=False).bit_rate for rate in (8_000, 12_000, 24_000, 48_000)]
    assert rates[0] < rates[1] < rates[2] == rates[3]


@pytest.mark.parametrize("format", [Format.WAV, Format.MP3])
def test_what_others_make_has_no_recipe(format: Format) -> None:
    with pytest.raises(EngineError, match=str(format)):
        recipe(format, RATE, thorough=False)


def test_what_ffmpeg_cannot_do_is_an_engine_error_and_leaves_nothing(tmp_path: Path) -> None:
    wrong = Recipe(codec="libopus", container="ogg", samples="s16")
    with pytest.raises(EngineError, match="FFmpeg cannot write sound"):
        ContainerEncoder(tmp_path / "sound", wrong, rate=22_050, file_rate=22_050, tags=TAGS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows no colon in a name")
def test_a_name_that_looks_like_an_address_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with encoder(Path("pipe:1"), Format.FLAC, rate=RATE, tags=TAGS) as made:
        made.write(noise(100))
    assert [path.name for path in tmp_path.iterdir()] == ["pipe:1"]
