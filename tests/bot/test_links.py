"""Links to files: good for a while, for that file only, and signed by this folder alone."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.links import Links
from commands.core.reply import FileRef
from storage.clock import HOUR, SECOND, SetClock

KEY = bytes(range(32))
FILE = FileRef(id=12, name="hello.wav", path="generations/12.wav", format="wav", bytes=9_000)


@pytest.fixture
def links(clock: SetClock) -> Links:
    return Links(lambda: KEY, "https://mynah.example.org/", 24, clock)


def parts(path: str) -> tuple[str, str]:
    """The time and the signature of a link."""
    asked = parse_qs(urlsplit(path).query)
    return asked["until"][0], asked["sig"][0]


def test_a_link_is_good_for_its_file_until_its_time_is_over(links: Links, clock: SetClock) -> None:
    until, sig = parts(links.path(12))
    assert links.is_good(12, until, sig)
    clock.turn(24 * HOUR - SECOND)
    assert links.is_good(12, until, sig)
    clock.turn(SECOND)
    assert not links.is_good(12, until, sig)


def test_a_link_that_was_changed_is_no_good(links: Links, clock: SetClock) -> None:
    until, sig = parts(links.path(12))
    assert not links.is_good(13, until, sig)
    assert not links.is_good(12, str(int(until) + 1), sig)
    changed = [sig[:-1], sig + "0", sig.upper(), "", "é", sig[::-1]]
    assert not any(links.is_good(12, until, each) for each in changed)
    for odd in ("", "-1", "1e9", "٣", "9" * 400, until + " "):
        assert not links.is_good(12, odd, sig)


def test_another_folder_signs_otherwise(links: Links, clock: SetClock) -> None:
    other = Links(lambda: bytes(32), "https://mynah.example.org", 24, clock)
    assert not links.is_good(12, *parts(other.path(12)))


def test_a_chat_is_told_the_whole_address(links: Links) -> None:
    told = links.to(FILE)
    assert re.fullmatch(
        r"For 1 day it is here: https://mynah\.example\.org/api/v1/files/audio/12\?until=\d+&sig=\w+", told
    )


def test_without_an_address_for_others_there_is_no_link(clock: SetClock) -> None:
    assert Links(lambda: KEY, "", 24, clock).to(FILE) == ""


def test_what_is_no_file_of_ours_has_no_link(links: Links) -> None:
    made = FileRef(id=0, name="part.mp3", path="/tmp/part.mp3", format="mp3", bytes=9)
    assert links.to(made) == ""
