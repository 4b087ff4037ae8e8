"""What people ask for becomes a job, once; and what did not work out can be asked for anew."""

from __future__ import annotations

import json

import pytest

from storage import jobs, queue, quota
from storage.clock import DAY
from storage.line import CROWD
from storage.places import Place
from storage.queue import LostJob
from storage.quota import Shortage
from tests.storage.books import SPEECH, Books, a_file, allow, order, replies, snapshot, who


def test_an_order_becomes_a_job_that_is_ready(books: Books, ada: int, place: Place) -> None:
    given = order(ada, place.id, roles=("r1",), tags=("späte", "b"), project="Owls", rank=1, format="wav")
    ticket = books.write(lambda tx: queue.submit(tx, given))
    assert (ticket.state, ticket.place, ticket.again, ticket.eta_ms) == ("ready", 0, False, None)
    job = books.job(ticket.job_id)
    assert (job.text, job.text_from, job.characters, job.attempts_left) == ("Hello", "typed", 5, queue.ATTEMPTS)
    assert job.text_hash is not None and len(job.text_hash) == 64
    assert (json.loads(job.roles), json.loads(job.tags), job.project) == (["r1"], ["späte", "b"], "Owls")
    assert (job.rank, job.format, job.address, job.created_at) == (1, "wav", '{"channel": 7}', books.clock.now())


def test_what_is_not_typed_has_no_text(books: Books, ada: int, place: Place) -> None:
    job = books.job(books.submit(ada, place.id, text=None))
    assert (job.text_from, job.text, job.text_hash) == ("none", None, None)


def test_the_same_event_is_one_job(books: Books, ada: int, place: Place) -> None:
    given = order(ada, place.id, event_id="e1")
    first, second = (books.write(lambda tx: queue.submit(tx, given)) for _ in range(2))
    assert (first.again, second.again) == (False, True)
    assert first.job_id == second.job_id
    assert books.balance(who(ada), place.id, "generations") == (0, 1, 0)
    other = books.write(lambda tx: queue.submit(tx, order(ada, place.id, event_id="e1", platform="telegram")))
    assert other.job_id != first.job_id


def test_what_has_no_event_is_done_every_time(books: Books, ada: int, place: Place) -> None:
    assert books.submit(ada, place.id) != books.submit(ada, place.id)


def test_a_file_that_answers_already_is_free_and_on_its_way(books: Books, ada: int, place: Place) -> None:
    known = books.write(lambda tx: a_file(tx, ada))
    none_left = allow(generations_day=0)
    ticket = books.write(
        lambda tx: queue.submit(
            tx, order(ada, place.id, file_id=known, reply='{"text": "Here."}', allowances=none_left, inputs=0)
        )
    )
    assert (ticket.state, ticket.eta_ms) == ("succeeded", 0)
    job = books.job(ticket.job_id)
    assert (job.cached, job.file_id, job.progress, job.finished_by) == (True, known, 1.0, "runner")
    assert replies(books) == [(ticket.job_id, '{"text": "Here."}')]
    assert books.value("SELECT COUNT(*) FROM ledger") == 0


def test_the_place_in_the_line_is_told(books: Books, ada: int, place: Place) -> None:
    for n in range(3):
        ticket = books.write(lambda tx: queue.submit(tx, order(ada, place.id, characters=100)))
        assert ticket.place == n
    bob = books.person("bob")
    ticket = books.write(lambda tx: queue.submit(tx, order(bob, place.id, characters=50), pace=2.0))
    assert ticket.place == 1  # behind the first of Ada's, not behind all
    assert ticket.eta_ms == 300
    assert books.write(lambda tx: queue.line(tx, ticket.job_id)) == (1, 100)
    running = books.claim()
    assert running.user_id == ada
    assert books.write(lambda tx: queue.line(tx, ticket.job_id)) == (0, 100)
    books.write(lambda tx: jobs.set_progress(tx, running.id, 1, 0.25, books.clock.now() + 5_000))
    assert books.write(lambda tx: queue.line(tx, ticket.job_id)) == (0, 75)
    again = books.write(lambda tx: queue.ticket(tx, running.id))
    assert (again.state, again.eta_ms, again.again) == ("running", 5_000, True)
    assert books.write(lambda tx: queue.line(tx, running.id)) == (0, 0)


