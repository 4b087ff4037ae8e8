"""A voice gets its speaker: from the best of its recordings, whole or not at all."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable

import pytest

from commands.core.building import build, check_buildable
from commands.core.context import Asker
from commands.core.errors import NotFound, Refused
from commands.core.standing_in import maker_of
from engine.speech import Enrolled, Reference
from storage import queue
from storage.database import Transaction
from storage.queue import LostJob
from storage.voices import Voice
from tests.commands.learning import add_recording, allowing, learned, learning_router, own, recorded
from tests.commands.world import SmallHost, World
from tests.fakes.learner import Learner

Enroll = Callable[[SmallHost, str, Reference, str, Callable[[float], None]], object]


ROUTER = learning_router


@pytest.fixture
async def ada(world: World) -> Asker:
    world.rules = allowing(world, clones=3, voices=2)
    return await world.person("ada")


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Have something happen between the learning and the commit."""

    def put(what: Callable[[], object]) -> None:
        real = SmallHost.enroll

        async def enroll(
            self: SmallHost, engine: str, reference: Reference, key: str, report: Callable[[float], None]
        ) -> Enrolled:
            enrolled = await real(self, engine, reference, key, report)
            happened = what()
            if asyncio.iscoroutine(happened):
                await happened
            return enrolled

        monkeypatch.setattr(SmallHost, "enroll", enroll)

    return put


async def under_way(world: World, asker: Asker) -> tuple[int, asyncio.Task[object]]:
    """Begin to build Ada, and return the job with what does it."""
    ticket = await world.submit(asker, "voices build", name="Ada")
    context = await world.context_of(await world.claim(ticket.job_id))
    return ticket.job_id, asyncio.create_task(build(context, "Ada", Learner.name))


async def test_the_best_recording_goes_first(world: World, ada: Asker) -> None:
    voice = await recorded(world, ada)
    better, worse = await add_recording(world, voice, 9.0), await add_recording(world, voice, 2.0)

    def look(tx: Transaction) -> list[int]:
        found = now(voice)
        return [each.id for each in check_buildable(tx, found, maker_of(world.inquiry(ada), "learner"))]

    def now(voice: Voice) -> Voice:
        assert fresh is not None
        return fresh

    fresh = await own(world, ada)
    assert await world.database.read(look) == [better, voice.recording_id, worse]


async def test_a_job_that_was_cancelled_meanwhile_leaves_nothing_behind(
    world: World, ada: Asker, between: Callable[[Callable[[], object]], None]
) -> None:
    await recorded(world, ada)
    job: list[int] = []
    between(lambda: world.database.write(lambda tx: queue.cancel(tx, job[0], by="user")))
    job_id, building = await under_way(world, ada)
    job.append(job_id)
    with pytest.raises(LostJob):
        await building
    voice = await own(world, ada)
    assert voice is not None and (voice.status, voice.engine) == ("building", "")
    assert learned(world) == []


async def test_who_stops_it_in_the_middle_leaves_nothing_behind(
    world: World, ada: Asker, between: Callable[[Callable[[], object]], None]
) -> None:
    await recorded(world, ada)
    begun = asyncio.Event()

    async def wait() -> None:
        begun.set()
        await asyncio.Event().wait()

    between(wait)
    _, building = await under_way(world, ada)
    await begun.wait()
    assert len(learned(world)) == 1
    building.cancel()
    with pytest.raises(asyncio.CancelledError):
        await building
    assert learned(world) == []


async def test_no_row_names_a_file_that_a_sweep_has_taken(
    world: World, ada: Asker, between: Callable[[Callable[[], object]], None]
) -> None:
    await recorded(world, ada)
    between(lambda: shutil.rmtree(world.host.data / "speakers"))
    _, building = await under_way(world, ada)
    with pytest.raises(FileNotFoundError):  # tried again, as whatever nobody expected is
        await building
    voice = await own(world, ada)
    assert voice is not None and voice.status == "building"


async def test_a_voice_that_is_renamed_meanwhile_is_made_all_the_same(
    world: World, ada: Asker, between: Callable[[Callable[[], object]], None]
) -> None:
    voice = await recorded(world, ada)
    sql = "UPDATE voices SET name = 'Eve', folded = 'eve' WHERE id = :id"
    between(lambda: world.database.write(lambda tx: tx.run(sql, id=voice.id)))
    _, building = await under_way(world, ada)
    await building
    renamed = await own(world, ada, "Eve")
    assert renamed is not None and renamed.status == "ready"


async def test_a_voice_that_is_taken_back_meanwhile_is_not_made(
    world: World, ada: Asker, between: Callable[[Callable[[], object]], None]
) -> None:
    voice = await recorded(world, ada)
    sql = "UPDATE voices SET status = 'revoked' WHERE id = :id"
    between(lambda: world.database.write(lambda tx: tx.run(sql, id=voice.id)))
    _, building = await under_way(world, ada)
    with pytest.raises(Refused, match="taken back"):
        await building
    assert learned(world) == []


async def test_a_voice_without_a_recording_is_not_made(world: World, ada: Asker) -> None:
    voice = await recorded(world, ada)
    await world.database.write(
        lambda tx: tx.run(
            "UPDATE recordings SET passage_start = NULL, passage_end = NULL WHERE voice_id = :id", id=voice.id
        )
    )
    with pytest.raises(Refused, match="no recording left"):
        await world.submit(ada, "voices build", name="Ada")
    with pytest.raises(NotFound):
        await world.submit(ada, "voices build", name="Nobody")
