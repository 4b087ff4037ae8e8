"""Reads sound by FFmpeg's libraries: what libsndfile does not know, and the sound of a video."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, NoReturn

from engine.intake.containers import Container
from engine.intake.errors import OtherCodec, Soundless, Unreadable

if TYPE_CHECKING:
    import av
    import numpy as np
    from numpy.typing import NDArray

CODECS = (
    *("aac", "ac3", "alac", "amrnb", "amrwb", "eac3", "flac", "gsm", "gsm_ms", "mp2", "mp2float", "mp3", "mp3float"),
    *("libopencore_amrnb", "libopencore_amrwb", "libopus", "libvorbis", "opus", "speex", "vorbis"),
    *("adpcm_ima_qt", "adpcm_ima_wav", "adpcm_ms", "pcm_alaw", "pcm_mulaw", "pcm_s8", "pcm_u8", "pcm_f32be"),
    *("pcm_f32le", "pcm_f64be", "pcm_f64le", "pcm_s16be", "pcm_s16le", "pcm_s24be", "pcm_s24le", "pcm_s32be"),
    "pcm_s32le",
)
"""FFmpeg's decoders that may be used; none of a picture's or a subtitle's is."""
_SCALES = {"u8": 2.0**7, "s16": 2.0**15, "s32": 2.0**31, "flt": 1.0, "dbl": 1.0}
"""Full scale, by what a decoder yields."""
_TELLING = ("mov", "matroska")
"""Containers that tell how long they are; of the others it is guessed, and guessed badly."""
_SILENT_PACKETS = 200
"""After how many packets that cannot be decoded, with nothing decoded before, a file is given up."""


class AvReader:
    """A file that FFmpeg reads, as the kind that it is known to be."""

    def __init__(self, file: IO[bytes], container: Container) -> None:
        """Open it.

        Args:
            file: Its bytes; it can be sought in.
            container: What it is.

        Raises:
            Unreadable: It cannot be opened.
            Soundless: It has no sound.
            OtherCodec: Its sound is packed in a way that is not allowed.
        """
        import av

        self._errors = (av.error.FFmpegError, OSError, ValueError, IndexError)
        self._unreadable = Unreadable(name=container.name)
        try:
            # No protocol is called "none", so none is allowed; what opens another file in spite of it is turned away.
            options = {
                "format_whitelist": container.demuxer,
                "codec_whitelist": ",".join(CODECS),
                "protocol_whitelist": "none",
            }
            self._file = av.open(
                file, "r", format=container.demuxer, container_options=options, metadata_errors="replace", io_open=_deny
            )
        except self._errors as error:
            raise self._unreadable from error
        self._stream = self._sound(container)
        self.codec: str = self._stream.codec_context.codec.canonical_name
        """How the sound is packed, such as 'aac'."""
        self._ahead = self._frames()
        self._first = next(self._ahead, None)
        if self._first is None:
            raise self._unreadable
        # A decoder knows better than a header: AAC may have twice the samples that its container tells of.
        self.channels: int = self._first.layout.nb_channels
        """How many there are."""
        self.rate: int = self._first.sample_rate
        """Samples a second, in Hz."""
        self.seconds: float = self._claimed(container)
        """How long it says that it is; 0 where that is not known."""

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Yield the sound, shape (n, channels), n varying; full scale is 1. What is damaged within it is left out.

        Raises:
            Unreadable: It changes its rate or its channels on the way.
        """
        frame = self._first
        while frame is not None:
            if (frame.sample_rate, frame.layout.nb_channels) != (self.rate, self.channels):
                raise self._unreadable
            yield _samples(frame, self.channels)
            frame = next(self._ahead, None)

    def _sound(self, container: Container) -> av.AudioStream:
        if not len(self._file.streams):
            raise self._unreadable
        if not self._file.streams.audio:
            raise Soundless(name=container.name)
        from av.stream import Discard

        stream = self._file.streams.audio[0]
        for other in self._file.streams:
            if other is not stream:
                with contextlib.suppress(AttributeError, ValueError):
                    other.discard = Discard.all
        context = stream.codec_context
        if context is None or context.codec.name not in CODECS:
            raise OtherCodec(name=container.name)
        context.thread_count = 1
        context.thread_type = "NONE"
        context.options = {"codec_whitelist": ",".join(CODECS)}
        return stream

    def _claimed(self, container: Container) -> float:
        if container.key not in _TELLING:
            return 0.0
        stream = self._stream
        if stream.duration and stream.time_base:
            return max(0.0, float(stream.duration * stream.time_base))
        return max(0.0, (self._file.duration or 0) / 1_000_000)

    def _frames(self) -> Iterator[av.AudioFrame]:
        decoded = failed = 0
        for packet in self._packets():
            try:
                for frame in packet.decode():
                    decoded += 1
                    yield frame
            except self._errors:
                failed += 1
                if not decoded and failed >= _SILENT_PACKETS:
                    return

    def _packets(self) -> Iterator[av.Packet[av.AudioStream]]:
        with contextlib.suppress(*self._errors):
            yield from self._file.demux(self._stream)


def _samples(frame: av.AudioFrame, channels: int) -> NDArray[np.float32]:
    import numpy as np

    made = frame.to_ndarray()
    block = made.T if frame.format.is_planar else made.reshape(-1, channels)
    scale = _SCALES[frame.format.name.removesuffix("p")]
    sound = block.astype(np.float32)
    if block.dtype == np.uint8:
        sound -= scale
    if scale != 1.0:
        sound /= np.float32(scale)
    return sound


def _deny(url: str, flags: int, options: dict[str, str]) -> NoReturn:
    raise PermissionError("a recording opens no other file")
