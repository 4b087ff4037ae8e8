"""Whom a limit is for, and who may set it."""

from __future__ import annotations

import pytest

from commands.core.command import Audience
from commands.core.context import Context
from commands.core.errors import NotAllowed, NotFound, UsageError
from commands.core.params import Member, PlaceId, Role
from commands.core.targets import Target, find_target
from tests.commands.world import World

ADA = Member(id="discord:ada", name="Ada")


async def find(
    world: World,
    rank: Audience,
    member: Member | None = None,
    role: Role | None = None,
    cap: bool = False,
    everywhere: bool = False,
    place: PlaceId | None = None,
) -> Target:
    """Let somebody of that rank name a target."""
    await world.person("ada")
    await world.person("zoe", place="99")
    asker = await world.person("asker", rank=rank)
    context = Context(asker=asker, database=world.database, rules=world.rules, host=world.host)
    return await context.commit(lambda tx: find_target(tx, context, member, role, cap, everywhere, place))


async def test_without_a_name_it_is_everybody_here(world: World) -> None:
    target = await find(world, Audience.ADMINS)
    assert (target.scope, target.user_id, target.role) == ("place_default", None, None)
    assert (target.subject, target.where) == ("Those who have no other limit", " here")


async def test_a_member_a_role_and_all_together_are_told_apart(world: World) -> None:
    member = await find(world, Audience.ADMINS, member=ADA)
    assert (member.scope, member.subject, member.user_id is not None) == ("member", "Ada", True)
    role = await find(world, Audience.ADMINS, role=Role(id="77"))
    assert (role.scope, role.subject, role.role) == ("role", "Members with the role 77", "77")
    together = await find(world, Audience.ADMINS, cap=True)
    assert (together.scope, together.words) == ("place_cap", "all members together")
    assert together.limited_place is not None


async def test_everywhere_is_a_person_over_all_places_and_for_owners(world: World) -> None:
    target = await find(world, Audience.OWNERS, member=ADA, everywhere=True)
    assert (target.scope, target.where, target.limited_place) == ("everywhere", " over all places", None)
    with pytest.raises(NotAllowed):
        await find(world, Audience.ADMINS, member=ADA, everywhere=True)
    with pytest.raises(UsageError, match="for one person"):
        await find(world, Audience.OWNERS, cap=True, everywhere=True)


async def test_another_place_is_for_owners_and_this_one_may_be_named(world: World) -> None:
    elsewhere = await find(world, Audience.OWNERS, place=PlaceId(id="discord:99"))
    assert (elsewhere.place.key, elsewhere.where) == ("99", " in place 99")
    here = await find(world, Audience.ADMINS, place=PlaceId(id="discord:42"))
    assert here.where == " here"
    with pytest.raises(NotAllowed):
        await find(world, Audience.ADMINS, place=PlaceId(id="discord:99"))
    with pytest.raises(NotFound):
        await find(world, Audience.OWNERS, place=PlaceId(id="discord:7"))


async def test_one_thing_is_named_at_a_time(world: World) -> None:
    for more in ({"role": Role(id="7")}, {"cap": True}):
        with pytest.raises(UsageError, match="give one of the three"):
            await find(world, Audience.OWNERS, member=ADA, **more)


async def test_somebody_who_never_asked_anything_is_not_known(world: World) -> None:
    with pytest.raises(NotFound, match="Mynah does not know discord:bob yet"):
        await find(world, Audience.ADMINS, member=Member(id="discord:bob"))
    with pytest.raises(NotFound, match="Mynah does not know Bob yet"):
        await find(world, Audience.ADMINS, member=Member(id="telegram:bob", name="Bob"))


async def test_somebody_whom_the_platform_names_need_not_have_asked_anything(world: World) -> None:
    target = await find(world, Audience.ADMINS, member=Member(id="discord:bob", name="Bob"))
    assert target.words == "Bob" and target.user_id == (await world.person("bob")).user_id
