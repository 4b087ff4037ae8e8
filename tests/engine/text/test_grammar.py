from __future__ import annotations

import pkgutil

import pytest

from engine.text import languages
from engine.text.grammar import Grammar, Money, Number, grammar, known, region

FILES = [module.name for module in pkgutil.iter_modules(languages.__path__)]


@pytest.mark.parametrize("tag", FILES)
def test_a_file_in_the_folder_is_a_language(tag: str) -> None:
    found = grammar(tag)
    assert found is not None
    assert found.language == tag
    assert len(found.months) == 12
    assert found.ending <= {*found.abbreviations, *(word.capitalize() for word in found.abbreviations)}
    for word in (*found.abbreviations, *found.counted):
        assert word.endswith("."), f"{word} is looked for with its stop"


def test_a_language_without_a_file_is_known_by_its_numbers_only() -> None:
    assert grammar("cs") is None
    found = known("cs-CZ")
    assert found is not None
    assert found.number(Number(whole="22")) == "dvacet dva"
    assert known("xx") is None


@pytest.mark.parametrize("tag", ["", "e", "engl", "../en", "en.us", "__init__", "1a"])
def test_what_is_no_tag_is_no_language(tag: str) -> None:
    assert grammar(tag) is None
    assert known(tag) is None


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("en", ""), ("en-GB", "gb"), ("en-gb-x-rp", "gb"), ("es-419", "419"), ("zh-Hans-CN", "cn"), ("en-x-gb", "")],
)
def test_a_tag_tells_its_region(tag: str, expected: str) -> None:
    assert region(tag) == expected


def plain() -> Grammar:
    found = grammar("en-us")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("whole", "fraction", "expected"),
    [
        ("0", "", "zero"),
        ("007", "", "zero zero seven"),
        ("1", "50", "one point five zero"),
        ("9" * 16, "", ", ".join(["nine nine nine nine"] * 4)),
        ("1", "2" * 16, "one point " + ", ".join(["two two two two"] * 4)),
    ],
)
def test_a_number_is_said_as_it_is_written(whole: str, fraction: str, expected: str) -> None:
    assert plain().number(Number(whole=whole, fraction=fraction)) == expected


def test_an_amount_without_a_known_currency_is_not_said() -> None:
    assert plain().amount(Number(whole="5"), "XQX") is None
    assert plain().amount(Number(whole="5"), "CZK") == "five Czech korunas"


def test_a_word_takes_its_last_form_where_it_has_no_more() -> None:
    assert plain().form("euro", Number(whole="5")) == "euro"
    assert plain().form("foot|feet", Number(whole="1")) == "foot"


def test_cents_alone_are_said_alone() -> None:
    money = Money(major="dollar|dollars", minor="cent|cents")
    assert plain().change(Number(whole="0", fraction="01"), money) == "one cent"
    assert plain().change(Number(whole="0", fraction="00"), money) == "zero dollars"
