"""/voices similar: the voices most like one, among those that somebody may use."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from commands.core.errors import NotFound
from commands.voices_similar import MOST, NotComparable
from storage.database import Transaction
from tests.commands.world import World
from tests.storage import making


def cosine(a: str, b: str) -> float:
    one, other = (np.array(struct.unpack("<8f", making.vector(name))) for name in (a, b))
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


async def test_the_nearest_come_first_and_only_those_that_one_may_use(world: World) -> None:
    ada, bob = await world.person("ada"), await world.person("bob")

    def make(tx: Transaction) -> None:
        for name in ("Ada", "Eve", "Ina"):
            making.clone(tx, ada.user_id, name)
        making.clone(tx, bob.user_id, "Open", visibility="public")
        making.clone(tx, bob.user_id, "Here", visibility="place", place_id=ada.place.id)
        making.clone(tx, bob.user_id, "Secret")

    await world.database.write(make)
    reply = await world.ask(ada, "voices similar", name="Ada")
    wanted = sorted(("Eve", "Ina", "Open", "Here"), key=lambda name: -cosine("Ada", name))
    assert reply.items is not None
    assert [each["name"] for each in reply.items] == wanted
    assert [each["similarity"] for each in reply.items] == [round(cosine("Ada", name), 3) for name in wanted]
    lines = reply.text.splitlines()
    assert lines[0] == "Most like Ada; a stranger's voice has about .63:"
    assert [line.split(" · ")[0] for line in lines[1:]] == wanted
    assert [" · yours · " in line for line in lines[1:]] == [name in ("Eve", "Ina") for name in wanted]
    assert [action.values["name"] for action in reply.actions] == wanted[:3]
    away = await world.person("ada", place="43")
    elsewhere = await world.ask(away, "voices similar", name="Ada")
    assert [each["name"] for each in elsewhere.items or ()] == [name for name in wanted if name != "Here"]


async def test_a_shared_voice_can_be_compared_and_a_secret_one_is_not_there(world: World) -> None:
    ada, bob = await world.person("ada"), await world.person("bob")
    await world.database.write(lambda tx: making.clone(tx, bob.user_id, "Open", visibility="public"))
    await world.database.write(lambda tx: making.clone(tx, bob.user_id, "Secret"))
    reply = await world.ask(ada, "voices similar", name="Open")
    assert reply.text.startswith("There is no other voice that you may use")
    assert not reply.private, "it is nobody's secret"
    with pytest.raises(NotFound):
        await world.ask(ada, "voices similar", name="Secret")


async def test_what_was_made_of_no_recording_is_refused_by_name_and_by_default(world: World) -> None:
    ada = await world.person("ada")
    for given in ({"name": "en-gb"}, {}):
        with pytest.raises(NotComparable, match="was not made from recordings"):
            await world.ask(ada, "voices similar", **given)


async def test_a_voice_that_is_not_made_yet_can_be_compared_by_its_owner(world: World) -> None:
    ada = await world.person("ada")
    await world.database.write(lambda tx: making.recorded(tx, ada.user_id, "New"))
    await world.database.write(lambda tx: making.clone(tx, ada.user_id, "Ada"))
    reply = await world.ask(ada, "voices similar", name="New")
    assert [each["name"] for each in reply.items or ()] == ["Ada"]
    assert reply.private


async def test_no_more_are_told_than_fit(world: World) -> None:
    ada = await world.person("ada")

    def make(tx: Transaction) -> None:
        for number in range(MOST + 3):
            making.clone(tx, ada.user_id, f"v{number}")

    await world.database.write(make)
    assert len((await world.ask(ada, "voices similar", name="v0")).items or ()) == MOST
