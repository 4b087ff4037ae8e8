"""The ledger: each line says why a balance changed, and nothing changes without one."""

from __future__ import annotations

from storage import quota
from storage.metrics import Charge, Metric, Period
from storage.places import Place
from tests.storage.books import Books, charge, set_limit


def lines(books: Books) -> list[tuple[object, ...]]:
    """Kind, used, reserved and granted of each line that is not a month's or a place's, as they came."""
    return [
        tuple(row)
        for row in books.rows(
            "SELECT kind, used, reserved, granted FROM ledger WHERE period <> 'month' AND who <> 'place' ORDER BY id"
        )
    ]


def test_the_lines_of_a_job_tell_its_life(books: Books, ada: int, place: Place) -> None:
    books.submit(ada, place.id, charges=charge(characters=60))
    job = books.claim()
    books.fail(job)
    books.renew(job.id)
    books.finish(books.claim(), characters=50)
    assert lines(books) == [
        ("reserve", 0, 60, 0),
        ("refund", 0, -60, 0),
        ("reserve", 0, 60, 0),
        ("settle", 50, -60, 0),
    ]
    assert {row["job_id"] for row in books.rows("SELECT job_id FROM ledger")} == {job.id}


def test_what_admins_do_names_them(books: Books, ada: int, place: Place) -> None:
    boss = books.person("boss")
    books.finish(books.claim(job_id=books.submit(ada, place.id)))
    books.write(
        lambda tx: quota.grant(
            tx, user_id=ada, place=place, metric=Metric.GENERATIONS, period=Period.DAY, amount=3, by_user_id=boss
        )
    )
    books.write(
        lambda tx: quota.reset(
            tx, user_id=ada, place=place, metric=Metric.GENERATIONS, period=Period.DAY, by_user_id=boss
        )
    )
    assert lines(books)[2:] == [("grant", 0, 0, 3), ("reset", -1, 0, 0)]
    found = books.rows("SELECT kind FROM ledger WHERE by_user_id = :boss ORDER BY id", boss=boss)
    assert [row["kind"] for row in found] == ["grant", "reset"]


def test_a_reset_of_nothing_is_not_noted(books: Books, ada: int, place: Place) -> None:
    assert books.write(lambda tx: quota.reset(tx, user_id=ada, place=place, by_user_id=None)) == 0
    assert lines(books) == []


def test_what_is_carried_over_is_noted_by_job_as_far_as_it_is_set_aside(books: Books, ada: int, place: Place) -> None:
    books.finish(books.claim(job_id=books.submit(ada, place.id)))
    waiting = books.submit(ada, place.id)
    set_limit(books, place, "place_cap", 9)
    found = books.rows("SELECT job_id, kind, used, reserved FROM ledger WHERE who = 'place' ORDER BY id")
    assert [tuple(row) for row in found] == [(None, "carry", 1, 0), (waiting, "carry", 0, 1)]


def test_lines_outlive_the_jobs_that_they_tell_of(books: Books, ada: int, place: Place) -> None:
    job = books.claim(job_id=books.submit(ada, place.id))
    books.finish(job)
    books.write(lambda tx: tx.run("DELETE FROM jobs WHERE id = :id", id=job.id))
    assert lines(books) == [("reserve", 0, 1, 0), ("settle", 1, -1, 0)]
    assert {row["job_id"] for row in books.rows("SELECT job_id FROM ledger")} == {None}


def test_what_goes_is_noted_as_far_as_it_was_counted(books: Books, ada: int, place: Place) -> None:
    job = books.claim(job_id=books.submit(ada, place.id, charges=charge(bytes=100)))
    books.finish(job, bytes=80)
    gone = Charge(metric=Metric.BYTES, amount=500)
    books.write(lambda tx: quota.release(tx, user_id=ada, place_id=place.id, charge=gone, job_id=job.id))
    assert lines(books)[-1] == ("release", -80, 0, 0)
