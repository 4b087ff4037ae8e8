"""FLAC, Ogg/Opus and M4A files, by PyAV's encoders (FFmpeg's libraries and libopus)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from engine.encoding.encoder import Encoder, sync
from engine.encoding.tags import Tags
from engine.engine import EngineError
from engine.speech import Format

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """How a kind of file is made."""

    codec: str
    """FFmpeg's name of the encoder."""
    container: str
    """FFmpeg's name of the kind of file."""
    samples: str
    """FFmpeg's name of the samples that the encoder takes."""
    bit_rate: int = 0
    """Bits a second; 0 where the sound decides."""
    options: dict[str, str] = field(default_factory=dict)
    """The encoder's options."""
    container_options: dict[str, str] = field(default_factory=dict)
    """The container's options."""


def recipe(format: Format, rate: int, *, thorough: bool) -> Recipe:
    """Return how files of a format are made: what measured best on speech for its CPU seconds.

    Opus made quickly keeps to the codec for music at a higher bit rate: at complexity 0 it takes half the time of the
    codec for speech and measures better (PESQ), at 1.7 times the size. AAC's fast
    search measures better than the default one; its shaping and substitution of noise cost time and gain nothing here.

    Args:
        format: FLAC, OPUS or M4A.
        rate: Samples a second in the file, in Hz.
        thorough: Take more work for a smaller and better file.

    Raises:
        EngineError: It is another format.
    """
    if format is Format.OPUS:
        use, effort = ("voip", "5") if thorough else ("audio", "0")
        bits = min(40_000, 5 * rate // 2) if thorough else min(48_000, 3 * rate)
        options = {"application": use, "compression_level": effort}
        return Recipe(codec="libopus", container="ogg", samples="s16", bit_rate=bits, options=options)
    if format is Format.M4A:
        return Recipe(
            codec="aac",
            container="ipod",
            samples="fltp",
            bit_rate=min(64_000, 4 * rate),
            options={"aac_coder": "fast", "aac_tns": "0", "aac_pns": "0"},
            container_options={"movflags": "+faststart"},
        )
    if format is Format.FLAC:
        return Recipe(codec="flac", container="flac", samples="s16")
    raise EngineError(f"no encoder makes {format} files here")


class ContainerEncoder(Encoder):
    """Writes a file by a recipe."""

    def __init__(self, path: Path, made: Recipe, *, rate: int, file_rate: int, tags: Tags) -> None:
        import av

        super().__init__(path, rate=rate, file_rate=file_rate)
        self._av = av
        self._count = 0
        self._base = Fraction(1, file_rate)
        with self._told():
            # An absolute path is never taken for the address of something else.
            name, options = str(path.absolute()), made.container_options
            self._container = av.open(name, "w", format=made.container, options=options)
        try:
            self._open(made, tags)
        except BaseException:
            self.discard()
            raise

    def _open(self, made: Recipe, tags: Tags) -> None:
        with self._told():
            self._container.metadata.update(tags.fields())
            stream = self._container.add_stream(made.codec, rate=self.rate, options=made.options)
            assert isinstance(stream, self._av.AudioStream)
            self._stream = stream
            stream.metadata.update(tags.fields())
            context = stream.codec_context
            context.layout = "mono"
            context.format = made.samples
            context.thread_count = 1  # a thread costs more than it saves
            if made.bit_rate:
                context.bit_rate = made.bit_rate
            self._container.start_encoding()

    def _encode(self, pcm: NDArray[np.int16]) -> None:
        if not len(pcm):
            return
        frame = self._av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = self.rate
        frame.time_base = self._base
        frame.pts = self._count
        self._count += len(pcm)
        with self._told():
            self._container.mux(self._stream.encode(frame))

    def _finish(self) -> None:
        with self._told():
            self._container.mux(self._stream.encode(None))
            self._container.close()
        sync(self._path)

    def _abandon(self) -> None:
        with suppress(EngineError), self._told():
            self._container.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what FFmpeg complains of into our own errors; those of the system are OSErrors already."""
        try:
            yield
        except self._av.FFmpegError as error:
            if isinstance(error, OSError):
                raise
            raise EngineError(f"FFmpeg cannot write {self._path.name}: {error}") from error
