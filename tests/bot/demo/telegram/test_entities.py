"""Commands and mentions in a text."""

from __future__ import annotations

import pytest

from bot.demo.telegram.entities import entities, marked


def test_a_command_is_found_at_the_start_and_inside() -> None:
    assert entities("/speak hello and /help") == [
        {"type": "bot_command", "offset": 0, "length": 6},
        {"type": "bot_command", "offset": 17, "length": 5},
    ]


def test_a_command_takes_the_name_of_its_bot_along() -> None:
    assert list(marked("/speak@mynah_bot hi @ada_l", "bot_command")) == ["/speak@mynah_bot"]
    assert list(marked("/speak@mynah_bot hi @ada_l", "mention")) == ["@ada_l"]


def test_places_count_as_utf_16_does() -> None:
    assert entities("🦜🦜 /speak")[0]["offset"] == 5


@pytest.mark.parametrize("text", ["a/b", "http://example.org/speak", "//", "me@example.org", "@me"])
def test_what_only_looks_like_it_is_none(text: str) -> None:
    assert entities(text) == []
