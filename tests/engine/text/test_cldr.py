from __future__ import annotations

from decimal import Decimal

import pytest

from engine.text.cldr import CURRENCIES, UNITS, Names, names


def of(language: str, region: str = "") -> Names:
    found = names(language, region)
    assert found is not None
    return found


def test_a_unit_takes_the_form_that_its_number_asks_for() -> None:
    kilometres = [of("pl").unit("length-kilometer", Decimal(each)) for each in ("1", "2", "5", "1.5")]
    assert kilometres == ["{} kilometr", "{} kilometry", "{} kilometr\u00f3w", "{} kilometra"]


def test_a_region_has_its_own_names() -> None:
    assert of("en", "gb").unit("length-meter", Decimal(2)) == "{} metres"
    assert of("en", "us").unit("length-meter", Decimal(2)) == "{} meters"
    assert of("es", "mx").decimal == "."
    assert (of("es").decimal, of("es").group) == (",", ".")


def test_what_has_no_name_is_none() -> None:
    assert of("de").unit("length-nothing", Decimal(1)) is None
    assert of("de").currency("XQX", Decimal(1)) is None
    assert names("xx") is None
    assert names("") is None


def test_a_currency_has_a_name_by_number() -> None:
    assert of("en").currency("CZK", Decimal(1)) == "Czech koruna"
    assert of("en").currency("CZK", Decimal(5)) == "Czech korunas"


@pytest.mark.parametrize("unit", sorted(set(UNITS.values())))
def test_every_unit_has_a_name_in_english(unit: str) -> None:
    assert "{}" in (of("en").unit(unit, Decimal(2)) or "")


@pytest.mark.parametrize("code", sorted(set(CURRENCIES.values())))
def test_every_currency_has_a_name_in_english(code: str) -> None:
    assert of("en").currency(code, Decimal(2))
