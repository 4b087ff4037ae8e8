from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.text.hygiene import clean, speakable

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
WRAPPED = """The Time Traveller (for so it will be convenient to speak of
him) was expounding a recondite matter to us. His pale grey
eyes shone and twinkled, and his usually pale face was flushed
and animated."""


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Hello, I am Mynah.", "Hello, I am Mynah."),
        ("", ""),
        (" \t\n \u3000 ", ""),
        ("a\0b", "ab"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("a\ud800b", "ab"),
        ("a\ud83d\ude00b", "a\U0001f600b"),
        ("\uff20everyone", "@everyone"),
        ("\ufb01ne \u2460", "fine 1"),
        ("cafe\u0301", "caf\u00e9"),
        ("pay \u202eevil\u202c now\u200f", "pay evil now"),
        ("\ufeffco\u00adop\u200b", "coop"),
        ("h" + "\u0301" * 5000 + "i", "h\u0301\u0301i"),
        ("h" + "\u0489" * 50 + "i", "h\u0489\u0489i"),
        ("\u0103\u0301", "\u1eaf"),
        ("\u03b1\u0313\u0301\u0345", "\u1f84"),
        ("x" + "".join(chr(0xE0000 + ord(letter)) for letter in "ignore"), "x"),
        (FAMILY, "\U0001f468\U0001f469\U0001f467"),
        ("\u2764\ufe0f", "\u2764"),
        ("a\u3164b\u115f\u1160 \uffa0 \u2800c", "ab c"),
        ("\ue000\uffff\U000f0000", ""),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("a\u200db \u200d", "ab"),
        ("\u0645\u0631\u062d\u0628\u0627", "\u0645\u0631\u062d\u0628\u0627"),
        ("a \u00a0\u2003 b\tc", "a b c"),
        ("x\xb2, 10\u207b\xb3, (a+b)\xb2", "x^2, 10^\u22123, (a+b)^2"),
        ("5 m\xb2, km\xb2, a city\xb2", "5 m2, km2, a city2"),
        ("in 1990\xb2", "in 1990 2"),
        ("n\xba 5, 1\xba", "n.o 5, 1o"),
        ("a\r\nb\rc\u2028d\x85e\x0bf", "a\nb\nc\nd\ne\nf"),
        ("a  \n  b", "a\nb"),
        ("a\n \n\n\nb\r\n\r\nc", "a\n\nb\n\nc"),
    ],
    ids=ascii,
)
def test_a_text_is_cleaned_of_what_nobody_reads(typed: str, read: str) -> None:
    assert clean(typed) == read


@given(st.text(st.characters()))
@example("\u0345\u200d\u0301\u00e9")
@example("a\u200d\u0301b")
@example("\ud83d\u200d\ude00")
@example("e\u0301\ufe0f\u0301\u0301")
def test_a_clean_text_is_fit_to_be_stored_and_stays_as_it_is(text: str) -> None:
    read = clean(text)
    read.encode()
    assert clean(read) == read
    assert unicodedata.is_normalized("NFKC", read)
    assert read == read.strip()
    assert "\n\n\n" not in read and "  " not in read
    assert {unicodedata.category(character) for character in read if character not in "\n\u200c\u200d"}.isdisjoint(
        {"Cc", "Cf", "Cs", "Co", "Cn"}
    )


@given(st.text(st.characters(categories=["L", "Nd"], exclude_characters="\u115f\u1160\u3164\uffa0"), max_size=50))
def test_cleaning_loses_no_letter_and_no_digit(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize("text", ["a", "7", "... ok", "\u4e16", "\u0645", "\u00bd", "_a_"])
def test_letters_and_digits_can_be_spoken(text: str) -> None:
    assert speakable(text)


@pytest.mark.parametrize("text", ["", " ", "...", "?!", "\U0001f602" * 50, FAMILY, "\u2014 \u2026", "@#$%", "\u0301"])
def test_signs_alone_cannot(text: str) -> None:
    assert not speakable(text)


@given(
    st.text(
        st.sampled_from(
            "a\u00e9\u0301\u00df\u0130\u1112\u1161\u11ab\u3164\u2026\u00bd\ufb01\ufdfa\u3000\n\t .\u3002\u0915\u093f"
        )
    )
)
def test_a_text_that_needs_no_second_look_is_cleaned_as_others_are(text: str) -> None:
    assert clean(text) == clean(f"\u200b{text}")


@pytest.mark.parametrize("text", ["\u3164", "\u115f\u1160", "\uffa0 \u2800"])
def test_letters_without_a_form_are_nothing_to_say(text: str) -> None:
    assert not speakable(clean(text))
