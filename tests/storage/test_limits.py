"""Whose limit holds, and what caps and limits everywhere have counted before they were set."""

from __future__ import annotations

import pytest

from storage import quota
from storage.clock import HOUR
from storage.metrics import Metric, Period
from storage.places import Place
from storage.terms import terms
from tests.storage.books import NOW, Books, allow, set_limit, shortage, standing, who


def test_a_members_own_limit_goes_before_the_best_role_the_place_and_the_host(
    books: Books, ada: int, place: Place
) -> None:
    def holds(roles: tuple[str, ...] = ("gold", "silver")) -> tuple[int, str]:
        host = allow(generations_day=1)
        (found, *_) = standing(books, ada, place, Metric.GENERATIONS, roles=roles, allowances=host)
        return found.limit, found.scope

    assert holds() == (1, "shipped")
    set_limit(books, place, "place_default", 2)
    assert holds() == (2, "place_default")
    set_limit(books, place, "role", 3, role="silver")
    assert holds() == (3, "role")
    assert holds(("bronze",)) == (2, "place_default")
    set_limit(books, place, "role", 4, role="gold")
    assert holds() == (4, "role")
    assert holds(("silver", "gold")) == (3, "role")
    set_limit(books, place, "member", 5, user_id=ada)
    assert holds() == (5, "member")
    set_limit(books, place, "member", -1, user_id=ada)
    assert holds() == (-1, "member")
    for gone, left in (({"scope": "member", "user_id": ada}, 4), ({"scope": "role", "role": "gold"}, 3)):
        cleared = books.write(
            lambda tx, gone=gone: quota.clear_limit(  # type: ignore[misc]  # mypy cannot type a lambda's default
                tx, place=place, metric=Metric.GENERATIONS, period=Period.DAY, **gone
            )
        )
        assert cleared
        assert holds()[0] == left


def test_a_limit_of_one_place_says_nothing_of_another(books: Books, ada: int, place: Place) -> None:
    other = books.place("43")
    set_limit(books, place, "member", 0, user_id=ada)
    assert shortage(books, ada, place).scope == "member"
    books.submit(ada, other.id)


def test_clearing_a_limit_that_is_not_set_says_so(books: Books, place: Place) -> None:
    assert not books.write(
        lambda tx: quota.clear_limit(tx, scope="place_cap", place=place, metric=Metric.CLONES, period=Period.MONTH)
    )


def test_a_limit_set_twice_is_the_latter(books: Books, ada: int, place: Place) -> None:
    for amount in (5, 0):
        set_limit(books, place, "place_default", amount)
    assert books.value("SELECT COUNT(*) FROM limits") == 1
    assert shortage(books, ada, place).limit == 0


def test_a_period_in_which_a_metric_is_not_counted_is_refused(books: Books, place: Place) -> None:
    with pytest.raises(ValueError, match="bytes are not counted by the day"):
        set_limit(books, place, "place_default", 5, metric=Metric.BYTES)


def test_a_cap_counts_all_members_and_what_they_used_before_it_was_set(books: Books, ada: int, place: Place) -> None:
    bob = books.person("bob")
    books.finish(books.claim(job_id=books.submit(ada, place.id)))
    running = books.claim(job_id=books.submit(bob, place.id))
    waiting = books.submit(ada, place.id)
    set_limit(books, place, "place_cap", 4)
    assert books.balance("place", place.id, "generations") == (1, 2, 0)
    books.submit(bob, place.id)
    found = shortage(books, ada, place)
    assert (found.scope, found.limit, found.used) == ("place_cap", 4, 4)
    books.finish(running)
    books.cancel(waiting)
    assert books.balance("place", place.id, "generations") == (2, 1, 0)
    books.submit(ada, place.id)


def test_a_cap_that_is_set_anew_begins_with_what_was_used_without_it(books: Books, ada: int, place: Place) -> None:
    set_limit(books, place, "place_cap", 9)
    books.finish(books.claim(job_id=books.submit(ada, place.id)))
    books.write(
        lambda tx: quota.clear_limit(tx, scope="place_cap", place=place, metric=Metric.GENERATIONS, period=Period.DAY)
    )
    unseen = books.claim(job_id=books.submit(ada, place.id))
    assert books.balance("place", place.id, "generations") == (1, 0, 0)
    set_limit(books, place, "place_cap", 2)
    assert books.balance("place", place.id, "generations") == (1, 1, 0)
    assert shortage(books, ada, place).scope == "place_cap"
    books.finish(unseen)
    assert books.balance("place", place.id, "generations") == (2, 0, 0)


def test_changing_a_cap_does_not_undo_its_reset(books: Books, ada: int, place: Place) -> None:
    set_limit(books, place, "place_cap", 1)
    books.finish(books.claim(job_id=books.submit(ada, place.id)))
    books.write(lambda tx: quota.reset(tx, user_id=None, place=place, by_user_id=None))
    set_limit(books, place, "place_cap", 2)
    assert books.balance("place", place.id, "generations") == (0, 0, 0)
    assert books.balance(who(ada), place.id, "generations") == (1, 0, 0)


def test_a_limit_everywhere_counts_all_places_and_what_was_used_before(books: Books, ada: int, place: Place) -> None:
    other = books.place("43")
    books.finish(books.claim(job_id=books.submit(ada, place.id)))
    books.submit(ada, other.id)
    set_limit(books, None, "everywhere", 3, user_id=ada)
    assert books.balance(who(ada), 0, "generations") == (1, 1, 0)
    books.submit(ada, place.id)
    found = shortage(books, ada, other)
    assert (found.scope, found.used, found.limit) == ("everywhere", 3, 3)
    books.submit(books.person("bob"), other.id)


def test_a_limit_everywhere_ends_its_days_by_utc(books: Books, ada: int) -> None:
    tokyo = books.place("44", "Asia/Tokyo")
    set_limit(books, None, "everywhere", 0, user_id=ada)
    assert shortage(books, ada, tokyo).resets_at == terms("UTC", NOW).day_ends
    set_limit(books, tokyo, "member", 0, user_id=ada, period=Period.MONTH)
    assert shortage(books, ada, tokyo).resets_at == terms("Asia/Tokyo", NOW).month_ends
    books.clock.turn(8 * HOUR)  # the 16th has begun in Tokyo
    books.submit(ada, tokyo.id, unlimited=True)
    days = books.rows("SELECT place_id, term FROM balances WHERE reserved > 0 AND period = 'day' ORDER BY place_id")
    assert [tuple(row) for row in days] == [(0, "2027-01-15"), (tokyo.id, "2027-01-16")]
