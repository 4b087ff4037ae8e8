"""What a person may use: set aside, charged, given back, granted, reset; and what is said where it does not suffice."""

from __future__ import annotations

import asyncio

import pytest

from storage import identities, places, queue, quota
from storage.clock import DAY
from storage.database import Database, Transaction
from storage.metrics import Charge, Metric, Period
from storage.places import Place
from storage.quota import Allowances, Shortage
from storage.terms import terms
from tests.storage.books import KEY, NOW, SPEECH, Books, allow, charge, order, set_limit, shortage, standing, who


async def test_of_two_hundred_requests_at_once_a_limit_of_ten_admits_exactly_ten(database: Database) -> None:
    def arrive(tx: Transaction) -> tuple[int, int]:
        user_id = identities.ensure(tx, "discord", "ada", "Ada", KEY)
        return user_id, places.ensure(tx, "discord", "42", "server", "The Aviary").id

    user_id, place_id = await database.write(arrive)
    ten = order(user_id, place_id, allowances=allow(generations_day=10), charges=SPEECH)
    answers = await asyncio.gather(
        *(database.write(lambda tx: queue.submit(tx, ten)) for _ in range(200)), return_exceptions=True
    )
    refused = [each for each in answers if isinstance(each, Shortage)]
    tickets = [each for each in answers if isinstance(each, queue.Ticket)]
    assert (len(tickets), len(refused)) == (10, 190)
    assert all((each.used, each.limit, each.wanted) == (10, 10, 1) for each in refused)

    def left(tx: Transaction) -> tuple[int, int, int]:
        return (
            tx.value("SELECT COUNT(*) FROM jobs"),
            tx.value("SELECT COUNT(*) FROM ledger WHERE metric = 'generations' AND period = 'day'"),
            tx.value("SELECT reserved FROM balances WHERE metric = 'generations' AND period = 'day'"),
        )

    assert await database.read(left) == (10, 10, 10)


def test_a_refused_request_leaves_nothing(books: Books, ada: int, place: Place) -> None:
    before = books.value("SELECT COUNT(*) FROM sqlite_sequence")
    shortage(books, ada, place, allowances=allow(characters_month=59), charges=SPEECH, event_id="e1")
    for table in ("jobs", "ledger", "balances", "events"):
        assert books.value(f"SELECT COUNT(*) FROM {table}") == 0
    assert books.value("SELECT COUNT(*) FROM sqlite_sequence") == before


def test_a_shortage_tells_all_that_a_sentence_needs(books: Books, ada: int, place: Place) -> None:
    books.submit(ada, place.id, charges=charge(characters=70))
    found = shortage(books, ada, place, charges=charge(characters=40), allowances=allow(characters_day=100))
    assert (found.metric, found.period, found.scope) == (Metric.CHARACTERS, Period.DAY, "shipped")
    assert (found.limit, found.used, found.wanted) == (100, 70, 40)
    assert found.resets_at == terms("UTC", NOW).day_ends


def test_of_several_limits_in_the_way_the_one_that_lasts_longest_is_told(books: Books, ada: int, place: Place) -> None:
    both = allow(generations_day=0, characters_month=5, bytes_held=-1)
    assert shortage(books, ada, place, charges=SPEECH, allowances=both).period is Period.MONTH
    held = allow(generations_day=0, characters_month=5, bytes_held=999)
    found = shortage(books, ada, place, charges=SPEECH, allowances=held)
    assert (found.metric, found.resets_at) == (Metric.BYTES, None)


def test_what_fits_exactly_is_admitted_and_one_more_is_not(books: Books, ada: int, place: Place) -> None:
    three = allow(generations_day=3)
    for _ in range(3):
        books.submit(ada, place.id, allowances=three)
    assert shortage(books, ada, place, allowances=three).used == 3


def test_who_may_without_limits_is_counted_but_never_held_back(books: Books, ada: int, place: Place) -> None:
    set_limit(books, place, "member", 0, user_id=ada)
    set_limit(books, place, "place_cap", 0)
    set_limit(books, None, "everywhere", 0, user_id=ada)
    job = books.claim(job_id=books.submit(ada, place.id, unlimited=True, allowances=allow(generations_day=0)))
    books.finish(job)
    assert books.balance(who(ada), place.id, "generations") == (1, 0, 0)
    assert books.balance("place", place.id, "generations") == (1, 0, 0)
    assert books.balance(who(ada), 0, "generations") == (1, 0, 0)
    (mine, *_) = standing(books, ada, place, Metric.GENERATIONS, unlimited=True)
    assert (mine.limit, mine.left, mine.used) == (-1, None, 1)


