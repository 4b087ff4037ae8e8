"""Kinds of files, told apart by their first bytes: those that may hold a recording, and what others are called."""

from __future__ import annotations

from engine.intake.errors import Empty, NotSound
from engine.value import value

HEAD = 65_536
"""How many bytes of a file `recognise` wants to see, where it has as many."""


@value
class Container:
    """A kind of file that may hold a recording."""

    key: str
    """How it is called in what is stored, such as 'mov'."""
    name: str
    """How people call it, such as 'M4A or MP4'."""
    demuxer: str
    """FFmpeg's name for it, which is forced: what it would guess from the content does not matter."""
    suffix: str
    """What the names of such files end with, without the dot."""
    by_soundfile: bool = True
    """Whether libsndfile knows it; it is asked first, for it opens nothing that a file names."""


WAV = Container(key="wav", name="WAV", demuxer="wav", suffix="wav")
FLAC = Container(key="flac", name="FLAC", demuxer="flac", suffix="flac")
OGG = Container(key="ogg", name="Ogg", demuxer="ogg", suffix="ogg")
MP3 = Container(key="mp3", name="MP3", demuxer="mp3", suffix="mp3")
AIFF = Container(key="aiff", name="AIFF", demuxer="aiff", suffix="aiff")
AU = Container(key="au", name="AU", demuxer="au", suffix="au")
CAF = Container(key="caf", name="CAF", demuxer="caf", suffix="caf")
MOV = Container(key="mov", name="M4A or MP4", demuxer="mov", suffix="m4a", by_soundfile=False)
MATROSKA = Container(key="matroska", name="WebM or Matroska", demuxer="matroska", suffix="webm", by_soundfile=False)
AAC = Container(key="aac", name="AAC", demuxer="aac", suffix="aac", by_soundfile=False)
AMR = Container(key="amr", name="AMR", demuxer="amr", suffix="amr", by_soundfile=False)
CONTAINERS = {each.key: each for each in (WAV, FLAC, OGG, MP3, AIFF, AU, CAF, MOV, MATROSKA, AAC, AMR)}
"""Every kind that may hold a recording, by its key."""

_BEGINS = {
    b"fLaC": FLAC,
    b"OggS": OGG,
    b".snd": AU,
    b"caff": CAF,
    b"#!AMR": AMR,
    b"\x1a\x45\xdf\xa3": MATROSKA,
}
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""With which of its boxes a file of the MP4 family begins."""
_PICTURES = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis")
"""The brands of the MP4 family that are pictures."""
_CHUNKED = {
    (b"RIFF", b"WAVE"): WAV,
    (b"RF64", b"WAVE"): WAV,
    (b"FORM", b"AIFF"): AIFF,
    (b"FORM", b"AIFC"): AIFF,
}
_TEXTS = {
    b"#EXTM3U": "a playlist",
    b"ffconcat": "a playlist",
    b"[playlist]": "a playlist",
    b"v=0": "the description of a broadcast",
}
_OTHERS = {
    b"MThd": "a MIDI file, which has notes and no sound",
    b"Extended Module": "a tracker's music file",
    b"IMPM": "a tracker's music file",
    b"\x30\x26\xb2\x75": "a Windows Media file",
    b"FLV\x01": "a Flash video",
    b"\x00\x00\x01\xba": "an MPEG video of a kind that Mynah does not read",
    b"PK": "an archive",
    b"\x1f\x8b": "an archive",
    b"7z\xbc\xaf\x27\x1c": "an archive",
    b"Rar!": "an archive",
    b"\xfd7zXZ": "an archive",
    b"BZh": "an archive",
    b"\x28\xb5\x2f\xfd": "an archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"BM": "a picture",
    b"II*\x00": "a picture",
    b"MM\x00*": "a picture",
    b"%PDF": "a PDF document",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"SQLite format 3": "a database",
}
_OTHER_CHUNKED = {
    (b"RIFF", b"AVI "): "an AVI video, which Mynah does not read",
    (b"RIFF", b"WEBP"): "a picture",
    (b"RIFF", b"RMID"): "a MIDI file, which has notes and no sound",
}
_ID3 = b"ID3"
_ID3_HEADER = 10


def recognise(head: bytes) -> Container:
    """Tell by its first bytes, `HEAD` of them where there are so many, which kind of file it is.

    Its name does not count: what calls itself a .wav and is a playlist is a playlist.

    Raises:
        Empty: There are no bytes at all.
        NotSound: It is of a kind that holds no recording, or of none that is known.
    """
    if not head:
        raise Empty
    found = _chunked(head) or _begun(head) or _boxed(head) or _tagged(head) or _framed(head)
    if found is None:
        raise NotSound(what=_what(head))
    return found


def id3_length(head: bytes) -> int:
    """How long the ID3 tag is that a file begins with, in bytes; 0 where there is none. Source: id3.org, ID3v2.4."""
    if not head.startswith(_ID3) or len(head) < _ID3_HEADER or any(byte > 127 for byte in head[6:_ID3_HEADER]):
        return 0
    size = sum((byte & 127) << 7 * (3 - place) for place, byte in enumerate(head[6:_ID3_HEADER]))
    footer = _ID3_HEADER if head[5] & 0x10 else 0
    return _ID3_HEADER + size + footer


def _chunked(head: bytes) -> Container | None:
    return _CHUNKED.get((head[:4], head[8:12]))


def _begun(head: bytes) -> Container | None:
    return next((kind for magic, kind in _BEGINS.items() if head.startswith(magic)), None)


def _boxed(head: bytes) -> Container | None:
    if head[4:8] not in _BOXES or (head[4:8] == b"ftyp" and head[8:12] in _PICTURES):
        return None
    return MOV


def _tagged(head: bytes) -> Container | None:
    """What stands behind an ID3 tag: an MP3 file, unless it is clearly another."""
    if not (length := id3_length(head)):
        return None
    behind = head[length : length + 4]
    return FLAC if behind == b"fLaC" else _framed(behind) or MP3


def _framed(head: bytes) -> Container | None:
    """MP3 and AAC files without a tag begin with a frame. Sources: ISO/IEC 11172-3, 2.4.1.3; 13818-7, 6.2."""
    if len(head) < 4 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:
        return AAC if (head[2] >> 2 & 15) < 13 else None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    known = head[1] & 0xE0 == 0xE0 and version != 1 and layer in (1, 2)
    return MP3 if known and head[2] >> 4 != 15 and head[2] >> 2 & 3 != 3 else None


def _what(head: bytes) -> str:
    """Call what is no recording by its name."""
    if named := _OTHER_CHUNKED.get((head[:4], head[8:12])):
        return named
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    for begun, kinds in ((text, _TEXTS), (head, _OTHERS)):
        for magic, name in kinds.items():
            if begun.startswith(magic):
                return name
    if head[4:8] == b"ftyp":
        return "a picture"
    return "a text" if _is_text(head) else "a kind of file that Mynah does not know"


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    try:
        letters = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if "unexpected end" not in error.reason:  # else the head ends within a letter
            return False
        letters = head[: error.start].decode("utf-8")
    return letters != "" and all(letter.isprintable() or letter in "\t\r\n\f" for letter in letters)
