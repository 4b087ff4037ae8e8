"""How long a text should take."""

from __future__ import annotations

import pytest

from engine.selfcheck.pace import LETTER, letters, seconds


def test_twice_the_letters_take_twice_as_long() -> None:
    assert seconds("Guten Morgen!", "de") * 2 == pytest.approx(seconds("Guten Morgen, guten Morgen.", "de"))


def test_a_region_does_not_matter() -> None:
    assert seconds("Hello", "en-GB") == seconds("Hello", "en") == 5 * LETTER["en"]
    assert seconds("你好", "cmn") == seconds("你好", "zh-cn") == 2 * LETTER["zh"]


def test_nobody_knows_how_long_an_unknown_language_takes() -> None:
    assert seconds("Tere hommikust", "et") == 0


def test_a_digit_takes_as_long_as_a_word() -> None:
    assert seconds("7", "en") == pytest.approx(seconds("nine", "en"))
    assert seconds("7", "zh") == seconds("七", "zh")


def test_a_latin_word_in_a_chinese_text_takes_no_longer_than_elsewhere() -> None:
    assert seconds("Berlin", "zh") < 2 * seconds("Berlin", "en") < seconds("柏林柏林柏林", "zh")


def test_a_chinese_character_counts_for_two_kana() -> None:
    assert seconds("水", "ja") == seconds("みず", "ja")


def test_signs_of_vowels_are_letters_and_punctuation_is_none() -> None:
    assert letters("हर सुबह, 7!") == len("हरसुबह")
