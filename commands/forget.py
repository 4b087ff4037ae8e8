"""/forget: everything about you goes; listed first, then asked, then done, with a receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from sqlite3 import IntegrityError
from typing import Annotated

from commands.core.clearing import COPIES_LEFT, clear, in_use, renew_copies, tell_others
from commands.core.command import command
from commands.core.context import Context
from commands.core.errors import Refused
from commands.core.params import Example
from commands.core.reply import BETWEEN_US, Action, Reply
from commands.core.words import count, listed
from storage import drafts, jobs, people, queue
from storage.clock import MINUTE
from storage.database import Transaction
from storage.people import Forgotten

OPEN = 10 * MINUTE
"""How long the question stays open, in ms."""
AT_ONCE = 200
"""How many jobs are cancelled in one transaction; others get their turn in between."""
THINGS = {
    "users": "",  # the person; everything else is about them
    "identities": "chat accounts",
    "jobs": "requests",
    "files": "files",
    "voices": "voices",
    "recordings": "recordings",
    "speakers": "computed speakers",
    "consents": "consents",
    "lexicon": "words of your own",
    "deliveries": "answers",
    "drafts": "open questions",
    "messages": "messages on the page",
    "parcels": "files given on the page",
    "tokens": "tokens and browsers let in",
    "events": "messages noted",
    "limits": "limits",
    "balances": "counts of use",
    "ledger": "lines about your use",
    "audit": "acts of admins",
    "blocks": "blocks",
}
"""What the rows of a table are to a person, in the order in which they are told; other tables go by their names."""
STAYS = (
    "What stays for a while: how much you used of your limits, under a code that leads to nobody without the "
    "host's key, until the day and the month end, so that nobody begins anew by being forgotten; and where an admin "
    "has blocked you, in the same way, until that is lifted."
)
"""What is not gone at once, and why; said before and after."""


@command("forget", private=True, always=True)
async def forget(ctx: Context, confirm: Annotated[str, Example("k3v9x2mq")] = "") -> Reply:
    """Let everything about you go: voices, files, requests, settings.

    First you see what is there, and get a code; with the code it is done, at once and for good.

    Args:
        confirm: The code that you got; leave it out to see what is there and to get one.
    """
    if not confirm:
        return await _ask(ctx)
    user_id = ctx.asker.user_id
    draft = await ctx.commit(lambda tx: drafts.take(tx, confirm, user_id))
    if draft is None or draft.command != "forget":
        raise Refused("That code is not open any more; nothing was removed. /forget gives you a new one.")
    stopped = await _cancel_all(ctx)
    gone = await _forget(ctx)
    left = await clear(ctx, gone.paths, gone.jobs, stopped)  # the jobs are others', who had used a voice of theirs
    renewed = await renew_copies(ctx)
    return _receipt(gone, left, renewed)


async def _ask(ctx: Context) -> Reply:
    """List what is there, and leave the question open."""
    asker = ctx.asker
    signature = ctx.host.commands["forget"].signature

    def leave(tx: Transaction) -> tuple[dict[str, int], dict[str, int], str]:
        found = people.summary(tx, asker.user_id)
        unnamed = people.unnamed(tx, asker.user_id)
        draft = drafts.leave(
            tx,
            user_id=asker.user_id,
            place_id=asker.place.id,
            command="forget",
            signature=signature,
            values={},
            missing="confirm",
            reason="Everything about you goes once you say so.",
            address={},
            life=OPEN,
        )
        return found, unnamed, draft.code

    found, unnamed, code = await ctx.commit(leave)
    lines = [
        f"About you there is: {_in_words(found) or 'your name'}.",
        "What goes cannot be brought back; /export gives you a copy first.",
        STAYS,
        *_without_you(unnamed),
        f"To do it, within {OPEN // MINUTE} minutes: /forget confirm={code}",
    ]
    return Reply(
        text="\n".join(lines),
        private=True,
        actions=(
            Action(label="Forget me", command="forget", values={"confirm": code}),
            Action(label="Export first", command="export"),
        ),
        data={"confirm": code, "rows": found},
        brief=BETWEEN_US,
    )


async def _forget(ctx: Context) -> Forgotten:
    """Let everything in the database go, or nothing where a table that nobody knows holds on to the person."""

    def let_go(tx: Transaction) -> Forgotten:
        gone = people.forget(tx, ctx.asker.user_id, ctx.host.key)
        tell_others(tx, ctx, gone.jobs)
        return gone

    try:
        return await ctx.commit(let_go)
    except IntegrityError:
        unknown = await ctx.read(people.unknown)
        if not unknown:
            raise
        raise Refused(
            "Your requests were cancelled, but nothing was removed, because a plugin that is not installed still "
            "holds on to it: {tables}. Ask the host to install it again, and forget once more.",
            tables=listed(unknown),
        ) from None


async def _cancel_all(ctx: Context) -> list[int]:
    """Cancel the person's jobs and wait until those that run have stopped; return their numbers."""
    cancelled: list[int] = []
    while batch := await ctx.commit(lambda tx: _cancel_some(tx, ctx.asker.user_id)):
        for job_id in batch:
            await ctx.host.stop(job_id)
        cancelled += batch
    return cancelled


def _cancel_some(tx: Transaction, user_id: int) -> list[int]:
    found: list[int] = []
    for state in ("running", "ready", "pending"):
        found += [job.id for job in jobs.of_user(tx, user_id, state=state, limit=AT_ONCE)]
    return [job_id for job_id in found if queue.cancel(tx, job_id, by="user")]


def _receipt(gone: Forgotten, left: int, renewed: bool) -> Reply:
    lines = [f"Mynah has forgotten you. Gone: {_in_words(gone.rows) or 'your name'}."]
    if gone.paths:
        lines.append(f"{count(len(gone.paths) - left, 'files')} removed from the disk.")
    lines += in_use(left)
    if not renewed:
        lines.append(COPIES_LEFT)
    lines += [STAYS, *_without_you(gone.anonymised), *_not_looked_into(gone.unknown)]
    lines.append("What Mynah has sent to chats is there; you can delete it there.")
    return Reply(
        text="\n".join(lines),
        private=True,
        data={"rows": dict(gone.rows), "anonymised": dict(gone.anonymised), "files": len(gone.paths) - left},
    )


def _without_you(rows: Mapping[str, int]) -> list[str]:
    return [f"What admins did, or was done to you, stays noted without you: {_in_words(rows)}."] if rows else []


def _not_looked_into(unknown: Sequence[str]) -> list[str]:
    if not unknown:
        return []
    one = len(unknown) == 1
    whose, it = ("a plugin that is not installed was", "it") if one else ("plugins that are not installed were", "them")
    return [
        f"{count(len(unknown), 'tables')} of {whose} not looked into: {listed(unknown)}. "
        f"Install {it} again and forget once more."
    ]


def _in_words(rows: Mapping[str, int]) -> str:
    known = {table: rows[table] for table in THINGS if table in rows}
    named = [(THINGS.get(table, table.replace("_", " ")), number) for table, number in (known | dict(rows)).items()]
    return listed([count(number, thing) for thing, number in named if thing])
