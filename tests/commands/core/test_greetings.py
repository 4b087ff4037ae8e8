"""What a voice says of itself."""

from __future__ import annotations

from commands.core.greetings import GREETINGS, greeting
from engine.text.hygiene import clean, speakable


def test_a_greeting_is_found_by_the_first_part_of_a_tag() -> None:
    assert greeting("pt-br", "Portuguese (Brazil)") == greeting("PT", "") == GREETINGS["pt"]


def test_where_no_greeting_is_known_the_voice_says_its_title() -> None:
    assert greeting("tlh", "Klingon") == "Klingon"


def test_every_greeting_can_be_read_aloud_as_it_stands() -> None:
    for language, text in GREETINGS.items():
        assert speakable(text), language
        assert len(clean(text)) <= 60, language
