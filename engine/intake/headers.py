"""What the headers of the two simplest kinds of file claim, held against the limits before a decoder sees them."""

from __future__ import annotations

import struct

from engine.intake.containers import FLAC, WAV, Container, id3_length
from engine.intake.errors import OddRate, TooLong, TooManyChannels
from engine.intake.limits import Limits

_RIFF_HEADER, _CHUNK_HEADER = 12, 8
_STREAMINFO = 18
"""How many bytes of a FLAC stream's first block are read here, behind its four letters and its own header."""


def check_header(container: Container, head: bytes, limits: Limits) -> None:
    """Refuse a file whose header claims what no recording has; other kinds, and what is damaged, pass.

    Args:
        container: What it is.
        head: Its first bytes.
        limits: What it may claim.

    Raises:
        NotTaken: It claims too much, in the sentence of that.
    """
    if container is WAV:
        _check_wav(head, limits)
    elif container is FLAC:
        _check_flac(head[id3_length(head) :], limits)


def check_claim(*, rate: int, channels: int, seconds: float, limits: Limits) -> None:
    """Refuse what claims a rate (Hz), channels or a length (s; 0 where it is not told) beyond the limits.

    Raises:
        NotTaken: It does, in the sentence of that.
    """
    if not limits.least_rate <= rate <= limits.most_rate:
        raise OddRate(rate=f"{rate:,}", least=f"{limits.least_rate:,}", most=f"{limits.most_rate:,}")
    if not 1 <= channels <= limits.channels:
        raise TooManyChannels(channels=channels, most=limits.channels)
    if seconds > limits.seconds:
        raise too_long(limits)


def too_long(limits: Limits) -> TooLong:
    """The refusal of what lasts longer than it may."""
    return TooLong(most=f"{limits.seconds / 60:g}")


def _check_wav(head: bytes, limits: Limits) -> None:
    """Source: Multimedia Programming Interface and Data Specifications 1.0, IBM and Microsoft, 1991."""
    at = _RIFF_HEADER
    while at + _CHUNK_HEADER <= len(head):
        name, size = head[at : at + 4], int.from_bytes(head[at + 4 : at + 8], "little")
        if name == b"fmt " and at + _CHUNK_HEADER + 8 <= len(head):
            channels, rate = struct.unpack_from("<HI", head, at + _CHUNK_HEADER + 2)
            return check_claim(rate=rate, channels=channels, seconds=0, limits=limits)
        at += _CHUNK_HEADER + size + size % 2
    return None


def _check_flac(head: bytes, limits: Limits) -> None:
    """Source: RFC 9639, 8.2."""
    block = head[_CHUNK_HEADER : _CHUNK_HEADER + _STREAMINFO]
    if len(block) < _STREAMINFO or head[4] & 127:
        return
    packed = int.from_bytes(block[10:18], "big")  # 20 bits of rate, 3 of channels, 5 of width, 36 of length
    rate, channels, samples = packed >> 44, (packed >> 41 & 7) + 1, packed & (1 << 36) - 1
    check_claim(rate=rate, channels=channels, seconds=samples / rate if rate else 0, limits=limits)
