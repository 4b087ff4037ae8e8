"""Balances: what the database itself holds to, and what becomes of terms that are over."""

from __future__ import annotations

import pytest

from storage import quota
from storage.clock import DAY, HOUR
from storage.database import Transaction
from storage.places import Place
from storage.quota import Shortage
from storage.terms import terms
from tests.storage.books import SPEECH, Books, allow, who


def test_the_database_itself_lets_no_balance_go_over_what_was_allowed(books: Books, ada: int, place: Place) -> None:
    books.submit(ada, place.id, allowances=allow(generations_day=1, generations_month=1))
    with pytest.raises(Exception, match="CHECK constraint failed"):
        books.write(lambda tx: tx.run("UPDATE balances SET used = used + 1"))


def test_a_refused_reservation_sets_nothing_aside_even_where_its_transaction_goes_on(
    books: Books, ada: int, place: Place
) -> None:
    def refused(tx: Transaction) -> None:
        with pytest.raises(Shortage):
            quota.reserve(
                tx,
                job_id=job_id,
                user_id=ada,
                place=place,
                roles=(),
                charges=SPEECH,
                allowances=allow(seconds_month=5),
                unlimited=False,
            )

    job_id = books.submit(ada, place.id, charges=())
    books.write(refused)
    assert books.value("SELECT COUNT(*) FROM balances") == 0
    books.submit(ada, place.id, charges=SPEECH)
    before = [tuple(row) for row in books.rows("SELECT * FROM balances")]
    books.write(refused)
    assert [tuple(row) for row in books.rows("SELECT * FROM balances")] == before


def test_terms_that_are_long_over_are_dropped_with_their_lines(books: Books, ada: int, place: Place) -> None:
    books.finish(books.claim(job_id=books.submit(ada, place.id, charges=SPEECH)))
    still_open = books.submit(ada, place.id)
    books.clock.turn(70 * DAY)
    books.finish(books.claim(job_id=books.submit(ada, place.id, charges=SPEECH)))
    dropped = books.write(lambda tx: quota.expire(tx, tx.now - 60 * DAY))
    assert dropped == 2  # characters and seconds of that day; its generations are still to be settled
    books.write(lambda tx: quota.expire(tx, tx.now))
    assert books.balance(who(ada), place.id, "characters") == (60, 0, 0)
    books.cancel(still_open)
    assert books.write(lambda tx: quota.expire(tx, tx.now)) == 2
    terms_left = {row["term"] for row in books.rows("SELECT DISTINCT term FROM ledger")}
    assert terms_left == {"", terms("UTC", books.clock.now()).day, terms("UTC", books.clock.now()).month}


def test_the_clock_may_go_back_an_hour(books: Books, ada: int, place: Place) -> None:
    job = books.claim(job_id=books.submit(ada, place.id))
    books.clock.turn(-HOUR)
    books.finish(job)
    assert books.balance(who(ada), place.id, "generations") == (1, 0, 0)
