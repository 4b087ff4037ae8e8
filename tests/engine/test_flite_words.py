from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.flite_words import LONGEST, MOST, phrases, words


def said(text: str) -> str:
    """What flite gets, as one text."""
    return " ".join((token.text + token.after).decode() for word in words(text) for token in word.tokens)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, world! Is it you?", "Hello, world! Is it you?"),
        ("I don't know; they'll see.", "I don't know; they'll see."),
        ("It cost $3.50, or 1,000,000 at 10:30.", "It cost $3.50, or 1,000,000 at 10:30."),
        ("In the 1990s, on the 3rd, 50% came.", "In the 1990s, on the 3rd, 50% came."),
        ("The U.S.A. won", "The U.S.A won"),
        ("a well-known state-of-the-art case", "a well known state of the art case"),
        ("yes - no", "yes, no"),
        ("yes\u2014no", "yes, no"),
        ("Really?! Well\u2026", "Really? Well."),
        ("Na\u00efve \u00c9lodie of \u0141\u00f3d\u017a", "Naive Elodie of Lodz"),
        ("Stra\u00dfe, e\u0301te\u0301", "Strasse, ete"),
        ("O\u2019Brien\u2019s", "O'Brien's"),
        ("a@b.com & c", "a at b com and c"),
        ("\u20ac5", "euros 5"),
        (
            "He said \u0393\u03bd\u1ff6\u03b8\u03b9 \u03c3\u03b5\u03b1\u03c5\u03c4\u03cc\u03bd loudly",
            "He said Greek loudly",
        ),
        ("\u65e5\u672c\u8a9e \u043c\u0438\u0440", "Chinese Cyrillic"),
        ("fun \U0001f602\U0001f602\U0001f602 here", "fun face with tears of joy here"),
        ("\u0663\u0664", "34"),
        ("12345678901234", "123456789012 34"),
        ("", ""),
        (" \x01\ud800\u0301 '\"*_ ", ""),
    ],
)
def test_a_text_becomes_words_that_flite_knows(text: str, expected: str) -> None:
    assert said(text) == expected


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("aZ'09.,:$%- \u2019\u00e9\u0301!?"))))
def test_whatever_comes_flite_gets_short_runs_of_letters_and_digits_in_order(text: str) -> None:
    last = 0
    for word in words(text):
        assert last <= word.begin < word.until <= len(text)
        last = word.until
        assert word.tokens
        for token in word.tokens:
            assert 0 < len(token.text) <= LONGEST + 25
            assert token.text.decode("ascii").translate(str.maketrans("", "", "',.:$%")).isalnum()
            assert token.after in (b"", b".", b"?", b"!", b",", b":", b";")


@given(st.text(alphabet="ab .,?!"))
def test_phrases_are_all_the_words_and_none_is_long(text: str) -> None:
    cut = list(phrases(text))
    assert [word for phrase in cut for word in phrase] == list(words(text))
    assert all(0 < len(phrase) <= MOST for phrase in cut)


def test_a_phrase_ends_with_a_sentence_or_when_it_is_long() -> None:
    assert [len(phrase) for phrase in phrases("One two. Three? Four.")] == [2, 1, 1]
    assert [len(phrase) for phrase in phrases("word " * 100)] == [40, 40, 20]
    assert [len(phrase) for phrase in phrases("123456789012 " * 10)] == [4, 4, 2]
    assert [len(phrase) for phrase in phrases("q" * 100 + " " + "z" * 100 + " " + "x" * 100 + " y")] == [3 + 1]
    assert [len(phrase) for phrase in phrases("a b c, " * 20)] == [27, 27, 6]


@pytest.mark.parametrize(
    "part", ["'", "a'", "9", "9,", "9.", "a.", ".", "h\u0301", "\u65e5", "\U0001f602", "$", "\ufdfa"]
)
def test_a_long_text_takes_time_by_its_length_only(part: str) -> None:
    began = time.perf_counter()
    sum(1 for _ in words(part * 50_000))
    assert time.perf_counter() - began < 5
