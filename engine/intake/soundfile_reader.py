"""Reads sound files by libsndfile, which knows no playlists and opens nothing that a file names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from engine.intake.containers import Container
from engine.intake.errors import Unreadable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 65_536
"""How many samples are read at once, over all channels."""
_KINDS = {
    "wav": ("WAV", "WAVEX", "RF64"),
    "flac": ("FLAC",),
    "ogg": ("OGG",),
    "mp3": ("MP3",),
    "aiff": ("AIFF",),
    "au": ("AU",),
    "caf": ("CAF",),
}
"""By the keys of containers, what libsndfile calls them; it looks at the bytes itself and must not see another kind."""
_CODECS = {"MPEG_LAYER_III": "mp3", "MPEG_LAYER_II": "mp2"}
_UNKNOWN_LENGTH = 2**40
"""So many samples and more mean that libsndfile does not know how many there are."""


class SoundfileReader:
    """A file that libsndfile reads."""

    def __init__(self, file: IO[bytes], container: Container) -> None:
        """Open it.

        Args:
            file: Its bytes; it can be sought in.
            container: What it is.

        Raises:
            Unreadable: It cannot be opened, or libsndfile takes it for another kind.
        """
        import soundfile  # type: ignore[import-untyped]  # it has no types

        self._failure = soundfile.SoundFileRuntimeError
        self._unreadable = Unreadable(name=container.name)
        try:
            self._sound = soundfile.SoundFile(file)
        except (self._failure, TypeError, ValueError) as error:
            raise self._unreadable from error
        if self._sound.format not in _KINDS[container.key]:
            raise self._unreadable
        self.codec: str = _CODECS.get(self._sound.subtype, self._sound.subtype.lower())
        """How the sound is packed, such as 'pcm_16'."""
        self.channels: int = self._sound.channels
        """How many there are."""
        self.rate: int = self._sound.samplerate
        """Samples a second, in Hz."""
        known = self._sound.frames < _UNKNOWN_LENGTH
        self.seconds: float = self._sound.frames / self.rate if known and self.rate > 0 else 0.0
        """How long it says that it is; 0 where that is not known."""

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Yield the sound, shape (n, channels), n varying; full scale is 1.

        Raises:
            Unreadable: It goes on, but cannot be read.
        """
        size = max(1, BLOCK // self.channels)
        while True:
            try:
                block = self._sound.read(size, dtype="float32", always_2d=True)
            except (self._failure, ValueError) as error:  # a file may make libsndfile say that fewer than none are left
                raise self._unreadable from error
            if not len(block):
                return
            yield block
