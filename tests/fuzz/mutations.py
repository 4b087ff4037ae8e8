"""Small sound files, and what becomes of them under many small accidents. Each is named by two numbers alone."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from tests.hostile_audio.bombs import crc
from tests.hostile_audio.sounds import by_av, by_soundfile

SECONDS = 0.1
"""How long the files are before anything happens to them: the smaller they are, the more can be looked at."""
HEAD = 200
"""Where most accidents happen: within so many bytes from the begin."""

_NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_NAME = re.compile(rb"[A-Za-z ]{4}")
_OGG, _OGG_POLYNOMIAL, _OGG_HEADER = b"OggS", 0x04C11DB7, 27
_CHECKSUM = slice(22, 26)


def seeds() -> list[bytes]:
    """A small file of every container and packing that is taken."""
    made = [
        by_soundfile(kind, subtype, seconds=SECONDS, rate=rate)
        for kind, subtypes, rate in (
            ("WAV", ("PCM_16", "PCM_24", "PCM_32", "PCM_U8", "FLOAT", "DOUBLE"), 16_000),
            ("WAV", ("ALAW", "ULAW", "MS_ADPCM", "IMA_ADPCM", "GSM610"), 8_000),
            ("WAVEX", ("PCM_16", "FLOAT"), 16_000),
            ("RF64", ("PCM_16",), 16_000),
            ("FLAC", ("PCM_16", "PCM_24"), 16_000),
            ("OGG", ("VORBIS",), 16_000),
            ("OGG", ("OPUS",), 24_000),
            ("MP3", ("MPEG_LAYER_III",), 16_000),
            ("AIFF", ("PCM_16", "FLOAT", "ULAW"), 16_000),
            ("AU", ("PCM_16", "DOUBLE", "ALAW"), 16_000),
            ("CAF", ("PCM_16", "ALAC_16"), 16_000),
        )
        for subtype in subtypes
    ]
    fragments = (("movflags", "empty_moov+default_base_moof"),)
    return [
        *made,
        by_soundfile("WAV", "PCM_16", seconds=SECONDS, channels=6),
        by_soundfile("FLAC", "PCM_16", seconds=SECONDS, rate=96_000, channels=2),
        by_av("mp4", "aac", seconds=SECONDS),
        by_av("mp4", "aac", seconds=SECONDS, options=fragments),
        by_av("ipod", "alac", seconds=SECONDS),
        by_av("mov", "pcm_s16le", seconds=SECONDS),
        by_av("3gp", "libopencore_amrnb", seconds=SECONDS, rate=8_000),
        by_av("mp4", "libmp3lame", seconds=SECONDS),
        by_av("mp4", "ac3", seconds=SECONDS, rate=48_000),
        by_av("webm", "libopus", seconds=SECONDS, rate=48_000),
        by_av("matroska", "flac", seconds=SECONDS),
        by_av("matroska", "pcm_f32le", seconds=SECONDS),
        by_av("matroska", "libmp3lame", seconds=SECONDS),
        by_av("webm", "libopus", seconds=SECONDS, rate=48_000, video=True),
        by_av("mp4", "aac", seconds=SECONDS, video=True),
        by_av("adts", "aac", seconds=SECONDS),
        by_av("amr", "libopencore_amrnb", seconds=SECONDS, rate=8_000),
        by_av("mp3", "libmp3lame", seconds=SECONDS, rate=44_100, channels=2),
        by_av("ogg", "flac", seconds=SECONDS),
    ]


def mutant(files: Sequence[bytes], seed: int, number: int) -> bytes:
    """The file of that number: always the same for the same files and seed."""
    chance = random.Random(f"{seed}/{number}")
    content = bytearray(chance.choice(files))
    for _ in range(1 + int(chance.expovariate(0.7))):
        chance.choices(_ACCIDENTS, _OFTEN)[0](content, chance)
        if not content:
            content += b"\0"
    if chance.random() < 0.1:
        other = chance.choice(files)
        content[chance.randrange(len(content)) :] = other[chance.randrange(len(other)) :]
    if content.startswith(_OGG) and chance.random() < 0.8:
        _repair(content)  # else a decoder looks at no page that was changed
    return bytes(content)


def _place(content: bytearray, chance: random.Random) -> int:
    return chance.randrange(min(len(content), HEAD) if chance.random() < 0.6 else len(content))


def _flip(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 2, 8))):
        content[_place(content, chance)] ^= 1 << chance.randrange(8)


def _write(content: bytearray, chance: random.Random) -> None:
    at = _place(content, chance)
    content[at : at + 1] = chance.randbytes(chance.choice((1, 1, 2, 4)))


def _number(content: bytearray, chance: random.Random) -> None:
    at, width = _place(content, chance), chance.choice((1, 2, 4, 4, 8))
    number = chance.choice(_NUMBERS) & (1 << 8 * width) - 1
    content[at : at + width] = number.to_bytes(width, chance.choice(("little", "big")))


def _lie(content: bytearray, chance: random.Random) -> None:
    """Change the length beside one of the names in the file: behind it, as RIFF has it, or before it, as MP4 has."""
    named = [found.start() for found in _NAME.finditer(content)]
    at = (chance.choice(named) if named else 0) + chance.choice((4, 4, -4, 8))
    if at < 0:
        return
    width, order = 4, chance.choice(("little", "big"))
    old = int.from_bytes(content[at : at + width], "big" if order == "big" else "little")
    new = chance.choice((chance.choice(_NUMBERS), old + chance.randint(-9, 9), old * 2, old // 2))
    content[at : at + width] = (new & 0xFFFFFFFF).to_bytes(width, "big" if order == "big" else "little")


def _cut(content: bytearray, chance: random.Random) -> None:
    at = _place(content, chance)
    del content[at : at + chance.choice((1, 4, 40, 400))]


def _end(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(len(content)) :]


def _repeat(content: bytearray, chance: random.Random) -> None:
    at, length = _place(content, chance), chance.choice((1, 4, 40, 400))
    content[at:at] = content[at : at + length] * chance.choice((1, 1, 2, 9))


def _swap(content: bytearray, chance: random.Random) -> None:
    one, other = sorted((_place(content, chance), _place(content, chance)))
    length = min(chance.choice((1, 4, 40, 400)), other - one)
    first, second = content[one : one + length], content[other : other + length]
    content[one : one + length], content[other : other + length] = second, first


def _insert(content: bytearray, chance: random.Random) -> None:
    at = _place(content, chance)
    content[at:at] = chance.randbytes(chance.choice((1, 4, 20)))


_ACCIDENTS = (_flip, _write, _number, _lie, _cut, _end, _repeat, _swap, _insert)
_OFTEN = (4, 3, 3, 4, 1, 1, 1, 1, 1)


def _repair(content: bytearray) -> None:
    """Give every page of an Ogg file the check sum that fits it. Source: RFC 3533, 6."""
    at = content.find(_OGG)
    while at >= 0 and at + _OGG_HEADER <= len(content):
        sizes = content[at + _OGG_HEADER : at + _OGG_HEADER + content[at + 26]]
        end = at + _OGG_HEADER + len(sizes) + sum(sizes)
        page = content[at:end]
        page[_CHECKSUM] = bytes(4)
        content[at + _CHECKSUM.start : at + _CHECKSUM.stop] = crc(bytes(page), _OGG_POLYNOMIAL, 32).to_bytes(
            4, "little"
        )
        at = content.find(_OGG, max(end, at + 4))
