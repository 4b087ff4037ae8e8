"""How a job goes from one state to the next, and who cannot move it any more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from storage import files, identities, jobs, places, queue, quota
from storage.clock import DAY, HOUR, MINUTE
from storage.database import Database, Transaction
from storage.jobs import Job
from storage.line import CROWD, NO_TURN
from storage.places import Place
from storage.queue import Ending, LostJob
from storage.quota import Shortage
from tests.storage.books import KEY, SPEECH, Books, allow, charge, order, snapshot, who

LOST = Ending(key="InputsLost", sentence="The file was lost.", reply='{"text": "Please send it again."}')
WORN_OUT = Ending(key="WornOut", sentence="It stopped Mynah.", reply='{"text": "It did not work."}')


def file(tx: Transaction, user_id: int, job_id: int | None = None) -> int:
    return files.add(
        tx,
        user_id=user_id,
        job_id=job_id,
        name="hello.wav",
        format="wav",
        sha256="0" * 64,
        bytes=10,
        seconds=1.5,
        rate=22_050,
        expires_at=None,
    )


def recover(books: Books, boot: str = "next") -> queue.Recovered:
    return books.write(lambda tx: queue.recover(tx, boot, LOST, WORN_OUT))


def replies(books: Books) -> list[tuple[int, str]]:
    return [(row["job_id"], row["reply"]) for row in books.rows("SELECT job_id, reply FROM deliveries ORDER BY id")]


class TestSubmit:
    def test_an_order_becomes_a_job_that_is_ready(self, books: Books, ada: int, place: Place) -> None:
        given = order(ada, place.id, roles=("r1",), tags=("späte", "b"), project="Owls", rank=1, format="wav")
        ticket = books.write(lambda tx: queue.submit(tx, given))
        assert (ticket.state, ticket.place, ticket.again, ticket.eta_ms) == ("ready", 0, False, None)
        job = books.job(ticket.job_id)
        assert (job.text, job.text_from, job.characters, job.attempts_left) == ("Hello", "typed", 5, queue.ATTEMPTS)
        assert job.text_hash is not None and len(job.text_hash) == 64
        assert (json.loads(job.roles), json.loads(job.tags), job.project) == (["r1"], ["späte", "b"], "Owls")
        assert (job.rank, job.format, job.address, job.created_at) == (1, "wav", '{"channel": 7}', books.clock.now())

    def test_what_is_not_typed_has_no_text(self, books: Books, ada: int, place: Place) -> None:
        job = books.job(books.submit(ada, place.id, text=None))
        assert (job.text_from, job.text, job.text_hash) == ("none", None, None)

    def test_the_same_event_is_one_job(self, books: Books, ada: int, place: Place) -> None:
        given = order(ada, place.id, event_id="e1")
        first, second = (books.write(lambda tx: queue.submit(tx, given)) for _ in range(2))
        assert (first.again, second.again) == (False, True)
        assert first.job_id == second.job_id
        assert books.balance(who(ada), place.id, "generations") == (0, 1, 0)
        other = books.write(lambda tx: queue.submit(tx, order(ada, place.id, event_id="e1", platform="telegram")))
        assert other.job_id != first.job_id

    def test_what_has_no_event_is_done_every_time(self, books: Books, ada: int, place: Place) -> None:
        assert books.submit(ada, place.id) != books.submit(ada, place.id)

    def test_a_file_that_answers_already_is_free_and_on_its_way(self, books: Books, ada: int, place: Place) -> None:
        known = books.write(lambda tx: file(tx, ada))
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

    def test_the_place_in_the_line_is_told(self, books: Books, ada: int, place: Place) -> None:
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

    def test_a_long_line_is_counted_only_so_far(self, books: Books, ada: int, place: Place) -> None:
        for _ in range(CROWD + 5):
            last = books.submit(ada, place.id, charges=())
        assert books.write(lambda tx: queue.ticket(tx, last)).place == CROWD
        assert books.write(lambda tx: queue.waiting(tx, ada)) == CROWD + 5

    def test_a_ticket_for_no_job_is_none(self, books: Books) -> None:
        with pytest.raises(LostJob):
            books.write(lambda tx: queue.ticket(tx, 99))


class TestInputs:
    def test_the_last_file_makes_a_job_ready(self, books: Books, ada: int, place: Place) -> None:
        given = {"values": '{"a": {"name": "a.wav", "path": ""}, "b": {"name": "b.wav", "path": ""}}', "inputs": 2}
        job_id = books.submit(ada, place.id, **given)
        assert books.job(job_id).state == "pending"

        def stage(name: str) -> bool:
            form = json.dumps({"name": f"{name}.wav", "path": f"staging/{name}"})
            return books.write(lambda tx: queue.stage(tx, job_id, name, form))

        assert not stage("a")
        assert not stage("a")  # told twice, counted once
        assert books.job(job_id).inputs == 1
        assert books.write(lambda tx: queue.claim(tx, boot="now", lanes=(0,), per_user=9)) is None
        assert stage("b")
        assert json.loads(books.job(job_id).vals)["b"] == {"name": "b.wav", "path": "staging/b"}
        assert books.claim().id == job_id

    def test_a_file_for_a_job_that_waits_no_longer_is_of_no_use(self, books: Books, ada: int, place: Place) -> None:
        job_id = books.submit(ada, place.id, inputs=1, values='{"a": {"path": ""}}')
        books.cancel(job_id)
        before = snapshot(books)
        assert not books.write(lambda tx: queue.stage(tx, job_id, "a", '{"path": "staging/a"}'))
        assert not books.write(lambda tx: queue.stage(tx, 99, "a", '{"path": "staging/a"}'))
        assert snapshot(books) == before

    def test_a_file_that_never_came_fails_the_job_and_asks_again(self, books: Books, ada: int, place: Place) -> None:
        job_id = books.submit(ada, place.id, inputs=1)
        asked = {"key": "AttachmentLost", "sentence": "It is lost.", "reply": '{"text": "Again, please."}'}
        assert books.write(lambda tx: queue.fail_inputs_lost(tx, job_id, **asked))
        assert not books.write(lambda tx: queue.fail_inputs_lost(tx, job_id, **asked))
        job = books.job(job_id)
        assert (job.state, job.error_key, job.error) == ("failed", "AttachmentLost", "It is lost.")
        assert replies(books) == [(job_id, '{"text": "Again, please."}')]
        assert books.balance(who(ada), place.id, "generations") == (0, 0, 0)


class TestRunning:
    def test_a_claimed_job_knows_its_attempt_and_its_boot(self, books: Books, ada: int, place: Place) -> None:
        job_id = books.submit(ada, place.id)
        job = books.claim(boot="b7")
        assert (job.id, job.state, job.attempt, job.boot) == (job_id, "running", 1, "b7")
        assert (job.started_at, job.attempts_left) == (books.clock.now(), queue.ATTEMPTS - 1)
        assert books.write(lambda tx: queue.claim(tx, boot="b7", lanes=(0,), per_user=9)) is None

    def test_only_the_named_job_is_claimed_where_one_is_named(self, books: Books, ada: int, place: Place) -> None:
        first, second = books.submit(ada, place.id), books.submit(ada, place.id)
        assert books.claim(job_id=second, per_user=0).id == second
        assert books.write(lambda tx: queue.claim(tx, boot="now", lanes=(), per_user=9, job_id=second)) is None
        assert books.job(first).state == "ready"

    def test_only_the_given_lanes_are_claimed_from(self, books: Books, ada: int, place: Place) -> None:
        books.submit(ada, place.id, lane=2)
        assert books.write(lambda tx: queue.claim(tx, boot="now", lanes=(0, 1), per_user=9)) is None
        assert books.write(lambda tx: queue.claim(tx, boot="now", lanes=(2,), per_user=9)) is not None

    def test_a_finished_job_has_its_file_and_its_reply_on_the_way(self, books: Books, ada: int, place: Place) -> None:
        books.submit(ada, place.id)
        job = books.claim()
        books.clock.turn(1_500)

        def finish(tx: Transaction) -> int:
            made = file(tx, ada, job.id)
            queue.finish(tx, job.id, job.attempt, used={}, seconds=1.5, reply='{"text": "Done."}', file_id=made)
            return made

        made = books.write(finish)
        done = books.job(job.id)
        assert (done.state, done.progress, done.seconds, done.file_id) == ("succeeded", 1.0, 1.5, made)
        assert (done.finished_at, done.finished_by) == (books.clock.now(), "runner")
        (row,) = books.rows("SELECT * FROM deliveries")
        assert (row["user_id"], row["platform"], row["address"]) == (ada, "discord", '{"channel": 7}')
        assert (row["reply"], row["state"], row["job_id"]) == ('{"text": "Done."}', "queued", job.id)

    def test_a_failed_job_costs_nothing_and_tells_why(self, books: Books, ada: int, place: Place) -> None:
        books.submit(ada, place.id, charges=SPEECH)
        job = books.claim()
        books.fail(job)
        failed = books.job(job.id)
        assert (failed.state, failed.error_key, failed.error) == ("failed", "Failed", "It broke.")
        assert replies(books) == [(job.id, '{"text": "No."}')]
        assert books.value("SELECT SUM(used) + SUM(reserved) FROM balances") == 0

    def test_a_job_that_is_tried_again_waits_for_its_time_and_keeps_what_is_set_aside(
        self, books: Books, ada: int, place: Place
    ) -> None:
        books.submit(ada, place.id)
        for attempt in range(1, queue.ATTEMPTS):
            job = books.claim()
            assert job.attempt == attempt
            books.retry(job, MINUTE)
            assert books.write(lambda tx: queue.claim(tx, boot="now", lanes=(0,), per_user=9)) is None
            assert books.write(jobs.next_run_at) == books.clock.now() + MINUTE
            books.clock.turn(MINUTE)
        last = books.claim()
        assert last.attempts_left == 0
        with pytest.raises(LostJob):
            books.write(lambda tx: queue.retry_later(tx, last.id, last.attempt, tx.now))
        assert books.balance(who(ada), place.id, "generations") == (0, 1, 0)

    def test_an_interrupted_attempt_does_not_count(self, books: Books, ada: int, place: Place) -> None:
        books.submit(ada, place.id)
        for attempt in range(1, 10):
            job = books.claim()
            assert (job.attempt, job.attempts_left) == (attempt, queue.ATTEMPTS - 1)
            books.put_back(job)

    def test_a_job_is_not_run_before_its_time(self, books: Books, ada: int, place: Place) -> None:
        job_id = books.submit(ada, place.id, run_at=books.clock.now() + HOUR)
        assert books.write(lambda tx: queue.claim(tx, boot="now", lanes=(0,), per_user=9)) is None
        assert books.write(lambda tx: queue.claim(tx, boot="now", lanes=(0,), per_user=9, job_id=job_id)) is None
        books.clock.turn(HOUR)
        assert books.claim().id == job_id


Move = Callable[[Transaction, Job], object]

MOVES: dict[str, Move] = {
    "hold": lambda tx, job: queue.hold(tx, job.id, job.attempt),
    "finish": lambda tx, job: queue.finish(tx, job.id, job.attempt, used={}, seconds=1.0, reply="{}"),
    "fail": lambda tx, job: queue.fail(tx, job.id, job.attempt, key="Failed", sentence="No.", reply="{}"),
    "retry_later": lambda tx, job: queue.retry_later(tx, job.id, job.attempt, tx.now),
    "put_back": lambda tx, job: queue.put_back(tx, job.id, job.attempt),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
class TestALateAttempt:
    """Whoever has lost a job changes nothing of it."""

    def check_lost(self, books: Books, move: Move, job: Job) -> None:
        before = snapshot(books)
        with pytest.raises(LostJob):
            books.write(lambda tx: move(tx, job))
        assert snapshot(books) == before

    def test_after_the_job_was_cancelled(self, books: Books, ada: int, place: Place, move: Move) -> None:
        books.submit(ada, place.id)
        job = books.claim()
        books.cancel(job.id)
        self.check_lost(books, move, job)

    def test_after_a_newer_attempt_began(self, books: Books, ada: int, place: Place, move: Move) -> None:
        books.submit(ada, place.id)
        job = books.claim()
        books.put_back(job)
        self.check_lost(books, move, job)
        newer = books.claim()
        self.check_lost(books, move, job)
        books.finish(newer)

    def test_after_a_restart(self, books: Books, ada: int, place: Place, move: Move) -> None:
        books.submit(ada, place.id)
        job = books.claim(boot="earlier")
        recover(books)
        self.check_lost(books, move, job)

    def test_after_it_has_ended(self, books: Books, ada: int, place: Place, move: Move) -> None:
        books.submit(ada, place.id)
        job = books.claim()
        books.finish(job)
        self.check_lost(books, move, job)

    def test_after_it_was_renewed(self, books: Books, ada: int, place: Place, move: Move) -> None:
        books.submit(ada, place.id)
        job = books.claim()
        books.cancel(job.id)
        books.renew(job.id)
        self.check_lost(books, move, job)
        books.claim()
        self.check_lost(books, move, job)

    def test_while_it_has_the_job_it_may(self, books: Books, ada: int, place: Place, move: Move) -> None:
        books.submit(ada, place.id)
        job = books.claim()
        books.write(lambda tx: move(tx, job))


class TestCancel:
    @pytest.mark.parametrize("state", ["pending", "ready", "running"])
    def test_a_job_that_has_not_ended_is_refunded_at_once(
        self, books: Books, ada: int, place: Place, state: str
    ) -> None:
        job_id = books.submit(ada, place.id, charges=SPEECH, inputs=int(state == "pending"))
        if state == "running":
            books.claim()
        assert books.job(job_id).state == state
        assert books.write(lambda tx: queue.cancel(tx, job_id, by="admin"))
        job = books.job(job_id)
        assert (job.state, job.finished_by, job.finished_at) == ("cancelled", "admin", books.clock.now())
        assert books.value("SELECT SUM(used) + SUM(reserved) FROM balances") == 0
        assert not books.cancel(job_id)

    def test_a_job_that_is_done_stays_done_and_charged(self, books: Books, ada: int, place: Place) -> None:
        books.submit(ada, place.id)
        job = books.claim()
        books.finish(job)
        assert not books.cancel(job.id)
        assert books.balance(who(ada), place.id, "generations") == (1, 0, 0)

    def test_somebody_elses_job_is_left_alone(self, books: Books, ada: int, place: Place) -> None:
        bob = books.person("bob")
        job_id = books.submit(ada, place.id)
        assert not books.write(lambda tx: queue.cancel(tx, job_id, by="user", user_id=bob))
        assert books.write(lambda tx: queue.cancel(tx, job_id, by="user", user_id=ada))


class TestRenew:
    def test_a_job_that_failed_is_done_after_all_and_charged_once(self, books: Books, ada: int, place: Place) -> None:
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

    def test_what_it_costs_is_known_even_when_its_terms_are_long_forgotten(
        self, books: Books, ada: int, place: Place
    ) -> None:
        job_id = books.submit(ada, place.id, charges=(*SPEECH, *SPEECH))
        books.cancel(job_id)
        books.clock.turn(90 * DAY)
        books.write(lambda tx: quota.expire(tx, tx.now))
        books.renew(job_id)
        assert books.balance(who(ada), place.id, "characters", "month") == (0, 120, 0)

    def test_it_waits_at_the_end_of_the_line(self, books: Books, ada: int, place: Place) -> None:
        first = books.submit(ada, place.id)
        books.cancel(first)
        second = books.submit(ada, place.id)
        books.renew(first)
        assert [books.claim().id, books.claim().id] == [second, first]

    def test_a_limit_may_stand_in_the_way_and_leaves_it_as_it_was(self, books: Books, ada: int, place: Place) -> None:
        job_id = books.submit(ada, place.id)
        books.cancel(job_id)
        before = snapshot(books)
        with pytest.raises(Shortage):
            books.renew(job_id, allow(generations_day=0))
        assert snapshot(books) == before
        books.renew(job_id, allow(generations_day=0), unlimited=True)

    def test_only_what_failed_or_was_cancelled_can_be_renewed_and_only_by_its_person(
        self, books: Books, ada: int, place: Place
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


class TestRecover:
    def test_what_an_earlier_run_was_at_is_ready_again_and_keeps_its_turn(
        self, books: Books, ada: int, place: Place
    ) -> None:
        first, second = books.submit(ada, place.id), books.submit(ada, place.id)
        books.claim(boot="earlier", job_id=first)
        found = recover(books)
        assert (found.ready, found.failed) == ((first,), ())
        job = books.job(first)
        assert (job.state, job.attempt, job.attempts_left) == ("ready", 1, queue.ATTEMPTS)
        assert [books.claim().id, books.claim().id] == [first, second]
        assert recover(books, boot="now") == queue.Recovered(ready=(), failed=())

    def test_what_still_waited_for_files_is_refunded_and_asked_for_again(
        self, books: Books, ada: int, place: Place
    ) -> None:
        job_id = books.submit(ada, place.id, inputs=1)
        assert recover(books).failed == (job_id,)
        job = books.job(job_id)
        assert (job.state, job.error_key, job.finished_by) == ("failed", "InputsLost", "restart")
        assert replies(books) == [(job_id, LOST.reply)]
        assert books.balance(who(ada), place.id, "generations") == (0, 0, 0)

    def test_a_job_that_ends_the_process_again_and_again_is_given_up(
        self, books: Books, ada: int, place: Place
    ) -> None:
        job_id = books.submit(ada, place.id)
        for n in range(queue.INTERRUPTIONS):
            assert books.job(job_id).state == "ready"
            books.claim(boot=f"b{n}")
            found = recover(books, boot=f"b{n + 1}")
        assert found.failed == (job_id,)
        assert replies(books) == [(job_id, WORN_OUT.reply)]
        assert books.balance(who(ada), place.id, "generations") == (0, 0, 0)


async def test_many_who_claim_at_once_get_each_job_once(database: Database) -> None:
    def arrive(tx: Transaction) -> None:
        user_id = identities.ensure(tx, "discord", "ada", "Ada", KEY)
        place_id = places.ensure(tx, "discord", "42", "server", "The Aviary").id
        for _ in range(20):
            queue.submit(tx, order(user_id, place_id, charges=charge(generations=1)))

    await database.write(arrive)
    claimed = await asyncio.gather(
        *(database.write(lambda tx: queue.claim(tx, boot="now", lanes=(0,), per_user=99)) for _ in range(50))
    )
    found = [job.id for job in claimed if job is not None]
    assert len(found) == len(set(found)) == 20


def test_a_turn_that_is_not_given_yet_is_behind_every_turn() -> None:
    assert NO_TURN > 10**9
