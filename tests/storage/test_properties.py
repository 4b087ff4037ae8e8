"""Whatever people, admins, runners, clocks and kills do, in whatever order: every balance is what it ought to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from storage import identities, joining, people, places, queue, quota, tombstones
from storage.clock import DAY, HOUR, MINUTE
from storage.database import Transaction
from storage.limits import Scope
from storage.metrics import Charge, Metric, Period
from storage.places import Place
from storage.queue import LostJob
from storage.quota import Allowances, Shortage
from tests.storage.books import KEY, Books, charge, order, snapshot
from tests.storage.model import PERIODS, ROLE, SHIPPED, Key, Known, Model, Target
from tests.storage.test_queue import LOST, MOVES, WORN_OUT

ALLOWANCES = Allowances(member={(Metric(metric), Period(period)): most for (metric, period), most in SHIPPED.items()})
ZONES = ("UTC", "Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago", "No/Where")

people_ = st.sampled_from(["ada", "bob", "cyd"])
places_ = st.integers(0, 1)
picks = st.integers(0, 5)
what = st.sampled_from([(metric, period) for metric, periods in PERIODS.items() for period in periods])
amounts = st.sampled_from([-1, 0, 1, 2, 3, 5, 40, 400])
scopes = st.sampled_from(["member", "role", "place_default", "place_cap", "everywhere"])


class Life(RuleBasedStateMachine):
    """Two places, three people, and all that can happen to them."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.books = Books(self.template)
        self.model = Model()
        self.boot = 0
        self.places = [self.books.place(str(n), zone) for n, zone in enumerate(("UTC", "Asia/Tokyo"))]
        self.model.zones = {place.id: place.time_zone for place in self.places}
        self.accounts = {name: name for name in ("ada", "bob", "cyd")}
        self.users = {name: self.books.person(name) for name in self.accounts}
        self.model.now = self.books.clock.now()

    def teardown(self) -> None:
        if hasattr(self, "books"):
            self.books.close()

    # What people do

    @rule(
        name=people_,
        at=places_,
        characters=st.integers(1, 30),
        roles=st.sampled_from([(), (ROLE,), ("other", ROLE)]),
        unlimited=st.sampled_from([False, False, False, True]),
        inputs=st.sampled_from([0, 0, 1]),
        delay=st.sampled_from([0, 0, HOUR]),
        lane=st.sampled_from([0, 0, 2]),
    )
    def submit(
        self,
        name: str,
        at: int,
        characters: int,
        roles: tuple[str, ...],
        unlimited: bool,
        inputs: int,
        delay: int,
        lane: int,
    ) -> None:
        user_id, place = self.users[name], self.places[at]
        charges = {"generations": 1, "characters": characters, "bytes": 10 * characters}
        held, short = self.model.wanted(user_id, place.id, charges, roles, unlimited)
        given = order(
            user_id,
            place.id,
            charges=charge(**charges),
            roles=roles,
            unlimited=unlimited,
            inputs=inputs,
            lane=lane,
            allowances=ALLOWANCES,
            run_at=self.model.now + delay if delay else 0,
        )
        ticket = self.try_to(lambda tx: queue.submit(tx, given), short)
        if ticket is not None:
            job = Known(user_id, place.id, "pending" if inputs else "ready", charges)
            self.model.jobs[ticket.job_id] = job
            self.model.reserve(job, held)

    @rule(pick=picks)
    def stage(self, pick: int) -> None:
        if (found := self.pick(pick, "pending")) is not None:
            assert self.books.write(lambda tx: queue.stage(tx, found, "file", '{"path": "staging/x"}'))
            self.model.jobs[found].state = "ready"

    @rule(pick=picks, state=st.sampled_from(["pending", "ready", "running", "succeeded", "cancelled"]))
    def cancel(self, pick: int, state: str) -> None:
        if (found := self.pick(pick, state)) is not None:
            job = self.model.jobs[found]
            assert self.books.cancel(found) == (state in ("pending", "ready", "running"))
            if state in ("pending", "ready", "running"):
                self.model.end(job, "cancelled", {})

    @rule(pick=picks, state=st.sampled_from(["failed", "cancelled"]), roles=st.sampled_from([(), (ROLE,)]))
    def renew(self, pick: int, state: str, roles: tuple[str, ...]) -> None:
        found = self.pick(pick, state)
        if found is None or self.books.job(found).inputs:
            return
        job = self.model.jobs[found]
        held, short = self.model.wanted(job.user_id, job.place_id, job.charges, roles, False)
        ticket = self.try_to(
            lambda tx: queue.renew(tx, found, allowances=ALLOWANCES, roles=roles, unlimited=False), short
        )
        if ticket is not None:
            job.state, job.attempts_left = "ready", queue.ATTEMPTS
            self.model.reserve(job, held)

    @rule(pick=picks)
    def let_a_file_go(self, pick: int) -> None:
        if (found := self.pick(pick, "succeeded")) is not None:
            job = self.model.jobs[found]
            gone = Charge(metric=Metric.BYTES, amount=1_000_000)
            self.books.write(
                lambda tx: quota.release(tx, user_id=job.user_id, place_id=job.place_id, charge=gone, job_id=found)
            )
            self.model.release(f"user:{job.user_id}", job.place_id, job.stored)
            job.stored = 0

    @rule(name=people_, comes_back=st.booleans())
    def forget(self, name: str, comes_back: bool) -> None:
        """Who comes back does so with the account that was theirs; who does not is somebody new from then on."""
        user_id, account = self.users[name], self.accounts[name]
        self.books.write(lambda tx: people.forget(tx, user_id, KEY))
        hashed = identities.account_hash("discord", account, KEY)
        gone = self.books.value("SELECT who FROM tombstones WHERE account_hash = :hashed", hashed=hashed)
        self.model.forget(user_id, gone or "gone:nobody")
        assert gone or not [key for key in self.model.rows if key.who == "gone:nobody"]
        if not comes_back:
            self.accounts[name] = f"{name} {user_id}"
        for other in [other for other, theirs in self.users.items() if theirs == user_id and other != name]:
            self.accounts[other] = f"{other} {user_id}"
            self.users[other] = self.books.person(self.accounts[other])
        self.users[name] = self.books.person(self.accounts[name])
        if gone and comes_back:
            left = self.books.value("SELECT COUNT(*) FROM tombstones WHERE who = :gone", gone=gone)
            self.model.come_back(gone, self.users[name], bool(left))

    @rule(kept=people_, gone=people_)
    def join(self, kept: str, gone: str) -> None:
        """Two turn out to be one, and act with either account from then on."""
        one, other = self.users[kept], self.users[gone]
        if one != other:
            self.books.write(lambda tx: joining.join(tx, one, other))
            self.users = {name: one if user_id == other else user_id for name, user_id in self.users.items()}
            self.model.join_people(one, other)

    # What the runner does

    @rule(per_user=st.integers(1, 3), lanes=st.sampled_from([(0,), (0, 2), (2,)]))
    def claim(self, per_user: int, lanes: tuple[int, ...]) -> None:
        job = self.books.write(lambda tx: queue.claim(tx, boot=str(self.boot), lanes=lanes, per_user=per_user))
        if job is None:
            return
        known = self.model.jobs[job.id]
        running = [each for each in self.model.jobs.values() if each.state == "running"]
        assert known.state == "ready" and job.run_at <= self.model.now and job.lane in lanes
        assert sum(each.user_id == job.user_id for each in running) < per_user
        known.state = "running"
        known.attempt += 1
        known.attempts_left -= 1
        assert (job.attempt, job.attempts_left) == (known.attempt, known.attempts_left)

    @rule(pick=picks, characters=st.integers(0, 40), size=st.integers(0, 400))
    def finish(self, pick: int, characters: int, size: int) -> None:
        if (found := self.pick(pick, "running")) is not None:
            self.books.finish(self.books.job(found), characters=characters, bytes=size)
            self.model.end(self.model.jobs[found], "succeeded", {"characters": characters, "bytes": size})

    @rule(pick=picks)
    def fail(self, pick: int) -> None:
        if (found := self.pick(pick, "running")) is not None:
            self.books.fail(self.books.job(found))
            self.model.end(self.model.jobs[found], "failed", {})

    @rule(pick=picks)
    def retry_later(self, pick: int) -> None:
        found = self.pick(pick, "running")
        if found is not None and self.model.jobs[found].attempts_left:
            self.books.retry(self.books.job(found), MINUTE)
            self.model.jobs[found].state = "ready"

    @rule(pick=picks)
    def put_back(self, pick: int) -> None:
        if (found := self.pick(pick, "running")) is not None:
            self.books.put_back(self.books.job(found))
            self.model.jobs[found].state = "ready"
            self.model.jobs[found].attempts_left += 1

    @rule(pick=picks, move=st.sampled_from(sorted(MOVES)))
    def come_late(self, pick: int, move: str) -> None:
        late = [(n, job) for n, job in sorted(self.model.jobs.items()) if job.attempt > (job.state == "running")]
        if late:
            number, known = late[pick % len(late)]
            job = self.books.job(number)
            stale = replace(job, attempt=known.attempt - (known.state == "running"))
            before = snapshot(self.books)
            with pytest.raises(LostJob):
                self.books.write(lambda tx: MOVES[move](tx, stale))
            assert snapshot(self.books) == before

    @rule()
    def kill(self) -> None:
        self.boot += 1
        found = self.books.write(lambda tx: queue.recover(tx, str(self.boot), LOST, WORN_OUT))
        running = {n for n, job in self.model.jobs.items() if job.state == "running"}
        pending = {n for n, job in self.model.jobs.items() if job.state == "pending"}
        assert (set(found.ready), set(found.failed)) == (running, pending)
        for number in running:
            self.model.jobs[number].state = "ready"
            self.model.jobs[number].attempts_left += 1
        for number in pending:
            self.model.end(self.model.jobs[number], "failed", {})

    # What admins and owners do

    @rule(scope=scopes, at=places_, name=people_, of=what, amount=amounts)
    def set_limit(self, scope: Scope, at: int, name: str, of: tuple[str, str], amount: int) -> None:
        target, place = self.target(scope, at, name)
        user_id, role = target.user_id or None, target.role or None
        metric, period = Metric(of[0]), Period(of[1])
        self.books.write(
            lambda tx: quota.set_limit(
                tx,
                scope=scope,
                place=place,
                user_id=user_id,
                role=role,
                metric=metric,
                period=period,
                amount=amount,
                by_user_id=None,
            )
        )
        self.model.set_limit(target, *of, amount)

    @rule(scope=scopes, at=places_, name=people_, of=what)
    def clear_limit(self, scope: Scope, at: int, name: str, of: tuple[str, str]) -> None:
        target, place = self.target(scope, at, name)
        user_id, role = target.user_id or None, target.role or None
        metric, period = Metric(of[0]), Period(of[1])
        cleared = self.books.write(
            lambda tx: quota.clear_limit(
                tx, scope=scope, place=place, user_id=user_id, role=role, metric=metric, period=period
            )
        )
        assert cleared == (self.model.limits.pop((target, *of), None) is not None)

    @rule(at=st.sampled_from([0, 1, None]), name=people_, of=what, amount=st.integers(1, 50))
    def grant(self, at: int | None, name: str, of: tuple[str, str], amount: int) -> None:
        place = None if at is None else self.places[at]
        user_id = self.users[name]
        metric, period = Metric(of[0]), Period(of[1])
        self.books.write(
            lambda tx: quota.grant(
                tx, user_id=user_id, place=place, metric=metric, period=period, amount=amount, by_user_id=user_id
            )
        )
        key = self.model.key(f"user:{user_id}", place.id if place else 0, *of)
        self.model.row(key).granted += amount

    @rule(at=st.sampled_from([0, 1, None]), name=st.sampled_from(["ada", "bob", "cyd", None]))
    def reset(self, at: int | None, name: str | None) -> None:
        if at is None and name is None:
            return
        place = None if at is None else self.places[at]
        user_id = None if name is None else self.users[name]
        self.books.write(lambda tx: quota.reset(tx, user_id=user_id, place=place, by_user_id=None))
        who = "place" if user_id is None else f"user:{user_id}"
        for metric, periods in PERIODS.items():
            for period in periods:
                if period != "held":
                    self.model.row(self.model.key(who, place.id if place else 0, metric, period)).used = 0

    # What time does

    @rule(by=st.sampled_from([-DAY, -HOUR, MINUTE, HOUR, 7 * HOUR, DAY, 20 * DAY]))
    def turn_the_clock(self, by: int) -> None:
        self.books.clock.turn(by)
        self.model.now = self.books.clock.now()

    @rule(at=places_, zone=st.sampled_from(ZONES))
    def move_the_place(self, at: int, zone: str) -> None:
        place_id = self.places[at].id
        self.books.write(lambda tx: places.set_time_zone(tx, place_id, zone))
        self.places[at] = self.books.write(lambda tx: places.get(tx, place_id))
        self.model.zones[place_id] = zone

    @rule(at=places_, zone=st.sampled_from(ZONES))
    def join_places(self, at: int, zone: str) -> None:
        """A group becomes one that somebody has asked in already, and there is a new one."""
        kept, gone = self.places[at], self.places[1 - at]
        self.books.write(lambda tx: joining.join_places(tx, kept.id, gone.id))
        self.model.join_places(kept.id, gone.id)
        self.places[at] = self.books.write(lambda tx: places.get(tx, kept.id))
        self.places[1 - at] = self.books.place(f"after {gone.id}", zone)
        self.model.zones[self.places[1 - at].id] = zone

    @rule()
    def sweep(self) -> None:
        over = [
            row["who"] for row in self.books.rows("SELECT who FROM tombstones WHERE expires_at <= :t", t=self.model.now)
        ]
        self.books.write(tombstones.expire)
        self.books.write(lambda tx: quota.expire(tx, tx.now))
        for who in over:
            self.model.drop(who)
        self.model.expire()

    # What must hold

    @invariant()
    def every_balance_is_what_it_ought_to_be(self) -> None:
        rows = self.books.rows(
            """
            SELECT who, place_id, metric, period, term, used, reserved, granted FROM balances
            WHERE used <> 0 OR reserved <> 0 OR granted <> 0
            """
        )
        assert {Key(*row[:5]): tuple(row[5:]) for row in rows} == self.model.counted()

    @invariant()
    def every_job_is_where_it_ought_to_be(self) -> None:
        rows = self.books.rows("SELECT id, state FROM jobs")
        assert {row["id"]: row["state"] for row in rows} == {n: job.state for n, job in self.model.jobs.items()}

    @invariant()
    def the_books_balance(self) -> None:
        self.books.check()

    # How it is told

    def pick(self, pick: int, state: str) -> int | None:
        found = sorted(n for n, job in self.model.jobs.items() if job.state == state)
        return found[pick % len(found)] if found else None

    def try_to(self, work: Callable[[Transaction], queue.Ticket], short: set[tuple[str, str]]) -> queue.Ticket | None:
        """Do it where nothing is short; where something is, see that it is refused for that and leaves nothing."""
        if not short:
            return self.books.write(work)
        before = snapshot(self.books)
        with pytest.raises(Shortage) as caught:
            self.books.write(work)
        refusal = caught.value
        assert (refusal.metric.value, refusal.period.value) in short
        assert refusal.used + refusal.wanted > refusal.limit >= 0
        assert refusal.resets_at is None or refusal.resets_at > self.model.now
        assert snapshot(self.books) == before
        return None

    def target(self, scope: Scope, at: int, name: str) -> tuple[Target, Place | None]:
        place = None if scope == "everywhere" else self.places[at]
        user_id = self.users[name] if scope in ("member", "everywhere") else 0
        return Target(scope, place.id if place else 0, user_id, ROLE if scope == "role" else ""), place


def test_every_balance_is_what_it_ought_to_be_whatever_happens(template: Path) -> None:
    Life.template = template
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=100,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
