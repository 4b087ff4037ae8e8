"""Who goes before whom: nobody waits behind all of somebody else's jobs."""

from __future__ import annotations

from storage import queue
from storage.clock import DAY, HOUR, MINUTE
from storage.places import Place
from tests.storage.books import Books, order


def finish_next(books: Books, per_user: int = 10) -> int:
    """Let the job whose turn it is be done, and return whose it was."""
    job = books.claim(per_user=per_user)
    books.finish(job)
    return job.user_id


def test_behind_ten_thousand_jobs_of_one_person_fifty_others_are_served_within_a_hundred_and_twenty(
    books: Books, ada: int, place: Place
) -> None:
    for _ in range(10_000):
        books.submit(ada, place.id, charges=())
    for _ in range(5):
        assert finish_next(books) == ada
    others = [books.person(f"p{n}") for n in range(50)]
    for _ in range(2):
        for other in others:
            books.submit(other, place.id, charges=())
    served = [finish_next(books) for _ in range(120)]
    for other in others:
        assert served.count(other) == 2
    assert max(n for n, user_id in enumerate(served) if user_id != ada) < 105
    assert served.count(ada) == 20
    assert finish_next(books) == ada


def test_what_is_wanted_now_goes_before_a_thousand_books(books: Books, ada: int, place: Place) -> None:
    for _ in range(1_000):
        books.submit(ada, place.id, lane=2, charges=())
    speak = books.submit(ada, place.id, lane=0)
    assert books.claim().id == speak


def test_who_has_as_many_running_as_they_may_lets_others_pass_and_keeps_their_turn(
    books: Books, ada: int, place: Place
) -> None:
    bob = books.person("bob")
    adas = [books.submit(ada, place.id) for _ in range(4)]
    bobs = [books.submit(bob, place.id) for _ in range(2)]
    running = [books.claim(per_user=1) for _ in range(2)]
    assert [job.user_id for job in running] == [ada, bob]
    assert books.write(lambda tx: queue.claim(tx, boot="now", lanes=(0,), per_user=1)) is None
    books.finish(running[0])
    assert books.claim(per_user=1).id == adas[1]
    books.finish(running[1])
    assert books.claim(per_user=1).id == bobs[1]


def test_people_take_turns_even_when_one_asked_for_all_first(books: Books, ada: int, place: Place) -> None:
    bob, cyd = books.person("bob"), books.person("cyd")
    for user_id in (ada, ada, ada, bob, bob, cyd):
        books.submit(user_id, place.id)
    assert [finish_next(books) for _ in range(6)] == [ada, bob, cyd, ada, bob, ada]


def test_nobody_saves_up_turns_by_not_asking(books: Books, ada: int, place: Place) -> None:
    bob = books.person("bob")
    for _ in range(30):
        books.submit(ada, place.id)
    for _ in range(20):
        finish_next(books)
    for _ in range(5):
        books.submit(bob, place.id)
    served = [finish_next(books) for _ in range(10)]
    assert served == [ada, bob] * 5


def test_a_line_that_was_empty_begins_anew(books: Books, ada: int, place: Place) -> None:
    for _ in range(5):
        books.submit(ada, place.id)
    for _ in range(5):
        finish_next(books)
    assert books.job(books.submit(ada, place.id)).turn == 0


def test_a_job_that_was_put_back_keeps_its_turn(books: Books, ada: int, place: Place) -> None:
    bob = books.person("bob")
    first = books.submit(ada, place.id)
    job = books.claim()
    for _ in range(3):
        books.submit(bob, place.id)
    books.put_back(job)
    assert books.claim().id == first


def test_a_job_that_waits_to_be_tried_again_does_not_let_newcomers_in_before_those_who_wait(
    books: Books, ada: int, place: Place
) -> None:
    bob, cyd = books.person("bob"), books.person("cyd")
    books.submit(ada, place.id)
    job = books.claim()
    books.retry(job, HOUR)
    for _ in range(10):
        books.submit(bob, place.id)
    for _ in range(5):
        finish_next(books)
    books.submit(cyd, place.id)
    assert [finish_next(books) for _ in range(3)] == [bob, cyd, bob]


def test_what_was_scheduled_long_ago_takes_its_turn_like_what_is_asked_when_its_time_comes(
    books: Books, ada: int, place: Place
) -> None:
    bob, cyd = books.person("bob"), books.person("cyd")
    for _ in range(100):
        books.submit(ada, place.id, run_at=books.clock.now() + DAY, charges=())
    books.clock.turn(DAY - MINUTE)
    for _ in range(50):
        books.submit(bob, place.id, charges=())
    for _ in range(20):
        assert finish_next(books) == bob
    books.clock.turn(MINUTE)
    books.submit(cyd, place.id)
    served = [finish_next(books) for _ in range(12)]
    assert served.count(cyd) == 1
    assert abs(served.count(ada) - served.count(bob)) <= 1


def test_a_thousand_that_are_scheduled_stand_in_nobodys_way(books: Books, ada: int, place: Place) -> None:
    for _ in range(1_000):
        books.submit(ada, place.id, run_at=books.clock.now() + DAY, charges=())
    bobs = order(books.person("bob"), place.id)
    ticket = books.write(lambda tx: queue.submit(tx, bobs))
    assert ticket.place == 0
    assert books.claim().id == ticket.job_id
