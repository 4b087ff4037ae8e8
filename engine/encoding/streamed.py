"""Sound that is sent while it is made: samples in, bytes of a file out, which nobody goes back into.

What a file can tell only at its end (how long it is) these do not tell; players go by what comes. The AI mark stands
at the front of every kind that has room for it.
"""

from __future__ import annotations

import enum
import struct
from abc import ABC, abstractmethod
from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING

from engine.audio import HEADER_BYTES, SAMPLE_BYTES, WAV_DATA_LIMIT, wav_header
from engine.encoding.encoder import BLOCK, Resampler
from engine.encoding.rates import nearest
from engine.encoding.tags import Tags
from engine.encoding.wav import info_chunk
from engine.engine import EngineError
from engine.speech import Format

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PCM_RATE = 24_000
"""What headless samples have, in Hz: nothing in them could tell another one."""
PAGE_US = "200000"
"""How much sound an Ogg page holds, in microseconds: a second, as is usual, would be a second's delay."""


class Kind(enum.StrEnum):
    """What can be sent while it is made."""

    MP3 = "mp3"
    OPUS = "opus"
    """In Ogg."""
    AAC = "aac"
    """In ADTS, for M4A has its table of contents at its end."""
    FLAC = "flac"
    WAV = "wav"
    PCM = "pcm"
    """Samples of 16 bits without any header, at 24,000 Hz."""

    @property
    def file_format(self) -> Format:
        """The kind of file that holds the same when it is whole."""
        return _FORMATS[self]


_FORMATS = {
    Kind.MP3: Format.MP3,
    Kind.OPUS: Format.OPUS,
    Kind.AAC: Format.M4A,
    Kind.FLAC: Format.FLAC,
    Kind.WAV: Format.WAV,
    Kind.PCM: Format.WAV,
}


class Streamed(ABC):
    """An encoder whose bytes are sent as they come; it works in memory, and is used by one thread at a time."""

    def __init__(self, rate: int, out_rate: int) -> None:
        """Take samples at `rate`, and make bytes for `out_rate`, both in Hz."""
        self.rate = out_rate
        """Samples a second in what is made, in Hz."""
        self._resampler = Resampler(rate, out_rate) if rate != out_rate else None

    def feed(self, pcm: NDArray[np.int16]) -> bytes:
        """Take samples, shape (n,), and return the bytes that are ready; that may be none.

        Raises:
            EngineError: The encoder failed.
        """
        made = b""
        for begin in range(0, len(pcm), BLOCK):
            block = pcm[begin : begin + BLOCK]
            made += self._encode(self._resampler.next(block) if self._resampler else block)
        return made

    def end(self) -> bytes:
        """Return the bytes that are left; nothing can be taken after it.

        Raises:
            EngineError: The encoder failed.
        """
        rest = self._encode(self._resampler.rest()) if self._resampler else b""
        return rest + self._finish()

    @abstractmethod
    def _encode(self, pcm: NDArray[np.int16]) -> bytes:
        """Encode samples at the rate of what is made, shape (n,)."""

    def _finish(self) -> bytes:
        return b""


def streamed(kind: Kind, rate: int, tags: Tags) -> Streamed:
    """Begin to encode samples at `rate` Hz into bytes of a kind, with what they say of themselves.

    Raises:
        EngineError: There is no encoder for that.
    """
    if kind is Kind.PCM:
        return _Plain(rate, PCM_RATE, b"")
    if kind is Kind.WAV:
        return _Plain(rate, rate, _endless_header(rate, info_chunk(tags)))
    if kind is Kind.MP3:
        return _Mp3(rate, tags)
    return _Contained(kind, rate, tags)


def _endless_header(rate: int, info: bytes) -> bytes:
    """The header of a WAV file whose length nobody knows yet: as long as can be, which players take for 'to the end'.

    What it says of itself stands before the sound, for behind it nobody would find it.
    """
    most = (WAV_DATA_LIMIT - len(info)) // SAMPLE_BYTES * SAMPLE_BYTES
    head = wav_header(rate, most, len(info))
    return head[: HEADER_BYTES - 8] + info + struct.pack("<4sI", b"data", most)


class _Plain(Streamed):
    """Samples as they are, behind a header."""

    def __init__(self, rate: int, out_rate: int, header: bytes) -> None:
        super().__init__(rate, out_rate)
        self._header = header

    def _encode(self, pcm: NDArray[np.int16]) -> bytes:
        header, self._header = self._header, b""
        return header + pcm.astype("<i2", copy=False).tobytes()


class _Mp3(Streamed):
    """MP3 frames behind their tag, by LAME."""

    def __init__(self, rate: int, tags: Tags) -> None:
        from engine.encoding.mp3 import id3_tag, lame

        super().__init__(rate, nearest(Format.MP3, rate))
        self._lame = lame(self.rate)
        self._header = id3_tag(tags)

    def _encode(self, pcm: NDArray[np.int16]) -> bytes:
        import numpy as np

        header, self._header = self._header, b""
        return header + bytes(self._lame.encode(np.ascontiguousarray(pcm)))

    def _finish(self) -> bytes:
        return bytes(self._lame.flush())


class _Contained(Streamed):
    """Opus, AAC and FLAC, by PyAV's encoders into a container that is written from front to back."""

    def __init__(self, kind: Kind, rate: int, tags: Tags) -> None:
        import av

        from engine.encoding.container import recipe

        super().__init__(rate, nearest(kind.file_format, rate))
        self._av = av
        self._out = _Drain()
        self._count = 0
        self._base = Fraction(1, self.rate)
        made = recipe(kind.file_format, self.rate, thorough=False)
        container = "adts" if kind is Kind.AAC else made.container
        options = {"page_duration": PAGE_US} if kind is Kind.OPUS else {}
        self._container = av.open(self._out, "w", format=container, options=options)
        if kind is not Kind.AAC:  # it would put its tag into every frame's way
            self._container.metadata.update(tags.fields())
        stream = self._container.add_stream(made.codec, rate=self.rate, options=made.options)
        assert isinstance(stream, av.AudioStream)
        stream.metadata.update(tags.fields())
        context = stream.codec_context
        context.layout, context.format, context.thread_count = "mono", made.samples, 1
        if made.bit_rate:
            context.bit_rate = made.bit_rate
        self._stream = stream

    def _encode(self, pcm: NDArray[np.int16]) -> bytes:
        if not len(pcm):
            return b""
        frame = self._av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = self.rate, self._base, self._count
        self._count += len(pcm)
        try:
            self._container.mux(self._stream.encode(frame))
        except self._av.FFmpegError as error:
            raise EngineError(f"FFmpeg cannot encode that: {error}") from error
        return self._out.taken()

    def _finish(self) -> bytes:
        try:
            if self._count:
                self._container.mux(self._stream.encode(None))
            self._container.close()
        except self._av.FFmpegError as error:
            raise EngineError(f"FFmpeg cannot encode that: {error}") from error
        return self._out.taken()


class _Drain:
    """Where a container is written to: bytes come out in the order in which they went in."""

    def __init__(self) -> None:
        self._held = BytesIO()

    def write(self, data: bytes) -> int:
        """Take bytes."""
        return self._held.write(data)

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        made = self._held.getvalue()
        self._held = BytesIO()
        return made
