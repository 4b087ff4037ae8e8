"""How a job goes from one state to the next, and who cannot move it any more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from storage import identities, jobs, places, queue
from storage.clock import HOUR, MINUTE
from storage.database import Database, Transaction
from storage.jobs import Job
from storage.places import Place
from storage.queue import Ending, LostJob
from tests.storage.books import KEY, SPEECH, Books, a_file, charge, order, replies, snapshot, who

LOST = Ending(key="InputsLost", sentence="The file was lost.", reply='{"text": "Please send it again."}')
WORN_OUT = Ending(key="WornOut", sentence="It stopped Mynah.", reply='{"text": "It did not work."}')


def recover(books: Books, boot: str = "next") -> queue.Recovered:
    return books.write(lambda tx: queue.recover(tx, boot, LOST, WORN_OUT))


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
            made = a_file(tx, ada, job.id)
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
