"""/quota: how much you may use and what is left of it; for admins, how much others may."""

from __future__ import annotations

import asyncio
import difflib
import enum
import zoneinfo
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Annotated

from commands.core.amounts import LABELS, SPANS, figure, in_words
from commands.core.command import Audience, command
from commands.core.context import Context, Inquiry
from commands.core.errors import NotAllowed, NotFound, UsageError
from commands.core.params import Between, Example, Limit, Member, PlaceId, Role, Suggest
from commands.core.reply import Json, Reply, bar
from commands.core.targets import Target, called, find_target, govern, person
from commands.core.words import duration, either, iso
from storage import audit, places, quota
from storage.database import Transaction
from storage.limits import UNLIMITED
from storage.metrics import Metric, Period
from storage.places import Place
from storage.quota import Standing
from storage.terms import UTC, terms

Amount = Annotated[int, Between(1, 10**12), Example("5000")]


class Span(enum.Enum):
    """Over which time use is counted; what is held (voices, bytes) has none."""

    DAY = "day"
    MONTH = "month"


@command("quota", "show", private=True)
async def show_quota(ctx: Context, member: Member | None = None) -> Reply:
    """Show how much you may use, what is left and when it starts again.

    Args:
        member: Whose; for admins. Leave it out to see yours.
    """

    def look(tx: Transaction) -> tuple[str, int, list[Standing]]:
        user_id = person(tx, member) if member else ctx.asker.user_id
        if user_id != ctx.asker.user_id and ctx.asker.rank < Audience.ADMINS:
            raise NotAllowed("Only admins see how others stand; /quota show without a name shows yours.")
        if user_id != ctx.asker.user_id:
            govern(ctx, ctx.asker.place)
        name = called(tx, member, user_id) if member else ""
        return name, user_id, _standing(tx, ctx, user_id, ctx.asker.place)

    name, user_id, found = await ctx.read(look)
    others = user_id != ctx.asker.user_id
    return _answer(ctx, [f"{name}:"] if others else [], found, user_id)


@command("quota", "set", audience=Audience.ADMINS, private=True)
async def set_quota(
    ctx: Context,
    metric: Metric,
    limit: Limit,
    period: Span = Span.DAY,
    member: Member | None = None,
    role: Role | None = None,
    cap: bool = False,
    everywhere: bool = False,
    place: PlaceId | None = None,
) -> Reply:
    """Set how much members may use here: each of them, one, a role, or all together.

    Args:
        metric: What is limited.
        limit: How much they may use; 'unlimited' for as much as they like.
        period: Over which time; voices and bytes are counted as long as they are kept.
        member: One member: 'discord:8035…', 'terminal:host', or a number as shown by Mynah.
        role: A role; of several that a member has, the highest counts.
        cap: The limit of all members together, rather than of each.
        everywhere: The member's limit over all places; for those who run this Mynah.
        place: Another place: 'discord:42', or a number as shown by Mynah; for those who run it.
    """
    counted = _period(metric, period)

    def change(tx: Transaction) -> tuple[Target, list[Standing]]:
        target = find_target(tx, ctx, member, role, cap, everywhere, place)
        quota.set_limit(
            tx,
            scope=target.scope,
            place=target.limited_place,
            user_id=target.user_id,
            role=target.role,
            metric=metric,
            period=counted,
            amount=limit,
            by_user_id=ctx.asker.user_id,
        )
        _note(tx, ctx, "quota set", target, metric=metric.value, period=counted.value, limit=limit)
        return target, _after(tx, ctx, target, metric)

    target, found = await ctx.commit(change)
    span = SPANS[counted]
    if limit == UNLIMITED:
        said = f"There is no limit on {LABELS[metric].lower()}{span} for {target.words}{target.where}."
    else:
        verb = "keep" if metric.is_stock else "use"
        said = f"{target.subject} may {verb} {in_words(metric, limit)}{span}{target.where}."
    return _answer(ctx, [said], found, target.user_id)


@command("quota", "clear", audience=Audience.ADMINS, private=True)
async def clear_quota(
    ctx: Context,
    metric: Metric,
    period: Span = Span.DAY,
    member: Member | None = None,
    role: Role | None = None,
    cap: bool = False,
    everywhere: bool = False,
    place: PlaceId | None = None,
) -> Reply:
    """Take a limit away that was set here, so that the more general one holds again.

    Args:
        metric: What is limited.
        period: Over which time; voices and bytes are counted as long as they are kept.
        member: One member, whose own limit goes.
        role: A role, whose limit goes.
        cap: The limit of all members together, rather than of each.
        everywhere: The member's limit over all places; for those who run this Mynah.
        place: Which place, where it is not this one; for those who run this Mynah.
    """
    counted = _period(metric, period)

    def change(tx: Transaction) -> tuple[Target, list[Standing]]:
        target = find_target(tx, ctx, member, role, cap, everywhere, place)
        there = quota.clear_limit(
            tx,
            scope=target.scope,
            place=target.limited_place,
            user_id=target.user_id,
            role=target.role,
            metric=metric,
            period=counted,
        )
        if not there:
            raise NotFound("No such limit is set; nothing was changed.")
        _note(tx, ctx, "quota clear", target, metric=metric.value, period=counted.value)
        return target, _after(tx, ctx, target, metric)

    target, found = await ctx.commit(change)
    return _answer(
        ctx,
        [f"That limit on {LABELS[metric].lower()}{SPANS[counted]} is gone; the next one holds."],
        found,
        target.user_id,
    )


