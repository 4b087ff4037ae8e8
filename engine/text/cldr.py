"""What the Unicode CLDR knows of a language: its marks, and the names of units and currencies with their plurals."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from babel import Locale

UNITS: Mapping[str, str] = {
    **{"km": "length-kilometer", "m": "length-meter", "dm": "length-decimeter", "cm": "length-centimeter"},
    **{"mm": "length-millimeter", "μm": "length-micrometer", "nm": "length-nanometer"},
    **{"ft": "length-foot", "yd": "length-yard", "mi": "length-mile"},
    **{"km2": "area-square-kilometer", "m2": "area-square-meter", "cm2": "area-square-centimeter"},
    **{"ha": "area-hectare", "m3": "volume-cubic-meter", "cm3": "volume-cubic-centimeter"},
    **{"l": "volume-liter", "L": "volume-liter", "ml": "volume-milliliter", "mL": "volume-milliliter"},
    **{"dl": "volume-deciliter", "cl": "volume-centiliter", "hl": "volume-hectoliter", "gal": "volume-gallon"},
    **{"kg": "mass-kilogram", "g": "mass-gram", "mg": "mass-milligram", "μg": "mass-microgram", "t": "mass-tonne"},
    **{"lb": "mass-pound", "lbs": "mass-pound", "oz": "mass-ounce"},
    **{"h": "duration-hour", "min": "duration-minute", "s": "duration-second", "sec": "duration-second"},
    **{"ms": "duration-millisecond", "μs": "duration-microsecond", "ns": "duration-nanosecond"},
    **{"kB": "digital-kilobyte", "KB": "digital-kilobyte", "MB": "digital-megabyte"},
    **{"GB": "digital-gigabyte", "TB": "digital-terabyte", "PB": "digital-petabyte"},
    **{"kbit": "digital-kilobit", "Mbit": "digital-megabit", "Gbit": "digital-gigabit"},
    **{"Hz": "frequency-hertz", "kHz": "frequency-kilohertz", "MHz": "frequency-megahertz"},
    **{"GHz": "frequency-gigahertz", "W": "power-watt", "mW": "power-milliwatt", "kW": "power-kilowatt"},
    **{"MW": "power-megawatt", "GW": "power-gigawatt", "kWh": "energy-kilowatt-hour"},
    **{"kJ": "energy-kilojoule", "kcal": "energy-kilocalorie", "cal": "energy-calorie", "V": "electric-volt"},
    **{"mA": "electric-milliampere", "Ω": "electric-ohm"},
    **{"Pa": "pressure-pascal", "hPa": "pressure-hectopascal", "kPa": "pressure-kilopascal", "bar": "pressure-bar"},
    **{"mbar": "pressure-millibar", "psi": "pressure-pound-force-per-square-inch", "px": "graphics-pixel"},
    **{"MP": "graphics-megapixel", "lx": "light-lux", "lm": "light-lumen"},
    **{"km/h": "speed-kilometer-per-hour", "kph": "speed-kilometer-per-hour", "kmh": "speed-kilometer-per-hour"},
    **{"m/s2": "acceleration-meter-per-square-second"},
    **{"m/s": "speed-meter-per-second", "mph": "speed-mile-per-hour", "mpg": "consumption-mile-per-gallon"},
    **{"°C": "temperature-celsius", "°F": "temperature-fahrenheit", "°": "angle-degree"},
    **{"%": "concentr-percent", "‰": "concentr-permille"},
}
"""Signs behind a number (in NFKC, so that m² is m2) and the unit's name in the CLDR."""

CURRENCIES: Mapping[str, str] = {
    **{"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₩": "KRW", "₺": "TRY"},
    **{"₴": "UAH", "₪": "ILS", "฿": "THB", "₫": "VND", "₱": "PHP", "₦": "NGN", "zł": "PLN", "Kč": "CZK"},
    **{"US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "HK$": "HKD"},
    **{"R$": "BRL", "MX$": "MXN", "S$": "SGD"},
    **{code: code for code in ("USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN")},
    **{code: code for code in ("CZK", "HUF", "RUB", "UAH", "CNY", "INR", "BRL", "MXN", "TRY", "ZAR", "KRW", "SGD")},
    **{code: code for code in ("HKD", "ILS", "THB", "RON", "BGN", "ISK", "ARS", "CLP", "COP", "PEN", "AED", "SAR")},
}
"""Signs before or behind an amount, and the currency's code (ISO 4217)."""


class Names:
    """The names of one language, as the CLDR has them."""

    def __init__(self, locale: Locale) -> None:
        """`locale` is the language, perhaps of a region."""
        self._locale = locale
        self._units: dict[tuple[str, str], str | None] = {}

    @property
    def decimal(self) -> str:
        """The decimal mark."""
        return str(self._locale.number_symbols.get("latn", {}).get("decimal", "."))

    @property
    def group(self) -> str:
        """The mark between thousands."""
        return str(self._locale.number_symbols.get("latn", {}).get("group", ","))

    def unit(self, unit: str, amount: Decimal) -> str | None:
        """Return how an amount of a unit is said, with {} for its number; None where the CLDR does not know."""
        from babel.numbers import format_decimal
        from babel.units import UnknownUnitError, format_unit

        key = (unit, self._locale.plural_form(amount))
        if key not in self._units:
            try:
                said = format_unit(amount, unit, length="long", locale=self._locale)
            except UnknownUnitError:
                said = unit
            figures = format_decimal(amount, locale=self._locale)
            known = unit not in said and "{" not in said
            self._units[key] = said.replace(figures, "{}", 1).replace("\xa0", " ") if known else None
        return self._units[key]

    def currency(self, code: str, amount: Decimal) -> str | None:
        """Return the name of a currency behind an amount; None where the CLDR does not know."""
        from babel.numbers import get_currency_name

        name = str(get_currency_name(code, count=amount, locale=self._locale))
        return None if name == code else name


@cache
def names(language: str, region: str = "") -> Names | None:
    """Return the names of a language ('de'), as a region ('at') has them; None where the CLDR does not know it."""
    from babel import Locale, UnknownLocaleError

    for tag in (f"{language}_{region.upper()}" if region else "", language):
        try:
            return Names(Locale.parse(tag))
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return None
