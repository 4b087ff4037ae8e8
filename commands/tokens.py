"""/token: who may come in by the page or the API, besides those on this machine; and a new link to the page."""

from __future__ import annotations

import re
from typing import Annotated

from commands.core.command import Audience, command
from commands.core.context import Context
from commands.core.errors import NotFound, Refused
from commands.core.params import Example, Member
from commands.core.reply import BETWEEN_US, Action, Reply
from commands.core.targets import called, person
from commands.core.words import count, duration, iso
from storage import audit, identities, marks, tokens, users
from storage.clock import DAY
from storage.database import Transaction
from storage.tokens import Token

MOST = 100
"""How many tokens for programs there may be."""
NAME = 60
"""The most characters of a token's name."""
LINK = DAY
"""How long a link opens the page, in ms, if nobody has used it."""
HOST = ("terminal", "host")
"""The account of whoever runs this Mynah, on the terminal and on the page."""
PAGE = ("web", "address")
"""The mark under which the page's adapter notes where it is."""
GUEST = re.compile(r"web:(?!owner$|user-)[\w.-]{1,40}")
"""Somebody who comes by the page alone; the other accounts there are the page's own names for people."""
TokenId = Annotated[int, Example("3")]


@command("token", "make", audience=Audience.OWNERS, private=True)
async def make_token(ctx: Context, name: Annotated[str, Example("my editor")], member: Member | None = None) -> Reply:
    """Make a token, with which a program may use the API, or a person the page. It is shown once.

    Without a member it is yours: whoever has it may do all that you may. For a member it may do what they may, in their
    name and within their limits; give it to nobody else.

    Args:
        name: What it is for, so that you know it again.
        member: Whose it is, as 'discord:8035…'; 'web:ada' for somebody new; nothing for one of your own.
    """
    secret, title = tokens.new(), name[:NAME]
    if not title:
        raise Refused("Give the token a name, so that you know it again.")

    def make(tx: Transaction) -> tuple[int, str]:
        if len(tokens.of_programs(tx)) >= MOST:
            raise Refused("There are {most} tokens, the most there may be; /token revoke drops one.", most=MOST)
        user_id = _whose(tx, ctx, member) if member else _host(tx, ctx)
        id = tokens.add(tx, user_id=user_id, kind="api", secret=secret, name=title, owner=member is None)
        audit.note(tx, ctx.asker.user_id, None, "token make", user_id, {"token": id})
        return id, called(tx, member, user_id) if member else ""

    id, whose = await ctx.commit(make)
    of = f" of {whose}" if whose else ", as strong as you are"
    return Reply(
        text=f"Token {id} ('{title}'{of}):\n{secret}\n"
        f"It is shown this once; Mynah keeps only a digest. /token revoke {id} ends it.",
        private=True,
        data={"id": id, "name": title, "token": secret},
        actions=(_revoke(id),),
        brief=BETWEEN_US,
        kept=f"Token {id} ('{title}'{of}) was made, and shown once.",
    )


@command("token", "list", audience=Audience.OWNERS, private=True)
async def list_tokens(ctx: Context) -> Reply:
    """List the tokens that there are, and who has them."""

    def look(tx: Transaction) -> tuple[list[tuple[Token, str]], int]:
        return [(each, _name(tx, each)) for each in tokens.of_programs(tx)], tokens.browsers(tx)

    found, browsers = await ctx.read(look)
    now = ctx.database.clock.now()
    lines = [_line(token, whose, now) for token, whose in found] or ["There are no tokens."]
    if browsers:
        lines.append(f"{count(browsers, 'browsers')} let in at the page; /token revoke browsers=yes shuts them out.")
    return Reply(text="\n".join(lines), private=True, items=tuple(_facts(token, whose) for token, whose in found))


@command("token", "revoke", audience=Audience.OWNERS, private=True)
async def revoke_token(ctx: Context, token: TokenId | None = None, browsers: bool = False) -> Reply:
    """Let a token be good no more, at once; or let in no browser any more without a new link.

    Args:
        token: Its number.
        browsers: Whether all browsers that were let in at the page are shut out.
    """
    if (token is None) == (not browsers):
        raise Refused("Say which: /token revoke 3, or /token revoke browsers=yes.")

    def revoke(tx: Transaction) -> str:
        if token is None:
            shut = tokens.revoke_all(tx, "page")
            tokens.revoke_all(tx, "key")
            audit.note(tx, ctx.asker.user_id, None, "token revoke", None, {"browsers": shut})
            return f"{count(shut, 'browsers')} shut out; /token link gives a new link."
        found = tokens.get(tx, token)
        if found is None or found.kind != "api":
            raise NotFound("There is no token {id}; /token list shows those there are.", id=token)
        tokens.revoke(tx, token)
        audit.note(tx, ctx.asker.user_id, None, "token revoke", found.user_id, {"token": token})
        return f"Token {token} ('{found.name}') is good no more."

    return Reply(text=await ctx.commit(revoke), private=True)


@command("token", "link", audience=Audience.OWNERS, private=True)
async def link_to_page(ctx: Context) -> Reply:
    """Give a new link that opens the page on this machine, once, with all that you may do."""
    secret = tokens.new()

    def make(tx: Transaction) -> str:
        address = marks.get(tx, *PAGE)
        if address:
            tokens.add(tx, user_id=_host(tx, ctx), kind="key", secret=secret, owner=True, life=LINK)
        return address

    address = await ctx.commit(make)
    if not address:
        raise NotFound("There is no page here: `mynah run` serves it, unless web.enabled is off.")
    return Reply(
        text=f"{address}/#key={secret}\nIt opens the page once, within {duration(LINK / 1000)}; show it to nobody.",
        private=True,
        data={"link": f"{address}/#key={secret}"},
        brief=BETWEEN_US,
        kept="A link to the page was made, and shown once.",
    )


def _host(tx: Transaction, ctx: Context) -> int:
    return identities.ensure(tx, *HOST, HOST[1], ctx.host.key)


def _whose(tx: Transaction, ctx: Context, member: Member) -> int:
    """Return whom a token is for; a guest of the page is known from their first token on."""
    if not GUEST.fullmatch(member.id):
        return person(tx, member)
    platform, _, account = member.id.partition(":")
    return identities.ensure(tx, platform, account, account, ctx.host.key)


def _name(tx: Transaction, token: Token) -> str:
    user = users.get(tx, token.user_id)
    return (user.name if user else "")[:NAME] or f"user {token.user_id}"


def _line(token: Token, whose: str, now: int) -> str:
    used = "never used" if token.used_at is None else f"used {duration(max(0, now - token.used_at) / 1000)} ago"
    strong = " · may do everything" if token.owner else ""
    return f"{token.id} · {token.name} · {whose}{strong} · {used}"


def _facts(token: Token, whose: str) -> dict[str, object]:
    return {
        "id": token.id,
        "name": token.name,
        "owner": token.owner,
        "person": token.user_id,
        "person_name": whose,
        "used_at": iso(token.used_at) if token.used_at is not None else None,
        "created_at": iso(token.created_at),
    }


def _revoke(id: int) -> Action:
    return Action(label="Revoke it", command="token revoke", values={"token": id}, handy=True)
