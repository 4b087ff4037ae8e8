"""/voices build: a voice is made once its person has agreed, and speaks from then on."""

from __future__ import annotations

import json
import shutil

import pytest

from commands.core.building import build
from commands.core.context import Asker
from commands.core.errors import Failed, NotFound, QuotaReached, Refused
from storage import queue, voice_folder
from tests.commands.learning import add_recording, allowing, learned, learning_router, own, recorded
from tests.commands.world import World
from tests.fakes.learner import Learner
from tests.storage import making

USED = """
    SELECT metric, SUM(used), SUM(reserved) FROM balances
    WHERE metric IN ('clones', 'voices') AND period IN ('day', 'held') GROUP BY metric
"""


ROUTER = learning_router


@pytest.fixture
async def ada(world: World) -> Asker:
    world.rules = allowing(world, clones=3, voices=2)
    return await world.person("ada")


async def used(world: World) -> dict[str, tuple[int, int]]:
    """How many clones were used, and voices are held; and what is set aside."""
    return {metric: (int(taken), int(aside)) for metric, taken, aside in await world.rows(USED)}


async def test_a_voice_that_is_agreed_to_is_made_and_speaks(world: World, ada: Asker) -> None:
    await recorded(world, ada)
    reply = await world.ask(ada, "voices build", name="ada")
    assert reply.text.startswith("Ada is ready: a similar voice, not the same.")
    assert "likeness to the very recordings that it was made of is .71; a stranger's is about .63" in reply.text
    assert "Of the 50 words by which its settings were chosen 10 are misheard; of the voice under it 1." in reply.text
    assert [action.label for action in reply.actions] == ["Hear it", "Share", "Make it mine"]
    voice = await own(world, ada)
    assert voice is not None and (voice.status, voice.engine, voice.visibility) == ("ready", "learner", "private")
    assert (voice.figures["similarity"], voice.figures["recordings"]) == (0.71, [voice.recording_id])
    assert (world.host.data / voice_folder.speaker("learner", voice.speaker_key)).is_file()
    assert await used(world) == {"clones": (1, 0), "voices": (1, 0)}
    said = await world.ask(ada, "speak", text="Hello there.", voice="Ada")
    assert (said.data["voice"], said.data["engine"]) == ("Ada", "learner")
    assert said.text.endswith(" · Ada")


async def test_a_kill_behind_the_commit_does_not_make_it_again(world: World, ada: Asker) -> None:
    await recorded(world, ada)
    ticket = await world.submit(ada, "voices build", name="Ada")
    job = await world.claim(ticket.job_id)
    context = await world.context_of(job)
    await build(context, "Ada", "learner")
    first = await own(world, ada)
    await world.database.write(lambda tx: queue.put_back(tx, job.id, job.attempt))  # as the next start does
    shutil.rmtree(context.workspace)
    reply = await world.perform(ticket.job_id)
    assert reply.text.startswith("Ada is ready")
    assert await own(world, ada) == first
    assert await used(world) == {"clones": (1, 0), "voices": (1, 0)}


async def test_nobody_makes_a_voice_that_nobody_has_agreed_to(world: World, ada: Asker) -> None:
    await recorded(world, ada, agreed=False)
    with pytest.raises(Refused, match=r"Nobody has agreed to Ada yet\. Is it your own voice: /consent own voice=Ada"):
        await world.submit(ada, "voices build", name="Ada")
    assert await used(world) == {}


async def test_what_is_not_ones_own_is_refused_as_what_never_was(world: World, ada: Asker) -> None:
    bob = await world.person("bob")
    await world.make_voice("bobs", bob.user_id, "public")
    for name in ("bobs", "en-us", "nothing"):
        with pytest.raises(NotFound, match="You have made no voice"):
            await world.submit(ada, "voices build", name=name)


async def test_a_voice_is_made_anew_only_once_there_is_more_to_make_it_of(world: World, ada: Asker) -> None:
    voice = await recorded(world, ada)
    await world.ask(ada, "voices build", name="Ada")
    first = await own(world, ada)
    with pytest.raises(Refused, match="made of all that there is already"):
        await world.submit(ada, "voices build", name="Ada")
    await add_recording(world, voice)
    reply = await world.ask(ada, "voices build", name="Ada")
    assert reply.text.startswith("Ada is made anew")
    second = await own(world, ada)
    assert first is not None and second is not None
    assert second.revision == first.revision + 1
    assert learned(world) == [f"{second.speaker_key}.safetensors"], "what it spoke as before is gone"
    assert await used(world) == {"clones": (2, 0), "voices": (1, 0)}, "it is held once"


async def test_what_cannot_be_learned_costs_nothing_and_leaves_nothing(
    world: World, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await recorded(world, ada)
    monkeypatch.setattr(Learner, "refuses", "there is nothing in it to learn")
    with pytest.raises(Failed, match="nothing was charged"):
        await world.ask(ada, "voices build", name="Ada")
    voice = await own(world, ada)
    assert voice is not None and voice.status == "building"
    assert await used(world) == {"clones": (0, 0), "voices": (0, 0)}
    assert learned(world) == []


async def test_the_limits_of_clones_and_of_voices_hold(world: World, ada: Asker) -> None:
    await recorded(world, ada)
    world.rules = allowing(world, clones=0, voices=2)
    with pytest.raises(QuotaReached, match="1 clone"):
        await world.submit(ada, "voices build", name="Ada")
    world.rules = allowing(world, clones=3, voices=0)
    with pytest.raises(QuotaReached, match="1 voice"):
        await world.submit(ada, "voices build", name="Ada")


async def test_a_voice_that_goes_while_it_is_made_takes_what_was_learned_along(world: World, ada: Asker) -> None:
    voice = await recorded(world, ada)
    ticket = await world.submit(ada, "voices build", name="Ada")
    await world.database.write(lambda tx: tx.run("UPDATE voices SET consent = '' WHERE id = :id", id=voice.id))
    with pytest.raises(Refused, match="Nobody has agreed"):
        await world.perform(ticket.job_id)
    assert learned(world) == []
    assert await used(world) == {"clones": (0, 0), "voices": (0, 0)}


async def test_what_was_reached_is_kept_with_the_speaker(world: World, ada: Asker) -> None:
    await recorded(world, ada)
    await world.ask(ada, "voices build", name="Ada")
    ((figures, model, embedding),) = await world.rows(
        "SELECT figures, model, embedding FROM speakers WHERE engine = 'learner'"
    )
    assert json.loads(figures)["word_errors"] == 0.2
    assert (model, embedding) == ("encoder", making.vector("Ada"))
