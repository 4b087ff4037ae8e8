from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.encoding.tags import LONGEST, MARK, Tags, one_line
from engine.encoding.wav import info_chunk
from engine.licence import CPML


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Hello, world", "Hello, world"),
        ("  two\n\n lines\t", "two lines"),
        ("a\0b\x07c", "abc"),
        ("left\u202eright\u2066", "leftright"),
        ("\u2028", ""),
        ("family 👩‍👩‍👧", "family 👩‍👩‍👧"),
        ("half \ud83d", "half"),
        ("می‌خواهم", "می‌خواهم"),
        ("x" * LONGEST, "x" * LONGEST),
        ("x" * 10_000, "x" * (LONGEST - 1) + "…"),
        ("word " * 100, ("word " * 24).strip()[: LONGEST - 1] + "…"),
    ],
)
def test_a_text_becomes_one_line(text: str, line: str) -> None:
    assert one_line(text) == line


@given(st.text(st.characters(codec=None), max_size=400))
def test_any_text_becomes_a_harmless_line(text: str) -> None:
    line = one_line(text)
    line.encode("utf-8")
    assert len(line) <= LONGEST
    assert line == " ".join(line.split())
    assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert one_line(line) == line


def test_a_huge_text_is_not_read_whole() -> None:
    begin = time.process_time()
    one_line("\u202e" * 50_000_000)
    assert time.process_time() - begin < 1


def test_empty_tags_are_left_out_and_the_mark_never_is() -> None:
    assert Tags(title="", voice="\n").fields() == {"comment": MARK}


def test_what_a_licence_forbids_stands_behind_the_mark() -> None:
    comment = Tags(title="", voice="", licence=CPML).fields()["comment"]
    assert comment == f"{MARK}. Coqui Public Model License: not for commercial use ({CPML})"
    assert Tags(title="", voice="", licence="MIT").fields() == {"comment": MARK}
    assert len(comment) <= LONGEST, "so that it is whole when a file is made another kind of file"


def test_what_a_person_has_spoken_is_not_called_generated() -> None:
    assert Tags(title="A recording", voice="", comment="").fields() == {"title": "A recording"}


@given(st.text(max_size=50), st.text(max_size=50))
def test_the_chunk_of_a_wav_file_holds_every_tag(title: str, voice: str) -> None:
    tags = Tags(title=title, voice=voice)
    chunk = info_chunk(tags)
    assert chunk[:4] + chunk[8:12] == b"LISTINFO"
    assert int.from_bytes(chunk[4:8], "little") == len(chunk) - 8
    assert len(chunk) % 2 == 0
    found, at = {}, 12
    while at < len(chunk):
        size = int.from_bytes(chunk[at + 4 : at + 8], "little")
        found[chunk[at : at + 4]] = chunk[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    assert all(value.endswith(b"\0") for value in found.values())
    names = {"title": b"INAM", "artist": b"IART", "comment": b"ICMT"}
    assert {name: found[names[name]][:-1].decode() for name in tags.fields()} == tags.fields()
