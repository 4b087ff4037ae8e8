"""/voices rename, describe, tag and delete: one's own voices, and nobody else's."""

from __future__ import annotations

import pytest

from commands.core.context import Asker
from commands.core.errors import NotFound, Refused, UsageError
from storage import voice_folder, voices
from storage.voices import Voice
from tests.commands.archived import agree
from tests.commands.learning import allowing, lay_out, learned, learning_router, own, recorded
from tests.commands.world import World
from tests.storage import making

ROUTER = learning_router


@pytest.fixture
async def ada(world: World) -> Asker:
    world.rules = allowing(world, clones=3, voices=3)
    return await world.person("ada")


async def built(world: World, asker: Asker, name: str = "Ada") -> Voice:
    """A voice that speaks."""
    await recorded(world, asker, name)
    await world.ask(asker, "voices build", name=name)
    voice = await own(world, asker, name)
    assert voice is not None
    return voice


async def held(world: World) -> int:
    ((used,),) = await world.rows("SELECT COALESCE(SUM(used + reserved), 0) FROM balances WHERE metric = 'voices'")
    return int(used)


async def test_a_voice_is_called_something_else_and_is_found_so(world: World, ada: Asker) -> None:
    await built(world, ada)
    reply = await world.ask(ada, "voices rename", name="ada", to="  Grand   ma ")
    assert reply.text == "Ada is called Grand ma now."
    assert (await world.ask(ada, "speak", text="Hello.", voice="grand ma")).data["voice"] == "Grand ma"
    with pytest.raises(NotFound):
        await world.ask(ada, "speak", text="Hello.", voice="Ada")
    assert (await world.ask(ada, "voices rename", name="Grand ma", to="GRAND MA")).text.endswith("called GRAND MA now.")


async def test_names_that_no_voice_can_have_or_another_has_are_refused(world: World, ada: Asker) -> None:
    await recorded(world, ada)
    await recorded(world, ada, "Eve")
    for to, kind, why in (("Eve", Refused, "called Eve already"), ("en-gb", UsageError, "built-in"),
                          ("a+b", UsageError, "variant"), ("x" * 41, UsageError, "characters")):  # fmt: skip
        with pytest.raises(kind, match=why):
            await world.ask(ada, "voices rename", name="Ada", to=to)


async def test_what_is_noted_about_a_voice_is_read_by_whoever_may_use_it(world: World, ada: Asker) -> None:
    await built(world, ada)
    await world.ask(ada, "voices share", name="Ada", whom="here")
    reply = await world.ask(ada, "voices describe", name="Ada", text="  Warm,\n a little hoarse. ")
    assert reply.text == "Ada: Warm, a little hoarse."
    bob = await world.person("bob")
    assert (await world.ask(bob, "voices show", name="Ada")).text.endswith("Warm, a little hoarse.")
    assert "Nothing is noted" in (await world.ask(ada, "voices describe", name="Ada", text="none")).text
    with pytest.raises(UsageError, match="500 is the most"):
        await world.ask(ada, "voices describe", name="Ada", text="x" * 501)


async def test_a_voice_is_filed_under_words_and_found_by_them(world: World, ada: Asker) -> None:
    await built(world, ada)
    reply = await world.ask(ada, "voices tag", name="Ada", tags="#Warm, radio")
    assert reply.text.startswith("Ada is filed under #warm and #radio now")
    (found,) = (await world.ask(ada, "voices list", search="warm")).items or ()
    assert (found["name"], found["tags"]) == ("Ada", ["warm", "radio"])
    with pytest.raises(UsageError, match="no word in that"):
        await world.ask(ada, "voices tag", name="Ada", tags="#, ,")
    with pytest.raises(UsageError, match="10 is the most"):
        await world.ask(ada, "voices tag", name="Ada", tags=" ".join(f"t{number}" for number in range(11)))
    assert "under nothing" in (await world.ask(ada, "voices tag", name="Ada", tags="none")).text
    assert (await world.ask(ada, "voices list", search="warm")).items == ()


async def test_before_a_voice_goes_one_is_asked(world: World, ada: Asker) -> None:
    await built(world, ada)
    reply = await world.ask(ada, "voices delete", name="Ada")
    assert reply.text.startswith("This removes Ada, its 1 recording and what was learned of it.")
    assert "or have exported of it, stays in /history" in reply.text
    assert [(action.label, action.values) for action in reply.actions] == [
        ("Let it go", {"name": "Ada", "confirm": True}),
        ("Export first", {"name": "Ada"}),
    ]
    assert await own(world, ada) is not None


