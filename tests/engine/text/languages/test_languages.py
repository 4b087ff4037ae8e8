from __future__ import annotations

import pytest

from engine.text.grammar import Number
from engine.text.languages.da import Danish
from engine.text.languages.de import German
from engine.text.languages.en import English
from engine.text.languages.es import Spanish
from engine.text.languages.fr import French
from engine.text.languages.it import Italian
from engine.text.languages.nl import Dutch
from engine.text.languages.pl import Polish
from engine.text.languages.pt import Portuguese
from engine.text.languages.ru import Russian
from engine.text.languages.sv import Swedish

ALL = (Danish, Dutch, English, French, German, Italian, Polish, Portuguese, Russian, Spanish, Swedish)


@pytest.mark.parametrize("kind", ALL)
def test_every_day_hour_and_year_can_be_said(kind: type[English]) -> None:
    language = kind(kind.language)
    for day in range(1, 32):
        assert language.date(day, 1 + day % 12, 1990 + day, "", "")
        assert language.ordinal(day)
    for hour in range(24):
        for minute in (0, 1, 15, 59):
            assert language.clock(hour, minute, None, "", "")
    assert all(language.year(year) for year in range(1000, 2100))


@pytest.mark.parametrize("kind", ALL)
def test_every_currency_and_unit_of_a_language_can_be_said(kind: type[English]) -> None:
    language = kind(kind.language)
    for code in language.money:
        for whole, fraction in (("0", "01"), ("1", ""), ("2", "50"), ("5", "5"), ("21", "00")):
            assert language.amount(Number(whole=whole, fraction=fraction), code)
    for sign in ("km", "h", "kg", "%", "\u00b0C", "km/h", "GB", "kWh", *language.units):
        assert language.measure(Number(whole="2"), sign)
    for scale in language.scales:
        assert language.amount(Number(whole="2"), "EUR", scale)


@pytest.mark.parametrize("kind", ALL)
def test_halves_thirds_and_quarters_can_be_said(kind: type[English]) -> None:
    language = kind(kind.language)
    said = [language.fraction(number, parts) for number, parts in ((1, 2), (1, 3), (2, 3), (1, 4), (3, 4))]
    assert all(said)
    assert len(set(said)) == 5
    assert language.fraction(3, 0) is None
    assert language.mixed(language.cardinal(2), said[0] or "")


@pytest.mark.parametrize(
    ("number", "form", "expected"),
    [
        (1, "", "pierwszy"),
        (2, "f", "druga"),
        (3, "f", "trzecia"),
        (3, "f-gen", "trzeciej"),
        (22, "gen", "dwudziestego drugiego"),
        (1900, "", "tysi\u0105c dziewi\u0119\u0107setny"),
        (1984, "loc", "tysi\u0105c dziewi\u0119\u0107set osiemdziesi\u0105tym czwartym"),
        (2000, "gen", "dwutysi\u0119cznego"),
        (2026, "gen", "dwa tysi\u0105ce dwudziestego sz\u00f3stego"),
        (3000, "", None),
    ],
)
def test_polish_places_are_declined(number: int, form: str, expected: str | None) -> None:
    assert Polish("pl").ordinal(number, form) == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("am ", "vierten"),
        ("der ", "vierte"),
        ("in der ", "vierten"),
        ("", "vierter"),
        ("die 1. und ", "vierte"),
        ("vom 3. bis ", "vierten"),
    ],
)
def test_german_places_take_the_ending_that_stands_before_them(before: str, expected: str) -> None:
    assert German("de").placed(4, before, " Mai") == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("en-us", "May fourth, twenty twenty-six"), ("en-gb", "the fourth of May twenty twenty-six")],
)
def test_english_dates_are_said_as_in_their_region(tag: str, expected: str) -> None:
    assert English(tag).date(4, 5, 2026, "", "") == expected
