"""/voices share: who may use a voice, as far as the person whose voice it is has agreed."""

from __future__ import annotations

import pytest

from commands.core.casting import NotReady
from commands.core.context import Asker
from commands.core.errors import NotFound, Refused
from commands.voices_share import ANYWHERE, TooFar
from storage.consents import Rule
from storage.database import Transaction
from tests.commands.archived import agree, build, world_router
from tests.commands.world import World
from tests.storage import making

ROUTER = world_router


@pytest.fixture
async def ada(world: World) -> Asker:
    return await world.person("ada")


async def made(world: World, asker: Asker, rule: Rule = "spoken", person: Asker | None = None) -> None:
    """A voice that speaks, agreed to under a rule."""
    await world.database.write(lambda tx: making.recorded(tx, asker.user_id, "Ada"))
    await agree(world, asker, "Ada", rule, person.user_id if person else None)
    await build(world, asker, "Ada")


async def may_use(world: World, asker: Asker) -> bool:
    try:
        await world.ask(asker, "voices show", name="Ada")
        await world.submit(asker, "speak", text="Hello.", voice="Ada")
    except NotFound:
        return False
    return True


async def test_only_those_may_use_a_voice_with_whom_it_is_shared(world: World, ada: Asker) -> None:
    await made(world, ada)
    here, elsewhere = await world.person("bob"), await world.person("bob", place="43")
    seen = {}
    for whom in ("here", "everyone", "nobody"):
        reply = await world.ask(ada, "voices share", name="Ada", whom=whom)
        seen[whom] = (reply.text.splitlines()[0], await may_use(world, here), await may_use(world, elsewhere))
    assert seen == {
        "here": ("Everyone in place 42 can use Ada now.", True, False),
        "everyone": ("Everyone who uses this Mynah can use Ada now, wherever they are.", True, True),
        "nobody": ("Ada is for you alone again. What others had said with it is theirs.", False, False),
    }


async def test_it_says_what_was_agreed_to_and_how_it_is_taken_back(world: World, ada: Asker) -> None:
    await made(world, ada)
    reply = await world.ask(ada, "voices share", name="Ada", whom="here")
    assert reply.text.splitlines()[1] == "You agreed to: \u201cI agree. (1)\u201d"
    assert [(action.command, action.values) for action in reply.actions] == [
        ("voices share", {"name": "Ada", "whom": "nobody"})
    ]
    assert reply.data["visibility"] == "place"


@pytest.mark.parametrize("rule", ["spoken", "given", "ticked", "host-own", "host-given"])
async def test_how_far_a_voice_may_be_shared_depends_on_who_has_agreed_and_how(
    world: World, ada: Asker, rule: Rule
) -> None:
    bob = await world.person("bob")
    await made(world, ada, rule, bob if rule == "given" else None)
    assert "can use Ada now" in (await world.ask(ada, "voices share", name="Ada", whom="here")).text
    if rule in ANYWHERE:
        assert "Everyone who uses" in (await world.ask(ada, "voices share", name="Ada", whom="everyone")).text
        return
    with pytest.raises(TooFar, match="one place only") as caught:
        await world.ask(ada, "voices share", name="Ada", whom="everyone")
    assert ("somebody else" in str(caught.value)) == (rule == "given")
    assert not await may_use(world, await world.person("eve", place="43"))


async def test_nobody_is_here_in_direct_messages(world: World, ada: Asker) -> None:
    await made(world, ada)
    alone = await world.person("ada", place="direct", kind="direct")
    with pytest.raises(Refused, match="only the two of us"):
        await world.ask(alone, "voices share", name="Ada", whom="here")
    assert "wherever they are" in (await world.ask(alone, "voices share", name="Ada", whom="everyone")).text


async def test_what_cannot_speak_yet_is_not_shared(world: World, ada: Asker) -> None:
    def begin(tx: Transaction) -> None:
        making.recorded(tx, ada.user_id, "Ada")

    await world.database.write(begin)
    for whom in ("here", "everyone"):
        with pytest.raises(NotReady, match="has to agree first"):
            await world.ask(ada, "voices share", name="Ada", whom=whom)
    assert "for you alone" in (await world.ask(ada, "voices share", name="Ada", whom="nobody")).text


async def test_what_is_not_ones_own_is_refused_as_what_never_was(world: World, ada: Asker) -> None:
    bob = await world.person("bob")
    await world.make_voice("bobs", bob.user_id, "public")
    for name in ("bobs", "en-us", "nothing"):
        with pytest.raises(NotFound, match="You have made no voice"):
            await world.ask(ada, "voices share", name=name, whom="nobody")
