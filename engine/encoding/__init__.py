"""Sound files: 16-bit samples in, a WAV, MP3, FLAC, Ogg/Opus or M4A file out, block by block.

What is heavy is imported by the encoder that needs it, when one is made.
"""

from __future__ import annotations

from pathlib import Path

from engine.encoding.encoder import Encoder
from engine.encoding.rates import nearest
from engine.encoding.tags import MARK, Tags
from engine.encoding.wav import WavEncoder, info_chunk
from engine.speech import Format

__all__ = ["MARK", "Encoder", "Tags", "encoder", "info_chunk", "nearest"]


def encoder(path: Path, format: Format, *, rate: int, out_rate: int = 0, tags: Tags, thorough: bool = False) -> Encoder:
    """Begin a sound file; what is at the path is written over.

    Args:
        path: The file, whatever its name ends with; its folder is there.
        format: The kind of file.
        rate: Of the samples that will be written, in Hz.
        out_rate: That the file is to have, in Hz; 0 is `rate`. What the format cannot have becomes the nearest that
            it can, and the encoder's `rate` tells which.
        tags: What the file says of itself.
        thorough: Take more work for a smaller and better file. Only Opus gains by it: a quarter smaller and clearer,
            for more than four times the work; the others are made in the one way that measured best.

    Raises:
        OSError: The file cannot be made.
        EngineError: There is no encoder for that.
    """
    file_rate = nearest(format, out_rate or rate)
    if format is Format.WAV:
        return WavEncoder(path, rate=rate, file_rate=file_rate, tags=tags)
    if format is Format.MP3:
        from engine.encoding.mp3 import Mp3Encoder

        return Mp3Encoder(path, rate=rate, file_rate=file_rate, tags=tags)
    from engine.encoding.container import ContainerEncoder, recipe

    made = recipe(format, file_rate, thorough=thorough)
    return ContainerEncoder(path, made, rate=rate, file_rate=file_rate, tags=tags)
