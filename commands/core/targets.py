"""Targets: whom a limit is for, and who may set it."""

from __future__ import annotations

from commands.core.command import Audience
from commands.core.context import Context
from commands.core.errors import NotAllowed, NotFound, UsageError
from commands.core.params import Member, PlaceId, Role
from engine.value import value
from storage import identities, limits, places, users
from storage.database import Transaction
from storage.places import Place


@value
class Target:
    """Whom a limit is for."""

    scope: limits.Scope
    """One member, a role, every member of a place, a place as a whole, or a person everywhere."""
    place: Place
    """Where; for a person everywhere, where it was asked."""
    user_id: int | None
    """The person, where it is for one."""
    role: str | None
    """The role's id, where it is for one."""
    words: str
    """What to call them in a sentence: 'Ada', 'all members together'."""
    where: str
    """As its end: ' here', ' over all places'."""

    @property
    def subject(self) -> str:
        """What to call them where a sentence begins."""
        return self.words if self.user_id is not None else self.words[:1].upper() + self.words[1:]

    @property
    def limited_place(self) -> Place | None:
        """The place; None for a person everywhere."""
        return None if self.scope == "everywhere" else self.place


def find_target(
    tx: Transaction,
    ctx: Context,
    member: Member | None,
    role: Role | None,
    cap: bool,
    everywhere: bool,
    place: PlaceId | None,
) -> Target:
    """Find out whom a limit is for, and whether the asker may set it.

    Raises:
        Refused: What was given does not go together, or is not theirs to set.
    """
    if sum((member is not None, role is not None, cap)) > 1:
        raise UsageError("A limit is for a member, for a role, or as a cap for all together: give one of the three.")
    if everywhere and member is None:
        raise UsageError("A limit everywhere is for one person: add member=…")
    if everywhere and ctx.asker.rank < Audience.OWNERS:
        raise NotAllowed("Limits everywhere are for those who run this Mynah.")
    there = _place(tx, ctx, place)
    govern(ctx, there)
    where = " here" if there.id == ctx.asker.place.id else f" in {there.name or f'{there.platform}:{there.key}'}"
    user_id: int | None = None
    scope: limits.Scope = "place_default"
    words = "those who have no other limit"
    if member is not None:
        user_id = person(tx, member, ctx)
        words = called(tx, member, user_id)
        scope, where = ("everywhere", " over all places") if everywhere else ("member", where)
    elif role is not None:
        scope, words = "role", f"members with the role {role.name or role.id}"
    elif cap:
        scope, words = "place_cap", "all members together"
    return Target(scope=scope, place=there, user_id=user_id, role=role.id if role else None, words=words, where=where)


def _place(tx: Transaction, ctx: Context, wanted: PlaceId | None) -> Place:
    if wanted is None:
        return ctx.asker.place
    found = places.find(tx, wanted.id)
    if ctx.asker.rank < Audience.OWNERS and (found is None or found.id != ctx.asker.place.id):
        raise NotAllowed("Only those who run this Mynah set limits in other places than the one they are in.")
    if found is None:
        raise NotFound("Mynah knows no place {ref!r}; a place is named like discord:42.", ref=wanted.id[:40])
    return found


def govern(ctx: Context, place: Place, act: str = "set limits") -> None:
    """Refuse what is not an admin's: in direct messages everybody is alone, so only those who run Mynah decide.

    Args:
        ctx: Who asks.
        place: Where.
        act: What is not theirs to do there.

    Raises:
        NotAllowed: It is not theirs.
    """
    if place.kind == "direct" and ctx.asker.rank < Audience.OWNERS:
        raise NotAllowed("In direct messages only those who run this Mynah {act}.", act=act)


def person(tx: Transaction, member: Member, ctx: Context | None = None) -> int:
    """Return whom the member is known as.

    With `ctx`, that of a command that writes, somebody who has never asked for anything is noted now: the platform
    itself has named them, where there is a name, so they are no slip of the pen.

    Raises:
        NotFound: As nobody.
    """
    found = identities.find(tx, member.id)
    if found is None and ctx is not None and member.name:
        platform, _, account = member.id.partition(":")
        if platform == ctx.asker.platform and account:
            return identities.ensure(tx, platform, account, member.name, ctx.host.key)
    if found is None:
        raise NotFound(
            "Mynah does not know {name} yet; they have to ask it for something first.",
            name=(member.name or member.id)[:60],
        )
    return found


def called(tx: Transaction, member: Member, user_id: int) -> str:
    """What to call a member in a sentence: as their platform does, else as they were called when they came."""
    user = users.get(tx, user_id)
    return (member.name or (user.name if user else "") or member.id)[:60]
