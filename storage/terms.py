"""Terms: which day and which month it is in a place, and when they end there."""

from __future__ import annotations

from datetime import UTC as UTC_TIME
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine.value import value
from storage.clock import MINUTE
from storage.metrics import Period

QUARTER = 15 * MINUTE
"""In every zone there is, days begin and clocks change on a quarter of an hour."""

UTC = "UTC"


@value
class Terms:
    """The day and the month that a moment falls in."""

    day: str
    """The day, such as '2026-11-20'."""
    day_ends: int
    """When the next day begins, in ms."""
    month: str
    """The month, such as '2026-11'."""
    month_ends: int
    """When the next month begins, in ms."""

    def name(self, period: Period) -> str:
        """The term of that period; empty for what is held, which has none."""
        return self.day if period is Period.DAY else self.month if period is Period.MONTH else ""

    def ends(self, period: Period) -> int | None:
        """When that term ends, in ms; None for what is held."""
        return self.day_ends if period is Period.DAY else self.month_ends if period is Period.MONTH else None


def terms(zone: str, now: int) -> Terms:
    """Tell the terms of the moment `now` (in ms) where `zone` is the time; an unknown zone counts as UTC."""
    return _terms(zone, now // QUARTER)


def of_both(kept: str, gone: str) -> str:
    """Return whose midnight counts where two places become one: that of the one that is kept, if it was ever set."""
    return gone if kept == UTC else kept


@lru_cache(maxsize=4096)
def _terms(zone: str, quarter: int) -> Terms:
    place = _zone(zone)
    # From 1970 on, because fromtimestamp takes no earlier time on Windows.
    today = (datetime(1970, 1, 1, tzinfo=UTC_TIME) + timedelta(milliseconds=quarter * QUARTER)).astimezone(place)
    tomorrow = today.date() + timedelta(days=1)
    next_month = (today.date().replace(day=1) + timedelta(days=32)).replace(day=1)
    return Terms(
        day=today.date().isoformat(),
        day_ends=_midnight(tomorrow, place),
        month=today.date().isoformat()[:7],
        month_ends=_midnight(next_month, place),
    )


@lru_cache(maxsize=1024)
def _zone(name: str) -> tzinfo:
    if name == UTC:
        return UTC_TIME
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC_TIME


def _midnight(day: date, zone: tzinfo) -> int:
    # Where clocks skip midnight, this is the moment at which they do; where they pass it twice, the first.
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)