async def test_a_voice_goes_with_its_recordings_its_speaker_and_its_place_among_those_held(
    world: World, ada: Asker
) -> None:
    voice = await built(world, ada)
    said = await world.ask(ada, "speak", text="Hello.", voice="Ada")
    assert await held(world) == 1
    reply = await world.ask(ada, "voices delete", name="Ada", confirm=True)
    assert reply.text.startswith("Ada is gone, with its 1 recording and what was learned from it.")
    assert await own(world, ada) is None and await held(world) == 0
    assert learned(world) == []
    assert not (world.host.data / voice_folder.of_voice(voice.id)).exists()
    assert await world.rows("SELECT id FROM recordings") == []
    assert (world.host.data / said.files[0].path).is_file(), "what they had said with their own voice is theirs"
    with pytest.raises(NotFound):
        await world.ask(ada, "voices delete", name="Ada", confirm=True)


async def test_a_voice_that_waits_or_is_being_made_goes_too_and_the_job_stops(world: World, ada: Asker) -> None:
    await recorded(world, ada, agreed=False)
    assert "gone" in (await world.ask(ada, "voices delete", name="Ada", confirm=True)).text
    await recorded(world, ada)
    ticket = await world.submit(ada, "voices build", name="Ada")
    await world.claim(ticket.job_id)
    reply = await world.ask(ada, "voices delete", name="Ada", confirm=True)
    assert "1 request that would have used it cancelled" in reply.text
    assert world.host.stopped == [ticket.job_id]
    assert await world.rows("SELECT state FROM jobs WHERE id = :id", id=ticket.job_id) == [("cancelled",)]
    assert await held(world) == 0


async def test_others_whose_requests_would_have_used_it_are_told(world: World, ada: Asker) -> None:
    await built(world, ada)
    await world.ask(ada, "voices share", name="Ada", whom="here")
    bob = await world.person("bob")
    ticket = await world.submit(bob, "speak", text="Hello.", voice="Ada")
    await world.ask(ada, "voices delete", name="Ada", confirm=True)
    ((reply,),) = await world.rows("SELECT reply FROM deliveries WHERE job_id = :id", id=ticket.job_id)
    assert "its voice is not there any more; nothing was charged" in reply


async def test_what_was_said_with_a_lent_voice_goes_along_and_its_person_is_told(world: World, ada: Asker) -> None:
    bob = await world.person("bob")
    await world.ask(bob, "speak", text="I have asked for something once.")
    await world.database.write(lambda tx: making.recorded(tx, ada.user_id, "Ada"))
    await agree(world, ada, "Ada", "given", bob.user_id)
    voice = await own(world, ada)
    assert voice is not None
    await lay_out(world, voice)
    await world.ask(ada, "voices build", name="Ada")
    said = await world.ask(ada, "speak", text="Hello.", voice="Ada")
    asked = (await world.ask(ada, "voices delete", name="Ada")).text
    assert "what was said with it" in asked and "to be saved elsewhere" in asked
    reply = await world.ask(ada, "voices delete", name="Ada", confirm=True)
    assert "1 file in which it spoke went along" in reply.text
    assert not (world.host.data / said.files[0].path).exists()
    told = await world.rows("SELECT reply FROM deliveries WHERE user_id = :id", id=bob.user_id)
    assert any("ada has let Ada go, the copy of your voice" in text for (text,) in told)


async def test_what_is_not_ones_own_is_refused_as_what_never_was(world: World, ada: Asker) -> None:
    bob = await world.person("bob")
    shared = await world.make_voice("bobs", bob.user_id, "public")
    for name in ("bobs", "en-us", "nothing"):
        for command, more in (("rename", {"to": "mine"}), ("describe", {"text": "x"}), ("tag", {"tags": "x"}),
                              ("delete", {}), ("delete", {"confirm": True})):  # fmt: skip
            with pytest.raises(NotFound, match="You have made no voice"):
                await world.ask(ada, f"voices {command}", name=name, **more)
    assert await world.database.read(lambda tx: voices.get(tx, shared)) is not None
