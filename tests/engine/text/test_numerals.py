from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.numerals import MOST, Numerals, numerals, roman


def of(language: str, region: str = "") -> Numerals:
    found = numerals(language, region)
    assert found is not None
    return found


def test_a_number_is_said_by_the_rules_of_its_language_and_region() -> None:
    assert of("en").say(21) == "twenty-one"
    assert of("en").say(21, "spellout-ordinal") == "twenty-first"
    assert of("fr").say(91) == "quatre-vingt-onze"
    assert of("fr", "ch").say(91) == "nonante-et-un"
    assert of("cmn").say(5) == "\u4e94"


def test_a_language_that_the_rules_know_as_its_kin_has_its_words() -> None:
    assert of("nb").say(21) == "tjueén"
    assert of("en", "001").say(21) == "twenty-one"


def test_words_have_no_soft_hyphens() -> None:
    assert of("de").say(1984) == "eintausendneunhundertvierundachtzig"


@pytest.mark.parametrize(("number", "rule"), [(-1, ""), (MOST + 1, ""), (1, "spellout-nothing")])
def test_what_has_no_words_is_refused(number: int, rule: str) -> None:
    with pytest.raises(LookupError):
        of("en").say(number, rule)


def test_the_decimal_mark_has_its_word() -> None:
    assert {tag: of(tag).point for tag in ("en", "de", "fr", "tr")} == {
        "en": "point",
        "de": "Komma",
        "fr": "virgule",
        "tr": "virg\u00fcl",
    }


def test_an_unknown_language_has_no_numerals() -> None:
    assert numerals("xx") is None


@pytest.mark.parametrize(
    ("written", "value"),
    [("I", 1), ("IV", 4), ("XIX", 19), ("MCMLXXXIV", 1984), ("MMMCMXCIX", 3999)],
)
def test_a_roman_numeral_is_read(written: str, value: int) -> None:
    assert roman(written) == value


@pytest.mark.parametrize("written", ["", "IIII", "IIX", "VX", "iv", "MIXX", "I" * 50, "A"])
def test_letters_that_are_no_roman_numeral_are_none(written: str) -> None:
    assert roman(written) is None


@given(st.integers(0, MOST), st.sampled_from(["en", "de", "fr", "pl", "ru", "zh"]))
def test_every_number_has_words_without_digits(number: int, language: str) -> None:
    words = of(language).say(number)
    assert words.strip()
    assert not any(character.isdigit() and character.isascii() for character in words)
