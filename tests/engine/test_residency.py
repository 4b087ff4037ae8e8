"""Which heavy engines are in memory, and what those who wait for one see."""

from __future__ import annotations

import asyncio
import time

import pytest

from engine.engine import EngineMissing, OutOfMemory
from engine.residency import SHARE, EngineNotLoaded, Residency
from engine.speech import Audio
from engine.worker import Worker
from tests.fakes.odd_engines import MIB, Heavy, heavy, odd
from tests.fakes.waiting import until


def kept(*kinds: type[Heavy], budget: int = 0, idle: float = 0.0, free: int | None = None, wait: float = 10.0) -> Kept:
    workers = {kind.name: Worker(kind, heavy=True, needs=lambda kind=kind: kind.holds) for kind in kinds}  # type: ignore[misc]  # mypy takes the default for a parameter
    return Kept(workers, Residency(workers, budget=budget * MIB, idle=idle, free=lambda: free, wait=wait))


class Kept:
    """Some engines and what keeps them."""

    def __init__(self, workers: dict[str, Worker], residency: Residency) -> None:
        self.workers, self.residency = workers, residency

    async def say(self, name: str, text: str = "well") -> Audio:
        async with self.residency.using(name) as worker:
            return await worker.say(odd(text, name), lane=0, user=1)

    def states(self) -> dict[str, str]:
        return {name: health.state for name, health in self.residency.health().items()}

    async def are(self, **states: str) -> None:
        await until(lambda: self.states() == states)


async def test_they_are_loaded_one_after_another_behind_what_is_done() -> None:
    one, other = heavy("one", waits=True), heavy("other")
    there = kept(one, other)
    arrived: list[str] = []

    async def arrive(name: str) -> None:
        arrived.append(name)

    there.residency.arrived = arrive
    there.residency.load_all()
    assert there.states() == {"one": "loading", "other": "loading"}
    assert other.opened == 0 and not there.residency.is_there("other")
    one.may_open.set()
    await asyncio.wait_for(there.residency.settle(), 10)
    assert there.states() == {"one": "ready", "other": "ready"} and arrived == ["one", "other"]
    health = there.residency.health()["one"]
    assert health.held_bytes == one.holds and time.time() - 10 < health.since <= time.time()
    assert health.last_beat is not None and time.time() - 10 < health.last_beat <= time.time()
    await there.residency.close()
    assert there.states() == {"one": "unloaded", "other": "unloaded"} and (one.closed, other.closed) == (1, 1)


async def test_whoever_needs_one_waits_while_it_loads() -> None:
    one = heavy("one", waits=True)
    there = kept(one)
    waiting = [asyncio.create_task(there.say("one")) for _ in range(3)]
    await asyncio.sleep(0.02)
    assert there.states() == {"one": "loading"}
    one.may_open.set()
    sounds = await asyncio.wait_for(asyncio.gather(*waiting), 10)
    assert [round(sound.seconds, 3) for sound in sounds] == [0.4, 0.4, 0.4] and one.opened == 1
    await there.residency.close()


async def test_the_event_loop_goes_on_while_one_loads() -> None:
    one = heavy("one", waits=True)
    there = kept(one)
    there.residency.load_all()
    slept = []
    for _ in range(50):
        begun = time.perf_counter()
        await asyncio.sleep(0.001)
        slept.append(time.perf_counter() - begun)
    assert sorted(slept)[25] < 0.05
    one.may_open.set()
    await there.residency.close()


async def test_one_that_cannot_be_loaded_says_why_and_is_left_alone_for_a_while() -> None:
    one = heavy("one")
    one.fails = EngineMissing("torch is not installed")
    there = kept(one)
    there.residency.load_all()
    await asyncio.wait_for(there.residency.settle(), 10)
    for _ in range(2):
        with pytest.raises(EngineNotLoaded, match="torch is not installed"):
            await there.say("one")
    assert there.states() == {"one": "failed"}
    assert there.residency.health()["one"].note == "torch is not installed"
    await there.residency.close()


async def test_one_that_failed_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.residency.AGAIN", 0.0)
    one = heavy("one")
    one.fails = EngineMissing("it is not there yet")
    there = kept(one)
    with pytest.raises(EngineNotLoaded):
        await there.say("one")
    one.fails = None
    assert (await there.say("one")).seconds > 0
    await there.residency.close()


async def test_the_one_that_was_used_longest_ago_goes_for_another() -> None:
    one, two, three = heavy("one"), heavy("two"), heavy("three")
    there = kept(one, two, three, budget=250)
    for name in ("one", "two", "one", "three"):
        await there.say(name)
    assert there.states() == {"one": "ready", "two": "unloaded", "three": "ready"}
    assert there.residency.health()["two"].held_bytes == 0 and two.closed == 1
    await there.say("two")
    assert there.states() == {"one": "unloaded", "two": "ready", "three": "ready"}
    await there.residency.close()


