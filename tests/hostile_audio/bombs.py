"""Files that are small and would become large, or would take long."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from engine.intake.errors import TooBig, TooLong, Unreadable
from tests.hostile_audio.case import Case, Taken, fixed, made
from tests.hostile_audio.sounds import by_av, by_soundfile, wav

HOURS = 10
SECONDS = HOURS * 3600


def cases() -> Iterator[Case]:
    """Each with what becomes of it."""
    for name, file, content in (
        ("ten hours of silence in a FLAC", "a.flac", lambda: silent_flac(told=True)),
        ("ten hours of silence in a FLAC that does not say so", "a.flac", lambda: silent_flac(told=False)),
        ("ten hours of silence in an Ogg", "a.ogg", silent_ogg),
        ("ten hours of silence in an MP3", "a.mp3", silent_mp3),
        ("ten hours of silence in an AAC", "a.aac", silent_aac),
        ("ten hours of silence in an AMR", "a.amr", silent_amr),
        ("eleven minutes of a WAV", "a.wav", lambda: wav(bytes(660 * 8_000), rate=8_000, bits=8)),
    ):
        yield Case(name=name, file=file, content=made(content), expected=TooLong)
    quiet = wav(b"", rate=8_000, bits=8, claimed=SECONDS * 8_000)
    yield Case(
        name="ten hours of silence in a WAV", file="a.wav", content=fixed(quiet), size=SECONDS * 8_000, expected=TooBig
    )
    yield Case(
        name="two minutes of silence in a FLAC with 8 channels",
        file="a.flac",
        content=made(lambda: silent_flac(told=True, seconds=120, channels=8, rate=48_000)),
        expected=Taken(container="flac", seconds=120, rate=48_000, channels=8, within=2),
    )
    yield from _tables()


def _tables() -> Iterator[Case]:
    """Tables of MP4 and Matroska files that claim more than there is room for."""
    m4a = by_av("mp4", "aac")
    for table, kept in (("stts", 8), ("stsz", 8), ("stsc", 8), ("stco", 8)):
        at = m4a.index(table.encode()) + kept
        lie = m4a[:at] + b"\x3f\xff\xff\xff" + m4a[at + 4 :]
        expected = Taken(container="mov", seconds=1) if table == "stco" else Unreadable
        yield Case(
            name=f"an M4A with a billion entries in {table}", file="a.m4a", content=fixed(lie), expected=expected
        )
    deep = b"".join((8 * (5_000 - depth)).to_bytes(4, "big") + b"moov" for depth in range(5_000))
    yield Case(name="an M4A with 5,000 boxes in each other", file="a.m4a", content=fixed(deep), expected=Unreadable)
    huge = m4a[:4] + b"ftyp" + m4a[8:32] + b"\xff\xff\xff\xf0moov" + bytes(64)
    yield Case(name="an M4A with a box of 4 GB", file="a.m4a", content=fixed(huge), expected=Unreadable)
    webm = by_av("webm", "libopus", rate=48_000)
    whole = Taken(container="matroska", seconds=1, rate=48_000)
    large = webm[:40] + b"\xec\x01\x00\x00\x7f\xff\xff\xff\xff" + webm[40:]
    yield Case(name="a WebM with an element of 2 TB", file="a.webm", content=fixed(large), expected=whole)
    nested = b"\x1a\x45\xdf\xa3\x80" + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" * 2_000
    yield Case(name="a WebM with 2,000 segments", file="a.webm", content=fixed(nested), expected=Unreadable)
    tagged = b"ID3\4\0\0\x7f\x7f\x7f\x7f" + by_soundfile("MP3", "MPEG_LAYER_III")
    yield Case(name="an MP3 with a tag of 256 MB", file="a.mp3", content=fixed(tagged), expected=Unreadable)


def silent_flac(*, told: bool, seconds: int = SECONDS, channels: int = 1, rate: int = 8_000) -> bytes:
    """A FLAC stream of silence, 14 bytes for 65,535 samples. Source: RFC 9639, 8 and 9.

    Args:
        told: Whether its header says how long it is.
        seconds: How long it is.
        channels: How many it has.
        rate: Samples a second, in Hz.
    """
    block = 65_535
    frames = -(-seconds * rate // block)
    packed = rate << 44 | channels - 1 << 41 | 15 << 36 | (frames * block if told else 0)
    header = block.to_bytes(2, "big") * 2 + bytes(6) + packed.to_bytes(8, "big") + bytes(16)
    out = [b"fLaC\x80\0\0\x22" + header]
    for number in range(frames):
        # The block's size stands at the end of the header; the rate as in the stream's own.
        head = b"\xff\xf8\x70" + bytes([channels - 1 << 4 | 4 << 1]) + _coded(number) + (block - 1).to_bytes(2, "big")
        frame = head + bytes([crc(head, 0x07, 8)]) + bytes(3) * channels
        out.append(frame + crc(frame, 0x8005, 16).to_bytes(2, "big"))
    return b"".join(out)


def silent_ogg() -> bytes:
    """An Opus stream of silence, three bytes for 120 ms. Sources: RFC 3533, 6; RFC 6716, 3; RFC 7845, 5."""
    packet, of_one = b"\xf3\x06", 5_760  # six frames of 20 ms, in which nothing stands
    whole = b"OpusHead\1\1" + (0).to_bytes(2, "little") + (48_000).to_bytes(4, "little") + bytes(3)
    pages = [_page(2, 0, 0, [whole]), _page(0, 0, 1, [b"OpusTags" + bytes(8)])]
    done = 0
    for number in range(2, 2 + SECONDS * 48_000 // of_one // 255):
        done += 255 * of_one
        pages.append(_page(0, done, number, [packet] * 255))
    return b"".join(pages)


def _page(flags: int, granule: int, number: int, packets: list[bytes]) -> bytes:
    sizes = bytes(len(each) for each in packets)
    numbers = granule.to_bytes(8, "little") + (7).to_bytes(4, "little") + number.to_bytes(4, "little")
    head = b"OggS\0" + bytes([flags]) + numbers
    behind = bytes([len(packets)]) + sizes + b"".join(packets)
    return head + crc(head + bytes(4) + behind, 0x04C11DB7, 32).to_bytes(4, "little") + behind


def silent_mp3() -> bytes:
    """One frame of silence again and again: MPEG 2.5, layer III, 8 kbit/s, 8 kHz, 72 ms in 72 bytes."""
    frame = b"\xff\xe3\x18\xc0" + bytes(68)
    return frame * (SECONDS * 1000 // 72)


def silent_aac() -> bytes:
    """The smallest frame of an AAC file again and again, at 8 kHz: 128 ms."""
    left, frames = by_av("adts", "aac", seconds=2, rate=8_000), list[bytes]()
    while left:
        length = (left[3] & 3) << 11 | left[4] << 3 | left[5] >> 5
        frames.append(left[:length])
        left = left[length:]
    return min(frames, key=len) * (SECONDS * 8_000 // 1024)


def silent_amr() -> bytes:
    """One frame of an AMR file again and again: 20 ms in 13 bytes."""
    amr = by_av("amr", "libopencore_amrnb", rate=8_000)
    return b"#!AMR\n" + amr[6:19] * (SECONDS * 50)


def _coded(number: int) -> bytes:
    """A frame's number as UTF-8 would write it, which is how FLAC does."""
    return chr(number).encode("utf-8", "surrogatepass")


@functools.cache
def _table(polynomial: int, bits: int) -> tuple[int, ...]:
    top, mask = 1 << bits - 1, (1 << bits) - 1
    made = []
    for byte in range(256):
        rest = byte << bits - 8
        for _ in range(8):
            rest = (rest << 1 ^ polynomial) & mask if rest & top else rest << 1 & mask
        made.append(rest)
    return tuple(made)


def crc(content: bytes, polynomial: int, bits: int) -> int:
    """The check sum of bytes that begins with 0, is not reflected and is not inverted, as FLAC and Ogg have it."""
    table, shift, mask, rest = _table(polynomial, bits), bits - 8, (1 << bits) - 1, 0
    for byte in content:
        rest = (rest << 8 & mask) ^ table[rest >> shift ^ byte]
    return rest