@command("quota", "grant", audience=Audience.ADMINS, private=True)
async def grant_quota(
    ctx: Context,
    metric: Metric,
    amount: Amount,
    member: Member,
    period: Span = Span.DAY,
    everywhere: bool = False,
    place: PlaceId | None = None,
) -> Reply:
    """Let a member have more, until the day or the month ends.

    Args:
        metric: What they get more of.
        amount: How much more.
        member: Who gets it.
        period: On top of which limit: the day's or the month's.
        everywhere: On top of their limit over all places; for those who run this Mynah.
        place: Which place, where it is not this one; for those who run this Mynah.
    """
    counted = _period(metric, period)

    def change(tx: Transaction) -> tuple[Target, list[Standing]]:
        target = find_target(tx, ctx, member, None, False, everywhere, place)
        assert target.user_id is not None
        quota.grant(
            tx,
            user_id=target.user_id,
            place=target.limited_place,
            metric=metric,
            period=counted,
            amount=amount,
            by_user_id=ctx.asker.user_id,
        )
        _note(tx, ctx, "quota grant", target, metric=metric.value, period=counted.value, amount=amount)
        return target, _after(tx, ctx, target, metric)

    target, found = await ctx.commit(change)
    until = {Period.DAY: " today", Period.MONTH: " this month", Period.HELD: ""}[counted]
    return _answer(
        ctx,
        [f"{target.subject} may have {in_words(metric, amount, more=True)}{until}{target.where}."],
        found,
        target.user_id,
    )


@command("quota", "reset", audience=Audience.ADMINS, private=True)
async def reset_quota(
    ctx: Context,
    member: Annotated[Member | None, Example("discord:8035")] = None,
    metric: Metric | None = None,
    period: Span | None = None,
    cap: bool = False,
    everywhere: bool = False,
    place: PlaceId | None = None,
) -> Reply:
    """Let a member, or the place as a whole, begin anew: what was used counts as unused.

    Args:
        member: Who begins anew.
        metric: Only what was used of this.
        period: Only what was used in this day, or in this month.
        cap: What all members together have used, rather than one member.
        everywhere: What the member has used over all places; for those who run this Mynah.
        place: Which place, where it is not this one; for those who run this Mynah.
    """
    if member is None and not cap:
        raise UsageError("Say who begins anew: member=…, or cap=yes for what all here have used together.")

    def change(tx: Transaction) -> tuple[Target, int, list[Standing]]:
        target = find_target(tx, ctx, member, None, cap, everywhere, place)
        count = quota.reset(
            tx,
            user_id=target.user_id,
            place=target.limited_place,
            metric=metric,
            period=Period(period.value) if period else None,
            by_user_id=ctx.asker.user_id,
        )
        only = {"metric": metric.value if metric else None, "period": period.value if period else None}
        _note(tx, ctx, "quota reset", target, **only)
        return target, count, _after(tx, ctx, target, metric)

    target, begun, found = await ctx.commit(change)
    said = f"{target.subject} begin{'' if cap else 's'} anew{target.where}." if begun else "There was nothing to reset."
    return _answer(ctx, [said], found, target.user_id)


async def zone_names(inquiry: Inquiry, typed: str) -> list[str]:
    """The time zones that go on from what is typed, or are called nearly so."""
    return await asyncio.to_thread(_nearest, typed, 25)


@command("quota", "zone", audience=Audience.ADMINS, private=True)
async def set_zone(ctx: Context, name: Annotated[str, Suggest(zone_names), Example("Europe/Berlin")] = "") -> Reply:
    """Show or set the time zone of this place: by whose midnight its days and months end.

    Args:
        name: The zone, such as Europe/Berlin; leave it out to see which one it is.
    """
    here = ctx.asker.place.id
    if name:
        govern(ctx, ctx.asker.place, "set the time zone")
    wanted = await asyncio.to_thread(_zone, name) if name else ""

    def change(tx: Transaction) -> str:
        before = places.get(tx, here).time_zone
        if not wanted:
            return before
        places.set_time_zone(tx, here, wanted)
        audit.note(tx, ctx.asker.user_id, here, "quota zone", None, {"zone": wanted, "before": before})
        return wanted

    zone = await ctx.commit(change) if wanted else await ctx.read(change)
    now = ctx.database.clock.now()
    ends = terms(zone, now).day_ends
    said = f"Days and months here {'now ' if wanted else ''}end at midnight in {zone}"
    return Reply(
        text=f"{said}; the next one is in {duration(max(60_000, ends - now) / 1_000)}.",
        private=True,
        data={"zone": zone, "day_ends": iso(ends)},
    )


