"""What people really send, in every kind of file: taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.hostile_audio.case import Case, Taken, made
from tests.hostile_audio.sounds import by_av, by_soundfile


def cases() -> Iterator[Case]:
    """Each with what it is."""
    for kind, subtype, rate, channels in _SOUNDFILE:
        key = {"WAVEX": "wav", "RF64": "wav"}.get(kind, kind.lower())
        yield Case(
            name=f"a {kind} of {subtype} at {rate} Hz with {channels} channels",
            file=f"a.{key}",
            content=made(_of_soundfile(kind, subtype, rate, channels)),
            expected=Taken(container=key, seconds=1, rate=rate, channels=channels),
        )
    for muxer, codec, rate, channels, key in _AV:
        yield Case(
            name=f"a {muxer} of {codec} at {rate} Hz with {channels} channels",
            file=f"a.{muxer}",
            content=made(_of_av(muxer, codec, rate, channels)),
            expected=Taken(container=key, seconds=1, rate=rate, channels=channels),
        )


def _of_soundfile(kind: str, subtype: str, rate: int, channels: int) -> Callable[[], bytes]:
    return lambda: by_soundfile(kind, subtype, rate=rate, channels=channels)


def _of_av(muxer: str, codec: str, rate: int, channels: int) -> Callable[[], bytes]:
    return lambda: by_av(muxer, codec, rate=rate, channels=channels)


_SOUNDFILE = (
    ("WAV", "PCM_16", 16_000, 1),
    ("WAV", "PCM_24", 48_000, 2),
    ("WAV", "PCM_32", 96_000, 1),
    ("WAV", "PCM_U8", 8_000, 1),
    ("WAV", "FLOAT", 44_100, 2),
    ("WAV", "DOUBLE", 16_000, 1),
    ("WAV", "ALAW", 8_000, 1),
    ("WAV", "ULAW", 8_000, 1),
    ("WAV", "MS_ADPCM", 22_050, 1),
    ("WAV", "IMA_ADPCM", 22_050, 1),
    ("WAV", "GSM610", 8_000, 1),
    ("WAVEX", "PCM_16", 48_000, 6),
    ("RF64", "PCM_16", 16_000, 1),
    ("FLAC", "PCM_16", 192_000, 1),
    ("FLAC", "PCM_24", 44_100, 2),
    ("OGG", "VORBIS", 44_100, 2),
    ("OGG", "OPUS", 48_000, 1),
    ("MP3", "MPEG_LAYER_III", 44_100, 2),
    ("MP3", "MPEG_LAYER_III", 8_000, 1),
    ("AIFF", "PCM_16", 44_100, 2),
    ("AU", "ULAW", 8_000, 1),
    ("CAF", "PCM_16", 44_100, 1),
)
"""Kind, packing, Hz, channels: what libsndfile writes."""
_AV = (
    ("mp4", "aac", 44_100, 2, "mov"),
    ("mp4", "aac", 48_000, 6, "mov"),
    ("ipod", "alac", 44_100, 1, "mov"),
    ("mov", "pcm_s16le", 48_000, 2, "mov"),
    ("3gp", "libopencore_amrnb", 8_000, 1, "mov"),
    ("mp4", "libmp3lame", 44_100, 1, "mov"),
    ("webm", "libopus", 48_000, 1, "matroska"),
    ("matroska", "flac", 16_000, 1, "matroska"),
    ("matroska", "ac3", 48_000, 2, "matroska"),
    ("ogg", "flac", 16_000, 1, "ogg"),
    ("adts", "aac", 16_000, 1, "aac"),
    ("amr", "libopencore_amrnb", 8_000, 1, "amr"),
    ("mp3", "libmp3lame", 24_000, 1, "mp3"),
    ("caf", "alac", 44_100, 1, "caf"),
)
"""Container, codec, Hz, channels, and what we call the container: what FFmpeg writes."""
