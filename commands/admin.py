"""/admin: what the admins of a place see and decide there; those who run this Mynah, in every place."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Literal

from commands.core.amounts import SPANS, in_words
from commands.core.command import Audience, command
from commands.core.context import Context
from commands.core.entries import ago
from commands.core.errors import NotAllowed, NotFound, Refused
from commands.core.notices import tell_cancelled
from commands.core.params import Between, Example, FileFormat, JobId, Member, PlaceId
from commands.core.reply import Action, Json, Reply
from commands.core.targets import called, govern, person
from commands.core.words import count, duration, excerpt, iso, listed
from storage import audit, blocks, exiles, identities, jobs, limits, places, queue, users, voices
from storage.audit import Act
from storage.database import Transaction
from storage.jobs import Job
from storage.limits import UNLIMITED, Limit
from storage.places import Place

PAGE = 10
"""How many lines stand on a page."""
MOST_REASON = 200
"""The most characters of a reason."""
STATES = {"pending": "waits for a file", "ready": "waits", "running": "under way"}
"""How far a job is, for people."""
Page = Annotated[int, Between(1, 10_000)]


class Cloners(enum.Enum):
    """Who may make voices of recordings in a place."""

    EVERYONE = "everyone"
    ADMINS = "admins"
    NOBODY = "nobody"


@command("admin", "queue", audience=Audience.ADMINS, private=True)
async def show_queue(ctx: Context, page: Page = 1, place: PlaceId | None = None) -> Reply:
    """Show what waits and what is under way here: who asked for what, since when, and when it is done.

    What is to be said is for those who asked only.

    Args:
        page: Which page of a long list.
        place: Another place: 'discord:42', or a number as shown by Mynah; for those who run it.
    """

    def look(tx: Transaction) -> tuple[list[dict[str, Json]], bool]:
        there = _there(tx, ctx, place, "see the queue")
        found = jobs.in_place(tx, there.id, PAGE + 1, (page - 1) * PAGE)
        pace = jobs.pace(tx)
        return [_waiting(tx, job, pace) for job in found[:PAGE]], len(found) > PAGE

    found, more = await ctx.read(look)
    lines = [_queue_line(each, ctx.database.clock.now()) for each in found]
    told = [{name: value for name, value in each.items() if name != "since"} for each in found]
    return _page(ctx, "admin queue", lines or ["Nothing waits, and nothing is under way."], told, page, more, place)


@command("admin", "failures", audience=Audience.ADMINS, private=True)
async def show_failures(ctx: Context, page: Page = 1, place: PlaceId | None = None) -> Reply:
    """Show what went wrong here lately and why, and how often each reason came up.

    Args:
        page: Which page of a long list.
        place: Another place: 'discord:42', or a number as shown by Mynah; for those who run it.
    """

    def look(tx: Transaction) -> tuple[list[tuple[Job, str]], dict[str, int]]:
        there = _there(tx, ctx, place, "see what failed")
        found = jobs.failures(tx, there.id, PAGE + 1, (page - 1) * PAGE)
        return [(job, _name(tx, job.user_id)) for job in found], jobs.reasons(tx, there.id)

    found, reasons = await ctx.read(look)
    now = ctx.database.clock.now()
    lines = [
        f"{job.id} · {name}: /{job.command} · {ago(now - (job.finished_at or now))} · {job.error}"
        for job, name in found[:PAGE]
    ]
    if reasons and lines:
        lines.append("In all: " + listed([f"{reason} {count(n, 'times')}" for reason, n in reasons.items()]) + ".")
    items = [
        {"id": job.id, "name": name, "command": job.command, "error": job.error_key, "message": job.error}
        for job, name in found[:PAGE]
    ]
    return _page(ctx, "admin failures", lines or ["Nothing has failed."], items, page, len(found) > PAGE, place)


@command("admin", "log", audience=Audience.ADMINS, private=True)
async def show_log(ctx: Context, page: Page = 1, everywhere: bool = False, place: PlaceId | None = None) -> Reply:
    """Show what admins have done here, the latest first.

    Args:
        page: Which page of a long list.
        everywhere: In all places, and over all of them; for those who run this Mynah.
        place: Another place: 'discord:42', or a number as shown by Mynah; for those who run it.
    """
    if everywhere and ctx.asker.rank < Audience.OWNERS:
        raise NotAllowed("What is done in all places is for those who run this Mynah.")

    def look(tx: Transaction) -> list[dict[str, Json]]:
        where = None if everywhere else _there(tx, ctx, place, "see what was done").id
        return [_act(tx, each) for each in audit.latest(tx, where, PAGE + 1, (page - 1) * PAGE)]

    found = await ctx.read(look)
    lines = [
        " · ".join(part for part in (each["at"], f"{each['by']}: {each['act']}", each["to"], each["details"]) if part)
        for each in found[:PAGE]
    ]
    values = {"everywhere": True} if everywhere else {}
    text = lines or ["No admin has done anything here yet."]
    return _page(ctx, "admin log", text, found[:PAGE], page, len(found) > PAGE, place, **values)


@command("admin", "show", audience=Audience.ADMINS, private=True)
async def show_place(ctx: Context, place: PlaceId | None = None) -> Reply:
    """Show what is set for this place: its voice, kind of file, time zone, caps and who may clone.

    Args:
        place: Another place: 'discord:42', or a number as shown by Mynah; for those who run it.
    """

    def look(tx: Transaction) -> tuple[Place, str, list[Limit]]:
        there = _there(tx, ctx, place, "see what is set")
        there = places.get(tx, there.id)
        voice = voices.get(tx, there.default_voice_id) if there.default_voice_id is not None else None
        return there, voice.name if voice else "", [each for each in limits.of_place(tx, there.id)]

    there, voice, found = await ctx.read(look)
    caps = [in_words(each.metric, each.amount) + SPANS[each.period] for each in found if _is_cap(each)]
    lines = [
        f"{there.name or there.key} ({there.platform}:{there.key})",
        f"Voice of those who have chosen none: {voice or 'Mynah chooses'} (/voices here)",
        f"Kind of file: {_format_words(there.format)} (/admin format)",
        f"Days end at midnight in {there.time_zone} (/quota zone)",
        f"Voices of recordings may be made by {_cloners(there.cloning)} (/admin cloning)",
        f"All together may use {listed(caps) or 'as much as they like'} (/quota set cap=yes)",
    ]
    data = {
        "place": f"{there.platform}:{there.key}",
        "id": there.id,
        "voice": voice or None,
        "format": there.format,
        "time_zone": there.time_zone,
        "cloning": there.cloning,
        "caps": caps,
    }
    return Reply(text="\n".join(lines), private=True, data=data)


@command("admin", "format", audience=Audience.ADMINS, private=True)
async def set_format(ctx: Context, format: FileFormat, place: PlaceId | None = None) -> Reply:
    """Choose the kind of file that is sent here where nobody asks for another.

    Args:
        format: The kind of file; auto is what is usual on this platform.
        place: Another place: 'discord:42', or a number as shown by Mynah; for those who run it.
    """

    def change(tx: Transaction) -> Place:
        there = _there(tx, ctx, place, "choose the kind of file")
        before = places.get(tx, there.id).format
        places.set_format(tx, there.id, format.value)
        _note(tx, ctx, there, "admin format", None, format=format.value, before=before)
        return there

    there = await ctx.commit(change)
    return Reply(text=f"The kind of file{_where(ctx, there)} is {_format_words(format.value)} now.", private=True)


@command("admin", "cloning", audience=Audience.ADMINS, private=True)
async def set_cloning(ctx: Context, who: Cloners, place: PlaceId | None = None) -> Reply:
    """Choose who may make voices of recordings here.

    Args:
        who: Everyone, admins only, or nobody; those who run this Mynah may always.
        place: Another place: 'discord:42', or a number as shown by Mynah; for those who run it.
    """

    def change(tx: Transaction) -> Place:
        there = _there(tx, ctx, place, "choose who may clone")
        before = places.get(tx, there.id).cloning
        places.set_cloning(tx, there.id, who.value)
        _note(tx, ctx, there, "admin cloning", None, who=who.value, before=before)
        return there

    there = await ctx.commit(change)
    return Reply(text=f"Voices of recordings may be made{_where(ctx, there)} by {_cloners(who.value)}.", private=True)


@command("admin", "cancel", audience=Audience.ADMINS, private=True)
async def cancel_job(ctx: Context, job: JobId) -> Reply:
    """Stop a job that somebody has asked for here; nothing is charged, and they are told.

    Args:
        job: Its number, as /admin queue shows it.
    """

    def cancel(tx: Transaction) -> Job:
        govern(ctx, ctx.asker.place, "cancel what others asked for")
        found = jobs.get(tx, job)
        by = _by(ctx)
        if found is None or (found.place_id != ctx.asker.place.id and by == "admin"):
            raise NotFound("There is no job {id} here; /admin queue shows those that are under way.", id=job)
        if not queue.cancel(tx, job, by=by):
            raise Refused("Job {id} has ended already.", id=job)
        if found.user_id != ctx.asker.user_id:
            who = "an admin" if by == "admin" else "those who run this Mynah"
            tell_cancelled(tx, found, f"by {who}; nothing was charged")
        audit.note(tx, ctx.asker.user_id, found.place_id, "admin cancel", found.user_id, {"job": job})
        return found

    found = await ctx.commit(cancel)
    await _stop(ctx, [job])
    told = "" if found.user_id == ctx.asker.user_id else ", and its person is told"
    return Reply(
        text=f"Job {job} is cancelled; nothing was charged{told}.",
        private=True,
        data={"id": job, "state": "cancelled"},
    )


@command("admin", "block", audience=Audience.ADMINS, private=True)
async def block(
    ctx: Context,
    member: Member,
    reason: Annotated[str, Example("too loud")] = "",
    everywhere: bool = False,
    place: PlaceId | None = None,
) -> Reply:
    """Have Mynah no longer answer a member here; what they have asked for is cancelled, and costs nothing.

    A block lasts until it is lifted, also where they have Mynah forget them and come back.

    Args:
        member: Who.
        reason: Why; they are told.
        everywhere: In every place; for those who run this Mynah.
        place: Another place: 'discord:42', or a number as shown by Mynah; for those who run it.
    """
    why = excerpt(reason, MOST_REASON)

    def change(tx: Transaction) -> tuple[str, Place | None, list[int], bool]:
        there = _scope(tx, ctx, everywhere, place)
        user_id = person(tx, member, ctx)
        _check_target(tx, ctx, user_id, there)
        blocks.add(tx, user_id, there.id if there else None, ctx.asker.user_id, why)
        waiting = jobs.open_of(tx, user_id, there.id if there else None)
        cancelled = [each for each in waiting if queue.cancel(tx, each.id, by=_by(ctx))]
        for each in cancelled:
            tell_cancelled(tx, each, "and cost nothing, for Mynah does not answer you there any more")
        _note(tx, ctx, there, "admin block", user_id, reason=why, cancelled=len(cancelled))
        admin = there is not None and jobs.last_rank(tx, user_id, there.id) >= Audience.ADMINS
        return called(tx, member, user_id), there, [each.id for each in cancelled], admin

    name, there, cancelled, admin = await ctx.commit(change)
    await _stop(ctx, cancelled)
    said = [f"Mynah does not answer {name}{_where(ctx, there, ' anywhere')} any more{f' ({why})' if why else ''}."]
    if cancelled:
        said.append(f"{count(len(cancelled), 'requests')} of theirs cancelled; nothing was charged.")
    if admin:
        said.append("They were an admin there when they asked last.")
    undo = {"member": member.id, **({"everywhere": True} if everywhere else {}), **_elsewhere(place)}
    return Reply(
        text=" ".join(said),
        private=True,
        actions=(Action(label="Unblock", command="admin unblock", values=undo),),
        data={"cancelled": cancelled},
    )


@command("admin", "unblock", audience=Audience.ADMINS, private=True)
async def unblock(ctx: Context, member: Member, everywhere: bool = False, place: PlaceId | None = None) -> Reply:
    """Have Mynah answer a member again who was blocked here.

    Args:
        member: Who.
        everywhere: The block over all places; for those who run this Mynah.
        place: Another place: 'discord:42', or a number as shown by Mynah; for those who run it.
    """

    def change(tx: Transaction) -> tuple[str, Place | None]:
        there = _scope(tx, ctx, everywhere, place)
        place_id = there.id if there else None
        platform, _, account = member.id.partition(":")
        hashed = identities.account_hash(platform.strip().lower(), account.strip(), ctx.host.key)
        user_id = identities.find(tx, member.id)
        lifted = exiles.lift(tx, hashed, place_id)  # who was forgotten is known by their account only
        if user_id is not None:
            lifted = blocks.lift(tx, user_id, place_id) or lifted
        if not lifted:
            raise NotFound("{name} is not blocked{where}.", name=_called(tx, member), where=_where(ctx, there))
        _note(tx, ctx, there, "admin unblock", user_id)
        return _called(tx, member), there

    name, there = await ctx.commit(change)
    return Reply(text=f"Mynah answers {name}{_where(ctx, there)} again.", private=True)


def _there(tx: Transaction, ctx: Context, wanted: PlaceId | None, act: str) -> Place:
    """Return the place that is meant, which has to be the asker's to govern.

    Raises:
        NotAllowed: It is not: no admin has power in another place, nor anybody in direct messages.
        NotFound: There is no such place.
    """
    there = ctx.asker.place
    if wanted is not None:
        found = places.find(tx, wanted.id)
        if ctx.asker.rank < Audience.OWNERS and (found is None or found.id != there.id):
            raise NotAllowed("Other places are for those who run this Mynah; you decide where you ask.")
        if found is None:
            raise NotFound("Mynah knows no place {ref!r}; a place is named like discord:42.", ref=wanted.id[:40])
        there = found
    govern(ctx, there, act)
    return there


def _scope(tx: Transaction, ctx: Context, everywhere: bool, place: PlaceId | None) -> Place | None:
    """Return where somebody is to be blocked or served again; None: everywhere."""
    if everywhere and ctx.asker.rank < Audience.OWNERS:
        raise NotAllowed("Blocks everywhere are for those who run this Mynah.")
    return None if everywhere else _there(tx, ctx, place, "block people")


def _check_target(tx: Transaction, ctx: Context, user_id: int, there: Place | None) -> None:
    """Refuse to block oneself, or those who run this Mynah."""
    if user_id == ctx.asker.user_id:
        raise Refused("You cannot block yourself.")
    accounts = {f"{each.platform}:{each.account}" for each in identities.of(tx, user_id)}
    asked = there is not None and jobs.last_rank(tx, user_id, there.id) >= Audience.OWNERS
    if accounts & ctx.rules.owners or asked:
        raise NotAllowed("They run this Mynah; nobody can block them.")


def _by(ctx: Context) -> Literal["admin", "host"]:
    return "host" if ctx.asker.rank is Audience.OWNERS else "admin"


async def _stop(ctx: Context, cancelled: Iterable[int]) -> None:
    for job_id in cancelled:
        await ctx.host.stop(job_id)
    ctx.host.wake()


def _note(tx: Transaction, ctx: Context, there: Place | None, act: str, target: int | None, **details: object) -> None:
    told = {name: value for name, value in details.items() if value not in ("", 0)}
    audit.note(tx, ctx.asker.user_id, there.id if there else None, act, target, told)


def _where(ctx: Context, there: Place | None, everywhere: str = " everywhere") -> str:
    if there is None:
        return everywhere
    return " here" if there.id == ctx.asker.place.id else f" in {there.name or f'{there.platform}:{there.key}'}"


def _elsewhere(place: PlaceId | None) -> dict[str, Json]:
    return {"place": place.id} if place else {}


def _name(tx: Transaction, user_id: int | None) -> str:
    user = users.get(tx, user_id) if user_id is not None else None
    return user.name[:60] if user else "somebody who was forgotten"


def _called(tx: Transaction, member: Member) -> str:
    user_id = identities.find(tx, member.id)
    return called(tx, member, user_id) if user_id is not None else (member.name or member.id)[:60]


def _waiting(tx: Transaction, job: Job, pace: float) -> dict[str, Json]:
    """Tell of a job that has not ended, but not what it says."""
    before, characters = queue.line(tx, job.id)
    eta = job.eta_at
    if job.state == "ready" and pace:
        eta = tx.now + round(pace * (characters + job.characters))
    return {
        "id": job.id,
        "name": _name(tx, job.user_id),
        "command": job.command,
        "state": job.state,
        "since": job.created_at,
        "created_at": iso(job.created_at),
        "before": before if job.state == "ready" else None,
        "progress": round(job.progress, 3),
        "eta": iso(eta) if eta is not None else None,
        "left": max(0, eta - tx.now) / 1_000 if eta is not None else None,
    }


def _queue_line(each: dict[str, Json], now: int) -> str:
    parts = [str(each["id"]), f"{each['name']}: /{each['command']}", STATES[each["state"]]]
    if each["state"] == "running":
        parts[-1] += f", {each['progress']:.0%}"
    if each["before"] is not None:
        parts[-1] += ", next" if each["before"] == 0 else f", {count(each['before'], 'jobs')} before it"
    parts.append(ago(now - each["since"]))
    if each["left"] is not None:
        parts.append(f"{duration(each['left'])} left")
    return " · ".join(parts)


def _act(tx: Transaction, act: Act) -> dict[str, Json]:
    return {
        "id": act.id,
        "at": f"{datetime.fromtimestamp(act.created_at / 1_000, UTC):%Y-%m-%d %H:%M}",
        "by": _name(tx, act.actor_id),
        "act": act.act,
        "to": _name(tx, act.target_id) if act.target_id is not None else "",
        "details": ", ".join(f"{name} {excerpt(str(value), 40)}" for name, value in act.details.items()),
    }


def _page(
    ctx: Context,
    name: str,
    lines: list[str],
    items: list[dict[str, Json]],
    page: int,
    more: bool,
    place: PlaceId | None,
    **values: Json,
) -> Reply:
    """Answer with a page of a list, and the way to the next."""
    if page > 1 and not items:
        lines = [f"There is no page {page}."]
    following = {**values, **_elsewhere(place), "page": page + 1}
    return Reply(
        text="\n".join(lines),
        private=True,
        items=tuple(items),
        actions=(Action(label="More", command=name, values=following),) if more else (),
    )


def _is_cap(limit: Limit) -> bool:
    return limit.scope == "place_cap" and limit.amount != UNLIMITED


def _format_words(format: str) -> str:
    words = {FileFormat.AUTO: "what is usual on the platform", FileFormat.VOICE: "a voice message"}
    return words.get(FileFormat(format), format)


def _cloners(who: str) -> str:
    return "admins only" if who == "admins" else who
