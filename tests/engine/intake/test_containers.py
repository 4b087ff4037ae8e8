"""Files are told apart by their bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.intake.containers import CONTAINERS, FLAC, MP3, id3_length, recognise
from engine.intake.errors import Empty, NotSound
from tests.hostile_audio.sounds import by_av, by_soundfile


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (by_soundfile("WAV", "PCM_16"), "wav"),
        (by_soundfile("RF64", "PCM_16"), "wav"),
        (by_soundfile("FLAC", "PCM_16"), "flac"),
        (by_soundfile("OGG", "VORBIS"), "ogg"),
        (by_soundfile("MP3", "MPEG_LAYER_III"), "mp3"),
        (by_av("mp3", "libmp3lame"), "mp3"),
        (by_soundfile("AIFF", "PCM_16"), "aiff"),
        (by_soundfile("AU", "PCM_16"), "au"),
        (by_soundfile("CAF", "PCM_16"), "caf"),
        (by_av("mp4", "aac"), "mov"),
        (by_av("mov", "pcm_s16le"), "mov"),
        (by_av("webm", "libopus", rate=48_000), "matroska"),
        (by_av("adts", "aac"), "aac"),
        (by_av("amr", "libopencore_amrnb", rate=8_000), "amr"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_each_kind_is_known_by_its_first_bytes(content: bytes, key: str) -> None:
    assert recognise(content) is CONTAINERS[key]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"#EXTM3U\n", "a playlist"),
        (b"\xef\xbb\xbf\n #EXTM3U\n", "a playlist"),
        (b"ffconcat version 1.0", "a playlist"),
        (b"v=0\r\no=-", "the description of a broadcast"),
        (b"PK\3\4", "an archive"),
        (b"MThd\0\0", "a MIDI file, which has notes and no sound"),
        (b"RIFF\0\0\0\0AVI LIST", "an AVI video, which Mynah does not read"),
        (b"\0\0\0\x18ftypavif", "a picture"),
        ("Grüße".encode(), "a text"),
        ("ü".encode()[:1] + b"x", "a kind of file that Mynah does not know"),
        ("a line\n".encode("utf-16"), "a text"),
        (b"\0\0\0\0", "a kind of file that Mynah does not know"),
    ],
)
def test_what_holds_no_sound_is_called_by_its_name(head: bytes, name: str) -> None:
    with pytest.raises(NotSound, match=f"That is {name}, not a recording"):
        recognise(head)


def test_no_bytes_are_empty() -> None:
    with pytest.raises(Empty):
        recognise(b"")


def test_what_stands_behind_a_tag_counts() -> None:
    tag = b"ID3\4\0\0\0\0\1\2" + bytes(130)
    assert id3_length(tag) == len(tag)
    assert recognise(tag + b"fLaC") is FLAC
    assert recognise(tag + b"\xff\xfb\x90\x00") is MP3


def test_a_tag_with_a_footer_is_ten_bytes_longer() -> None:
    assert id3_length(b"ID3\4\0\x10\0\0\0\5") == 25


def test_a_tag_whose_size_is_none_is_no_tag() -> None:
    assert id3_length(b"ID3\4\0\0\xff\0\0\0") == 0


@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_are_something_or_refused(head: bytes) -> None:
    try:
        found = recognise(head)
    except NotSound as refusal:
        assert str(refusal).startswith("That is ")
    else:
        assert found in CONTAINERS.values()
