"""A request: what a person asks, from the platform's raw values to a job in the queue."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import field

from commands.core.command import Audience, Command
from commands.core.context import Inquiry
from commands.core.errors import Failed, MynahError, NotAllowed, UsageError
from commands.core.params import Attachment
from commands.core.quote import FREE, Quote
from commands.core.reply import Json, Reply
from commands.core.words import either
from engine.value import value
from storage import queue
from storage.places import Kind


@value
class Request:
    """What a platform hands in; nothing of it has been checked."""

    command: str
    """The command's name, its words separated by blanks."""
    values: Mapping[str, object] = field(default_factory=dict)
    """What was given for its parameters, as the platform has it."""
    address: Mapping[str, Json] = field(default_factory=dict)
    """Where the answer goes, in the platform's own terms; the outbox keeps it."""
    event_id: str = ""
    """The platform's id of what happened: the same id twice is one request. Empty: it cannot happen twice."""


@value
class Admitted:
    """A request that may be done: its values are checked, and what it costs is known."""

    command: Command
    """What is to be done."""
    values: Mapping[str, object]
    """With what, as the command's own types; what nobody gave is left out."""
    quote: Quote
    """At what cost."""


def find(commands: Mapping[str, Command], name: str) -> Command:
    """Return the command of that name.

    Raises:
        UsageError: There is none; the sentence offers the nearest.
    """
    if name in commands:
        return commands[name]
    near = nearest(commands, name)
    hint = f"Did you mean {either(['/' + n for n in near])}?" if near else "/help shows them all."
    raise UsageError("There is no command {name!r}. {hint}", name=name[:40], hint=hint)


def nearest(commands: Iterable[str], name: str) -> list[str]:
    """Return the commands that somebody may have meant, best first: 'jobs cancel' for 'cancel'."""
    every = list(commands)
    typed = name.removeprefix("/").lower()
    lasts: dict[str, list[str]] = {}
    for each in every:
        lasts.setdefault(each.rpartition(" ")[2], []).append(each)
    word = typed if typed in lasts else next(iter(difflib.get_close_matches(typed, lasts, n=1, cutoff=0.7)), "")
    return lasts.get(word, [])[:4] or difflib.get_close_matches(typed, every, n=2, cutoff=0.5)


async def admit(command: Command, values: Mapping[str, object], inquiry: Inquiry) -> Admitted:
    """Check a request, quickly and without effects.

    Raises:
        Refused: It cannot be taken; the sentence says why, for the person's eyes only.
    """
    check_audience(command, inquiry.asker.rank, inquiry.asker.place.kind)
    typed = convert(command, values)
    quote = await command.quoter(inquiry, **typed) if command.quoter else FREE
    return Admitted(command=command, values=typed, quote=quote)


def check_audience(command: Command, rank: Audience, kind: Kind = "server") -> None:
    """Raise NotAllowed unless someone of that rank may use the command in a place of that kind."""
    if rank < command.audience:
        if command.audience is Audience.OWNERS:
            raise NotAllowed("That is for those who run this Mynah only.")
        if kind == "direct":
            raise NotAllowed("That is for admins, in their server or group; here for those who run this Mynah only.")
        raise NotAllowed


def convert(command: Command, values: Mapping[str, object]) -> dict[str, object]:
    """Turn raw or stored values into the command's own types.

    Raises:
        UsageError: A value is none, is missing, or belongs to no parameter.
    """
    for name in values:
        if command.param(name) is None:
            raise UsageError("/{command} has no {name!r}.", command=command.name, name=name[:40])
    typed = {p.name: p.decode(values[p.name]) for p in command.params if p.name in values}
    for param in command.needed:
        if param.instead and typed.get(param.instead) is not None:
            if typed.pop(param.name, None):
                raise UsageError("Give {name} or {other}, not both.", name=param.option, other=param.instead)
        elif param.name not in typed:
            raise UsageError("/{command} needs {call}", command=command.name, call=param.call)
    return typed


def to_order(admitted: Admitted, inquiry: Inquiry, request: Request) -> queue.Order:
    """Put an admitted request in the form in which the queue keeps it."""
    command, asker = admitted.command, inquiry.asker
    assert command.lane is not None, f"/{command.name} is quick: it is answered, not queued"
    stored = {p.name: p.encode(admitted.values[p.name]) for p in command.params if p.name in admitted.values}
    inputs = [name for name, value in admitted.values.items() if isinstance(value, Attachment) and not value.path]
    text = admitted.values.get("text")
    return queue.Order(
        event_id=request.event_id,
        user_id=asker.user_id,
        place_id=asker.place.id,
        roles=asker.roles,
        unlimited=asker.rank is Audience.OWNERS,
        platform=asker.platform,
        rank=int(asker.rank),
        command=command.name,
        signature=command.signature,
        values=json.dumps(stored, ensure_ascii=False),
        text=text if isinstance(text, str) else None,
        address=json.dumps(dict(request.address), ensure_ascii=False),
        lane=int(command.lane if admitted.quote.lane is None else admitted.quote.lane),
        inputs=len(inputs),
        charges=admitted.quote.charges,
        characters=admitted.quote.characters,
        file_id=admitted.quote.file_id,
        reply=admitted.quote.reply.to_json() if admitted.quote.reply else "",
        settings=json.dumps(dict(admitted.quote.settings), ensure_ascii=False),
        format=admitted.quote.format,
        tags=admitted.quote.tags,
        project=admitted.quote.project,
        allowances=inquiry.rules.allowances,
        attempts=inquiry.rules.attempts,
    )


def revive(command: Command | None, name: str, signature: str, stored: str) -> tuple[Command, dict[str, object]]:
    """Bring back a request that was stored, maybe by an older Mynah in which the command was another.

    Raises:
        Failed: It cannot be done any more; the sentence says so.
    """
    if command is None or command.lane is None:
        raise Failed("This Mynah no longer knows /{name}; nothing was charged. /help shows what it can do.", name=name)
    try:
        return command, convert(command, json.loads(stored))
    except UsageError as error:
        if signature == command.signature:
            raise
        raise Failed(
            "/{name} has changed since this was asked ({why}). Nothing was charged; please ask again.",
            name=name,
            why=str(error).rstrip("."),
        ) from error


def tell(error: Exception) -> Reply:
    """Say an error to the person: its sentence, and its key for programs."""
    brief = error.brief if isinstance(error, MynahError) else MynahError().brief
    return Reply(text=str(error), private=True, error=type(error).__name__, brief=brief)