def test_what_was_really_used_is_charged_and_never_more_than_was_set_aside(
    books: Books, ada: int, place: Place
) -> None:
    job = books.claim(job_id=books.submit(ada, place.id, charges=SPEECH))
    books.finish(job, seconds=4, bytes=1_000_000, characters=0)
    for period in ("day", "month"):
        assert books.balance(who(ada), place.id, "generations", period) == (1, 0, 0)
        assert books.balance(who(ada), place.id, "seconds", period) == (4, 0, 0)
        assert books.balance(who(ada), place.id, "characters", period) == (0, 0, 0)
    assert books.balance(who(ada), place.id, "bytes", "held") == (1_000, 0, 0)


def test_a_refund_after_midnight_goes_to_the_day_it_came_from(books: Books, ada: int, place: Place) -> None:
    one = allow(generations_day=1)
    late = books.submit(ada, place.id, allowances=one)
    books.clock.turn(DAY)
    books.submit(ada, place.id, allowances=one)
    books.cancel(late)
    assert shortage(books, ada, place, allowances=one).used == 1
    found = books.rows("SELECT term, reserved FROM balances WHERE period = 'day' ORDER BY term")
    assert [tuple(row) for row in found] == [("2027-01-15", 0), ("2027-01-16", 1)]
    books.clock.turn(-DAY)
    books.submit(ada, place.id, allowances=one)


def test_a_days_limit_begins_anew_at_midnight_in_the_place(books: Books, ada: int) -> None:
    place = books.place("45", "Europe/Berlin")
    one = allow(generations_day=1)
    books.submit(ada, place.id, allowances=one)
    resets_at = shortage(books, ada, place, allowances=one).resets_at
    assert resets_at is not None
    books.clock.turn(resets_at - NOW - 1)
    shortage(books, ada, place, allowances=one)
    books.clock.turn(1)
    books.submit(ada, place.id, allowances=one)
    assert books.balance(who(ada), place.id, "generations", "month") == (0, 2, 0)


def test_a_place_with_an_unknown_time_zone_counts_by_utc(books: Books, ada: int) -> None:
    place = books.place("46", "Mars/Olympus")
    assert shortage(books, ada, place, allowances=allow(generations_day=0)).resets_at == terms("UTC", NOW).day_ends


def test_a_grant_lets_a_person_have_more_until_the_term_ends(books: Books, ada: int, place: Place) -> None:
    one = allow(generations_day=1)
    books.write(
        lambda tx: quota.grant(
            tx, user_id=ada, place=place, metric=Metric.GENERATIONS, period=Period.DAY, amount=2, by_user_id=None
        )
    )
    for _ in range(3):
        books.submit(ada, place.id, allowances=one)
    assert shortage(books, ada, place, allowances=one).limit == 3
    (found, *_) = standing(books, ada, place, Metric.GENERATIONS, allowances=one)
    assert (found.limit, found.granted, found.reserved, found.left) == (3, 2, 3, 0)
    books.clock.turn(DAY)
    books.submit(ada, place.id, allowances=one)
    assert shortage(books, ada, place, allowances=one).limit == 1


def test_a_grant_helps_where_one_request_takes_more_than_the_whole_limit(books: Books, ada: int, place: Place) -> None:
    few = {"allowances": allow(characters_day=10), "charges": charge(characters=60)}
    shortage(books, ada, place, **few)
    books.write(
        lambda tx: quota.grant(
            tx, user_id=ada, place=place, metric=Metric.CHARACTERS, period=Period.DAY, amount=50, by_user_id=ada
        )
    )
    books.submit(ada, place.id, **few)
    with pytest.raises(ValueError, match="none"):
        books.write(
            lambda tx: quota.grant(
                tx, user_id=ada, place=None, metric=Metric.CLONES, period=Period.DAY, amount=0, by_user_id=None
            )
        )


def test_a_reset_while_a_job_runs_clears_what_is_used_and_leaves_what_is_set_aside(
    books: Books, ada: int, place: Place
) -> None:
    books.finish(books.claim(job_id=books.submit(ada, place.id, charges=SPEECH)))
    running = books.claim(job_id=books.submit(ada, place.id, charges=SPEECH))
    count = books.write(lambda tx: quota.reset(tx, user_id=ada, place=place, by_user_id=None))
    assert count == 6  # three metrics, by the day and by the month
    assert books.balance(who(ada), place.id, "characters") == (0, 60, 0)
    assert books.balance(who(ada), place.id, "bytes", "held") == (1_000, 1_000, 0)
    books.finish(running)
    assert books.balance(who(ada), place.id, "characters") == (60, 0, 0)


def test_a_reset_can_be_of_one_metric_and_one_period(books: Books, ada: int, place: Place) -> None:
    books.finish(books.claim(job_id=books.submit(ada, place.id, charges=SPEECH)))
    count = books.write(
        lambda tx: quota.reset(
            tx, user_id=ada, place=place, metric=Metric.CHARACTERS, period=Period.DAY, by_user_id=None
        )
    )
    assert count == 1
    assert books.balance(who(ada), place.id, "characters") == (0, 0, 0)
    assert books.balance(who(ada), place.id, "characters", "month") == (60, 0, 0)
    assert books.balance(who(ada), place.id, "generations") == (1, 0, 0)


