"""Playlists and other texts that make a careless decoder open a file or an address, under the names of sound."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator

from engine.intake.errors import NotSound
from tests.hostile_audio.case import Case, Place, fixed

SOUNDS = ("wav", "mp3", "ogg", "flac", "m4a", "webm")

PLAYLISTS = {
    "an HLS playlist of a file": "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nfile://{secret}\n#EXT-X-ENDLIST\n",
    "an HLS playlist of an address": "#EXTM3U\n#EXTINF:10.0,\nhttp://127.0.0.1:{port}/segment.ts\n#EXT-X-ENDLIST\n",
    "a concatenation of a file": "ffconcat version 1.0\nfile '{secret}'\n",
    "a concatenation of an address": "ffconcat version 1.0\nfile http://127.0.0.1:{port}/part.wav\n",
    "a broadcast's description": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=audio {port} RTP/AVP 0\n",
}
OTHERS = {
    "an M3U without its first line": "{secret}\nhttp://127.0.0.1:{port}/a.mp3\n",
    "an M3U with a byte order mark": "\ufeff#EXTM3U\n{secret}\n",
    "an M3U behind empty lines": "\n\n   \n#EXTM3U\n{secret}\n",
    "an HLS playlist with a key": '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="http://127.0.0.1:{port}/key"\n'
    "#EXTINF:1,\nfile://{secret}\n",
    "an HLS master playlist": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://127.0.0.1:{port}/other.m3u8\n",
    "a PLS": "[playlist]\nFile1={secret}\nFile2=http://127.0.0.1:{port}/a.mp3\nNumberOfEntries=2\n",
    "a DASH manifest": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
    '<AdaptationSet mimeType="audio/mp4"><Representation id="1"><BaseURL>http://127.0.0.1:{port}/a.mp4</BaseURL>'
    "</Representation></AdaptationSet></Period></MPD>",
    "an XSPF": '<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track>'
    "<location>file://{secret}</location></track></trackList></playlist>",
    "an ASX": '<asx version="3.0"><entry><ref href="http://127.0.0.1:{port}/a.wma"/></entry></asx>',
    "a SMIL": '<smil><body><audio src="http://127.0.0.1:{port}/a.mp3"/></body></smil>',
    "a cue sheet": 'FILE "{secret}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n',
    "an entity in XML": '<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]><x>&e;</x>',
    "a QuickTime link": "RTSPtext\nrtsp://127.0.0.1:{port}/a.mov\n",
    "an address": "http://127.0.0.1:{port}/a.wav",
    "an FFmpeg protocol": "concat:{secret}|{secret}",
    "a subtitle file": "1\n00:00:00,000 --> 00:00:01,000\n{secret}\n",
    "an SVG": '<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:{port}/a.png"/></svg>',
    "a filter graph": "amovie={secret}",
}


def cases() -> Iterator[Case]:
    """Every text under the names of sound, and files that are no texts and no sound either."""
    for name, text in PLAYLISTS.items():
        for suffix in SOUNDS:
            yield Case(name=f"{name} as {suffix}", file=f"a.{suffix}", content=naming(text), expected=NotSound)
    for number, (name, text) in enumerate(OTHERS.items()):
        suffix = SOUNDS[number % len(SOUNDS)]
        yield Case(name=f"{name} as {suffix}", file=f"a.{suffix}", content=naming(text), expected=NotSound)
    for name, content in _no_texts().items():
        yield Case(name=name, file="a.wav", content=fixed(content), expected=NotSound)


def naming(text: str) -> Callable[[Place], bytes]:
    """A text with a path and an address in it."""
    return lambda place: text.replace("{secret}", place.secret).replace("{port}", str(place.port)).encode()


def zipped(name: str, content: bytes) -> bytes:
    """An archive with one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def _no_texts() -> dict[str, bytes]:
    module = b"A tracker's song".ljust(1080, b"\0") + b"M.K." + bytes(2000)
    return {
        "an archive": zipped("../../etc/passwd", b"root"),
        "an archive in archives": zipped("b.zip", zipped("a.zip", bytes(100_000))),
        "a gzip of ten million zeros": gzip.compress(bytes(10_000_000)),
        "a gzip of a gzip": gzip.compress(gzip.compress(bytes(1_000_000))),
        "a PNG": b"\x89PNG\r\n\x1a\n" + bytes(200),
        "a JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(200),
        "a GIF": b"GIF89a" + bytes(200),
        "a WebP, which is a RIFF file too": b"RIFF\x24\0\0\0WEBPVP8 " + bytes(100),
        "an HEIC, which is an MP4 file too": b"\0\0\0\x18ftypheic" + bytes(100),
        "a PDF": b"%PDF-1.7\n" + bytes(100),
        "a MIDI": b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk" + bytes(20),
        "a MIDI in a RIFF file": b"RIFF\x30\0\0\0RMIDdata" + bytes(60),
        "an AVI": b"RIFF\x30\0\0\0AVI LIST" + bytes(60),
        "a Windows Media file": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(100),
        "a tracker's module": module,
        "an FLV": b"FLV\x01\x05\0\0\0\x09" + bytes(100),
        "an MPEG program stream": b"\0\0\x01\xba" + bytes(100),
        "a transport stream": (b"\x47" + bytes(187)) * 10,
        "a program": b"\x7fELF\x02\x01\x01" + bytes(100),
        "a database": b"SQLite format 3\0" + bytes(100),
        "zeros": bytes(100_000),
        "one byte": b"\x00",
        "a letter": b"R",
        "four letters": b"RIFF",
        "noise": bytes((number * 97 + 13) % 251 for number in range(5_000)),
        "a text in UTF-16": "\ufeff#EXTM3U\nfile:///etc/passwd\n".encode("utf-16-le"),
        "a text of a megabyte": b"la " * 350_000,
        "raw samples": b"\x01\x80" * 8_000,
    }
