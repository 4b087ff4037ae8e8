"""Callers: who asks and where in a platform's own terms, and whom Mynah knows them as."""

from __future__ import annotations

from dataclasses import dataclass

from bot.settings import Settings
from commands.core.command import Audience
from commands.core.context import Asker
from commands.core.errors import NotAllowed
from engine.value import value
from storage import blocks, identities, places, users
from storage.blocks import Block
from storage.clock import HOUR
from storage.database import Database, Transaction
from storage.folder import Folder
from storage.places import Kind, Place

KNOWN = 10_000
"""How many accounts and places are kept in mind as noted lately; each takes some 300 bytes."""


class Blocked(NotAllowed):
    """Mynah does not answer you here. /privacy, /export and /forget are for you all the same."""


class Unknown(NotAllowed):
    """Mynah no longer knows whom this is for."""


@value
class Caller:
    """Who asks, and where, in the platform's own terms."""

    platform: str
    """The adapter's name."""
    account: str
    """The platform's id of the person's account."""
    name: str
    """What the person is called there."""
    place: str = "direct"
    """The platform's id of the server or group; 'direct' for direct messages."""
    kind: Kind = "direct"
    """What that place is."""
    place_name: str = ""
    """What the place is called; for people to read."""
    rank: Audience = Audience.EVERYONE
    """The most that they may do there, as the platform says; owners by the settings rank higher by themselves."""
    roles: tuple[str, ...] = ()
    """Ids of the roles that they have there, the best first."""
    known_as: str = ""
    """As whom Mynah knows them, where that is not by this account: 'terminal:host', or Mynah's own number of them."""


@dataclass(frozen=True, slots=True)
class _Known:
    user_id: int
    place: Place
    block: Block | None
    since: int


class Callers:
    """Knows callers again, and notes those who come for the first time.

    Who was here within the hour is kept in mind. One process owns the data folder, and who is who, where and blocked
    is changed by commands only; so the desk makes this forget after every command that may have changed it.
    """

    def __init__(self, database: Database, folder: Folder, settings: Settings) -> None:
        self._database = database
        self._folder = folder
        self._settings = settings
        self._known: dict[Caller, _Known] = {}
        self._forgotten = 0

    async def find(self, caller: Caller, *, blocked_too: bool = False) -> Asker:
        """Return whom Mynah knows a caller as; with `blocked_too`, also those whom it does not answer otherwise.

        Raises:
            Blocked: They are blocked there, or everywhere.
        """
        known = self._known.get(caller)
        if known is None or not 0 <= self._database.clock.now() - known.since < HOUR:
            known = await self._look_up(caller)
        rank = Audience.OWNERS if caller.account in self._settings.owners_of(caller.platform) else caller.rank
        if known.block and rank < Audience.OWNERS and not blocked_too:
            raise _blocked(known.block)
        return Asker(
            user_id=known.user_id,
            name=caller.name,
            platform=caller.platform,
            place=known.place,
            rank=rank,
            roles=caller.roles,
        )

    def forget(self) -> None:
        """Keep nobody in mind; whoever comes next is looked up."""
        self._known.clear()
        self._forgotten += 1

    async def _look_up(self, caller: Caller) -> _Known:
        forgotten = self._forgotten

        def note(tx: Transaction) -> _Known:
            user_id = self._whom(tx, caller)
            place = places.ensure(tx, caller.platform, caller.place, caller.kind, caller.place_name)
            return _Known(user_id, place, blocks.find(tx, user_id, place.id), tx.now)

        known = await self._database.write(note)
        if forgotten == self._forgotten:  # else what was read may be what has changed since
            if len(self._known) >= KNOWN:
                self._known.clear()
            self._known[caller] = known
        return known

    def _whom(self, tx: Transaction, caller: Caller) -> int:
        platform, colon, account = caller.known_as.partition(":")
        if caller.known_as and not colon:
            user = users.get(tx, int(platform))
            if user is None:
                raise Unknown
            return user.id
        if colon:
            return identities.ensure(tx, platform, account, account, self._folder.key())
        return identities.ensure(tx, caller.platform, caller.account, caller.name, self._folder.key())


def _blocked(block: Block) -> Blocked:
    where = "here" if block.place_id is not None else "at all"
    why = f" ({block.reason.rstrip('.')})" if block.reason else ""
    who = "An admin" if block.place_id is not None else "Only who runs this Mynah"
    return Blocked(
        "Mynah does not answer you {where}{why}. {who} can change that; /privacy, /export and /forget are for you all "
        "the same.",
        where=where,
        why=why,
        who=who,
    )
