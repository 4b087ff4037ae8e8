"""What is left of a voice that goes: nothing that its person could not find any more to take back."""

from __future__ import annotations

import pytest

from commands.core.request import revive
from storage import jobs
from storage.database import Transaction
from storage.voices import Visibility, Voice
from tests.commands.learning import learning_router, recorded
from tests.commands.test_revoke import lent
from tests.commands.world import World
from tests.storage import making

ROUTER = learning_router


def spoken_by_espeak(tx: Transaction, user_id: int, visibility: Visibility) -> Voice:
    """A clone called Ada that speaks with a speaker which is there."""
    voice = making.clone(tx, user_id, "Ada", spoken_by=user_id, visibility=visibility)
    tx.run(
        "UPDATE voices SET speaker_id = (SELECT id FROM speakers WHERE key = 'en-us') WHERE id = :id",
        id=voice.id,
    )
    return voice


async def state(world: World, job_id: int) -> str:
    found = await world.database.read(lambda tx: jobs.get(tx, job_id))
    assert found is not None
    return found.state


async def test_what_copies_a_recording_goes_with_the_voice(world: World) -> None:
    ada = await world.person("ada")
    await recorded(world, ada, agreed=False)
    await world.ask(ada, "voices passage", name="Ada")
    await world.ask(ada, "voices export", name="Ada")
    copied = {path for path in (world.host.data / "generations").rglob("*") if path.is_file()}
    assert copied
    await world.ask(ada, "voices delete", name="Ada", confirm=True)
    files = (path for path in world.host.data.rglob("*") if path.is_file())
    assert [path for path in files if not path.name.startswith("mynah.db")] == []


async def test_a_file_of_somebody_else_goes_with_a_voice_that_was_shared(world: World) -> None:
    ada, carol = await world.person("ada"), await world.person("carol")
    await world.database.write(lambda tx: spoken_by_espeak(tx, ada.user_id, "public"))
    said = await world.ask(carol, "speak", text="Good morning.", voice="Ada")
    own = await world.ask(ada, "speak", text="Good morning.", voice="Ada")
    await world.ask(ada, "voices delete", name="Ada", confirm=True)
    assert not (world.host.data / said.files[0].path).exists()
    assert (world.host.data / own.files[0].path).exists()


@pytest.mark.parametrize("meanwhile", ["renamed", "kept to oneself", "called the same by another"])
async def test_a_job_that_speaks_is_cancelled_whatever_the_voice_is_called_by_now(world: World, meanwhile: str) -> None:
    ada, bob, carol = [await world.person(name) for name in ("ada", "bob", "carol")]
    voice = await lent(world, ada, bob)
    ticket = await world.submit(carol, "speak", text="Good morning.", voice="Ada")
    await world.claim(ticket.job_id)
    if meanwhile == "renamed":
        await world.ask(bob, "voices rename", name="Ada", to="Zed")
    elif meanwhile == "kept to oneself":
        await world.ask(bob, "voices share", name="Ada", whom="nobody")
    else:
        await world.database.write(lambda tx: making.clone(tx, carol.user_id, "Ada", spoken_by=carol.user_id))
    await world.ask(ada, "revoke", voice=str(voice.id), confirm=True)
    assert await state(world, ticket.job_id) == "cancelled"


@pytest.mark.parametrize(
    ("command", "given"), [("speak", {"text": "Good morning.", "voice": "Ada"}), ("voices preview", {"name": "Ada"})]
)
async def test_a_job_goes_with_the_voice_that_its_name_means_when_it_begins(
    world: World, command: str, given: dict[str, str]
) -> None:
    ada, bob, carol = [await world.person(name) for name in ("ada", "bob", "carol")]
    voice = await lent(world, ada, bob)
    ticket = await world.submit(carol, command, **given)
    nearer = await world.database.write(lambda tx: spoken_by_espeak(tx, carol.user_id, "private"))
    job = await world.claim(ticket.job_id)
    called, values = revive(world.host.commands[job.command], job.command, job.signature, job.vals)
    reply = await called.handler(await world.context_of(job), **values)
    assert reply.files[0].voice_id == nearer.id
    await world.ask(ada, "revoke", voice=str(voice.id), confirm=True)
    assert await state(world, ticket.job_id) == "running"
    await world.ask(carol, "revoke", voice=str(nearer.id), confirm=True)
    assert await state(world, ticket.job_id) == "cancelled"


async def test_a_job_that_uses_no_voice_is_let_be(world: World) -> None:
    ada, bob, carol = [await world.person(name) for name in ("ada", "bob", "carol")]
    voice = await lent(world, ada, bob)
    await world.ask(carol, "voices default", name="Ada")
    speaking = await world.submit(carol, "speak", text="Good morning.")
    packing = await world.submit(carol, "export")
    await world.ask(ada, "revoke", voice=str(voice.id), confirm=True)
    assert await state(world, speaking.job_id) == "cancelled"
    assert await state(world, packing.job_id) != "cancelled"


async def test_a_job_that_uses_another_voice_of_that_name_is_let_be(world: World) -> None:
    ada, bob, dan = [await world.person(name) for name in ("ada", "bob", "dan")]
    voice = await lent(world, ada, bob)
    await world.database.write(lambda tx: spoken_by_espeak(tx, dan.user_id, "private"))
    ticket = await world.submit(dan, "speak", text="Good morning.", voice="Ada")
    await world.ask(ada, "revoke", voice=str(voice.id), confirm=True)
    assert await state(world, ticket.job_id) != "cancelled"


async def test_what_others_had_packed_of_it_goes_with_a_voice_that_is_taken_back(world: World) -> None:
    ada, bob, carol = [await world.person(name) for name in ("ada", "bob", "carol")]
    voice = await lent(world, ada, bob)
    await world.ask(carol, "speak", text="Good morning.", voice="Ada")
    packed = [(await world.ask(asker, "export")).files[0].path for asker in (ada, bob, carol)]
    await world.ask(ada, "revoke", voice=str(voice.id), confirm=True)
    there = [(world.host.data / path).exists() for path in packed]
    assert there == [True, False, False], "of what is ada's own she keeps her copy"


async def test_what_is_being_packed_of_it_is_cancelled(world: World) -> None:
    ada, bob, carol = [await world.person(name) for name in ("ada", "bob", "carol")]
    voice = await lent(world, ada, bob)
    packing = [(await world.submit(asker, "export")).job_id for asker in (ada, bob, carol)]
    await world.ask(ada, "revoke", voice=str(voice.id), confirm=True)
    states = [await state(world, job_id) for job_id in packing]
    assert states[1] == "cancelled" and "cancelled" not in (states[0], states[2])
