"""MP3 files: LAME's frames, with an ID3 tag before them and a frame that tells their number.

LAME comes by the package lameenc: the build inside PyAV takes three times the CPU seconds for the same sound.
"""

from __future__ import annotations

import os
import struct
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from engine.encoding.encoder import Encoder
from engine.encoding.tags import Tags

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EFFORT = 7
"""LAME's quality from 0 (best) to 9: 5 costs nearly twice as much, and speech gains nothing that is heard."""
_DELAY = 576
"""How many samples LAME puts before the first."""
_MPEG_1 = 32_000
"""From this rate on, frames are twice as long."""
_ID3_FRAMES = {"title": b"TIT2", "artist": b"TPE1", "comment": b"COMM"}
_UTF_8 = b"\3"


class Lame(Protocol):
    """LAME's encoder, as far as it is used."""

    def silence(self) -> None:
        """Say nothing on standard error."""

    def set_bit_rate(self, kilobits: int) -> None:
        """Have so many thousand bits a second."""

    def set_in_sample_rate(self, rate: int) -> None:
        """Take so many samples a second."""

    def set_out_sample_rate(self, rate: int) -> None:
        """Make a file of so many samples a second."""

    def set_channels(self, count: int) -> None:
        """Take so many channels."""

    def set_quality(self, effort: int) -> None:
        """Take so much work, from 0 (most) to 9."""

    def encode(self, pcm: NDArray[np.int16]) -> bytearray:
        """Take samples, shape (n,), and return the frames that are ready."""

    def flush(self) -> bytearray:
        """Return the frames that are left."""


class Mp3Encoder(Encoder):
    """Writes an MP3 file of a constant bit rate; its length is exact to the sample for players that read LAME's tag."""

    def __init__(self, path: Path, *, rate: int, file_rate: int, tags: Tags) -> None:
        super().__init__(path, rate=rate, file_rate=file_rate)
        self._lame = lame(file_rate)
        self._frame_samples = 1152 if file_rate >= _MPEG_1 else 576
        self._frame_bits = self._frame_samples * kilobits(file_rate) * 1000
        """The size of a frame in bits, times the rate; frames are whole bytes, and so only right on average."""
        self._samples = 0
        self._bytes = 0
        self._head = b""
        """The first bytes of the first frame: what follows them differs from frame to frame."""
        self._file = path.open("wb")
        self._at = self._file.write(id3_tag(tags))
        self._file.write(bytes(self._frame_bits // 8 // file_rate))

    def _encode(self, pcm: NDArray[np.int16]) -> None:
        import numpy as np

        self._samples += len(pcm)
        self._put(self._lame.encode(np.ascontiguousarray(pcm)))

    def _put(self, frames: bytearray) -> None:
        self._head = self._head or bytes(frames[:4])
        self._bytes += self._file.write(frames)

    def _finish(self) -> None:
        self._put(self._lame.flush())
        size = self._frame_bits // 8 // self.rate
        count = round(8 * self._bytes * self.rate / self._frame_bits)
        padding = count * self._frame_samples - _DELAY - self._samples
        self._file.seek(self._at)
        self._file.write(_info_frame(self._head, size, count, size + self._bytes, padding))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def _abandon(self) -> None:
        self._file.close()


def lame(rate: int) -> Lame:
    """Begin to encode samples at a rate that MP3 knows, in Hz, at a constant bit rate."""
    import lameenc  # type: ignore[import-not-found]  # it has no types

    made: Lame = lameenc.Encoder()
    made.silence()
    made.set_bit_rate(kilobits(rate))
    made.set_in_sample_rate(rate)
    made.set_out_sample_rate(rate)
    made.set_channels(1)
    made.set_quality(_EFFORT)
    return made


def kilobits(rate: int) -> int:
    """Return how many thousand bits a second files have, for their samples a second in Hz."""
    return 32 if rate <= 12_000 else 48 if rate <= 16_000 else 64


def id3_tag(tags: Tags) -> bytes:
    """Make the tag that stands before the frames, in UTF-8.

    Source: "ID3 tag version 2.4.0", id3.org, 2000.
    """
    frames = b""
    for name, text in tags.fields().items():
        head = b"eng\0" if name == "comment" else b""  # its language, and an empty description
        body = _UTF_8 + head + text.encode("utf-8")
        frames += _ID3_FRAMES[name] + _seven_bits(len(body)) + b"\0\0" + body
    return b"ID3\4\0\0" + _seven_bits(len(frames)) + frames


def _seven_bits(number: int) -> bytes:
    """A number as ID3 has it: no byte may look like the begin of a frame."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def _info_frame(head: bytes, size: int, count: int, length: int, padding: int) -> bytes:
    """Make a silent frame that tells how many follow and how many samples LAME has put around the sound.

    Source: "Mp3 Info Tag revision 1 Specifications", gabriel.mp3-tech.org; "MP3 Audio: VBR Headers" (Xing).

    Args:
        head: The 4 bytes with which the other frames begin.
        size: Of this frame, in bytes.
        count: How many frames follow.
        length: Of this frame and all others, in bytes.
        padding: How many samples LAME has put behind the last, for what it puts before the first is known.
    """
    side_bytes = 17 if head[1] & 0x08 else 9
    frame = bytes((head[0], head[1], head[2] & 0xFD, head[3])) + bytes(side_bytes)  # & 0xFD: a byte of padding less
    hundredths = bytes(256 * hundredth // 100 for hundredth in range(100))
    frame += struct.pack(">4sIII", b"Info", 0b111, count, min(length, 2**32 - 1)) + hundredths
    frame += struct.pack(">9sBBIHHBB", b"LAME3.100", 1, 0, 0, 0, 0, 0, 0)
    frame += (_DELAY << 12 | min(padding, 0xFFF)).to_bytes(3, "big")
    frame += struct.pack(">BBHIH", 0, 0, 0, min(length, 2**32 - 1), 0)
    frame += _crc16(frame).to_bytes(2, "big")
    return frame.ljust(size, b"\0")


def _crc16(data: bytes) -> int:
    crc, table = 0, _crc16_table()
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc


@cache
def _crc16_table() -> tuple[int, ...]:
    """The table of CRC-16/ARC, the polynomial 0x8005 with its bits reversed."""
    table = []
    for crc in range(256):
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
        table.append(crc)
    return tuple(table)