async def test_at_the_start_only_those_are_loaded_for_which_there_is_room() -> None:
    there = kept(heavy("one"), heavy("two"), heavy("three"), budget=250)
    there.residency.load_all()
    await asyncio.wait_for(there.residency.settle(), 10)
    assert there.states() == {"one": "ready", "two": "ready", "three": "unloaded"}
    await there.residency.close()


async def test_a_single_one_is_loaded_whatever_it_takes() -> None:
    there = kept(heavy("one"), budget=50)
    assert (await there.say("one")).seconds > 0
    await there.residency.close()


async def test_without_a_budget_they_take_a_share_of_what_is_free() -> None:
    one, two = heavy("one"), heavy("two")
    there = kept(one, two, free=int(190 * MIB / SHARE))
    for name in ("one", "two"):
        await there.say(name)
    assert there.states() == {"one": "ready", "two": "ready"}  # what is free beside an open one it does not say
    await there.residency.close()

    class Tight(heavy("tight")):  # type: ignore[misc]  # a class is as good as its name
        def bytes_free(self) -> int:
            return 20 * MIB

    there = kept(Tight, two)
    for name in ("tight", "two"):
        await there.say(name)
    assert there.states() == {"tight": "unloaded", "two": "ready"}
    await there.residency.close()


async def test_one_that_takes_more_than_it_had_said_makes_others_go() -> None:
    one, big = heavy("one"), heavy("big", holds=240)
    workers = {kind.name: Worker(kind, heavy=True) for kind in (one, big)}
    there = Kept(workers, Residency(workers, budget=250 * MIB))
    await there.say("one")
    await there.say("big")
    assert there.states() == {"one": "unloaded", "big": "ready"}
    await there.residency.close()


async def test_what_speaks_is_never_unloaded_and_waited_for() -> None:
    there = kept(heavy("one"), heavy("two"), budget=150)
    speaking = asyncio.create_task(there.say("one", "slow slow"))
    await there.are(one="ready", two="unloaded")
    other = asyncio.create_task(there.say("two"))
    await there.are(one="ready", two="loading")
    assert (await asyncio.wait_for(speaking, 10)).seconds > 0
    assert (await asyncio.wait_for(other, 10)).seconds > 0
    assert there.states() == {"one": "unloaded", "two": "ready"}
    await there.residency.close()


async def test_who_cannot_wait_that_long_is_told_so() -> None:
    there = kept(heavy("one"), heavy("two"), budget=150, wait=0.05)
    speaking = asyncio.create_task(there.say("one", "slow"))
    await there.are(one="ready", two="unloaded")
    with pytest.raises(EngineNotLoaded, match="takes all the memory that there is for it"):
        await asyncio.wait_for(there.say("two"), 10)
    assert (await asyncio.wait_for(speaking, 10)).seconds > 0
    assert (await asyncio.wait_for(there.say("two"), 10)).seconds > 0
    await there.residency.close()


async def test_one_that_nobody_needs_is_unloaded_and_comes_back_when_it_is_needed() -> None:
    one = heavy("one")
    there = kept(one, idle=0.1)
    await there.say("one", "slow")  # longer than it would stay idle
    await until(lambda: one.closed == 1)
    assert there.states() == {"one": "unloaded"} and one.opened == 1
    assert (await asyncio.wait_for(there.say("one"), 10)).seconds > 0
    assert one.opened == 2
    await there.residency.close()


async def test_where_memory_runs_out_while_one_opens_the_others_go() -> None:
    one, two = heavy("one"), heavy("two")
    there = kept(one, two)
    await there.say("one")

    class Needy(two):  # type: ignore[valid-type, misc]  # a class is as good as its name
        def open(self) -> None:
            if not one.closed:
                raise OutOfMemory("CUDA out of memory")
            super().open()

    there.workers["two"]._factory = Needy
    assert (await asyncio.wait_for(there.say("two"), 10)).seconds > 0
    assert there.states() == {"one": "unloaded", "two": "ready"}
    await there.residency.close()


async def test_where_memory_runs_out_while_one_speaks_the_others_go() -> None:
    one, two = heavy("one"), heavy("two")

    class Needy(two):  # type: ignore[valid-type, misc]  # a class is as good as its name
        def _misbehave(self, word: str) -> None:
            if not one.closed:
                raise MemoryError

    there = kept(one, Needy)
    await there.say("one")
    assert (await asyncio.wait_for(there.say("two"), 10)).seconds > 0
    assert there.states() == {"one": "unloaded", "two": "ready"}
    await there.residency.close()


async def test_closing_does_not_wait_for_what_is_loading_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.worker.STOPPING", 0.1)
    one = heavy("one", waits=True)
    there = kept(one)
    there.residency.load_all()
    await asyncio.sleep(0.02)
    await asyncio.wait_for(there.residency.close(), 10)
    assert there.states() == {"one": "unloaded"}
    one.may_open.set()
