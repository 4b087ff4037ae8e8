"""How voices are told of."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from commands.core.voice_words import (
    AGREED,
    SHARED,
    about,
    called,
    facts,
    full_name,
    is_mine,
    likeness,
    line,
    listed_by,
    origin,
    spoken_by,
    step,
    tagged,
)
from engine.licence import CPML
from storage import recordings
from storage.speakers import Learned
from storage.voices import Consent, Status, Visibility, Voice
from tests.commands.world import World
from tests.storage import making


async def a_voice(world: World, user_id: int) -> Voice:
    return await world.database.write(lambda tx: making.clone(tx, user_id, "Ada"))


async def test_a_clone_is_called_by_its_name_and_a_built_in_voice_by_its_title(world: World) -> None:
    ada = await world.person("ada")
    voice = await a_voice(world, ada.user_id)
    assert (called(voice), full_name(voice)) == ("Ada", "Ada")
    titled = replace(voice, title="English")
    assert (called(titled), full_name(titled)) == ("English", "Ada (English)")


async def test_its_owner_reads_whose_it_is_how_far_it_is_and_what_it_is_filed_under(world: World) -> None:
    ada, bob = await world.person("ada"), await world.person("bob")
    voice = replace(await a_voice(world, ada.user_id), tags=("warm", "radio"))
    mine, theirs = world.inquiry(ada), world.inquiry(bob)
    assert is_mine(voice, mine) and not is_mine(voice, theirs)
    assert line(voice, mine) == "Ada · yours · #warm #radio"
    assert line(replace(voice, status="building"), mine) == "Ada · yours · has to be made · #warm #radio"
    assert (origin(voice, mine), origin(voice, theirs)) == ("a clone, yours", "a clone, somebody else's")
    assert tagged(voice) == "#warm #radio"


@pytest.mark.parametrize(
    ("status", "consent", "left"),
    [
        ("ready", "spoken", ""),
        ("building", "", "waits for consent"),
        ("building", "given", "has to be made"),
        ("revoked", "", "taken back"),
        ("failed", "spoken", "could not be made"),
    ],
)
async def test_what_stands_between_a_voice_and_speaking(
    world: World, status: Status, consent: Consent, left: str
) -> None:
    voice = await a_voice(world, (await world.person("ada")).user_id)
    assert step(replace(voice, status=status, consent=consent)) == left


async def test_all_about_it_is_told_to_its_owner(world: World) -> None:
    ada = await world.person("ada")
    voice = await a_voice(world, ada.user_id)
    made_of = await world.database.read(lambda tx: recordings.of_voice(tx, voice.id))
    assert about(voice, made_of) == [
        "Its owner's own voice, agreed to aloud.",
        "1 recording, 21.0 s; the best is 8 of 10.",
        "A similar voice: likeness .71.",
        "It is for its owner alone.",
    ]
    assert about(replace(voice, status="building", consent="", figures={}), [])[-1] == "It waits for consent."
    mine, theirs = facts(voice, world.inquiry(ada)), facts(voice, world.inquiry(await world.person("bob")))
    assert mine["built"] == {"similarity": 0.71} and mine["visibility"] == "private"
    assert not {"built", "visibility"} & theirs.keys()


def test_there_is_a_word_for_every_rule_and_for_every_way_of_sharing() -> None:
    assert set(AGREED) == set(get_args(Consent))
    assert set(SHARED) == set(get_args(Visibility))


@pytest.mark.parametrize(("share", "told"), [(0.714, ".71"), (1.0, "1.00"), (0.05, ".05"), (-0.2, "-.20")])
def test_a_likeness_is_told_without_its_nought(share: float, told: str) -> None:
    assert likeness(share) == told


async def test_by_whom_it_is_spoken_is_told_where_there_are_several_and_what_that_asks(world: World) -> None:
    ada = await world.person("ada")
    voice = await a_voice(world, ada.user_id)
    one = Learned(id=1, engine="world", key="a", licence="", figures={"similarity": 0.71})
    two = Learned(id=2, engine="coqui", key="b", licence=CPML)
    told = spoken_by(replace(voice, licence=CPML), [one, two], world.inquiry(ada))
    assert told == [
        "Spoken by world (likeness .71) and coqui.",
        "What it says: Coqui Public Model License: not for commercial use.",
    ]
    assert spoken_by(voice, [one], world.inquiry(ada)) == []
    assert line(replace(voice, licence=CPML), world.inquiry(ada)).endswith(" · not for commercial use")
    assert "commercial" not in line(voice, world.inquiry(ada))
    assert listed_by([one, two]) == [
        {"engine": "world", "similarity": 0.71, "licence": ""},
        {"engine": "coqui", "similarity": None, "licence": CPML},
    ]
