from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine.turns import TurnQueue


def test_items_of_one_user_come_in_their_order() -> None:
    queue: TurnQueue[str] = TurnQueue()
    for item in "abc":
        queue.put(item, 0, 1)
    assert [queue.pop() for _ in range(3)] == ["a", "b", "c"]


def test_an_earlier_lane_goes_before_a_later_one() -> None:
    queue: TurnQueue[str] = TurnQueue()
    queue.put("book", 2, 1)
    queue.put("clone", 1, 1)
    queue.put("speak", 0, 2)
    assert [queue.pop() for _ in range(3)] == ["speak", "clone", "book"]


def test_a_newcomer_waits_for_one_item_of_each_other_user_only() -> None:
    queue: TurnQueue[str] = TurnQueue()
    for number in range(1000):
        queue.put(f"long {number}", 0, 1)
    assert queue.pop() == "long 0"
    queue.put("short", 0, 2)
    assert [queue.pop(), queue.pop(), queue.pop()] == ["long 1", "short", "long 2"]


def test_who_puts_one_item_at_a_time_is_served_as_often_as_who_puts_many() -> None:
    queue: TurnQueue[str] = TurnQueue()
    for _ in range(100):
        queue.put("many", 0, 1)
    queue.put("one", 0, 2)
    served = []
    for _ in range(40):
        served.append(queue.pop())
        if served[-1] == "one":
            queue.put("one", 0, 2)
    assert served.count("one") == 20


def test_nothing_can_be_taken_out_of_an_empty_queue() -> None:
    queue: TurnQueue[str] = TurnQueue()
    with pytest.raises(IndexError):
        queue.pop()
    assert not queue.discard("a")


def test_a_discarded_item_is_not_served_and_costs_no_turn() -> None:
    queue: TurnQueue[str] = TurnQueue()
    queue.put("gone", 0, 1)
    queue.put("first", 0, 2)
    queue.put("second", 0, 1)
    assert queue.discard("gone")
    assert not queue.discard("gone")
    assert [queue.pop(), queue.pop(), len(queue)] == ["second", "first", 0]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4)), max_size=60))
def test_while_nobody_comes_the_users_of_a_lane_are_served_evenly(orders: list[tuple[int, int]]) -> None:
    queue: TurnQueue[tuple[int, int, int]] = TurnQueue()
    for number, (lane, user) in enumerate(orders):
        queue.put((lane, user, number), lane, user)
    served = [queue.pop() for _ in orders]
    assert [lane for lane, _, _ in served] == sorted(lane for lane, _ in orders)
    for lane in range(3):
        users = [user for each, user, _ in served if each == lane]
        for place in range(len(users)):
            waiting = set(users[place:])
            counts = [users[:place].count(user) for user in waiting]
            assert max(counts, default=0) - min(counts, default=0) <= 1


class Turns(RuleBasedStateMachine):
    """A queue and the plainest list that could stand for it."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: TurnQueue[int] = TurnQueue()
        self.waiting: dict[int, tuple[int, int]] = {}
        self.next = 0

    @rule(lane=st.integers(0, 2), user=st.integers(0, 3))
    def put(self, lane: int, user: int) -> None:
        self.queue.put(self.next, lane, user)
        self.waiting[self.next] = (lane, user)
        self.next += 1

    @precondition(lambda self: self.waiting)
    @rule()
    def pop(self) -> None:
        item = self.queue.pop()
        lane, user = self.waiting.pop(item)
        assert lane <= min((each for each, _ in self.waiting.values()), default=lane)
        assert all(other > item for other, key in self.waiting.items() if key == (lane, user))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def discard(self, data: st.DataObject) -> None:
        item = data.draw(st.sampled_from(sorted(self.waiting)))
        assert self.queue.discard(item)
        del self.waiting[item]

    @invariant()
    def has_as_many_as_were_put(self) -> None:
        assert len(self.queue) == len(self.waiting)


TestTurns = Turns.TestCase
