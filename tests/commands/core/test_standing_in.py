"""A voice is spoken by the best engine that has learned it and is open, and becomes better with those that come."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from commands.core.building import build
from commands.core.context import Asker
from commands.core.reply import Reply
from commands.core.standing_in import NOT_LEARNED, PATIENCE
from engine.engine import Engine
from engine.espeak_engine import EspeakEngine
from engine.licence import CPML
from engine.router import Router
from engine.speech import Enrolled, Reference
from engine.worker import Worker
from storage import files, queue, speakers
from storage.queue import LostJob
from tests.commands.learning import add_recording, allowing, learned, own, recorded
from tests.commands.world import World
from tests.fakes.better import Better, Newer
from tests.fakes.learner import Learner


@pytest.fixture
async def ada(world: World) -> Asker:
    world.rules = allowing(world, clones=3, voices=2)
    return await world.person("ada")


@asynccontextmanager
async def engines(world: World, *kinds: type[Engine], lazy: bool = False) -> AsyncIterator[None]:
    """Have these engines open beside espeak, as after a start of Mynah; `lazy`: the heavy ones when they are needed."""
    before = world.host.router
    workers = {
        kind.name: Worker(kind, home=world.host.data / "speakers" / kind.name, heavy=kind.heavy) for kind in kinds
    }
    world.host.router = Router({EspeakEngine.name: Worker(EspeakEngine), **workers})
    await world.host.router.open(lazy=lazy)
    if not lazy:
        await world.host.router.settle()
    try:
        yield
    finally:
        await world.host.router.close()
        world.host.router = before


async def said(world: World, asker: Asker, text: str = "Hello there.") -> Reply:
    return await world.ask(asker, "speak", text=text, voice="Ada")


async def learned_by(world: World, asker: Asker) -> dict[str, object]:
    """By which engines a voice was learned, with the likeness that each reached."""
    voice = await own(world, asker)
    assert voice is not None
    rows = await world.database.read(lambda tx: speakers.of_voice(tx, voice.id))
    return {each.engine: each.figures["similarity"] for each in rows}


async def used(world: World) -> dict[str, int]:
    """How many clones were charged, and how many voices are held."""
    sql = "SELECT metric, used FROM balances WHERE (metric, period) IN (('clones', 'day'), ('voices', 'held'))"
    return {str(metric): int(count) for metric, count in await world.rows(sql)}


async def test_a_voice_is_learned_by_every_engine_and_spoken_by_the_best(world: World, ada: Asker) -> None:
    await recorded(world, ada)
    async with engines(world, Learner, Better):
        reply = await world.ask(ada, "voices build", name="Ada")
        assert "better speaks it; where that is not running, learner does." in reply.text
        assert "Coqui Public Model License: not for commercial use" in reply.text
        assert (reply.data["engine"], reply.data["licence"]) == ("better", CPML)
        assert [(each["engine"], each["similarity"]) for each in reply.data["speakers"]] == [
            ("better", 0.9),
            ("learner", 0.71),
        ]
        assert (await said(world, ada)).data["engine"] == "better"
    assert await learned_by(world, ada) == {"better": 0.9, "learner": 0.71}
    assert await used(world) == {"clones": 1, "voices": 1}


async def test_where_its_engine_is_gone_another_speaks_it_and_that_is_said(world: World, ada: Asker) -> None:
    await recorded(world, ada)
    async with engines(world, Learner, Better):
        await world.ask(ada, "voices build", name="Ada")
    async with engines(world, Learner):
        reply = await said(world, ada)
        assert reply.data["engine"] == "learner"
        assert reply.text.endswith(" · Ada · learner speaks it, for better is not running here")
        shown = await world.ask(ada, "voices show", name="Ada")
        assert "Spoken by better (likeness .90) and learner (likeness .71)." in shown.text
    async with engines(world, Learner, Better):
        assert (await said(world, ada)).text.endswith(" · Ada")


async def test_an_engine_that_only_has_to_be_loaded_is_waited_for(world: World, ada: Asker) -> None:
    await recorded(world, ada)
    async with engines(world, Learner, Better):
        await world.ask(ada, "voices build", name="Ada")
    async with engines(world, Learner, Better, lazy=True):
        reply = await said(world, ada)
        assert (reply.data["engine"], "not running" in reply.text) == ("better", False)


async def test_a_better_engine_that_comes_later_learns_it_when_it_speaks_and_charges_nothing(
    world: World, ada: Asker
) -> None:
    await recorded(world, ada)
    async with engines(world, Learner):
        await world.ask(ada, "voices build", name="Ada")
        first = await said(world, ada)
    async with engines(world, Learner, Better):
        second = await said(world, ada)
        assert (first.data["engine"], second.data["engine"]) == ("learner", "better")
        assert (await said(world, ada)).data["cached"], "and what it says then is known"
    assert await learned_by(world, ada) == {"learner": 0.71, "better": 0.9}
    assert await used(world) == {"clones": 1, "voices": 1}
    voice = await own(world, ada)
    assert voice is not None and (voice.engine, voice.licence, voice.figures["similarity"]) == ("better", CPML, 0.9)
    assert len(learned(world)) == 2


async def test_one_that_only_the_engine_that_is_gone_has_learned_is_learned_by_another(
    world: World, ada: Asker
) -> None:
    await recorded(world, ada)
    async with engines(world, Better):
        await world.ask(ada, "voices build", name="Ada")
    async with engines(world, Learner):
        assert (await said(world, ada)).data["engine"] == "learner"
    voice = await own(world, ada)
    assert voice is not None and voice.engine == "better", "which speaks it again when it is back"


async def test_what_another_version_has_learned_is_learned_anew(world: World, ada: Asker) -> None:
    await recorded(world, ada)
    async with engines(world, Better):
        await world.ask(ada, "voices build", name="Ada")
        before = learned(world)
        await said(world, ada)
    async with engines(world, Newer):
        assert (await said(world, ada, "Something else.")).data["engine"] == "better"
    after = learned(world)
    assert len(after) == 1 and after != before, "what it had learned before is gone"


async def test_an_engine_that_cannot_learn_it_leaves_it_as_it_was_and_tries_again_a_day_later(
    world: World, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await recorded(world, ada)
    async with engines(world, Learner):
        await world.ask(ada, "voices build", name="Ada")
    asked: list[str] = []

    class Refusing(Better):
        def enroll(self, *given: object) -> object:  # type: ignore[override]  # it only raises
            asked.append("asked")
            return Better.enroll(self, *given)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(Refusing, "refuses", "there is too little of it")
    async with engines(world, Learner, Refusing):
        for _ in range(2):
            assert (await said(world, ada)).data["engine"] == "learner"
        assert len(asked) == 1
        world.clock.turn(PATIENCE)
        await said(world, ada, "A day later.")
        assert len(asked) == 2


async def test_who_adds_a_recording_has_every_engine_learn_it_anew(world: World, ada: Asker) -> None:
    voice = await recorded(world, ada)
    async with engines(world, Learner, Better):
        await world.ask(ada, "voices build", name="Ada")
        before = set(learned(world))
        await add_recording(world, voice)
        await world.ask(ada, "voices build", name="Ada")
    assert len(learned(world)) == 2 and not before & set(learned(world))


async def test_who_cancels_while_the_second_engine_learns_has_no_voice_and_no_file(
    world: World, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await recorded(world, ada)
    asked: list[str] = []
    enroll = Learner.enroll

    def cancelled(self: Learner, reference: Reference, key: str, report: Callable[[float], None]) -> Enrolled:
        asked.append(self.name)
        return enroll(self, reference, key, report)

    monkeypatch.setattr(Learner, "enroll", cancelled)
    async with engines(world, Learner, Better):
        ticket = await world.submit(ada, "voices build", name="Ada")
        context = await world.context_of(await world.claim(ticket.job_id))
        await world.database.write(lambda tx: queue.cancel(tx, ticket.job_id, by="user"))
        with pytest.raises(LostJob):
            await build(context, "Ada", "better")
    assert asked == ["learner", "better"]
    assert learned(world) == []
    voice = await own(world, ada)
    assert voice is not None and (voice.status, voice.counted_in) == ("building", None)


async def test_one_that_only_the_stand_in_cannot_learn_is_made_all_the_same(
    world: World, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await recorded(world, ada)

    class Refusing(Learner):
        refuses = "there is too little of it"

    async with engines(world, Refusing, Better):
        reply = await world.ask(ada, "voices build", name="Ada")
        assert reply.data["engine"] == "better" and "where that is not running" not in reply.text
    assert len(learned(world)) == 1
    voice = await own(world, ada)
    assert voice is not None and voice.figures[NOT_LEARNED] == {"learner 1": world.clock.now()}


async def test_what_is_said_tells_under_which_licence(world: World, ada: Asker) -> None:
    await recorded(world, ada)
    async with engines(world, Better):
        await world.ask(ada, "voices build", name="Ada")
        reply = await world.ask(ada, "speak", text="Hello there.", voice="Ada", timestamps="words")
        sound, *beside = reply.files
        row = await world.database.read(lambda tx: files.get(tx, sound.id))
        assert row is not None and row.figures == {"licence": CPML} == reply.files[0].figures
        (timings,) = (world.host.data / each.path for each in beside if each.format == "json")
        assert json.loads(timings.read_text("utf-8"))["licence"] == CPML
        assert f"not for commercial use ({CPML})".encode() in (world.host.data / sound.path).read_bytes()
        about = await world.ask(ada, "about")
        assert "What better says: Coqui Public Model License: not for commercial use." in about.text


async def test_what_all_engines_have_learned_goes_with_the_voice(world: World, ada: Asker) -> None:
    await recorded(world, ada)
    async with engines(world, Learner, Better):
        await world.ask(ada, "voices build", name="Ada")
        assert len(learned(world)) == 2
        await world.ask(ada, "voices delete", name="Ada", confirm=True)
    assert learned(world) == []
    assert await world.rows("SELECT id FROM speakers WHERE user_id IS NOT NULL") == []