def test_a_long_line_is_counted_only_so_far(books: Books, ada: int, place: Place) -> None:
    for _ in range(CROWD + 5):
        last = books.submit(ada, place.id, charges=())
    assert books.write(lambda tx: queue.ticket(tx, last)).place == CROWD
    assert books.write(lambda tx: queue.waiting(tx, ada)) == CROWD + 5


def test_a_ticket_for_no_job_is_none(books: Books) -> None:
    with pytest.raises(LostJob):
        books.write(lambda tx: queue.ticket(tx, 99))


def test_a_job_that_failed_is_done_after_all_and_charged_once(books: Books, ada: int, place: Place) -> None:
    books.submit(ada, place.id, charges=SPEECH)
    books.fail(books.claim())
    (job_id,) = [row["id"] for row in books.rows("SELECT id FROM jobs")]
    ticket = books.renew(job_id, allow(generations_day=1), address='{"channel": 8}')
    assert (ticket.state, ticket.place, ticket.again) == ("ready", 0, False)
    job = books.claim()
    assert (job.attempt, job.attempts_left, job.error, job.address) == (2, 2, None, '{"channel": 8}')
    books.finish(job, seconds=4)
    assert books.balance(who(ada), place.id, "seconds") == (4, 0, 0)
    assert books.balance(who(ada), place.id, "bytes", "held") == (1_000, 0, 0)


def test_what_it_costs_is_known_even_when_its_terms_are_long_forgotten(books: Books, ada: int, place: Place) -> None:
    job_id = books.submit(ada, place.id, charges=(*SPEECH, *SPEECH))
    books.cancel(job_id)
    books.clock.turn(90 * DAY)
    books.write(lambda tx: quota.expire(tx, tx.now))
    books.renew(job_id)
    assert books.balance(who(ada), place.id, "characters", "month") == (0, 120, 0)


def test_it_is_tried_as_often_as_the_host_has_set(books: Books, ada: int, place: Place) -> None:
    job_id = books.submit(ada, place.id)
    books.cancel(job_id)
    books.renew(job_id, attempts=7)
    assert books.claim().attempts_left == 6


def test_it_waits_at_the_end_of_the_line(books: Books, ada: int, place: Place) -> None:
    first = books.submit(ada, place.id)
    books.cancel(first)
    second = books.submit(ada, place.id)
    books.renew(first)
    assert [books.claim().id, books.claim().id] == [second, first]


def test_a_limit_may_stand_in_the_way_and_leaves_it_as_it_was(books: Books, ada: int, place: Place) -> None:
    job_id = books.submit(ada, place.id)
    books.cancel(job_id)
    before = snapshot(books)
    with pytest.raises(Shortage):
        books.renew(job_id, allow(generations_day=0))
    assert snapshot(books) == before
    books.renew(job_id, allow(generations_day=0), unlimited=True)


def test_only_what_failed_or_was_cancelled_can_be_renewed_and_only_by_its_person(
    books: Books, ada: int, place: Place
) -> None:
    ready = books.submit(ada, place.id)
    inputs_lost = books.submit(ada, place.id, inputs=1)
    books.cancel(inputs_lost)
    cancelled = books.submit(ada, place.id)
    books.cancel(cancelled)
    before = snapshot(books)
    for job_id, user_id in ((ready, ada), (inputs_lost, ada), (cancelled, books.person("bob")), (99, None)):
        with pytest.raises(LostJob):
            books.renew(job_id, user_id=user_id)
    assert snapshot(books) == before
    books.renew(cancelled, user_id=ada)
