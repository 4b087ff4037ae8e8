"""A guild (people say server): its channels, roles and members, and whether the bot is in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.demo.discord.account import Account
from bot.demo.discord.channel import Channel, Kind
from bot.demo.discord.permission import EVERYTHING, USUAL, Permission
from bot.demo.discord.person import Person
from bot.demo.discord.role import Role
from bot.demo.discord.wire import Payload, stamp

if TYPE_CHECKING:
    from bot.demo.discord.world import World

JOINED = stamp(1_767_225_600)
"""When everybody joined."""


class Guild:
    """A server with people in it."""

    def __init__(self, world: World, name: str, *, bot: bool = True, upload_bytes: int | None = None) -> None:
        self.id = world.ids()
        self.name = name
        self.upload_bytes = world.terms.upload_bytes if upload_bytes is None else upload_bytes
        """The largest file that goes in here."""
        self.roles: dict[str, Role] = {}
        self.members: dict[str, tuple[Account, set[str]]] = {}
        """Who is here, by id, with the ids of their roles."""
        self.opened: set[str] = set()
        """The commands that its admins opened to everybody."""
        self.owner_id = world.ids()
        """Who owns it; nobody that can be met, unless somebody joins as the owner."""
        self._world = world
        self.everybody = self._new_role("@everyone", USUAL, self.id)
        self.channels: list[Channel] = []
        self.channel = self.new_channel("general")
        """Where people talk."""
        world.guilds[self.id] = self
        if bot:
            self.invite_bot()

    @property
    def has_bot(self) -> bool:
        """Whether the bot is a member."""
        return self._world.bot.id in self.members

    def new_channel(self, name: str) -> Channel:
        """Add a channel for text, and tell the bot."""
        channel = Channel(self._world, Kind.TEXT, name, guild=self)
        self.channels.append(channel)
        self._tell("CHANNEL_CREATE", channel.payload())
        return channel

    def drop_channel(self, channel: Channel) -> None:
        """Take a channel away with all that stands in it, and tell the bot."""
        self.channels.remove(channel)
        del self._world.channels[channel.id]
        self._tell("CHANNEL_DELETE", channel.payload())

    def role(self, name: str, permissions: int = 0) -> Role:
        """Add a role, and tell the bot."""
        made = self._new_role(name, permissions, self._world.ids())
        self._tell("GUILD_ROLE_CREATE", {"guild_id": self.id, "role": made.payload()})
        return made

    def person(self, name: str, *, admin: bool = False, owner: bool = False, roles: Sequence[Role] = ()) -> Person:
        """Have somebody join; an admin may do everything, the owner too."""
        person = Person(self._world, name, home=self)
        given = list(roles)
        if admin:
            given.append(self._role_named("Admins") or self.role("Admins", Permission.ADMINISTRATOR))
        if owner:
            self.owner_id = person.id
        self.admit(person, given)
        return person

    def admit(self, person: Account, roles: Sequence[Role] = ()) -> None:
        """Have somebody who exists already join."""
        self.members[person.id] = (person, {each.id for each in roles})

    def dismiss(self, person: Account) -> None:
        """Have somebody leave."""
        self.members.pop(person.id, None)

    def give(self, person: Account, role: Role) -> None:
        """Give somebody a role."""
        self.members[person.id][1].add(role.id)

    def take(self, person: Account, role: Role) -> None:
        """Take a role from somebody."""
        self.members[person.id][1].discard(role.id)

    def invite_bot(self) -> None:
        """Have the bot join, and tell it."""
        self.members[self._world.bot.id] = (self._world.bot, set())
        joined = self.payload()
        del joined["unavailable"]  # said only of guilds that come back, which is how clients tell the two apart
        self._tell("GUILD_CREATE", joined)

    def kick_bot(self) -> None:
        """Throw the bot out, and tell it."""
        del self.members[self._world.bot.id]
        self._world.announce("GUILD_DELETE", {"id": self.id}, guild=self.id)

    def open(self, command: str) -> None:
        """Show a command to everybody, whatever the bot wished: what admins can do in a guild's settings."""
        self.opened.add(command)

    def permissions(self, who: Account, channel: Channel | None = None) -> int:
        """Tell what a member may, in one of its channels or at all; nothing for who is no member."""
        if who.id not in self.members:
            return 0
        held = [self.everybody, *(self.roles[each] for each in self.members[who.id][1])]
        bits = 0
        for each in held:
            bits |= each.permissions
        if who.id == self.owner_id or bits & Permission.ADMINISTRATOR:
            return EVERYTHING
        if channel is not None:
            roles = [found for each in held if (found := channel.overwrites.get(each.id))]
            bits = bits & ~sum_of(each.deny for each in roles) | sum_of(each.allow for each in roles)
            if own := channel.overwrites.get(who.id):
                bits = bits & ~own.deny | own.allow
        return bits

    def member(self, who: Account) -> Payload:
        """Draw a member as Discord does."""
        _, roles = self.members[who.id]
        return {
            "user": who.payload(),
            "nick": None,
            "avatar": None,
            "roles": sorted(roles),
            "joined_at": JOINED,
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "communication_disabled_until": None,
            "flags": 0,
        }

    def payload(self) -> Payload:
        """Draw it as Discord does to a bot that has just come in: of the members, itself only."""
        return guild_payload(
            guild_id=self.id,
            name=self.name,
            owner_id=self.owner_id,
            roles=[each.payload() for each in self.roles.values()],
            channels=[each.payload() for each in self.channels],
            members=[self.member(self._world.bot)],
            member_count=len(self.members),
        )

    def _tell(self, event: str, data: Payload) -> None:
        if self.has_bot:
            self._world.announce(event, data, guild=self.id)

    def _new_role(self, name: str, permissions: int, role_id: str) -> Role:
        made = Role(id=role_id, name=name, permissions=int(permissions), position=len(self.roles))
        self.roles[role_id] = made
        return made

    def _role_named(self, name: str) -> Role | None:
        return next((each for each in self.roles.values() if each.name == name), None)


def sum_of(bits: Iterator[int]) -> int:
    """Put bits together."""
    total = 0
    for each in bits:
        total |= each
    return total


def guild_payload(
    *,
    guild_id: str,
    name: str,
    owner_id: str,
    roles: list[Payload],
    channels: list[Payload],
    members: list[Payload],
    member_count: int,
) -> Payload:
    """Draw any guild as Discord does when the bot is told of it."""
    return {
        "id": guild_id,
        "name": name,
        "owner_id": owner_id,
        "roles": roles,
        "channels": channels,
        "members": members,
        "member_count": member_count,
        "threads": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "emojis": [],
        "stickers": [],
        "features": [],
        "icon": None,
        "splash": None,
        "banner": None,
        "description": None,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-US",
        "joined_at": JOINED,
        "large": False,
        "unavailable": False,
    }
