"""/help: what Mynah can do, and how each thing is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from commands.core.command import Command, command, shown_to
from commands.core.context import Context, Inquiry
from commands.core.params import Attachment, Between, Body, Example, Member, Param, PlaceId, Role, Suggest, Word
from commands.core.reply import Json, Reply
from commands.core.request import find
from commands.core.words import either, listed

BEYOND = 10**12
"""A range that ends here says nothing to a person."""
SHOWN = 2
"""How many options an example shows besides what is needed."""


async def command_names(inquiry: Inquiry, typed: str) -> list[str]:
    """The names of the commands that the person may use and that have in them what is typed."""
    wanted = _tidy(typed)
    return [name for name in _usable(inquiry) if wanted in name][:25]


@command("help", private=True)
async def show_help(ctx: Context, command: Annotated[str, Suggest(command_names), Example("speak")] = "") -> Reply:
    """Show what Mynah can do, or how one command is used.

    Args:
        command: Which command; leave it out to see them all.
    """
    usable = _usable(ctx)
    wanted = _tidy(command)
    members = {name: each for name, each in usable.items() if not wanted or each.path[0] == wanted}
    if members and wanted not in usable:
        return Reply(text=overview(members), items=tuple(_facts(each) for each in members.values()))
    found = find(usable, wanted)
    return Reply(text=explain(found), data=_facts(found))


def explain(command: Command) -> str:
    """Tell all about one command: what it does, what it asks for, and how it is typed."""
    parts = [f"/{command.name}: {command.summary}"]
    if command.details:
        parts.append(command.details)
    if command.params:
        parts.append("\n".join(f"{p.option}: {p.help}{_terms(p)}" for p in command.params))
    parts.append(f"Example: {example(command)}{_with_files(command)}")
    return "\n\n".join(parts)


def example(command: Command) -> str:
    """A line that asks for the command, as it may be typed."""
    needed = [p for p in command.params if p.required]
    extra = [p for p in command.params if not p.required and p.mark(Example) is not None][:SHOWN]
    words = [
        f"{p.option}={_quoted(_sample(p))}" for p in needed + extra if not p.mark(Body) and p.kind is not Attachment
    ]
    words += [_sample(p) for p in needed + extra if p.mark(Body)]
    return " ".join([f"/{command.name}", *words])


def _with_files(command: Command) -> str:
    """Say which files go with an example, which cannot be typed: ', and the recording with it'."""
    needed = [p.option for p in command.params if p.required and p.kind is Attachment]
    return f", and the {listed(needed)} with it" if needed else ""


def overview(commands: Mapping[str, Command]) -> str:
    """Tell of many commands in a line each: those that stand alone, then the groups, last those for admins only."""
    alone = [each for each in commands.values() if len(each.path) == 1]
    blocks = ["\n".join(f"/{each.name}: {each.summary}" for each in alone)] if alone else []
    heads = dict.fromkeys(each.path[0] for each in commands.values() if len(each.path) > 1)
    for head in sorted(heads, key=lambda head: shown_to(commands, head)):
        members = [each for each in commands.values() if each.path[0] == head]
        blocks.append("\n".join(f"/{each.name}: {each.summary}" for each in members))
    if alone:
        blocks.append("/help command=speak tells all about one.")
    return "\n\n".join(blocks)


def _terms(param: Param) -> str:
    """Say what may be given, and what holds where nothing is."""
    said = []
    if param.choices:
        said.append(either(param.choices))
    span, word = param.mark(Between), param.mark(Word)
    if span and span.high < BEYOND:
        said.append(f"{span.low:,g} to {span.high:,.15g}")
    if word:
        said.append(f"a number, or {word.word}")
    if param.kind is bool:
        said.append("yes or no")
    if param.instead:
        said.append(f"needed, or {param.instead}")
    elif param.required:
        said.append("needed")
    elif param.default not in (None, ""):
        said.append(f"{_plain(param)} where you give none")
    return f" ({'; '.join(said)})" if said else ""


def _plain(param: Param) -> str:
    value = param.encode(param.default)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _sample(param: Param) -> str:
    if given := param.mark(Example):
        return given.value
    if param.choices:
        return param.choices[0]
    if span := param.mark(Between):
        return f"{span.low:g}"
    return {bool: "yes", int: "1", float: "1", Member: "discord:8035", Role: "42", PlaceId: "discord:42"}.get(
        param.kind, "something"
    )


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def _usable(inquiry: Inquiry) -> dict[str, Command]:
    rank = inquiry.asker.rank
    return {name: each for name, each in inquiry.host.commands.items() if each.audience <= rank}


def _tidy(name: str) -> str:
    """'/Quota_Set' is 'quota set'."""
    return " ".join(name.lower().lstrip("/").replace("_", " ").split())


def _facts(command: Command) -> dict[str, Json]:
    return {
        "name": command.name,
        "summary": command.summary,
        "details": command.details,
        "audience": command.audience.name.lower(),
        "example": example(command),
        "params": [
            {"name": p.option, "help": p.help, "required": p.required, "terms": _terms(p).strip(" ()")}
            for p in command.params
        ],
    }
