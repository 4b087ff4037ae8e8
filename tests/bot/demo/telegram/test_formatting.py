"""HTML in what a bot sends."""

from __future__ import annotations

import pytest

from bot.demo.telegram.formatting import formatted
from bot.demo.telegram.refusal import Refused


def test_tags_become_entities() -> None:
    text, marks = formatted('🦜 <b>Hello</b> <a href="https://example.org">there</a> &amp; <i><u>you</u></i>', "HTML")
    assert text == "🦜 Hello there & you"
    assert marks[0] == {"type": "bold", "offset": 3, "length": 5}
    assert marks[1] == {"type": "text_link", "offset": 9, "length": 5, "url": "https://example.org"}
    assert sorted(str(each["type"]) for each in marks[2:]) == ["italic", "underline"]


def test_without_a_mode_the_text_stays() -> None:
    assert formatted("<b>Hello", "") == ("<b>Hello", [])


@pytest.mark.parametrize("text", ["<h1>Hello</h1>", "<b>Hello", "Hello</b>", "<b><i>Hello</b></i>"])
def test_what_is_not_well_formed_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="can't parse entities"):
        formatted(text, "HTML")


def test_another_mode_is_said_to_be_unknown() -> None:
    with pytest.raises(Refused, match="no MarkdownV2"):
        formatted("*Hello*", "MarkdownV2")
