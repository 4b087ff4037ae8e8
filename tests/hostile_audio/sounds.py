"""Small honest files of every kind, made by the libraries that others use too. What is hostile is made of them."""

from __future__ import annotations

import functools
import io
from typing import BinaryIO

import av
import numpy as np
import soundfile  # type: ignore[import-untyped]  # it has no types
from av.container import OutputContainer
from numpy.typing import NDArray

RATE = 16_000
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}
PITCH = 220.0
HEIGHT = 0.3
"""The peak of the tone."""


def tone(seconds: float, rate: int = RATE, channels: int = 1) -> NDArray[np.float32]:
    """A sine, shape (n, channels)."""
    one = HEIGHT * np.sin(2 * np.pi * PITCH / rate * np.arange(round(seconds * rate)))
    return np.repeat(one[:, None], channels, axis=1).astype(np.float32)


@functools.lru_cache
def by_soundfile(
    kind: str, subtype: str, *, seconds: float = 1.0, rate: int = RATE, channels: int = 1, endian: str = "FILE"
) -> bytes:
    """A file that libsndfile writes."""
    file = io.BytesIO()
    soundfile.write(file, tone(seconds, rate, channels), rate, format=kind, subtype=subtype, endian=endian)
    return file.getvalue()


@functools.lru_cache
def by_av(
    muxer: str,
    codec: str,
    *,
    seconds: float = 1.0,
    rate: int = RATE,
    channels: int = 1,
    video: bool = False,
    options: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """A file that FFmpeg writes, with a small picture of noise in it where that is wanted."""
    file = io.BytesIO()
    with av.open(file, "w", format=muxer, options=dict(options)) as made:
        # Both are added before the first is written, for then the header is.
        picture = _picture(made) if video else None
        sound = _sound(made, codec, rate, channels) if codec else None
        if picture:
            _write_picture(made, picture, seconds)
        if sound:
            _write_sound(made, sound, tone(seconds, rate, channels), rate)
    return file.getvalue()


def _sound(made: OutputContainer, codec: str, rate: int, channels: int) -> av.AudioStream:
    stream = made.add_stream(codec, rate=rate)
    assert isinstance(stream, av.AudioStream)
    stream.layout = LAYOUTS[channels]
    return stream


def _write_sound(made: OutputContainer, stream: av.AudioStream, samples: NDArray[np.float32], rate: int) -> None:
    pcm = np.rint(samples * 32_767).astype(np.int16)
    for begin in range(0, len(pcm), rate):
        block = np.ascontiguousarray(pcm[begin : begin + rate].reshape(1, -1))
        frame = av.AudioFrame.from_ndarray(block, format="s16", layout=LAYOUTS[samples.shape[1]])
        frame.sample_rate, frame.pts = rate, begin
        made.mux(stream.encode(frame))
    made.mux(stream.encode(None))


def _picture(made: OutputContainer) -> av.VideoStream:
    stream = made.add_stream("libvpx" if made.format.name == "webm" else "mpeg4", rate=10)
    assert isinstance(stream, av.VideoStream)
    stream.width = stream.height = 32
    stream.pix_fmt = "yuv420p"
    return stream


def _write_picture(made: OutputContainer, stream: av.VideoStream, seconds: float) -> None:
    chance = np.random.default_rng(5)
    for _ in range(max(1, round(seconds * 10))):
        frame = av.VideoFrame.from_ndarray(chance.integers(0, 255, (48, 32), np.uint8), format="yuv420p")
        made.mux(stream.encode(frame))
    made.mux(stream.encode(None))


def wav(
    payload: bytes,
    *,
    rate: int = RATE,
    channels: int = 1,
    bits: int = 16,
    tag: int = 1,
    claimed: int | None = None,
    before: bytes = b"",
) -> bytes:
    """A WAV file with a header that says whatever it is told to.

    Args:
        payload: The bytes of the sound.
        rate: Samples a second, in Hz.
        channels: How many it says that there are.
        bits: How many a sample has.
        tag: How they are packed: 1 whole numbers, 3 floats, 6 A-law, 7 mu-law.
        claimed: How many bytes of sound it says that there are; as many as there are, if not given.
        before: What stands before the chunk with the sound.
    """
    frame = max(1, channels * bits // 8) & 0xFFFF
    size = len(payload) if claimed is None else claimed
    header = b"".join(
        number.to_bytes(width, "little")
        for number, width in ((tag, 2), (channels, 2), (rate, 4), (rate * frame & 0xFFFFFFFF, 4), (frame, 2), (bits, 2))
    )
    told = (36 + len(before) + size) & 0xFFFFFFFF
    return b"".join(
        (b"RIFF", told.to_bytes(4, "little"), b"WAVEfmt ", (16).to_bytes(4, "little"), header, before)
    ) + b"".join((b"data", (size & 0xFFFFFFFF).to_bytes(4, "little"), payload))


def write_sparse(file: BinaryIO, head: bytes, size: int) -> None:
    """Write a file that is as large as it is told to be and takes no room."""
    file.write(head)
    file.truncate(size)
