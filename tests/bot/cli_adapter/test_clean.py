"""Nothing that others wrote can make the terminal do something."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.cli_adapter.clean import one_line, printable


def test_escapes_and_controls_are_replaced() -> None:
    assert printable("\x1b[2Jgone\x07\x9b31m\x7f\r!") == "\ufffd[2Jgone\ufffd\ufffd31m\ufffd\ufffd!"


def test_line_breaks_tabs_and_every_script_stay() -> None:
    text = "Grüße,\n\t日本語 — 你好 👩\u200d🚀"
    assert printable(text) == text


def test_marks_that_turn_the_direction_go() -> None:
    assert printable("safe\u202egnp.exe\u2066") == "safegnp.exe"


def test_lone_surrogates_are_replaced() -> None:
    assert printable("a\ud800b") == "a\ufffdb"


@given(st.text(st.characters()))
def test_what_is_printable_can_always_be_written(text: str) -> None:
    shown = printable(text)
    shown.encode("utf-8")
    assert not [c for c in shown if unicodedata.category(c) == "Cc" and c not in "\n\t"]


@given(st.text(), st.integers(min_value=2, max_value=80))
def test_one_line_is_one_short_line(text: str, width: int) -> None:
    line = one_line(text, width)
    assert len(line) <= width
    assert "\n" not in line
