"""Days and months, as the people of a place have them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.clock import HOUR
from storage.metrics import Period
from storage.terms import Terms, terms

ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Asia/Kathmandu", "Pacific/Chatham",
    "Pacific/Kiritimati", "Pacific/Pago_Pago", "Africa/Cairo", "America/Havana", "Australia/Lord_Howe", "Asia/Beirut",
)  # fmt: skip


def at(*when: int, zone: str = "UTC") -> int:
    return round(datetime(*when, tzinfo=ZoneInfo(zone)).timestamp() * 1000)  # type: ignore[misc, arg-type]  # no star in its signature


def test_a_day_and_a_month_are_those_of_the_place() -> None:
    moment = at(2026, 10, 31, 23, 30)
    assert terms("UTC", moment) == Terms(
        day="2026-10-31", day_ends=at(2026, 11, 1), month="2026-10", month_ends=at(2026, 11, 1)
    )
    tokyo = terms("Asia/Tokyo", moment)
    assert (tokyo.day, tokyo.month) == ("2026-11-01", "2026-11")
    assert tokyo.day_ends == at(2026, 11, 2, zone="Asia/Tokyo")


def test_the_year_turns() -> None:
    found = terms("UTC", at(2026, 12, 31, 12))
    assert (found.day_ends, found.month_ends) == (at(2027, 1, 1), at(2027, 1, 1))


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 7, 1), 24)])
def test_a_day_on_which_the_clocks_change_is_shorter_or_longer(day: tuple[int, int, int], hours: int) -> None:
    begins = at(*day, zone="Europe/Berlin")
    found = terms("Europe/Berlin", begins)
    assert found.day == datetime(*day).date().isoformat()
    assert found.day_ends - begins == hours * HOUR
    assert terms("Europe/Berlin", found.day_ends - 1).day == found.day


def test_a_midnight_that_the_clocks_skip_ends_the_day_when_they_do() -> None:
    before = at(2026, 4, 23, 23, 59, zone="Africa/Cairo")  # on the 24th, 00:00 becomes 01:00
    found = terms("Africa/Cairo", before)
    assert found.day == "2026-04-23"
    assert found.day_ends == before + 60_000
    assert terms("Africa/Cairo", found.day_ends).day == "2026-04-24"


@pytest.mark.parametrize(
    "zone", ["", "Nope/Nope", "Europe", "../../etc/passwd", "/etc/passwd", "\0", "Europe/Ber\udc00lin", "x" * 5000]
)
def test_an_unknown_zone_counts_as_utc(zone: str) -> None:
    moment = at(2026, 11, 20, 23, 30)
    assert terms(zone, moment) == terms("UTC", moment)


def test_what_is_held_has_no_term() -> None:
    found = terms("UTC", at(2026, 11, 20))
    assert found.name(Period.HELD) == ""
    assert found.ends(Period.HELD) is None
    assert (found.name(Period.DAY), found.ends(Period.DAY)) == ("2026-11-20", found.day_ends)
    assert (found.name(Period.MONTH), found.ends(Period.MONTH)) == ("2026-11", found.month_ends)


@given(
    zone=st.sampled_from(ZONES),
    moment=st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)).map(lambda d: d.replace(tzinfo=UTC)),
)
def test_every_moment_is_within_its_day_and_its_month(zone: str, moment: datetime) -> None:
    now = round(moment.timestamp() * 1000)
    found = terms(zone, now)
    here = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=now)).astimezone(ZoneInfo(zone))
    assert (found.day, found.month) == (here.strftime("%Y-%m-%d"), here.strftime("%Y-%m"))
    assert now < found.day_ends <= found.month_ends
    assert found.day_ends - now <= 26 * HOUR or zone == "Pacific/Kiritimati"  # which skipped a whole day in 1994
    after = terms(zone, found.day_ends)
    assert after.day > found.day
    assert terms(zone, found.day_ends - 1).day == found.day
    assert terms(zone, found.month_ends).month > found.month
    assert terms(zone, found.month_ends - 1).month == found.month
