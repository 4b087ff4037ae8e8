from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from engine.engine import Engine, EngineError, EngineLost, EngineMissing
from engine.residency import EngineNotLoaded
from engine.router import Router
from engine.speech import Speaker, Utterance
from engine.worker import EngineClosed, Worker
from tests.engine.sines import SineEngine, utterance
from tests.fakes.odd_engines import heavy, odd
from tests.fakes.waiting import until


class MissingEngine(SineEngine):
    name = "missing"

    def open(self) -> None:
        raise EngineMissing("install it first")


class OtherEngine(SineEngine):
    name = "other"


async def test_each_utterance_goes_to_the_engine_of_its_voice() -> None:
    engines = {"sine": SineEngine(), "other": OtherEngine()}
    router = Router({"sine": Worker(lambda: engines["sine"]), "other": Worker(lambda: engines["other"])})
    await router.open()
    await router.say(utterance("one"), lane=0, user=1)
    await router.say(Utterance(text="two", engine="other", speaker="low"), lane=0, user=1)
    assert engines["sine"].batches == [["one"]]
    assert engines["other"].batches == [["two"]]
    assert set(router.abilities) == {"sine", "other"}
    assert [(speaker.engine, speaker.key) for speaker in router.speakers] == [
        ("sine", "low"),
        ("sine", "high"),
        ("other", "low"),
        ("other", "high"),
    ]
    assert [variant.key for variant in router.variants["sine"]] == ["soft"]
    await router.close()
    assert engines["sine"].closed and engines["other"].closed
    assert router.abilities == {}


async def test_an_engine_that_is_not_there_cannot_be_asked() -> None:
    with pytest.raises(EngineError, match="'sine'"):
        await Router({}).say(utterance("one"), lane=0, user=1)


async def test_an_engine_that_cannot_be_opened_is_left_out() -> None:
    router = Router({"missing": Worker(MissingEngine), "sine": Worker(SineEngine)})
    await router.open()
    assert set(router.abilities) == {"sine"}
    assert str(router.failures["missing"]) == "install it first"
    await router.close()


async def test_where_no_engine_can_be_opened_the_reason_is_told() -> None:
    with pytest.raises(EngineMissing, match="install it first"):
        await Router({"missing": Worker(MissingEngine)}).open()


def routed(*kinds: type[Engine], budget: int = 0, idle: float = 0.0) -> Router:
    return Router({kind.name: Worker(kind, heavy=kind.heavy) for kind in kinds}, budget=budget, idle=idle)


def states(router: Router) -> dict[str, str]:
    return {name: health.state for name, health in router.health().items()}


async def test_it_is_open_as_soon_as_the_light_engines_are_and_the_choice_moves_when_a_heavy_one_comes() -> None:
    big = heavy("big", waits=True)
    router, greeted = routed(SineEngine, big), []

    async def greet(speakers: Iterable[Speaker], variants: object, unknown: frozenset[str]) -> None:
        greeted.append(([speaker.key for speaker in speakers], unknown))
        assert set(router.abilities) == {"sine"}  # it speaks only once it was told of

    router.greet = greet
    await asyncio.wait_for(router.open(), 10)
    assert states(router) == {"sine": "ready", "big": "loading"}
    assert set(router.abilities) == {"sine"} and router.unknown == {"big"}
    assert "big is loading since" in router.choice.words()
    best = router.choice.best("en")
    assert best is not None and best.engine == "sine"
    big.may_open.set()
    await asyncio.wait_for(router.settle(), 10)
    assert states(router) == {"sine": "ready", "big": "ready"}
    assert greeted == [(["low", "high", "big-ada"], frozenset())] and router.unknown == set()
    assert "loading" not in router.choice.words() and "hums" in router.choice.words()
    best = router.choice.best("en")
    assert best is not None and best.engine == "big"
    await router.close()
    assert states(router) == {"sine": "unloaded", "big": "unloaded"}


async def test_whoever_names_a_voice_of_an_engine_that_is_loading_waits_for_it() -> None:
    big = heavy("big", waits=True)
    router = routed(SineEngine, big)
    await router.open()
    assert router.is_there("sine") and not router.is_there("big")
    waiting = asyncio.create_task(router.say(odd("well", "big"), lane=0, user=1))
    loading = asyncio.create_task(router.load("big"))
    await asyncio.sleep(0.02)
    assert (await router.say(utterance("meanwhile"), lane=0, user=2)).seconds > 0
    assert not waiting.done()
    big.may_open.set()
    assert (await asyncio.wait_for(waiting, 10)).seconds == pytest.approx(0.4)
    await asyncio.wait_for(loading, 10)
    await router.close()


async def test_one_that_cannot_be_loaded_is_told_of_and_refused_in_words() -> None:
    big = heavy("big")
    big.fails = EngineMissing("torch is not installed")
    router = routed(SineEngine, big)
    await router.open()
    await asyncio.wait_for(router.settle(), 10)
    assert str(router.failures["big"]) == router.health()["big"].note == "torch is not installed"
    assert router.choice.words().endswith("torch is not installed.")
    with pytest.raises(EngineNotLoaded, match="torch is not installed"):
        await router.say(odd("well", "big"), lane=0, user=1)
    with pytest.raises(EngineNotLoaded, match="torch is not installed"):
        await router.load("big")
    assert router.unknown == {"big"}
    await router.close()


