"""What stands in the way of making a voice, whoever asks for it, and what comes next on the way to one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from commands.core.cloning import NotCompared, SomebodyElse, check_able, check_recording, check_same, next_steps
from commands.core.command import Audience
from commands.core.context import Asker
from commands.core.errors import Refused
from commands.core.examining import NoCloning
from engine.engine import Abilities
from engine.espeak_engine import EspeakEngine
from engine.identity.voice_print import VoicePrint
from engine.router import Router
from engine.worker import Worker
from storage import recordings
from storage.database import Transaction
from storage.metrics import Metric, Period
from storage.quota import Allowances
from tests.commands.learning import add_recording, learning_router, own, recorded
from tests.commands.world import ALLOWED, World
from tests.storage import making

ROUTER = learning_router


@pytest.fixture
async def ada(world: World) -> Asker:
    return await world.person("ada")


async def test_of_the_engines_that_learn_the_best_one_does(
    world: World, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check_able(world.inquiry(ada)) == "learner"
    learner = world.host.abilities["learner"]
    better: dict[str, Abilities] = {**world.host.abilities, "better": replace(learner, quality=learner.quality + 1)}
    monkeypatch.setattr(Router, "abilities", better)
    assert check_able(world.inquiry(ada)) == "better"


async def test_where_no_engine_learns_it_is_said_to_those_who_run_it(world: World, ada: Asker) -> None:
    world.host.router = Router({EspeakEngine.name: Worker(EspeakEngine)})
    await world.host.router.open()
    with pytest.raises(NoCloning, match="mynah doctor"):
        check_able(world.inquiry(ada))
    await world.host.router.close()


async def test_a_voice_has_so_many_recordings_and_no_more(
    world: World, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.core.cloning.MOST_RECORDINGS", 2)
    voice, inquiry = await recorded(world, ada), world.inquiry(ada)
    await world.database.read(lambda tx: check_recording(tx, inquiry, "Ada"))
    await add_recording(world, voice)
    with pytest.raises(Refused, match="Ada has 2 recordings, which is the most"):
        await world.database.read(lambda tx: check_recording(tx, inquiry, "Ada"))


async def test_a_job_counts_itself_and_those_before_it(world: World, ada: Asker) -> None:
    world.rules = replace(world.rules, examinations=2)
    inquiry = world.inquiry(ada)

    def ask(tx: Transaction) -> list[int]:
        return [making.job(tx, ada.user_id, command="clone", created_at=tx.now) for _ in range(3)]

    first, second, third = await world.database.write(ask)
    for job in (first, second):
        await world.database.read(lambda tx, job=job: check_recording(tx, inquiry, "Ada", job_id=job))  # type: ignore[misc]  # a default
    with pytest.raises(Refused, match="within the hour"):
        await world.database.read(lambda tx: check_recording(tx, inquiry, "Ada", job_id=third))
    owner = replace(inquiry, asker=replace(ada, rank=Audience.OWNERS))
    await world.database.read(lambda tx: check_recording(tx, owner, "Ada", job_id=third))


async def test_a_recording_that_can_be_compared_with_none_of_the_voices_is_refused(world: World, ada: Asker) -> None:
    import numpy as np

    voice = await recorded(world, ada)
    there = await world.database.read(lambda tx: recordings.of_voice(tx, voice.id))
    vectors = np.eye(256, dtype=np.float32)
    print = VoicePrint(vector=vectors[0], seconds=12.0, model="new")
    check_same("Ada", [], print)
    with pytest.raises(NotCompared, match="has to be looked at again"):
        check_same("Ada", there, print)
    ours = [replace(there[0], model="new", embedding=vectors[place].tobytes()) for place in (0, 1)]
    check_same("Ada", [*there, *ours[:1]], print)
    with pytest.raises(SomebodyElse, match="what Ada is made from"):
        check_same("Ada", ours, print)


async def test_what_is_left_of_the_storage_is_what_is_left_beside_the_recordings(world: World, ada: Asker) -> None:
    held = {(Metric.BYTES, Period.HELD): 1_000}
    world.rules = replace(world.rules, allowances=Allowances(member={**ALLOWED, **held}))
    inquiry = world.inquiry(ada)
    voice = await recorded(world, ada)
    await world.database.write(lambda tx: tx.run("UPDATE recordings SET bytes = 300 WHERE voice_id = :id", id=voice.id))
    await world.database.read(lambda tx: check_recording(tx, inquiry, "Ada", bytes=700))
    with pytest.raises(Refused, match="700 bytes of your storage are left"):
        await world.database.read(lambda tx: check_recording(tx, inquiry, "Ada", bytes=701))


async def test_what_comes_next_is_the_consent_that_is_asked_for_here_then_the_making(world: World, ada: Asker) -> None:
    inquiry = world.inquiry(ada)
    waiting, agreed = await recorded(world, ada, "Ada", agreed=False), await recorded(world, ada, "Eve")
    fresh = await own(world, ada, "Eve")
    assert fresh is not None and agreed.id == fresh.id
    assert [action.values for action in next_steps(inquiry, waiting)] == [{"voice": "Ada"}, {"voice": "Ada"}]
    ticking = replace(inquiry, rules=replace(inquiry.rules, consent="ticked"))
    assert next_steps(ticking, waiting)[0].values == {"voice": "Ada", "confirm": True}
    (build,) = next_steps(inquiry, fresh)
    assert (build.command, build.values) == ("voices build", {"name": "Eve"})
