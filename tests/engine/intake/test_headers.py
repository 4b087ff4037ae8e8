"""Headers are held against the limits before a decoder sees them."""

from __future__ import annotations

import pytest

from engine.intake.containers import FLAC, MP3, WAV
from engine.intake.errors import OddRate, TooLong, TooManyChannels
from engine.intake.headers import check_claim, check_header
from engine.intake.limits import USUAL
from tests.hostile_audio.headers import flac_claiming
from tests.hostile_audio.sounds import by_soundfile, wav


def refused(content: bytes) -> str:
    """Why a WAV or FLAC file is refused for its header, as the name of the error; empty where it passes."""
    try:
        check_header(FLAC if content.startswith(b"fLaC") else WAV, content, USUAL)
    except (OddRate, TooLong, TooManyChannels) as error:
        return type(error).__name__
    return ""


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (wav(b""), ""),
        (wav(b"", rate=8_000, channels=8), ""),
        (wav(b"", rate=1), "OddRate"),
        (wav(b"", channels=65_535), "TooManyChannels"),
        (wav(b"")[:20], ""),
        (b"RIFF\0\0\0\0WAVEjunk\x03\0\0\0abc\0" + wav(b"", rate=1)[12:], "OddRate"),
    ],
)
def test_a_wav_is_judged_by_its_format(content: bytes, why: str) -> None:
    assert refused(content) == why


@pytest.mark.parametrize(
    ("rate", "channels", "samples", "why"),
    [
        (16_000, 1, 16_000, ""),
        (16_000, 1, 0, ""),
        (16_000, 8, 16_000 * 600, ""),
        (16_000, 1, 16_000 * 600 + 1, "TooLong"),
        (0, 1, 16_000, "OddRate"),
    ],
)
def test_a_flac_is_judged_by_its_first_block(rate: int, channels: int, samples: int, why: str) -> None:
    assert refused(flac_claiming(by_soundfile("FLAC", "PCM_16"), rate, channels, samples)) == why


def test_other_kinds_pass() -> None:
    check_header(MP3, wav(b"", rate=1), USUAL)
    with pytest.raises(OddRate):
        check_header(WAV, wav(b"", rate=1), USUAL)


def test_a_refusal_tells_what_was_claimed_and_what_may_be() -> None:
    with pytest.raises(OddRate, match="700,000 samples a second, and recordings have 8,000 to 192,000"):
        check_claim(rate=700_000, channels=1, seconds=0, limits=USUAL)
    with pytest.raises(TooManyChannels, match="9 channels, and 8 is the most"):
        check_claim(rate=16_000, channels=9, seconds=0, limits=USUAL)
    with pytest.raises(TooLong, match="longer than 10 minutes"):
        check_claim(rate=16_000, channels=1, seconds=600.1, limits=USUAL)
