"""WAV files, written by ourselves: plain RIFF with 16-bit samples, the tags behind the sound."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from engine.audio import SAMPLE_BYTES, WAV_DATA_LIMIT, wav_header
from engine.encoding.encoder import Encoder
from engine.encoding.tags import Tags
from engine.engine import EngineError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_INFO = {"title": b"INAM", "artist": b"IART", "comment": b"ICMT"}


def info_chunk(tags: Tags) -> bytes:
    """Make the chunk that stands behind the sound of a WAV file and holds its tags, in UTF-8.

    Source: "Multimedia Programming Interface and Data Specifications 1.0", 1991, INFO list.
    """
    entries = b""
    for name, text in tags.fields().items():
        value = text.encode("utf-8") + b"\0"
        entries += struct.pack("<4sI", _INFO[name], len(value)) + value + b"\0" * (len(value) % 2)
    return struct.pack("<4sI4s", b"LIST", 4 + len(entries), b"INFO") + entries


class WavEncoder(Encoder):
    """Writes a WAV file; the header is made whole at the end."""

    def __init__(self, path: Path, *, rate: int, file_rate: int, tags: Tags) -> None:
        super().__init__(path, rate=rate, file_rate=file_rate)
        self._info = info_chunk(tags)
        self._bytes = 0
        self._file = path.open("wb")
        self._file.write(wav_header(file_rate, 0))

    def _encode(self, pcm: NDArray[np.int16]) -> None:
        import numpy as np

        self._bytes += SAMPLE_BYTES * len(pcm)
        if self._bytes + len(self._info) > WAV_DATA_LIMIT:
            raise EngineError("more sound than a WAV file can hold")
        self._file.write(np.ascontiguousarray(pcm, "<i2").data.cast("B"))

    def _finish(self) -> None:
        self._file.write(self._info)
        self._file.seek(0)
        self._file.write(wav_header(self.rate, self._bytes, len(self._info)))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def _abandon(self) -> None:
        self._file.close()
