"""Keys: who is let in. Visitors bring a token or a cookie; what is wrong, revoked or unknown looks alike."""

from __future__ import annotations

import hmac
import ipaddress
import os
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bot.desk import Caller, Desk
from bot.web_adapter.refusal import Refused, refused
from commands.core.command import Audience
from commands.core.context import Asker
from commands.core.errors import MynahError
from engine.value import value
from storage import disk, identities, tokens, users
from storage.clock import DAY
from storage.database import Database, Transaction
from storage.folder import Folder
from storage.tokens import Token

T = TypeVar("T")

PLATFORM = "web"
OWNER = "owner"
"""The account of whoever runs this Mynah; the same person as the terminal's."""
HOST = "terminal:host"
"""Who that is."""
STAYS = 30 * DAY
"""How long a browser is let in without being asked again, in ms."""
LINK_LIFE = DAY
"""How long the printed link opens the page, in ms, where nobody has used it."""
GUESSES = 20
"""How many different wrong tokens an address may try in a minute; the same one again is no guess."""
MINUTE = 60.0
"""In seconds: over how long guesses and requests are counted."""
WATCHED = 10_000
"""How many addresses and tokens are kept in mind; who was not heard of for longest is forgotten first."""
NO_TOKEN = "That needs a token: open the link that `mynah run` prints, or send 'Authorization: Bearer TOKEN'."
WRONG = "That token is not good here; it is wrong, or it was revoked."


@value
class Guest:
    """A visitor who was let in."""

    caller: Caller
    """As the desk takes requests from them."""
    asker: Asker
    """As Mynah knows them."""
    is_owner: bool
    """Whether they run this Mynah."""
    token_id: int | None
    """The token by which they were let in; None: the owner's, which lies in a file, or none was asked for."""


class Keys:
    """Knows every token."""

    def __init__(
        self, *, desk: Desk, database: Database, file: Path, rate: int, now: Callable[[], float] = time.monotonic
    ) -> None:
        """`file` holds the owner's token; `rate` is how many requests each token may make in a minute."""
        self._desk = desk
        self._database = database
        self._rate = rate
        self._now = now
        self._owners = tokens.digest(owner_token(file))
        self._guesses: OrderedDict[str, tuple[float, set[str]]] = OrderedDict()
        self._requests: OrderedDict[str, tuple[float, int]] = OrderedDict()

    async def guest(self, secret: str, address: str) -> Guest:
        """Let in who brings a token, or a browser's.

        Args:
            secret: What they bring; empty: nothing.
            address: Where they come from.

        Raises:
            Refused: It is none, or they have tried too often; or they are blocked.
        """
        if not secret:
            raise Refused(401, "NoToken", NO_TOKEN, {"WWW-Authenticate": "Bearer"})
        is_owners = hmac.compare_digest(tokens.digest(secret), self._owners)
        found = await self._database.glance(lambda tx: tokens.find(tx, secret))
        if not is_owners and found is None:
            self._note_guess(address, tokens.digest(secret))
            raise Refused(401, "WrongToken", WRONG, {"WWW-Authenticate": "Bearer"})
        self._count(OWNER if is_owners else f"token {found.id if found else 0}")
        if found is not None:
            await self._note_use(found)
        return await self._known(None if is_owners else found)

    async def owner(self) -> Guest:
        """Let in the owner without any token: for what the host has decided to trust."""
        self._count(OWNER)
        return await self._known(None)

    async def again(self, guest: Guest) -> bool:
        """Whether somebody who was let in would be let in still, as the same person."""
        id = guest.token_id
        if id is None:
            return True
        found = await self._database.glance(lambda tx: tokens.get(tx, id))
        return found is not None and found.user_id == guest.asker.user_id

    async def enter(self, key: str, address: str) -> str:
        """Take the key of a printed link (once), or any token, and return the secret that the browser is to hold.

        Raises:
            Refused: It opens nothing.
        """
        secret = tokens.new()
        is_owners = hmac.compare_digest(tokens.digest(key), self._owners)

        def work(tx: Transaction) -> bool:
            found = tokens.redeem(tx, key) or tokens.find(tx, key)
            if found is None and not is_owners:
                return False
            user_id = found.user_id if found else host_of(tx, self._desk.insides.folder)
            person = users.get(tx, user_id)
            tokens.add(
                tx,
                user_id=user_id,
                kind="page",
                secret=secret,
                name=person.name if person else "",
                owner=is_owners or bool(found and found.owner),
                from_id=found.id if found and found.kind != "key" else None,
                life=STAYS,
            )
            return True

        if not key or not await self._database.write(work):
            self._note_guess(address, tokens.digest(key))
            raise Refused(401, "WrongToken", "That link was used already, or is too old. /token link gives a new one.")
        return secret

    async def leave(self, guest: Guest) -> None:
        """Let a browser in no more."""
        id = guest.token_id
        if id is not None:
            await self._database.write(lambda tx: _revoke_page(tx, id))

    async def _known(self, token: Token | None) -> Guest:
        is_owner = token is None or token.owner
        caller = _caller(token, is_owner)
        try:
            asker = await self._desk.know(caller)
        except MynahError as error:
            raise refused(error) from None
        return Guest(caller=caller, asker=asker, is_owner=is_owner, token_id=token.id if token else None)

    async def _note_use(self, token: Token) -> None:
        now = self._database.clock.now()
        if token.used_at is None or not 0 <= now - token.used_at < tokens.NOTED:
            await self._database.note(lambda tx: tokens.used(tx, token.id))

    def _note_guess(self, address: str, digest: str) -> None:
        """Note a wrong token. A good one passes however many wrong ones came from there: a proxy's address is many's.

        Raises:
            Refused: That are too many.
        """
        network = _network(address)
        since, tried = self._guesses.pop(network, (self._now(), set()))
        if self._now() - since >= MINUTE:
            since, tried = self._now(), set()
        too_many = len(tried) >= GUESSES and digest not in tried
        if not too_many:
            tried.add(digest)
        _keep(self._guesses, network, (since, tried))
        if too_many:
            left = max(0, int(since + MINUTE - self._now()))
            words = "Too many wrong tokens came from where you are; wait a minute."
            raise Refused(429, "TooManyGuesses", words, {"Retry-After": str(left + 1)})

    def _count(self, who: str) -> None:
        since, made = self._requests.pop(who, (self._now(), 0))
        if self._now() - since >= MINUTE:
            since, made = self._now(), 0
        _keep(self._requests, who, (since, made + 1))
        if made >= self._rate:
            left = max(1, int(since + MINUTE - self._now()) + 1)
            words = f"That were {self._rate:,} requests in a minute, the most that are taken; wait a little."
            raise Refused(429, "TooManyRequests", words, {"Retry-After": str(left)})


