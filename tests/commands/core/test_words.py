"""How amounts, lengths of time and names of files are put."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.core.words import NAME_LIMIT, count, duration, either, excerpt, file_name, iso, listed, size


@pytest.mark.parametrize(
    ("number", "thing", "said"),
    [
        (0, "files", "0 files"),
        (1, "files", "1 file"),
        (1_200, "characters", "1,200 characters"),
        (1, "entries", "1 entry"),
        (1, "tries", "1 try"),
        (1, "acts of admins", "1 act of an admin"),
        (2, "acts of admins", "2 acts of admins"),
        (1, "messages noted", "1 message noted"),
        (2, "messages noted", "2 messages noted"),
        (1, "words of your own", "1 word of your own"),
        (2, "words of your own", "2 words of your own"),
        (1, "lines about your use", "1 line about your use"),
        (2, "lines about your use", "2 lines about your use"),
        (1, "counts of use", "1 count of use"),
        (1, "open questions", "1 open question"),
    ],
)
def test_a_count_is_one_or_many(number: int, thing: str, said: str) -> None:
    assert count(number, thing) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0.0 s"),
        (1.44, "1.4 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min"),
        (125, "2 min 5 s"),
        (3_599.7, "1 h"),
        (12_000, "3 h 20 min"),
        (90_000, "1 day 1 h"),
        (172_800, "2 days"),
        (-3, "0.0 s"),
    ],
)
def test_a_length_of_time_has_at_most_two_parts(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_000, "1 kB"),
        (12_345, "12 kB"),
        (999_600, "1 MB"),
        (1_234_567, "1.2 MB"),
        (9_960_000, "10 MB"),
        (999_900_000, "1 GB"),
        (5 * 10**12, "5 TB"),
    ],
)
def test_a_size_has_two_digits_that_matter(number: int, said: str) -> None:
    assert size(number) == said


def test_lists_end_in_and_or_or() -> None:
    assert (listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])) == ("a", "a and b", "a, b and c")
    assert (either(["a"]), either(["a", "b"]), either(["a", "b", "c"])) == ("a", "a or b", "a, b or c")


def test_times_for_programs_are_utc() -> None:
    assert iso(1_800_000_000_000) == "2027-01-15T08:00:00Z"


def test_an_excerpt_is_one_line_that_ends_between_words() -> None:
    assert excerpt("Good\n  morning.") == "Good morning."
    assert excerpt("Good morning, everybody, how are you?", 24) == "Good morning, everybody…"
    assert excerpt("x" * 100, 10) == "x" * 9 + "…"


@given(st.text())
def test_an_excerpt_is_never_longer_than_it_may_be(text: str) -> None:
    assert len(excerpt(text, 20)) <= 20
    assert "\n" not in excerpt(text, 20)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hello, I am Mynah.", "hello-i-am-mynah.wav"),
        ("I'm fine, aren\u2019t you?", "im-fine-arent-you.wav"),
        ("CON", "speech-con.wav"),
        ("aux.", "speech-aux.wav"),
        ("com¹", "speech-com1.wav"),
        ("Contact", "contact.wav"),
        ("../../etc/passwd", "etc-passwd.wav"),
        ("😀", "speech.wav"),
        ("", "speech.wav"),
        ("☺️hello", "hello.wav"),
        ("Привет, мир!", "привет-мир.wav"),
        ("नमस्ते दुनिया", "नमस्ते-दुनिया.wav"),
        ("a" * 100, "a" * 56 + ".wav"),
    ],
)
def test_a_file_is_named_after_the_first_words(text: str, name: str) -> None:
    assert file_name(text, "wav") == name


@given(st.text())
def test_a_file_name_is_safe_on_every_system(text: str) -> None:
    name = file_name(text, "wav")
    stem = name.removesuffix(".wav")
    assert stem
    assert stem != name
    assert len(name) <= NAME_LIMIT
    assert len(name.encode()) <= 255
    assert not stem.startswith("-")
    assert not re.search(r'[\x00-\x1f<>:"/\\|?*.\s]', stem)
    assert not re.fullmatch(r"con|prn|aux|nul|com\d|lpt\d", unicodedata.normalize("NFKC", stem).casefold())
    assert unicodedata.is_normalized("NFC", name)
