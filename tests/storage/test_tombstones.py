"""People who are forgotten, and some who come back."""

from __future__ import annotations

from storage import identities, people, quota, tombstones
from storage.clock import DAY
from storage.jobs import Job
from storage.metrics import Metric, Period
from storage.places import Place
from storage.terms import terms
from tests.storage.books import KEY, NOW, SPEECH, Books, allow, set_limit, shortage, who


def forget(books: Books, user_id: int) -> None:
    books.write(lambda tx: people.forget(tx, user_id, KEY))


def used(books: Books, ada: int, place: Place) -> Job:
    job = books.claim(job_id=books.submit(ada, place.id, charges=SPEECH))
    books.finish(job)
    return job


def test_their_use_stays_under_a_name_that_tells_nobody(books: Books, ada: int, place: Place) -> None:
    used(books, ada, place)
    forget(books, ada)
    names = {row["who"] for row in books.rows("SELECT who FROM balances UNION SELECT who FROM ledger")}
    assert len(names) == 1
    assert names.pop().startswith("gone:")
    assert books.value("SELECT SUM(used) FROM balances WHERE metric = 'characters' AND period = 'day'") == 60
    assert books.value("SELECT COUNT(*) FROM ledger WHERE job_id IS NOT NULL") == 0


def test_they_find_their_use_again_when_they_come_back(books: Books, ada: int, place: Place) -> None:
    used(books, ada, place)
    forget(books, ada)
    again = books.person("ada")
    assert again != ada
    found = shortage(books, again, place, allowances=allow(generations_day=1))
    assert found.used == 1
    assert books.value("SELECT COUNT(*) FROM tombstones") == 0
    forget(books, again)
    assert shortage(books, books.person("ada"), place, allowances=allow(generations_month=1)).used == 1


def test_somebody_else_does_not_find_it(books: Books, ada: int, place: Place) -> None:
    used(books, ada, place)
    forget(books, ada)
    books.submit(books.person("bob"), place.id, allowances=allow(generations_day=1))


def test_what_they_held_is_free_for_the_place(books: Books, ada: int, place: Place) -> None:
    set_limit(books, place, "place_cap", 9_000, metric=Metric.BYTES, period=Period.HELD)
    used(books, ada, place)
    assert books.balance("place", place.id, "bytes", "held") == (1_000, 0, 0)
    forget(books, ada)
    assert books.balance("place", place.id, "bytes", "held") == (0, 0, 0)
    assert books.value("SELECT COUNT(*) FROM balances WHERE period = 'held' AND who <> 'place'") == 0


def test_what_they_used_still_counts_for_the_place(books: Books, ada: int, place: Place) -> None:
    used(books, ada, place)
    forget(books, ada)
    set_limit(books, place, "place_cap", 1)
    assert shortage(books, books.person("bob"), place).scope == "place_cap"


def test_a_job_that_was_not_cancelled_before_loses_what_it_had_set_aside(books: Books, ada: int, place: Place) -> None:
    set_limit(books, place, "place_cap", 5)
    books.submit(ada, place.id)
    forget(books, ada)
    assert books.balance("place", place.id, "generations") == (0, 0, 0)


def test_terms_that_are_over_are_not_kept(books: Books, ada: int, place: Place) -> None:
    used(books, ada, place)
    books.clock.turn(DAY)
    forget(books, ada)
    assert {row["period"] for row in books.rows("SELECT period FROM balances")} == {"month"}
    assert {row["period"] for row in books.rows("SELECT period FROM ledger")} == {"month"}


def test_their_use_is_dropped_when_the_month_has_ended(books: Books, ada: int) -> None:
    kiribati = books.place("47", "Pacific/Pago_Pago")
    used(books, ada, kiribati)
    forget(books, ada)
    end = terms("Pacific/Pago_Pago", NOW).month_ends
    books.clock.turn(end - NOW - 1)
    assert books.write(tombstones.expire) == 0
    books.clock.turn(1)
    assert books.write(tombstones.expire) == 1
    for table in ("tombstones", "balances", "ledger"):
        assert books.value(f"SELECT COUNT(*) FROM {table}") == 0


def test_one_who_used_nothing_leaves_nothing(books: Books, ada: int) -> None:
    forget(books, ada)
    assert books.value("SELECT COUNT(*) FROM tombstones") == 0


def test_of_several_accounts_each_that_comes_back_brings_all_of_it(books: Books, ada: int, place: Place) -> None:
    books.write(
        lambda tx: tx.run(
            """
            INSERT INTO identities (platform, account, user_id, name, created_at)
            VALUES ('telegram', '9', :user_id, 'Ada', 0)
            """,
            user_id=ada,
        )
    )
    used(books, ada, place)
    forget(books, ada)
    assert books.value("SELECT COUNT(DISTINCT who) FROM tombstones") == 1
    back = books.write(lambda tx: identities.ensure(tx, "telegram", "9", "Ada", KEY))
    assert books.balance(who(back), place.id, "generations") == (1, 0, 0)
    assert books.balance(who(books.person("ada")), place.id, "generations") == (1, 0, 0)
    assert books.value("SELECT COUNT(*) FROM tombstones") == 0
    assert books.value("SELECT COUNT(*) FROM balances WHERE who LIKE 'gone:%'") == 0


def test_a_grant_comes_back_with_them(books: Books, ada: int, place: Place) -> None:
    books.write(
        lambda tx: quota.grant(
            tx, user_id=ada, place=place, metric=Metric.CLONES, period=Period.DAY, amount=2, by_user_id=ada
        )
    )
    forget(books, ada)
    assert books.balance(who(books.person("ada")), place.id, "clones") == (0, 0, 2)


def test_nothing_is_there_to_claim_for_a_stranger(books: Books, ada: int) -> None:
    assert not books.write(lambda tx: tombstones.claim(tx, "0" * 64, ada))
