"""A person on Discord: what they type, press and choose."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.demo.discord.account import Account
from bot.demo.discord.channel import Channel, Kind
from bot.demo.discord.command_rules import MESSAGE_ENTRY, SLASH
from bot.demo.discord.component_rules import BUTTON, MENUS, STRING_MENU, walk
from bot.demo.discord.exchange import AUTOCOMPLETE, COMMAND, COMPONENT, FORM, Exchange, Modal
from bot.demo.discord.form import Form, Value
from bot.demo.discord.message import FORWARD, Message
from bot.demo.discord.message_rules import VOICE
from bot.demo.discord.permission import EVERYTHING, Permission
from bot.demo.discord.refusal import NotOffered
from bot.demo.discord.role import Role
from bot.demo.discord.seen import Choice, Seen, look_at
from bot.demo.discord.wire import Body, Payload, Upload

if TYPE_CHECKING:
    from bot.demo.discord.guild import Guild
    from bot.demo.discord.world import World

INSTALLED_TO_GUILD, INSTALLED_TO_PERSON = 0, 1
FLAT = "gICAgICAgIA="
"""The waveform of a hum."""


class Person(Account):
    """Somebody with Discord in front of them; what it would not let them do is `NotOffered`."""

    def __init__(self, world: World, name: str, *, home: Guild | None = None, installed: bool = False) -> None:
        super().__init__(world.ids(), name)
        self.home = home
        """The guild that they joined first."""
        self.installed = installed
        """Whether they have the bot installed to their account."""
        self.refuses_direct = False
        """Whether they take no direct messages from the bot."""
        self.locale = "en-US"
        self._world = world
        world.people[self.id] = self

    def direct(self) -> Channel:
        """The channel between them and the bot."""
        return self._world.direct(self)

    @property
    def reachable(self) -> bool:
        """Whether the bot can write to them at all: they share a guild, or they installed it."""
        return self.installed or self._shares_a_guild()

    def talk_with(self, *others: Account) -> Channel:
        """Open a channel among people, where the bot comes only by somebody's own installation."""
        return Channel(self._world, Kind.GROUP, "A few people", people=(self, *others))

    async def say(
        self, channel: Channel, content: str = "", *, files: Sequence[Upload] = (), reply_to: Seen | None = None
    ) -> Seen:
        """Write a message."""
        data: Payload = {"content": content}
        if reply_to is not None:
            data["message_reference"] = {"message_id": reply_to.id}
        body = Body(data=data, files=dict(enumerate(files)))
        return look_at(self._world.post(channel, self, body), self._world.cdn)

    async def record(self, channel: Channel, sound: Upload, *, seconds: float) -> Seen:
        """Send a voice message."""
        about = {"id": 0, "duration_secs": seconds, "waveform": FLAT}
        data: Payload = {"flags": VOICE, "attachments": [about]}
        return look_at(self._world.post(channel, self, Body(data=data, files={0: sound})), self._world.cdn)

    async def forward(self, channel: Channel, message: Seen) -> Seen:
        """Forward a message to a channel."""
        data: Payload = {"message_reference": {"type": FORWARD, "message_id": self._sees(message).id}}
        return look_at(self._world.put(channel, self, Body(data=data, files={})), self._world.cdn)

    async def slash(self, channel: Channel, command: str, /, **options: Value) -> Exchange:
        """Send a slash command; the names of its parts stand behind it, as in 'quota set'."""
        head, *path = command.split()
        found = self._offered(channel, head, SLASH)
        return self._send(COMMAND, channel, self._filled(channel, found, path, options), self._owners(channel, found))

    async def complete(
        self, channel: Channel, command: str, option: str, typed: str, others: Mapping[str, Value] | None = None
    ) -> list[Choice]:
        """Type something into an option of a command, and see what is offered; the others may be filled in by then."""
        return await (await self.type_into(channel, command, option, typed, others)).choices()

    async def type_into(
        self, channel: Channel, command: str, option: str, typed: str, others: Mapping[str, Value] | None = None
    ) -> Exchange:
        """Type something into an option of a command, and do not wait for what is offered."""
        head, *path = command.split()
        found = self._offered(channel, head, SLASH)
        data = self._filled(channel, found, path, {**(others or {}), option: typed}, focused=option)
        return self._send(AUTOCOMPLETE, channel, data, self._owners(channel, found))

    async def menu(self, channel: Channel, entry: str, message: Seen) -> Exchange:
        """Choose an entry in the menu of a message."""
        found = self._offered(channel, entry, MESSAGE_ENTRY)
        there = self._sees(message)
        drawn = there.payload(self._world.cdn)
        resolved = {"messages": {there.id: drawn}}
        data = {"id": found["id"], "name": entry, "type": MESSAGE_ENTRY, "target_id": there.id, "resolved": resolved}
        return self._send(COMMAND, channel, data, self._owners(channel, found))

    async def press(self, message: Seen, label: str) -> Exchange:
        """Press a button under a message, named by what stands on it or by its custom id."""
        there = self._sees(message)
        for _, each in walk(there.components):
            names = (each.get("label"), each.get("custom_id"), (each.get("emoji") or {}).get("name"))
            if each["type"] == BUTTON and label in names and each.get("custom_id"):
                return self._use(there, each, {})
        raise NotOffered(f"There is no button {label!r}, but {look_at(there, self._world.cdn).labels}.")

    async def choose(self, message: Seen, *chosen: str | Account | Role | Channel, menu: str | None = None) -> Exchange:
        """Choose from a menu under a message; of several, the one with this placeholder or custom id."""
        there = self._sees(message)
        menus = [each for _, each in walk(there.components) if each["type"] in MENUS]
        found = [each for each in menus if menu in (None, each["custom_id"], each.get("placeholder"))]
        if len(found) != 1:
            raise NotOffered(f"There are {len(found)} menus {menu or ''} under it.")
        least, most = found[0].get("min_values", 1), found[0].get("max_values", 1)
        if not least <= len(chosen) <= most:
            raise NotOffered(f"It takes {least} to {most} at once.")
        return self._use(there, found[0], self._chosen(there.channel, found[0], chosen))

    async def submit(self, modal: Modal, **values: str) -> Exchange:
        """Fill in a form and send it; fields by custom id or by label, the rest as it stands there."""
        known = {name for each in modal.inputs for name in (each.custom_id, each.label)}
        if unknown := [name for name in values if name not in known]:
            raise NotOffered(f"The form has no {unknown}, but {sorted(known)}.")
        filled = {}
        for each in modal.inputs:
            text = values.get(each.custom_id, values.get(each.label, each.value))
            if (each.required and not text) or (text and not each.least <= len(text) <= each.most):
                raise NotOffered(f"{each.label!r} takes {each.least} to {each.most} characters, not {len(text)}.")
            filled[each.custom_id] = text
        data = {"custom_id": modal.custom_id, "components": [_sent(each, filled) for each in modal.components]}
        begun = modal.exchange
        return self._send(FORM, begun.channel, data, begun.owners, begun.source)

    def _use(self, message: Message, part: Payload, more: Payload) -> Exchange:
        if part.get("disabled"):
            raise NotOffered("It is grey.")
        data = {"custom_id": part["custom_id"], "component_type": part["type"], **more}
        owners = message.owners or self._owners(message.channel, {})
        return self._send(COMPONENT, message.channel, data, owners, message)

    def _chosen(self, channel: Channel, part: Payload, chosen: Sequence[str | Account | Role | Channel]) -> Payload:
        form = Form(self._world, channel)
        values: list[str] = []
        for each in chosen:
            if not isinstance(each, str):
                values.append(form.pick("choices", each))
                continue
            options = part.get("options") or [] if part["type"] == STRING_MENU else []
            found = next((one["value"] for one in options if each in (one["label"], one["value"])), None)
            if found is None:
                raise NotOffered(f"It offers {[one['label'] for one in options]}, not {each!r}.")
            values.append(found)
        return {"values": values, **({"resolved": form.resolved} if form.resolved else {})}

    def _filled(
        self,
        channel: Channel,
        command: Payload,
        path: Sequence[str],
        options: Mapping[str, Value],
        focused: str | None = None,
    ) -> Payload:
        form = Form(self._world, channel)
        data = {"id": command["id"], "name": command["name"], "type": SLASH}
        data["options"] = form.fill(command, path, options, focused)
        if command.get("guild_id"):
            data["guild_id"] = command["guild_id"]
        if form.resolved:
            data["resolved"] = form.resolved
        return data

    def _sees(self, message: Seen) -> Message:
        there = self._world.messages.get(message.id)
        if there is None:
            raise NotOffered("That message is gone.")
        if there.private and there.asked_by is not None and there.asked_by["user"]["id"] != self.id:
            raise NotOffered("That message is not theirs to see.")
        self._enter(there.channel)
        return there

    def _enter(self, channel: Channel) -> None:
        if channel.guild is None:
            if self not in channel.people:
                raise NotOffered("They do not talk there.")
        elif not channel.guild.permissions(self, channel) & Permission.VIEW_CHANNEL:
            raise NotOffered("They cannot see that channel.")

    def _offered(self, channel: Channel, name: str, kind: int) -> Payload:
        """Find a command that this person is shown in this channel."""
        self._enter(channel)
        guild = channel.guild
        places = [guild.id, None] if guild is not None else [None]
        known = [each for place in places for each in self._world.commands.get(place, []) if each["type"] == kind]
        found = next((each for each in known if each["name"] == name), None)
        if found is None:
            raise NotOffered(f"There is no {name!r}, but {[each['name'] for each in known]}.")
        if not self._owners(channel, found):
            raise NotOffered(f"{name!r} is not there: nobody has installed the bot for it.")
        context = _context(self._world, channel)
        if found.get("contexts") is not None and context not in found["contexts"]:
            raise NotOffered(f"{name!r} is not for here.")
        if guild is not None:
            may = guild.permissions(self, channel)
            needed = int(found.get("default_member_permissions") or 0)
            hidden = found.get("default_member_permissions") == "0" and may != EVERYTHING
            if not may & Permission.USE_APPLICATION_COMMANDS:
                raise NotOffered("They must not use commands here.")
            if (hidden or may & needed != needed) and name not in guild.opened:
                raise NotOffered(f"{name!r} is not for them.")
        return found

    def _owners(self, channel: Channel, command: Payload) -> dict[str, str]:
        """Tell which installations bring a command (any, where it is empty) to this channel."""
        types = command.get("integration_types") or [INSTALLED_TO_GUILD]
        if not command:
            types = [INSTALLED_TO_GUILD, INSTALLED_TO_PERSON]
        owners: dict[str, str] = {}
        guild = channel.guild
        here = guild.has_bot if guild is not None else channel.kind is Kind.DIRECT and self._shares_a_guild()
        if here and INSTALLED_TO_GUILD in types:
            owners["0"] = guild.id if guild is not None else "0"
        if self.installed and INSTALLED_TO_PERSON in types:
            owners["1"] = self.id
        return owners

    def _shares_a_guild(self) -> bool:
        return any(each.has_bot and self.id in each.members for each in self._world.guilds.values())

    def _send(
        self, kind: int, channel: Channel, data: Payload, owners: dict[str, str], source: Message | None = None
    ) -> Exchange:
        token = f"aW50.{secrets.token_urlsafe(40)}"
        exchange = Exchange(self._world, self, channel, kind=kind, token=token, owners=owners, source=source)
        exchange.payload = self._told(exchange, data)
        guild = channel.guild.id if channel.guild and channel.guild.has_bot else None
        self._world.announce("INTERACTION_CREATE", exchange.payload, guild=guild)
        return exchange

    def _told(self, exchange: Exchange, data: Payload) -> Payload:
        """Draw an interaction as Discord tells the bot of it."""
        channel, guild = exchange.channel, exchange.channel.guild
        told: Payload = {
            "id": exchange.id,
            "application_id": self._world.bot.id,
            "type": exchange.kind,
            "token": exchange.token,
            "version": 1,
            "data": data,
            "locale": self.locale,
            "entitlements": [],
            "authorizing_integration_owners": exchange.owners,
            "context": _context(self._world, channel),
            "attachment_size_limit": self._world.upload_bytes(channel),
            "channel_id": channel.id,
        }
        if exchange.source is not None:
            told["message"] = exchange.source.payload(self._world.cdn)
        if guild is None:
            return {**told, "user": self.payload(), "channel": channel.payload(), "app_permissions": str(EVERYTHING)}
        may = guild.permissions(self, channel)
        bots = guild.permissions(self._world.bot, channel) if guild.has_bot else may
        return {
            **told,
            "guild_id": guild.id,
            "guild_locale": "en-US",
            "guild": {"id": guild.id, "features": [], "locale": "en-US"},
            "member": {**guild.member(self), "permissions": str(may)},
            "channel": channel.payload(may),
            "app_permissions": str(bots),
        }


def _context(world: World, channel: Channel) -> int:
    """Tell where it is, in Discord's numbers: a guild, the bot's direct messages, elsewhere."""
    if channel.guild is not None:
        return 0
    return 1 if world.bot in channel.people else 2


def _sent(part: Payload, filled: Mapping[str, str]) -> Payload:
    """Write a part of a form as it is sent."""
    sent: Payload = {"type": part["type"], "id": part.get("id", 0)}
    if part.get("components") is not None:
        sent["components"] = [_sent(each, filled) for each in part["components"]]
    elif part.get("component") is not None:
        sent["component"] = _sent(part["component"], filled)
    elif part.get("custom_id") in filled:
        sent |= {"custom_id": part["custom_id"], "value": filled[part["custom_id"]]}
    return sent