def test_what_is_held_comes_free_when_it_goes(books: Books, ada: int, place: Place) -> None:
    set_limit(books, place, "place_cap", 5_000, metric=Metric.BYTES, period=Period.HELD)
    kept = {"allowances": allow(bytes_held=1_500), "charges": charge(bytes=1_000)}
    job = books.claim(job_id=books.submit(ada, place.id, **kept))
    books.finish(job, bytes=900)
    assert shortage(books, ada, place, **kept).used == 900
    gone = Charge(metric=Metric.BYTES, amount=900)
    books.write(lambda tx: quota.release(tx, user_id=ada, place_id=place.id, charge=gone))
    assert books.balance(who(ada), place.id, "bytes", "held") == (0, 0, 0)
    assert books.balance("place", place.id, "bytes", "held") == (0, 0, 0)
    books.write(lambda tx: quota.release(tx, user_id=ada, place_id=place.id, charge=gone))
    assert books.balance(who(ada), place.id, "bytes", "held") == (0, 0, 0)


def test_a_file_that_grew_larger_than_was_set_aside_frees_only_what_was_charged(
    books: Books, ada: int, place: Place
) -> None:
    small, large = (
        books.claim(job_id=books.submit(ada, place.id, charges=charge(bytes=amount))) for amount in (10, 100)
    )
    books.finish(small, bytes=70)
    books.finish(large, bytes=100)
    gone = Charge(metric=Metric.BYTES, amount=70)
    for _ in range(2):
        books.write(lambda tx: quota.release(tx, user_id=ada, place_id=place.id, charge=gone, job_id=small.id))
        assert books.balance(who(ada), place.id, "bytes", "held") == (100, 0, 0)


def test_a_file_that_belongs_to_no_place_frees_nothing(books: Books, ada: int) -> None:
    gone = Charge(metric=Metric.BYTES, amount=70)
    books.write(lambda tx: quota.release(tx, user_id=ada, place_id=None, charge=gone))
    assert books.value("SELECT COUNT(*) FROM ledger") == 0


def test_what_is_taken_without_a_job_counts_at_once(books: Books, ada: int, place: Place) -> None:
    def take(allowances: Allowances) -> None:
        books.write(
            lambda tx: quota.take(
                tx,
                user_id=ada,
                place=place,
                roles=(),
                charge=Charge(metric=Metric.VOICES, amount=1),
                allowances=allowances,
                unlimited=False,
            )
        )

    take(allow(voices_held=1))
    with pytest.raises(Shortage):
        take(allow(voices_held=1))
    assert books.balance(who(ada), place.id, "voices", "held") == (1, 0, 0)
    assert [row["kind"] for row in books.rows("SELECT kind FROM ledger")] == ["take"]


def test_a_charge_below_nothing_is_refused(books: Books, ada: int, place: Place) -> None:
    with pytest.raises(ValueError, match="cannot be charged"):
        books.submit(ada, place.id, charges=charge(characters=-5))
    books.submit(ada, place.id, charges=charge(characters=0))
    assert books.value("SELECT COUNT(*) FROM ledger") == 0


def test_two_charges_of_one_metric_are_one(books: Books, ada: int, place: Place) -> None:
    books.submit(ada, place.id, charges=(*charge(characters=2), *charge(characters=3)))
    assert books.balance(who(ada), place.id, "characters") == (0, 5, 0)


def test_standing_tells_of_every_metric_even_before_the_first_use(books: Books, ada: int, place: Place) -> None:
    found = books.write(lambda tx: quota.standing(tx, ada, place, (), allow(characters_day=500), False))
    assert {(each.metric, each.period) for each in found} == {(m, p) for m in Metric for p in m.periods}
    characters = next(each for each in found if (each.metric, each.period) == (Metric.CHARACTERS, Period.DAY))
    assert (characters.limit, characters.left, characters.used) == (500, 500, 0)
    assert all(each.left is None for each in found if each is not characters)


def test_standing_tells_of_the_place_and_of_everywhere_where_such_limits_are_set(
    books: Books, ada: int, place: Place
) -> None:
    set_limit(books, place, "place_cap", 7)
    set_limit(books, None, "everywhere", 8, user_id=ada)
    books.submit(ada, place.id)
    found = standing(books, ada, place, Metric.GENERATIONS)
    assert [(each.scope, each.limit, each.left) for each in found] == [
        ("shipped", -1, None),
        ("place_cap", 7, 6),
        ("everywhere", 8, 7),
    ]


def test_what_is_left_is_never_below_nothing(books: Books, ada: int, place: Place) -> None:
    books.submit(ada, place.id, charges=charge(generations=5))
    (found,) = standing(books, ada, place, Metric.GENERATIONS, allowances=allow(generations_day=2))
    assert found.left == 0
