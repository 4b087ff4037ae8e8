"""What a person's Discord makes of what they fill in: the options of a command, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.demo.discord.account import Account
from bot.demo.discord.channel import Channel
from bot.demo.discord.command_rules import (
    BOOLEAN,
    CHANNEL,
    FILE,
    GROUP,
    INTEGER,
    MEMBER,
    MENTIONABLE,
    NUMBER,
    ROLE,
    STRING,
    SUBCOMMAND,
)
from bot.demo.discord.refusal import NotOffered
from bot.demo.discord.role import Role
from bot.demo.discord.wire import Payload, Upload
from bot.demo.discord.world import World

Value = str | int | float | bool | Account | Role | Channel | Upload
"""What may be filled in."""
PICKED: Mapping[int, tuple[type, ...]] = {
    MEMBER: (Account,),
    CHANNEL: (Channel,),
    ROLE: (Role,),
    MENTIONABLE: (Account, Role),
    FILE: (Upload,),
}


class Form:
    """Fills in a command in one channel, and gathers what the ids in it mean."""

    def __init__(self, world: World, channel: Channel) -> None:
        self.resolved: Payload = {}
        self._world = world
        self._channel = channel

    def fill(
        self, command: Payload, path: Sequence[str], given: Mapping[str, Value], focused: str | None = None
    ) -> list[Payload]:
        """Fill in the options of a command, or of the part of it that the path leads to.

        Raises:
            NotOffered: The person's Discord would not let them.
        """
        known: list[Payload] = command.get("options") or []
        if path:
            part = next((each for each in known if each["name"] == path[0]), None)
            if part is None or part["type"] not in (SUBCOMMAND, GROUP):
                raise NotOffered(f"/{command['name']} has no {path[0]!r}.")
            inner = self.fill(part, path[1:], given, focused)
            return [{"name": part["name"], "type": part["type"], "options": inner}]
        if any(each["type"] in (SUBCOMMAND, GROUP) for each in known):
            raise NotOffered(f"/{command['name']} cannot be sent without one of its parts.")
        names = {each["name"]: each for each in known}
        if unknown := [name for name in given if name not in names]:
            raise NotOffered(f"/{command['name']} has no option {unknown}, but {list(names)}.")
        missing = [name for name, each in names.items() if each.get("required") and name not in given]
        if missing and focused is None:
            raise NotOffered(f"/{command['name']} needs {missing}.")
        return [self._option(names[name], each, focused == name) for name, each in given.items()]

    def pick(self, kind: str, thing: Account | Role | Channel | Upload) -> str:
        """Name something by its id, and note what it is."""
        if isinstance(thing, Upload):
            kept = self._world.cdn.keep(thing, self._channel.id, private=True)
            self._note("attachments", kept.id, self._world.cdn.payload(kept))
            return kept.id
        guild = self._channel.guild
        if isinstance(thing, Account):
            self._note("users", thing.id, thing.payload())
            if guild is not None and thing.id in guild.members:
                member = guild.member(thing) | {"permissions": str(guild.permissions(thing, self._channel))}
                del member["user"]
                self._note("members", thing.id, member)
        elif guild is None:
            raise NotOffered(f"There are no {kind} outside a guild.")
        elif isinstance(thing, Role):
            self._note("roles", thing.id, thing.payload())
        else:
            self._note("channels", thing.id, thing.payload(guild.permissions(self._world.bot, thing)))
        return thing.id

    def _note(self, kind: str, thing_id: str, drawn: Payload) -> None:
        self.resolved.setdefault(kind, {})[thing_id] = drawn

    def _option(self, option: Payload, given: Value, focused: bool) -> Payload:
        sent: Payload = {"name": option["name"], "type": option["type"]}
        if focused:
            if not option.get("autocomplete"):
                raise NotOffered(f"Nothing completes {option['name']!r}.")
            return {**sent, "value": given if isinstance(given, str) else str(given), "focused": True}
        return {**sent, "value": self._value(option, given)}

    def _value(self, option: Payload, given: Value) -> object:
        name, kind = option["name"], option["type"]
        if kind in PICKED:
            if not isinstance(given, PICKED[kind]) or not isinstance(given, Account | Role | Channel | Upload):
                raise NotOffered(f"{name!r} is not picked by {given!r}.")
            return self.pick(name, given)
        if option.get("choices"):
            for choice in option["choices"]:
                if given in (choice["value"], choice["name"]):
                    return choice["value"]
            raise NotOffered(f"{name!r} offers {[each['name'] for each in option['choices']]}, not {given!r}.")
        fits = {STRING: (str,), INTEGER: (int,), NUMBER: (int, float), BOOLEAN: (bool,)}[kind]
        if not isinstance(given, fits) or (isinstance(given, bool) and kind != BOOLEAN):
            raise NotOffered(f"{name!r} does not take {given!r}.")
        size = len(given) if isinstance(given, str) else given
        least, most = ("min_length", "max_length") if kind == STRING else ("min_value", "max_value")
        lowest, highest = option.get(least), option.get(most)
        if kind == STRING and highest is None:
            highest = 6000
        if (lowest is not None and size < lowest) or (highest is not None and size > highest):
            raise NotOffered(f"{name!r} does not take {size}: at least {lowest}, at most {highest}.")
        return given
