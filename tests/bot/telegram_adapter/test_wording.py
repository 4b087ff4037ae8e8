"""How what commands say is put for a chat."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram_adapter.wording import parts, said, typed, units
from commands.core.command import commands
from commands.core.reply import Action

EVERY = commands()


@pytest.mark.parametrize(
    ("text", "put"),
    [
        ("/quota show tells what is left.", "/quota_show tells what is left."),
        ("See /jobs list, then /jobs show job=3.", "See /jobs_list, then /jobs_show job=3."),
        ("Put some words behind /speak.", "Put some words behind /speak."),
        ("a/quota show", "a/quota show"),
        ("Ask @ada or ada@example.org", "Ask @\u200bada or ada@\u200bexample.org"),
        ("5 @ 3", "5 @ 3"),
        ("<b>*as it is*</b>", "<b>*as it is*</b>"),
    ],
)
def test_commands_are_named_as_they_are_typed_here_and_nobody_is_called(text: str, put: str) -> None:
    assert said(text, EVERY) == put


def test_an_action_without_a_button_is_a_line_to_type() -> None:
    action = Action(label="Try it", command="lexicon try", values={"text": "a word", "language": "en"})
    assert typed(action, EVERY) == "Try it: /lexicon_try language=en a word"
    named = Action(label="Mine", command="voices default", values={"name": "old anna"})
    assert typed(named, EVERY) == 'Mine: /voices_default name="old anna"'


def test_what_is_only_handy_is_no_line() -> None:
    assert typed(Action(label="Again", command="history again", values={"job": 3}, handy=True), EVERY) == ""


def test_a_long_text_is_cut_between_lines_before_words() -> None:
    assert parts("one two\nthree four", 12) == ["one two", "three four"]
    assert parts("one two three", 8) == ["one two", "three"]
    assert parts("onetwothree", 4) == ["onet", "woth", "ree"]
    assert parts("") == []


@given(st.text(), st.integers(4, 50))
def test_no_part_is_too_long_and_no_word_is_lost(text: str, most: int) -> None:
    cut = parts(text, most)
    assert all(units(each) <= most for each in cut)
    kept = "".join("".join(cut).split())
    assert kept == "".join(text.split())


def test_what_lies_beyond_the_basic_plane_counts_twice() -> None:
    assert units("a\U0001f600") == 3
