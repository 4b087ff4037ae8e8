"""/link: two accounts become one person: a code on the one, typed on the other, and a yes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from commands.core.command import command
from commands.core.context import Context
from commands.core.errors import NotFound, Refused
from commands.core.params import Example
from commands.core.reply import BETWEEN_US, Action, Reply
from commands.core.words import listed
from storage import drafts, identities, joining, users
from storage.clock import MINUTE
from storage.database import Transaction
from storage.drafts import Draft
from storage.identities import MOST, Identity
from storage.joining import Clashing, Joined

OPEN = 10 * MINUTE
"""How long a code is good, in ms."""
NAME = "link"


class CodeGone(NotFound):
    """That code is not open: a code is good once and for {minutes} minutes. /link on your other account gives one."""


class TooMany(Refused):
    """Together you would have {number} accounts; {most} is the most that one person may have."""


@command(NAME, private=True)
async def link(ctx: Context, code: Annotated[str, Example("k3v9x2mq")] = "", confirm: bool = False) -> Reply:
    """Join your accounts, such as those on Discord and on Telegram: one person, one history.

    On the one account /link gives you a code; on the other one you type it. You are told with whom you would become
    one, and asked once more.

    Args:
        code: The code that you got on your other account; leave it out to get one.
        confirm: Whether it is to be done; leave it out to see first with whom.
    """
    if not code:
        return await _give(ctx)
    if not confirm:
        return await _ask(ctx, code)
    try:
        other, joined, accounts = await ctx.commit(lambda tx: _join(tx, ctx, code))
    except Clashing as clashing:
        raise Refused(
            "Nothing was changed: a plugin does not know what becomes of {table} when two people become one. Tell "
            "those who run this Mynah.",
            table=clashing.table.replace("_", " "),
        ) from None
    await asyncio.to_thread(_unlink, ctx.host.data, joined.paths)
    ctx.host.wake()
    return Reply(
        text=f"You and {other} are one now. Your accounts: {_told(accounts)}.\n"
        "Requests that are under way go on, and are answered where they were asked.",
        private=True,
        data={"accounts": [f"{each.platform}:{each.account}" for each in accounts], "rows": dict(joined.rows)},
        brief="You are one now.",
    )


async def _give(ctx: Context) -> Reply:
    """Give a code, in place of one that was given before."""
    asker = ctx.asker
    signature = ctx.host.commands[NAME].signature

    def leave(tx: Transaction) -> tuple[str, list[Identity]]:
        known = identities.of(tx, asker.user_id)
        if len(known) >= MOST:
            raise TooMany(number=f"more than {MOST}", most=MOST)
        drafts.drop(tx, asker.user_id, NAME)
        draft = drafts.leave(
            tx,
            user_id=asker.user_id,
            place_id=asker.place.id,
            command=NAME,
            signature=signature,
            values={},
            missing="confirm",
            reason="Your other account has to say so.",
            address={},
            life=OPEN,
        )
        return draft.code, known

    code, known = await ctx.commit(leave)
    lines = [
        f"Your code is {code}. Within {OPEN // MINUTE} minutes, on your other account, send me: /link code={code}",
        "Show it to nobody: with whoever types it there, you become one person.",
        f"So far you are {_told(known)}.",
    ]
    return Reply(text="\n".join(lines), private=True, data={"code": code}, brief=BETWEEN_US)


async def _ask(ctx: Context, code: str) -> Reply:
    """Say with whom one would become one, and ask."""

    def look(tx: Transaction) -> tuple[str, list[Identity]]:
        draft = _checked(tx, ctx, drafts.peek(tx, code, NAME))
        return _name(tx, draft.user_id), identities.of(tx, draft.user_id)

    other, accounts = await ctx.read(look)
    lines = [
        f"This makes you one with {other}, who is {_told(accounts)}: both accounts' voices, history, limits and counts "
        "become one, and each sees and changes what is of the other. It cannot be undone.",
        "Of what both have, such as a word of your own, it stays as it is on this account; of two limits the stricter "
        "holds; where the one is blocked, so is the other.",
        "Did somebody give you this code? Then do not: they would have all that is yours here.",
        f"To do it: /link code={code.strip().lower()} confirm=yes",
    ]
    return Reply(
        text="\n".join(lines),
        private=True,
        actions=(Action(label="Make us one", command=NAME, values={"code": code.strip().lower(), "confirm": True}),),
        data={"name": other, "accounts": [f"{each.platform}:{each.account}" for each in accounts]},
        brief=BETWEEN_US,
    )


def _join(tx: Transaction, ctx: Context, code: str) -> tuple[str, Joined, list[Identity]]:
    # The one who asks is kept: what is noted about this very request names them, as do the requests to come.
    draft = _checked(tx, ctx, drafts.redeem(tx, code, NAME))
    other = _name(tx, draft.user_id)
    joined = joining.join(tx, ctx.asker.user_id, draft.user_id)
    return other, joined, identities.of(tx, ctx.asker.user_id)


def _checked(tx: Transaction, ctx: Context, draft: Draft | None) -> Draft:
    """Return the draft of a code that may be used.

    Raises:
        CodeGone: There is none: never was, or not any more.
        Refused: It is one's own, or there would be too many accounts.
    """
    if draft is None:
        raise CodeGone(minutes=OPEN // MINUTE)
    mine = identities.of(tx, ctx.asker.user_id)
    if draft.user_id == ctx.asker.user_id:
        raise Refused(
            "That code is your own, and these accounts are one already: {accounts}. Type it on another one.",
            accounts=_told(mine),
        )
    number = len(mine) + len(identities.of(tx, draft.user_id))
    if number > MOST:
        raise TooMany(number=number, most=MOST)
    return draft


def _name(tx: Transaction, user_id: int) -> str:
    user = users.get(tx, user_id)
    return (user.name if user else "")[:60] or f"user {user_id}"


def _told(accounts: Sequence[Identity]) -> str:
    """'Ada on discord (8035) and ada_l on telegram (99)'."""
    return listed([f"{each.name[:60]} on {each.platform} ({each.account})" for each in accounts])


def _unlink(data: Path, paths: Sequence[str]) -> None:
    for path in paths:
        (data / path).unlink(missing_ok=True)
