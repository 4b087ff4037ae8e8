from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from mutagen.mp3 import MP3, BitrateMode, MPEGInfo

from engine.encoding import Tags, encoder
from engine.encoding.mp3 import _crc16
from engine.encoding.rates import RATES
from engine.speech import Format

TAGS = Tags(title="One", voice="Two")
BITRATES = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
RATE_OF = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def made(path: Path, rate: int, count: int) -> bytes:
    sound = np.random.default_rng(1).normal(0, 2000, count).astype(np.int16)
    with encoder(path, Format.MP3, rate=rate, tags=TAGS) as file:
        file.write(sound)
    return path.read_bytes()


def frames(data: bytes) -> Iterator[bytes]:
    """Cut a file into its frames, by what their headers say."""
    at = 10 + sum(byte << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    while at < len(data):
        assert data[at] == 0xFF and data[at + 1] & 0xE0 == 0xE0, at
        version = data[at + 1] >> 3 & 3
        kilobits = BITRATES[version or 2][data[at + 2] >> 4]
        rate = RATE_OF[version][data[at + 2] >> 2 & 3]
        size = (144 if version == 3 else 72) * kilobits * 1000 // rate + (data[at + 2] >> 1 & 1)
        yield data[at : at + size]
        at += size
    assert at == len(data)


@pytest.mark.parametrize("rate", RATES[Format.MP3])
@pytest.mark.parametrize("seconds", [0.01, 1.0, 7.3])
def test_the_first_frame_tells_how_many_follow(tmp_path: Path, rate: int, seconds: float) -> None:
    data = made(tmp_path / "sound.mp3", rate, round(rate * seconds))
    first, *rest = frames(data)
    at = first.index(b"Info")
    assert int.from_bytes(first[at + 8 : at + 12], "big") == len(rest)
    assert int.from_bytes(first[at + 12 : at + 16], "big") == len(first) + sum(map(len, rest))


@pytest.mark.parametrize("rate", RATES[Format.MP3])
@pytest.mark.parametrize("count", [576, 1151, 1152, 20_011])
def test_a_player_finds_every_sample_and_none_too_many(tmp_path: Path, rate: int, count: int) -> None:
    data = made(tmp_path / "sound.mp3", rate, count)
    with av.open(io.BytesIO(data), "r") as container:
        assert sum(len(frame.to_ndarray()[0]) for frame in container.decode(audio=0)) == count


def test_mutagen_takes_the_tag_for_lames(tmp_path: Path) -> None:
    made(tmp_path / "sound.mp3", 22_050, 100_000)
    info = MP3(tmp_path / "sound.mp3").info  # type: ignore[no-untyped-call]  # mutagen has no types for it
    assert isinstance(info, MPEGInfo)
    assert info.bitrate_mode is BitrateMode.CBR
    assert info.bitrate == pytest.approx(64_000, rel=0.02)
    assert info.encoder_info.startswith("LAME 3.100")
    assert not info.sketchy


def test_the_checksum_is_crc_16_arc() -> None:
    assert _crc16(b"123456789") == 0xBB3D
