"""Files that are two things at once, files that name others, and files that are cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.intake.errors import NotSound, OtherCodec, Soundless, Unreadable
from tests.hostile_audio.case import Case, Expected, Place, Taken, fixed
from tests.hostile_audio.headers import SECOND
from tests.hostile_audio.sounds import by_av, by_soundfile, wav
from tests.hostile_audio.texts import PLAYLISTS, naming, zipped

PAGE = b"<html><script>alert(1)</script><img src=http://127.0.0.1/x></html>"
TENTHS = range(1, 10)


def cases() -> Iterator[Case]:
    """Each with what becomes of it."""
    yield from _two_things()
    yield from _links()
    yield from _pictures()
    yield from cut_off()


def _two_things() -> Iterator[Case]:
    mp3, flac, ogg = by_soundfile("MP3", "MPEG_LAYER_III"), by_soundfile("FLAC", "PCM_16"), by_soundfile("OGG", "OPUS")
    wave = Taken(container="wav", seconds=1)
    size = len(PAGE) + len(PAGE) % 2
    chunk = b"LIST" + size.to_bytes(4, "little") + PAGE.ljust(size)
    tag, picture = _tag(PAGE), _tag(bytes(300_000))
    found: tuple[tuple[str, str, bytes, Expected], ...] = (
        ("an MP3 with a large picture in its tag", "a.mp3", picture + mp3, Taken(container="mp3", seconds=1)),
        ("a WAV with a page in it", "a.html", wav(SECOND, before=chunk), wave),
        ("a WAV with a page behind it", "a.wav", wav(SECOND) + PAGE, wave),
        ("a WAV with an archive behind it", "a.zip", wav(SECOND) + zipped("a", b"b" * 99), wave),
        ("an MP3 with an archive behind it", "a.zip", mp3 + zipped("a", b"b" * 99), Taken(container="mp3", seconds=1)),
        ("an MP3 with a page before it", "a.mp3", PAGE + mp3, NotSound),
        ("an MP3 with a page in its tag", "a.html", tag + mp3, Taken(container="mp3", seconds=1)),
        ("an MP3 that calls itself a WAV", "a.wav", mp3, Taken(container="mp3", seconds=1)),
        ("a WAV that calls itself a text", "a.txt", wav(SECOND), wave),
        ("a FLAC behind an ID3 tag", "a.mp3", tag + flac, Taken(container="flac", seconds=1)),
        ("a WAV behind an ID3 tag", "a.mp3", tag + wav(SECOND), Unreadable),
        ("a tag and nothing else", "a.mp3", tag, Unreadable),
        ("two Oggs one behind the other", "a.ogg", ogg + ogg, Taken(container="ogg", seconds=2, within=1.1)),
        ("a WAV with an MP3 in it", "a.wav", wav(mp3, tag=0x55), Taken(container="wav", seconds=1)),
        ("a FLAC that is a WAV after its first letters", "a.flac", b"fLaC" + wav(SECOND), Unreadable),
    )
    for name, file, content, expected in found:
        yield Case(name=name, file=file, content=fixed(content), expected=expected)
    for number, file in enumerate(("../../a.wav", "a\n.wav", "a\x1b[2J.wav", "a\u202evaw.exe", "-i.wav", "CON.wav ")):
        name = f"a name that would do harm, the {number + 1}th"
        yield Case(name=name, file=file, content=fixed(wav(SECOND)), expected=wave)


def _tag(body: bytes) -> bytes:
    """An ID3 tag; its length is told in four times seven bits."""
    return b"ID3\4\0\0" + bytes(len(body) >> shift & 127 for shift in (21, 14, 7, 0)) + body


def _links() -> Iterator[Case]:
    """Files that say that their sound lies elsewhere."""
    for name, make in (
        ("a file", lambda place: _referring(b"alis", b"\0\0\0\0" + _alias(place.secret))),
        ("an address", lambda place: _referring(b"url ", b"\0" * 4 + b"http://127.0.0.1:%d/a.mp4\0" % place.port)),
        ("a name", lambda place: _referring(b"urn ", b"\0" * 4 + b"urn:x\0file://%s\0" % place.secret.encode())),
    ):
        yield Case(
            name=f"an MP4 whose sound lies in {name}",
            file="a.mp4",
            content=make,
            expected=Unreadable if name == "a file" else Taken(container="mov", seconds=1),
        )
    yield Case(name="an MP4 that refers to a film", file="a.mov", content=_reference_film, expected=Unreadable)
    for name in PLAYLISTS:
        yield Case(
            name=f"a WAV that claims to be one and is {name}",
            file="a.wav",
            content=_behind(b"RIFF\0\0\0\0WAVE", naming(PLAYLISTS[name])),
            expected=Unreadable,
        )
    yield Case(
        name="a WebM with a playlist attached",
        file="a.webm",
        content=_behind(by_av("matroska", "libopus", rate=48_000), naming(PLAYLISTS["a concatenation of a file"])),
        expected=Taken(container="matroska", seconds=1, rate=48_000),
    )
    yield Case(
        name="a Matroska that goes on in another file", file="a.mkv", content=_linked_segment, expected=Unreadable
    )


def _behind(head: bytes, make: Callable[[Place], bytes]) -> Callable[[Place], bytes]:
    return lambda place: head + make(place)


def _referring(kind: bytes, body: bytes) -> bytes:
    """An M4A whose reference to itself names something else; its tables still fit itself."""
    m4a = by_av("mp4", "aac")
    at = m4a.index(b"url \0\0\0\1") - 4
    other = (8 + len(body)).to_bytes(4, "big") + kind + body
    grown = len(other) - 12
    out = m4a[:at] + other + m4a[at + 12 :]
    for box in (b"dref", b"dinf", b"minf", b"mdia", b"trak", b"moov"):
        place = out.index(box) - 4
        size = int.from_bytes(out[place : place + 4], "big") + grown
        out = out[:place] + size.to_bytes(4, "big") + out[place + 4 :]
    return out


def _alias(path: str) -> bytes:
    """As an old Macintosh points at a file. Source: libavformat/mov.c, mov_read_dref."""
    name = path.encode()
    record = bytes(10) + b"\x04disk".ljust(28, b"\0") + bytes(12) + b"\x01a".ljust(64, b"\0") + bytes(12)
    entry = (2).to_bytes(2, "big") + len(name).to_bytes(2, "big") + name + b"\0" * (len(name) % 2)
    return bytes(2) + record + (0).to_bytes(2, "big") * 2 + bytes(16) + entry + b"\xff\xff\0\0"


def _reference_film(place: Place) -> bytes:
    link = b"file://%s\0" % place.secret.encode()
    rdrf = b"rdrf\0\0\0\0url " + len(link).to_bytes(4, "big") + link
    boxes = _box(b"rmra", _box(b"rmda", (4 + len(rdrf)).to_bytes(4, "big") + rdrf))
    return _box(b"ftyp", b"qt  \0\0\0\0qt  ") + _box(b"moov", boxes)


def _box(name: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + name + body


def _linked_segment(place: Place) -> bytes:
    head = by_av("matroska", "libopus", rate=48_000)
    name = place.secret.encode()
    linked = b"\x3e\x83\xbb" + bytes([0x80 | len(name) & 127]) + name[:126]
    info = b"\x15\x49\xa9\x66" + bytes([0x40, len(linked)]) + linked
    return head[: head.index(b"\x18\x53\x80\x67")] + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" + info


def _pictures() -> Iterator[Case]:
    """The sound of a video is taken; a video without sound is not."""
    found: tuple[tuple[str, str, Callable[[], bytes], Expected], ...] = (
        (
            "an MP4 with a picture and sound",
            "mp4",
            lambda: by_av("mp4", "aac", video=True),
            Taken(container="mov", seconds=1),
        ),
        (
            "a WebM with a picture and sound",
            "webm",
            lambda: by_av("webm", "libopus", rate=48_000, video=True),
            Taken(container="matroska", seconds=1, rate=48_000),
        ),
        ("an MP4 with a picture only", "mp4", lambda: by_av("mp4", "", video=True), Soundless),
        ("a WebM with a picture only", "webm", lambda: by_av("webm", "", video=True), Soundless),
        ("a Matroska with sound of a kind not taken", "mkv", lambda: by_av("matroska", "tta"), OtherCodec),
    )
    for name, suffix, make, expected in found:
        yield Case(name=name, file=f"a.{suffix}", content=lambda place, make=make: make(), expected=expected)  # type: ignore[misc]  # bound now, for the loop goes on


def cut_off() -> Iterator[Case]:
    """Files cut at every tenth: what there is of a file that can be read from its begin is taken."""
    parts = (("movflags", "empty_moov+default_base_moof"), ("frag_duration", "100000"))
    streams = {
        "wav": by_soundfile("WAV", "PCM_16", seconds=4),
        "flac": by_soundfile("FLAC", "PCM_16", seconds=4),
        "mp3": by_av("mp3", "libmp3lame", seconds=4),
        "ogg": by_av("ogg", "libopus", seconds=4, rate=48_000, options=(("page_duration", "100000"),)),
        "mov": by_av("mp4", "aac", seconds=4, options=parts),
        "matroska": by_av("webm", "libopus", seconds=4, rate=48_000),
    }
    for key, content in streams.items():
        rate = 48_000 if key in ("ogg", "matroska") else 16_000
        for tenth in TENTHS:
            yield Case(
                name=f"{tenth} tenths of a {key} file",
                file=f"a.{key}",
                content=fixed(content[: len(content) * tenth // 10]),
                expected=Taken(container=key, seconds=4 * tenth / 10, rate=rate, within=0.7),
            )
    late = by_av("mp4", "aac")
    for tenth in TENTHS:
        name = f"{tenth} tenths of an M4A with its tables at the end"
        yield Case(name=name, file="a.m4a", content=fixed(late[: len(late) * tenth // 10]), expected=Unreadable)
