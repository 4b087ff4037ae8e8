"""Headers that lie, and samples that are no numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.intake.errors import (
    Empty,
    NotFinite,
    OddRate,
    OtherCodec,
    Soundless,
    TooBig,
    TooLong,
    TooManyChannels,
    Unreadable,
)
from engine.intake.limits import USUAL
from tests.hostile_audio.case import Case, Expected, Taken, fixed, made
from tests.hostile_audio.sounds import HEIGHT, RATE, by_av, by_soundfile, tone, wav

SECOND = np.rint(tone(1.0)[:, 0] * 32_767).astype("<i2").tobytes()


def cases() -> Iterator[Case]:
    """Each with what becomes of it."""
    yield from (_wav(name, content, expected) for name, content, expected in _rates_and_channels())
    yield from (_wav(name, content, expected) for name, content, expected in _lengths())
    yield from (_wav(name, content, expected) for name, content, expected in _numbers())
    yield from _others()
    yield from _lies()


def _wav(name: str, content: bytes, expected: Expected) -> Case:
    return Case(name=name, file="a.wav", content=fixed(content), expected=expected)


def _rates_and_channels() -> Iterator[tuple[str, bytes, Expected]]:
    yield "a WAV with 1 sample a second", wav(b"\x80" * 200_000, rate=1, bits=8), OddRate
    yield "a WAV with 0 samples a second", wav(SECOND, rate=0), OddRate
    yield "a WAV with 4 billion samples a second", wav(SECOND, rate=0xFFFFFFFF), OddRate
    yield "a WAV with 7,999 samples a second", wav(SECOND, rate=7_999), OddRate
    yield "a WAV with 192,001 samples a second", wav(SECOND, rate=192_001), OddRate
    yield (
        "a WAV with 192,000 samples a second",
        wav(SECOND, rate=192_000),
        Taken(container="wav", seconds=RATE / 192_000, rate=192_000, within=0.01),
    )
    yield "a WAV with 65,535 channels", wav(bytes(200_000), channels=65_535), TooManyChannels
    yield "a WAV with no channel", wav(SECOND, channels=0), TooManyChannels
    yield "a WAV with 9 channels", wav(bytes(18_000), channels=9), TooManyChannels
    yield "a WAV with 8 channels", wav(bytes(16 * RATE), channels=8), Taken(container="wav", seconds=1, channels=8)
    yield "a WAV with samples of 0 bits", wav(SECOND, bits=0), OtherCodec
    yield "a WAV with samples of 7 bits", wav(SECOND, bits=7), Taken(container="wav", seconds=2)
    yield "a WAV with samples of 65,535 bits", wav(SECOND, bits=65_535), OtherCodec
    yield "a WAV packed in a way that nobody knows", wav(SECOND, tag=0xBEEF), OtherCodec
    yield "a WAV that says it is an MP3 and is not", wav(SECOND, tag=0x55), Unreadable


def _lengths() -> Iterator[tuple[str, bytes, Expected]]:
    whole = Taken(container="wav", seconds=1)
    yield "no bytes", b"", Empty
    yield "a WAV that claims 4 GB", wav(SECOND, claimed=0xFFFFFFF0), whole
    yield "a WAV that claims nothing", wav(SECOND, claimed=0), whole
    yield "a WAV that claims half of a sample more", wav(SECOND + b"\1"), whole
    yield "a WAV with only a header", wav(b""), Soundless
    yield "a WAV with half of a header", wav(SECOND)[:30], Unreadable
    yield "a WAV with twelve bytes", wav(SECOND)[:12], Unreadable
    yield "a WAV with one sample", wav(b"\1\0"), Taken(container="wav", seconds=1 / RATE, within=0.001)
    yield "a WAV with a chunk of 4 GB before the sound", wav(SECOND, before=b"junk\xff\xff\xff\xff"), Unreadable
    yield "a WAV with a chunk of no bytes before the sound", wav(SECOND, before=b"junk\0\0\0\0"), whole
    yield "a WAV with 10,000 chunks", wav(SECOND, before=b"junk\0\0\0\0" * 10_000), whole
    yield "a WAV with two formats", wav(SECOND, before=wav(b"", rate=8_000)[12:36]), whole
    yield "a WAV in a WAV", wav(wav(SECOND)), Taken(container="wav", seconds=1)
    yield "a WAV of 64 bits that claims 2 to the 63", _rf64(2**63 - 1), Taken(container="wav", seconds=1)


def _rf64(claimed: int) -> bytes:
    sizes = (claimed, claimed, claimed)
    table = b"ds64" + (28).to_bytes(4, "little") + b"".join(each.to_bytes(8, "little") for each in sizes) + bytes(4)
    plain = wav(SECOND, claimed=0xFFFFFFFF)
    return b"RF64\xff\xff\xff\xffWAVE" + table + plain[12:]


def _numbers() -> Iterator[tuple[str, bytes, Expected]]:
    whole = Taken(container="wav", seconds=1)
    floats = tone(1.0)[:, 0].astype("<f4")
    for name, bad in (("NaN", np.nan), ("infinite", np.inf), ("negative infinite", -np.inf)):
        one = floats.copy()
        one[len(one) // 2] = bad
        yield f"a WAV of floats, one of them {name}", wav(one.tobytes(), tag=3, bits=32), NotFinite
        yield (
            f"a WAV of floats, all of them {name}",
            wav(np.full(RATE, bad, "<f4").tobytes(), tag=3, bits=32),
            NotFinite,
        )
    quiet = np.full(RATE, 1e-42, "<f4")
    yield "a WAV of denormal floats", wav(quiet.tobytes(), tag=3, bits=32), whole
    yield "a WAV of floats as large as can be", wav((floats / HEIGHT * 3.4e38).tobytes(), tag=3, bits=32), whole
    yield "a WAV of floats four times full scale", wav((floats / HEIGHT * 4).tobytes(), tag=3, bits=32), whole
    yield "a WAV of 64-bit floats", wav(floats.astype("<f8").tobytes(), tag=3, bits=64), whole
    huge = np.full(RATE, 1e300, "<f8").tobytes()
    yield "a WAV of 64-bit floats beyond 32 bits", wav(huge, tag=3, bits=64), NotFinite
    high = np.full((RATE, 2), 3e38, "<f4").tobytes()
    both = Taken(container="wav", seconds=1, channels=2)
    yield "a WAV whose channels are too large together", wav(high, tag=3, bits=32, channels=2), both
    yield "a WAV of floats with 16 bits", wav(SECOND, tag=3, bits=16), OtherCodec


def _others() -> Iterator[Case]:
    flac = by_soundfile("FLAC", "PCM_16")
    claims: tuple[tuple[str, int, int, int, Expected], ...] = (
        ("1 sample a second", 1, 1, 16_000, OddRate),
        ("no rate", 0, 1, 16_000, OddRate),
        ("655,350 samples a second", 655_350, 1, 16_000, OddRate),
        ("a length of 50 days", RATE, 1, 2**36 - 1, TooLong),
    )
    for name, rate, channels, samples, expected in claims:
        content = fixed(flac_claiming(flac, rate, channels, samples))
        yield Case(name=f"a FLAC that claims {name}", file="a.flac", content=content, expected=expected)
    yield Case(
        name="a FLAC that claims no length",
        file="a.flac",
        content=fixed(flac_claiming(flac, RATE, 1, 0)),
        expected=Taken(container="flac", seconds=1),
    )
    big = wav(b"", claimed=2**31)
    yield Case(name="a WAV too big", file="a.wav", content=fixed(big), size=USUAL.bytes + 1, expected=TooBig)
    yield Case(
        name="an M4A whose sound is of a kind that does not exist",
        file="a.m4a",
        content=made(lambda: by_av("mp4", "aac").replace(b"mp4a", b"xxxx")),
        expected=Taken(container="mov", seconds=1),
    )


def _lies() -> Iterator[Case]:
    """One field of a header written over."""
    aiff, au = by_soundfile("AIFF", "PCM_16"), by_soundfile("AU", "PCM_16")
    at = aiff.index(b"COMM")
    lies: tuple[tuple[str, str, bytes, int, bytes, Expected], ...] = (
        ("an AIFF that claims 65,535 channels", "aiff", aiff, at + 8, b"\xff\xff", Unreadable),
        ("an AIFF that claims no rate", "aiff", aiff, at + 16, bytes(10), OddRate),
        ("an AIFF that claims a rate that is none", "aiff", aiff, at + 16, b"\x7f\xff" + b"\xff" * 8, OddRate),
        ("an AU that claims 1 sample a second", "au", au, 16, (1).to_bytes(4, "big"), OddRate),
        ("an AU that claims 65,535 channels", "au", au, 20, (65_535).to_bytes(4, "big"), Unreadable),
        ("an AU that begins after its end", "au", au, 4, b"\xff\xff\xff\xf0", Taken(container="au", seconds=1)),
    )
    for name, suffix, whole, offset, lie, expected in lies:
        content = fixed(whole[:offset] + lie + whole[offset + len(lie) :])
        yield Case(name=name, file=f"a.{suffix}", content=content, expected=expected)


def flac_claiming(flac: bytes, rate: int, channels: int, samples: int) -> bytes:
    """A FLAC file that says something else of its rate (Hz), channels and length (in samples)."""
    packed = rate << 44 | channels - 1 << 41 | 15 << 36 | samples
    return flac[:18] + packed.to_bytes(8, "big") + flac[26:]