def owner_token(file: Path) -> str:
    """Return the owner's token from its file, which is made where it is not there; nobody else may read it.

    Raises:
        OSError: It cannot be read or written.
        ValueError: What stands in it is too short to be a secret.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        disk.write(file, f"{tokens.new()}\n".encode(), mode=0o600)
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise ValueError(f"others on this machine can read {file}; run: chmod 600 {file}")
    token = file.read_text("utf-8").strip()
    if len(token) < tokens.BYTES:
        raise ValueError(f"what stands in {file} is too short; remove it, and Mynah makes a new one")
    return token


def host_of(tx: Transaction, folder: Folder) -> int:
    """Return the number of whoever runs this Mynah."""
    platform, _, account = HOST.partition(":")
    return identities.ensure(tx, platform, account, account, folder.key())


async def first_key(database: Database, folder: Folder) -> str:
    """Return a key that opens the page once, as its owner; those of earlier starts are good no more."""
    secret = tokens.new()

    def work(tx: Transaction) -> None:
        tokens.revoke_all(tx, "key")
        tokens.add(tx, user_id=host_of(tx, folder), kind="key", secret=secret, owner=True, life=LINK_LIFE)

    await database.write(work)
    return secret


def _caller(token: Token | None, is_owner: bool) -> Caller:
    if token is None:
        return Caller(
            platform=PLATFORM, account=OWNER, name="host", place_name="the page", rank=Audience.OWNERS, known_as=HOST
        )
    return Caller(
        platform=PLATFORM,
        account=OWNER if is_owner else f"user-{token.user_id}",
        name=token.name or "visitor",
        place_name="the page",
        rank=Audience.OWNERS if is_owner else Audience.EVERYONE,
        known_as=str(token.user_id),
    )


def _revoke_page(tx: Transaction, id: int) -> None:
    """Revoke what a browser holds; a program's token is not the page's to revoke."""
    found = tokens.get(tx, id)
    if found is not None and found.kind == "page":
        tokens.revoke(tx, id)


def _network(address: str) -> str:
    """Return what one guesser has at hand: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else str(known)


def _keep(kept: OrderedDict[str, T], name: str, entry: T) -> None:
    kept[name] = entry
    while len(kept) > WATCHED:
        kept.popitem(last=False)
