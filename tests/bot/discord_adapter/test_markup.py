"""Text as Discord shows it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_adapter.markup import MESSAGE_LENGTH, pieces, plain


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("It is next, done in about 1 s.", "It is next, done in about 1 s."),
        ("*bold* _it_ ~~no~~ `code` ||spoiler||", r"\*bold\* \_it\_ \~\~no\~\~ \`code\` \|\|spoiler\|\|"),
        ("<@1> <#2> <:smile:3> <t:4> @here", r"\<\@1> \<#2> \<:smile:3> \<t:4> \@here"),
        ("[here](https://example.org)", r"\[here](https://example.org)"),
        ("# head\n> quote\n- item\n12. item\n-# small", "\\# head\n\\> quote\n\\- item\n12\\. item\n\\-# small"),
        ("a > b, 3.5 - 1 = #2", "a > b, 3.5 - 1 = #2"),
        ("back\\slash", "back\\\\slash"),
        ("", ""),
    ],
)
def test_every_character_stands_for_itself(text: str, written: str) -> None:
    assert plain(text) == written


@given(st.text())
def test_discord_takes_the_backslashes_away_again(text: str) -> None:
    assert re.sub(r"\\([^0-9A-Za-z\s])", r"\1", plain(text)) == text


@given(st.text(alphabet="ab *\n\\<", min_size=0, max_size=300), st.integers(5, 40))
def test_pieces_are_short_enough_and_lose_no_word(text: str, most: int) -> None:
    written = plain(text)
    cut = pieces(written, most)
    assert all(len(each) <= most for each in cut)
    assert "".join("".join(cut).split()) == "".join(written.split())
    assert not any(re.search(r"(?<!\\)(?:\\\\)*\\\Z", each) for each in cut[:-1])


def test_a_long_text_is_cut_at_the_ends_of_lines() -> None:
    lines = "\n".join("x" * 90 for _ in range(50))
    cut = pieces(lines)
    assert "\n".join(cut) == lines and all(len(each) <= MESSAGE_LENGTH for each in cut)
    assert [len(each) for each in pieces("x" * 4_500)] == [2_000, 2_000, 500]
