"""What Discord is told of the commands: slash commands in groups, their options, and message menus.

The declarations become discord.py's own commands first, so that discord.py's checks run over every name, type and
limit; `payload` is what it would send. Needs no token and no connection.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import discord
from discord import app_commands

from commands.core.command import Audience, Command, shown_to
from commands.core.params import Attachment, Between, Body, Member, Menu, Param, PlaceId, Role, Suggest, Word

Native = app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu
Ask = Callable[[discord.Interaction, Command, Mapping[str, object]], Awaitable[None]]
"""Takes what a person asked: the command, and the values as Discord gives them, those left out missing.

None stands for a file that the message has not of which it was asked.
"""
Complete = Callable[[discord.Interaction, Command, Param, str], Awaitable[list[str]]]
"""Goes on from what is typed for a parameter."""

OPTION_LENGTH = 6_000
"""The longest string that Discord takes in an option; longer text comes as a message or a file."""
PERMISSIONS = {
    Audience.EVERYONE: None,
    Audience.ADMINS: discord.Permissions(manage_guild=True),
    Audience.OWNERS: discord.Permissions.none(),
}
"""Whom Discord shows a command to begin with; a server's own settings may widen it, so it is checked when asked."""
NATIVE: dict[type, Any] = {Attachment: discord.Attachment, Member: discord.User, Role: discord.Role, PlaceId: str}
"""The types that Discord has a picker for, or that come as text."""
INSTALLS = app_commands.AppInstallationType(guild=True, user=True)
CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)


async def nobody_asks(interaction: discord.Interaction, command: Command, values: Mapping[str, object]) -> None:
    """Stand in where only the payload is wanted."""


async def nothing_fits(interaction: discord.Interaction, command: Command, param: Param, typed: str) -> list[str]:
    """Stand in where only the payload is wanted."""
    return []


def payload(commands: Mapping[str, Command]) -> list[dict[str, Any]]:
    """Write the commands as Discord takes them, in the order of their names."""
    tree = app_commands.CommandTree(
        discord.Client(intents=discord.Intents.none()), allowed_installs=INSTALLS, allowed_contexts=CONTEXTS
    )
    return [each.to_dict(tree) for each in natives(commands, nobody_asks, nothing_fits)]


def natives(commands: Mapping[str, Command], ask: Ask, complete: Complete) -> list[Native]:
    """Make discord.py's commands of ours: slash commands, groups, and entries in the menus of messages."""
    groups: dict[str, app_commands.Group] = {}
    made: list[Native] = []
    for command in commands.values():
        native = slash_command(command, ask, complete)
        head = command.path[0]
        if len(command.path) == 1:
            native.default_permissions = PERMISSIONS[shown_to(commands, head)]
            made.append(native)
            continue
        if head not in groups:
            groups[head] = _group(head, commands)
            made.append(groups[head])
        groups[head].add_command(native)
    return made + [menu for each in commands.values() for menu in _menus(each, ask)]


def slash_command(command: Command, ask: Ask, complete: Complete) -> app_commands.Command[Any, ..., Any]:
    """Make one slash command; its options follow from the parameters."""

    async def callback(interaction: discord.Interaction, **values: Any) -> None:
        await ask(interaction, command, {name: value for name, value in values.items() if value is not None})

    head = inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=discord.Interaction)
    form = inspect.Signature([head, *map(_option, command.params)])
    callback.__signature__ = form  # type: ignore[attr-defined]  # discord.py reads the form of a callback from it
    app_commands.describe(**{p.name: p.help for p in command.params})(callback)
    app_commands.rename(**{p.name: p.option for p in command.params if p.option != p.name})(callback)
    app_commands.choices(**{p.name: _choices(p) for p in command.params if p.choices})(callback)
    app_commands.autocomplete(
        **{p.name: _autocomplete(command, p, complete) for p in command.params if p.mark(Suggest)}
    )(callback)
    return app_commands.Command(name=command.path[-1], description=command.summary, callback=callback)


def message_menu(command: Command, ask: Ask) -> app_commands.ContextMenu:
    """Make the entry 'Speak this' of a message's menu; the message is the text, or the file that it consists of."""
    body = next(p for p in command.params if p.mark(Body))
    file = next((p for p in command.params if p.name == body.instead), None)

    async def callback(interaction: discord.Interaction, message: discord.Message) -> None:
        if file is not None and message.attachments and not message.content:
            await ask(interaction, command, {file.name: message.attachments[0]})
        else:
            await ask(interaction, command, {body.name: message.content})

    menu = app_commands.ContextMenu(name=f"{command.path[-1].capitalize()} this", callback=callback)
    menu.default_permissions = PERMISSIONS[command.audience]
    return menu


def file_menu(command: Command, param: Param, title: str, ask: Ask) -> app_commands.ContextMenu:
    """Make an entry of a message's menu that hands in the message's sound: 'Clone this voice'."""

    async def callback(interaction: discord.Interaction, message: discord.Message) -> None:
        await ask(interaction, command, {param.name: recording_of(message)})

    menu = app_commands.ContextMenu(name=title, callback=callback)
    menu.default_permissions = PERMISSIONS[command.audience]
    return menu


def recording_of(message: discord.Message) -> discord.Attachment | None:
    """Return the file of a message, or of what it forwards, in which somebody may speak; one of no known type will do.

    A voice message is such a file.
    """
    files = [*message.attachments, *(file for each in message.message_snapshots for file in each.attachments)]
    kinds = [((file.content_type or "").partition("/")[0], file) for file in files]
    for wanted in (("audio", "video"), ("", "application")):
        if found := next((file for kind, file in kinds if kind in wanted), None):
            return found
    return None


def _menus(command: Command, ask: Ask) -> Iterator[app_commands.ContextMenu]:
    if _body_alone(command):
        yield message_menu(command, ask)
    for param in command.params:
        if menu := param.mark(Menu):
            yield file_menu(command, param, menu.title, ask)


def _body_alone(command: Command) -> bool:
    """Tell whether a message is all that the command needs."""
    needed = [p for p in command.params if p.required]
    return len(needed) == 1 and needed[0].mark(Body) is not None


def _group(head: str, commands: Mapping[str, Command]) -> app_commands.Group:
    members = ", ".join(each.path[-1] for each in commands.values() if each.path[0] == head)
    return app_commands.Group(
        name=head,
        description=f"{head.capitalize()}: {members}"[:100],
        default_permissions=PERMISSIONS[shown_to(commands, head)],
    )


def _option(param: Param) -> inspect.Parameter:
    annotation = _annotation(param)
    needed = param.required and not param.instead
    return inspect.Parameter(
        param.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if needed else None,  # unset stays unset: our own default applies
        annotation=annotation if needed else annotation | None,
    )


def _annotation(param: Param) -> Any:
    if param.choices or param.mark(Word) is not None:  # a number that may be a word is typed as text
        return str
    if body := param.mark(Body):
        return app_commands.Range[str, 1, min(body.max_length, OPTION_LENGTH)]
    if span := param.mark(Between):
        return app_commands.Range[param.kind, param.kind(span.low), param.kind(span.high)]
    return NATIVE.get(param.kind, param.kind)


def _choices(param: Param) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=word, value=word) for word in param.choices]


def _autocomplete(command: Command, param: Param, complete: Complete) -> Any:
    async def suggest(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        names = await complete(interaction, command, param, typed)
        return [app_commands.Choice(name=name[:100], value=name) for name in names[:25] if len(name) <= 100]

    return suggest