async def test_where_nobody_else_speaks_the_heavy_one_is_waited_for() -> None:
    big = heavy("big")
    router = routed(big)
    await asyncio.wait_for(router.open(lazy=True), 10)
    assert set(router.abilities) == {"big"}
    await router.close()
    big.fails = EngineMissing("install it first")
    with pytest.raises(EngineError, match="install it first"):
        await asyncio.wait_for(routed(big).open(), 10)


async def test_for_a_single_request_heavy_engines_are_loaded_when_they_are_needed() -> None:
    big = heavy("big")
    router = routed(SineEngine, big)
    await router.open(lazy=True)
    assert states(router) == {"sine": "ready", "big": "unloaded"} and big.opened == 0
    await asyncio.wait_for(router.say(odd("well", "big"), lane=0, user=1), 10)
    assert big.opened == 1
    await router.close()


async def test_whom_a_heavy_engine_has_built_in_is_foretold_for_a_single_request() -> None:
    big, huge, dark = heavy("big"), heavy("huge"), heavy("dark")
    workers = {kind.name: Worker(kind, heavy=kind.heavy) for kind in (SineEngine, big, huge, dark)}

    def unreadable() -> list[Speaker]:
        raise EngineMissing("torch is not installed")

    foretell = {"big": lambda: big().speakers(), "huge": lambda: huge().speakers(), "dark": unreadable}
    router, greeted = Router(workers, foretell=foretell), []

    async def greet(speakers: Iterable[Speaker], variants: object, unknown: frozenset[str]) -> None:
        greeted.append(({speaker.key for speaker in speakers}, set(unknown)))

    router.greet = greet
    await router.open(lazy=True)
    assert [speaker.key for speaker in router.foretold] == ["big-ada", "huge-ada"]
    assert router.unknown == {"dark"} and {speaker.engine for speaker in router.speakers} == {"sine"}
    assert set(router.abilities) == {"sine"} and big.opened == huge.opened == 0
    await asyncio.wait_for(router.say(odd("well", "big"), lane=0, user=1), 10)
    assert greeted == [({"low", "high", "big-ada", "huge-ada"}, {"dark"})]
    assert [speaker.key for speaker in router.foretold] == ["huge-ada"]
    await router.close()


async def test_where_engines_are_loaded_behind_nothing_is_foretold() -> None:
    big = heavy("big", waits=True)
    router = Router(
        {kind.name: Worker(kind, heavy=kind.heavy) for kind in (SineEngine, big)},
        foretell={"big": lambda: big().speakers()},
    )
    await router.open()
    assert router.foretold == () and router.unknown == {"big"}
    big.may_open.set()
    await router.close()


async def test_one_that_left_the_memory_is_still_chosen_and_comes_back() -> None:
    big = heavy("big")
    router = routed(SineEngine, big, idle=0.05)
    await router.open()
    await until(lambda: states(router)["big"] == "unloaded" and big.closed == 1)
    best = router.choice.best("en")
    assert best is not None and best.engine == "big" and router.abilities["big"].version == "7"
    await asyncio.wait_for(router.say(odd("well", "big"), lane=0, user=1), 10)
    assert big.opened == 2
    await router.close()


async def test_an_engine_that_was_closed_for_good_is_not_chosen_any_more() -> None:
    class Fragile(SineEngine):
        def open(self) -> None:
            if len(self.lives) > 1:
                raise EngineLost("it is broken")
            self.lives.append(1)

        lives: list[int] = [1]  # noqa: RUF012  # of all its lives

    class Ending(Fragile):
        name = "ending"
        lives: list[int] = []  # noqa: RUF012  # of all its lives

    router = routed(SineEngine, Ending)
    await router.open()
    assert set(router.abilities) == {"sine", "ending"}
    with pytest.raises(EngineError):
        await router.say(Utterance(text="crash", engine="ending", speaker="low"), lane=0, user=1)
    with pytest.raises(EngineClosed, match="stays closed"):
        await router.say(Utterance(text="well", engine="ending", speaker="low"), lane=0, user=1)
    assert set(router.abilities) == {"sine"}
    health = router.health()["ending"]
    assert health.state == "hung" and "until Mynah is started again" in health.note
    assert {speaker.engine for speaker in router.speakers} == {"sine"}
    await router.close()


async def test_how_an_engine_is_says_when_it_gave_a_sign_of_life() -> None:
    router = routed(SineEngine, MissingEngine)
    assert router.health()["sine"].last_beat is None
    await router.open()
    await router.say(utterance("well"), lane=0, user=1)
    health = router.health()
    assert health["sine"].last_beat is not None and health["sine"].last_beat >= health["sine"].since - 1
    assert (health["missing"].state, health["missing"].note) == ("failed", "install it first")
    await router.close()
