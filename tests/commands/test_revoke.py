"""/revoke: whoever a voice was copied from takes it back, whoever has it, with all that was made from it."""

from __future__ import annotations

import pytest

from commands.core.command import Audience
from commands.core.context import Asker
from commands.core.errors import NotFound
from commands.core.reply import Reply
from commands.revoke import NotYours
from engine.clean import keep
from storage import backups, consents, identities, jobs, recordings, voices
from storage.database import Transaction
from storage.voices import Voice
from tests.commands.test_consent import making_a_request, told
from tests.commands.world import World
from tests.engine.speech_sounds import spoken
from tests.storage import making


@pytest.fixture
async def ada(world: World) -> Asker:
    return await world.person("ada")


@pytest.fixture
async def bob(world: World) -> Asker:
    return await world.person("bob")


async def lent(world: World, ada: Asker, bob: Asker, name: str = "Ada") -> Voice:
    """Let Bob have a voice that was made from Ada's, and share it with everybody; it speaks as espeak does."""

    def make(tx: Transaction) -> Voice:
        voice = making.clone(tx, bob.user_id, name, spoken_by=ada.user_id, visibility="public")
        tx.run(
            "UPDATE voices SET speaker_id = (SELECT id FROM speakers WHERE key = 'en-us') WHERE id = :id", id=voice.id
        )
        return voice

    voice = await world.database.write(make)
    (recording,) = await world.database.read(lambda tx: recordings.of_voice(tx, voice.id))
    path = world.host.data / recording.path
    path.parent.mkdir(parents=True)
    keep(spoken(), path)
    return voice


async def test_one_sees_what_was_made_from_ones_own_voice_and_who_has_it(world: World, ada: Asker, bob: Asker) -> None:
    assert (await world.ask(ada, "revoke")).text == "No voice here was made from yours."
    voice = await lent(world, ada, bob)
    reply = await world.ask(ada, "revoke")
    assert f"{voice.id} \u00b7 Ada, which bob has" in reply.text
    assert [action.values for action in reply.actions] == [{"voice": str(voice.id)}]
    assert (await world.ask(bob, "revoke")).items == (), "who holds it has nothing to take back"


async def test_nobody_takes_back_what_was_not_made_from_their_voice(world: World, ada: Asker, bob: Asker) -> None:
    voice = await lent(world, ada, bob)
    carol = await world.person("carol", rank=Audience.OWNERS)
    for asker in (bob, carol):
        for meant in ("Ada", str(voice.id)):
            with pytest.raises(NotYours):
                await world.ask(asker, "revoke", voice=meant, confirm=True)


async def test_it_is_asked_once_before_anything_goes(world: World, ada: Asker, bob: Asker) -> None:
    voice = await lent(world, ada, bob)
    reply = await world.ask(ada, "revoke", voice="ada")
    assert "cannot be undone" in reply.text
    assert [action.values for action in reply.actions] == [{"voice": str(voice.id), "confirm": True}]
    assert await world.database.read(lambda tx: voices.get(tx, voice.id)) is not None


async def test_of_two_of_a_name_one_is_asked_which(world: World, ada: Asker, bob: Asker) -> None:
    first = await lent(world, ada, bob)
    second = await lent(world, ada, await world.person("carol"))
    reply = await world.ask(ada, "revoke", voice="Ada", confirm=True)
    assert [each["id"] for each in reply.items or ()] == [first.id, second.id]
    await world.ask(ada, "revoke", voice=str(second.id), confirm=True)
    left = await world.database.read(lambda tx: [voices.get(tx, each.id) is not None for each in (first, second)])
    assert left == [True, False]


async def test_a_voice_that_is_taken_back_is_gone_with_its_jobs_files_and_recordings(
    world: World, ada: Asker, bob: Asker
) -> None:
    voice = await lent(world, ada, bob)
    carol = await world.person("carol")
    spoken_by_it = await world.ask(carol, "speak", text="Hello.", voice="Ada")
    await world.database.write(lambda tx: tx.run("UPDATE files SET voice_id = :id", id=voice.id))
    waiting = await world.submit(carol, "speak", text="Good morning.", voice="Ada")
    own = await world.submit(ada, "speak", text="Good night.", voice="en-us")
    path = world.host.data / spoken_by_it.files[0].path
    assert path.exists()
    reply = await world.ask(ada, "revoke", voice="Ada", confirm=True)
    assert "Ada is gone, with its recordings and 1 file in which it spoke." in reply.text
    assert (reply.data["files"], reply.data["jobs"]) == (1, 1)
    assert not path.exists() and not list((world.host.data / "audio").iterdir())
    assert world.host.stopped == [waiting.job_id]
    states = await world.database.read(lambda tx: [jobs.get(tx, id) for id in (waiting.job_id, own.job_id)])
    assert [job.state for job in states if job] == ["cancelled", "ready"]
    assert await world.rows("SELECT id FROM recordings") == []
    with pytest.raises(NotFound):
        await world.ask(carol, "speak", text="Hello.", voice="Ada")
    (record,) = await world.database.read(lambda tx: consents.of_person(tx, ada.user_id))
    assert (record.status, record.voice_id, record.heard) == ("revoked", None, ())
    with pytest.raises(NotYours):
        await world.ask(ada, "revoke", voice="Ada", confirm=True)


async def test_who_had_it_and_whose_requests_were_cancelled_are_told(world: World, ada: Asker, bob: Asker) -> None:
    await lent(world, ada, bob)
    await making_a_request(world, bob)
    carol = await world.person("carol")
    waiting = await world.submit(carol, "speak", text="Good morning.", voice="Ada")
    reply = await world.ask(ada, "revoke", voice="Ada", confirm=True)
    assert reply.text.startswith("Ada is gone, with its recordings."), "it has said nothing that is kept"
    assert "Ada was taken back by the person whose voice it is" in await told(world, bob)
    ((said,),) = await world.rows("SELECT reply FROM deliveries WHERE job_id = :id", id=waiting.job_id)
    assert "whose voice it is has taken it back; nothing was charged" in Reply.from_json(said).text


async def test_no_copy_of_the_database_remembers_the_voice(world: World, ada: Asker, bob: Asker) -> None:
    await lent(world, ada, bob, name="Zaubervogel")
    copies = world.host.data / "copies"
    backups.copy(world.host.data / "mynah.db", copies, 3, world.clock.now())
    assert any(b"Zaubervogel" in copy.read_bytes() for copy in copies.iterdir())
    await world.ask(ada, "revoke", voice="Zaubervogel", confirm=True)
    everything = [path for path in world.host.data.rglob("*") if path.is_file()]
    assert [path.name for path in everything if b"Zaubervogel" in path.read_bytes()] == []
    assert list(copies.iterdir()), "there is a copy still"


async def test_those_who_are_blocked_may_take_back_too(world: World) -> None:
    assert world.host.commands["revoke"].always
    other = [name for name, each in world.host.commands.items() if name.startswith("consent") and each.always]
    assert other == []


async def test_somebody_who_was_forgotten_has_nothing_left_to_take_back(world: World, ada: Asker, bob: Asker) -> None:
    voice = await lent(world, ada, bob)
    code = (await world.ask(ada, "forget")).data["confirm"]
    await world.ask(ada, "forget", confirm=code)
    assert await world.database.read(lambda tx: voices.get(tx, voice.id)) is None
    assert await world.database.read(lambda tx: identities.of(tx, ada.user_id)) == []
    assert await world.rows("SELECT id FROM consents") == []