@cache
def _zones() -> Mapping[str, str]:
    """Every time zone, by its name in lower case; only UTC where the system brings no list of them."""
    known = zoneinfo.available_timezones() - {"Factory", "localtime"} | {UTC}
    return {name.lower(): name for name in sorted(known)}


def _zone(name: str) -> str:
    """Return the zone of that name as it is written.

    Raises:
        NotFound: There is none.
    """
    found = _zones().get("_".join(name.lower().split()))
    if found is None:
        near = either(_nearest(name, 3))
        raise NotFound(
            "There is no time zone {name!r}; {hint}.",
            name=name[:40],
            hint=f"maybe it is {near}" if near else "one is named like Europe/Berlin",
        )
    return found


def _nearest(typed: str, most: int) -> list[str]:
    """Return the zones that have what is typed in their names, then those called nearly so, whole or by the city."""
    wanted = "_".join(typed[:40].lower().split())
    within = sorted((low for low in _zones() if wanted in low), key=lambda low: (not low.endswith(wanted), low))
    cities = {low.rpartition("/")[2]: low for low in _zones()}
    alike = difflib.get_close_matches(wanted, [*_zones(), *cities], most)
    return [_zones()[low] for low in dict.fromkeys([*within, *(cities.get(each, each) for each in alike)])][:most]


def _period(metric: Metric, span: Span) -> Period:
    return Period.HELD if metric.is_stock else Period(span.value)


def _note(tx: Transaction, ctx: Context, act: str, target: Target, **details: object) -> None:
    place_id = target.limited_place.id if target.limited_place else None
    details = {"scope": target.scope, **({"role": target.role} if target.role else {}), **details}
    audit.note(tx, ctx.asker.user_id, place_id, act, target.user_id, details)


def _standing(tx: Transaction, ctx: Context, user_id: int, place: Place) -> list[Standing]:
    """Tell how a person stands in a place, as far as the asker may see it."""
    asker = ctx.asker
    own = user_id == asker.user_id
    roles = asker.roles if own and place.id == asker.place.id else ()
    found = quota.standing(tx, user_id, place, roles, ctx.rules.allowances, unlimited=False)
    if own and asker.rank is Audience.OWNERS:
        found = [each if each.scope == "place_cap" else _unlimited(each) for each in found]
    return [each for each in found if each.scope != "everywhere" or own or asker.rank is Audience.OWNERS]


def _unlimited(standing: Standing) -> Standing:
    """Tell how those stand who are counted, but never held back."""
    return replace(standing, limit=UNLIMITED, left=None)


def _after(tx: Transaction, ctx: Context, target: Target, metric: Metric | None) -> list[Standing]:
    """Tell how those stand whom a change was for; where it was for many, how the asker stands."""
    user_id = ctx.asker.user_id if target.user_id is None else target.user_id
    found = _standing(tx, ctx, user_id, target.place)
    return [each for each in found if metric in (None, each.metric)]


def _answer(ctx: Context, said: list[str], found: list[Standing], user_id: int | None) -> Reply:
    """Say what was done, and how a person stands now: the one it was done for or, with None, the asker."""
    now = ctx.database.clock.now()
    lines = [_line(each, now) for each in found if each.left is not None or each.used or each.reserved]
    if not lines and not said:
        lines = ["No limit holds for you here, and nothing is used yet."]
    elif lines and user_id is None:
        lines.insert(0, "You yourself:")
    if user_id in (None, ctx.asker.user_id) and ctx.asker.rank is Audience.OWNERS:
        lines.append("You run this Mynah: you are counted, but nothing holds you back.")
    return Reply(text="\n".join(said + lines), private=True, items=tuple(_facts(each) for each in found))


def _line(each: Standing, now: int) -> str:
    label = LABELS[each.metric] + SPANS[each.period]
    label += {"place_cap": ", all here together", "everywhere": ", over all places"}.get(each.scope, "")
    taken = each.used + each.reserved
    again = f", starts again in {duration(max(60_000, each.resets_at - now) / 1_000)}" if each.resets_at else ""
    if each.left is None:
        return f"{label}: {figure(each.metric, taken)} used, no limit{again}"
    share = taken / each.limit if each.limit else 1.0
    used, limit, left = (figure(each.metric, number) for number in (taken, each.limit, each.left))
    return f"{label}: {bar(share, 10)} {used} of {limit} used, {left} left{again}"


def _facts(each: Standing) -> dict[str, Json]:
    return {
        "metric": each.metric.value,
        "period": each.period.value,
        "scope": each.scope,
        "limit": None if each.limit == UNLIMITED else each.limit,
        "granted": each.granted,
        "used": each.used,
        "reserved": each.reserved,
        "left": each.left,
        "resets_at": iso(each.resets_at) if each.resets_at is not None else None,
    }
