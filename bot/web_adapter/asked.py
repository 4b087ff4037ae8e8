"""What is asked on the page: values of a form, or a line as it is typed in the terminal's chat."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from dataclasses import field

from bot.cli_adapter.line import read_line
from bot.cli_adapter.manual import manual
from commands.core.command import Command
from commands.core.errors import NotFound, UsageError
from commands.core.params import Attachment
from commands.core.reply import Json, Reply
from commands.core.request import find
from engine.value import value
from storage import parcels
from storage.database import Database
from storage.parcels import Parcel

UPLOAD = "upload"
"""The key under which a value names a file that was given before."""
LINE = 600_000
"""The most characters of a line: those of the longest text, and what stands around it."""


class UploadGone(NotFound):
    """That file is no longer here; please give it again."""


@value
class Asked:
    """A request of the page."""

    event: str
    """The client's own id of it: the same id twice is one request."""
    command: str = ""
    """The command's name, where it was a form."""
    values: Mapping[str, object] = field(default_factory=dict)
    """What was given for its parameters."""
    line: str = ""
    """What was typed, where it was a line."""

    def to_json(self) -> str:
        """Write it as the conversation keeps it."""
        return json.dumps(
            {"command": self.command, "values": dict(self.values), "line": self.line}, ensure_ascii=False, default=str
        )


@value
class Understood:
    """A request as the desk takes it, or its answer where that is help."""

    command: str = ""
    """The command's name."""
    values: Mapping[str, object] = field(default_factory=dict)
    """What was given, files among it as attachments."""
    help: Reply | None = None
    """The answer, where help was asked for."""


async def understand(asked: Asked, commands: Mapping[str, Command], database: Database, user_id: int) -> Understood:
    """Return what a request means.

    Raises:
        UsageError: It makes no sense.
        UploadGone: It names a file that is not there, or not theirs.
    """
    if not asked.line:
        command = find(commands, asked.command)
        return Understood(command=command.name, values=await with_files(command, asked.values, database, user_id))
    if len(asked.line) > LINE:
        raise UsageError("That line is too long; give a file of text instead.")
    typed = read_line(asked.line, commands, partly=True)
    if typed.command is None:
        return Understood(help=Reply(text=manual(typed.about, commands, chat=True).rstrip(), private=True))
    if typed.output:
        raise UsageError("Here a file is downloaded where it is shown; leave --output out.")
    values = {**typed.values, **asked.values}
    return Understood(command=typed.command.name, values=await with_files(typed.command, values, database, user_id))


async def with_files(
    command: Command | None, values: Mapping[str, object], database: Database, user_id: int
) -> dict[str, object]:
    """Return the values with files that were given before as attachments.

    Where the command is known, so are the parameters that are files, which can be nothing else: an attachment that a
    client wrote itself could name any file of this machine.
    """
    found = dict(values)
    for name, given in values.items():
        param = command.param(name) if command else None
        is_file = param is not None and param.kind is Attachment
        if isinstance(given, Mapping) and UPLOAD in given:
            found[name] = await _attachment(str(given[UPLOAD]), database, user_id)
        elif is_file and given is not None:
            found[name] = await _attachment(given if isinstance(given, str) else "", database, user_id)
        elif isinstance(given, Mapping):
            found[name] = {key: each for key, each in given.items() if key in ("id", "name")}
    return found


async def _attachment(code: str, database: Database, user_id: int) -> Attachment:
    parcel = await database.glance(lambda tx: parcels.find(tx, user_id, code))
    if parcel is None:
        raise UploadGone
    return attachment(parcel)


def attachment(parcel: Parcel) -> Attachment:
    """Return a file that was given as something that comes with a request."""
    kind = parcel.content_type or mimetypes.guess_type(parcel.name)[0] or ""
    return Attachment(name=parcel.name, content_type=kind, bytes=parcel.bytes, reference=parcel.code)


def asked(given: Json) -> Asked:
    """Read what the page sends.

    Raises:
        UsageError: It is not in that form.
    """
    if not isinstance(given, Mapping):
        raise UsageError("A request is an object in JSON.")
    event, command, line = (given.get(name, "") for name in ("event", "command", "line"))
    values = given.get("values") or {}
    if not all(isinstance(each, str) for each in (event, command, line)) or not isinstance(values, Mapping):
        raise UsageError("A request has the texts 'event' and either 'command' or 'line', and the object 'values'.")
    if not 8 <= len(event) <= 100:
        raise UsageError("A request has an 'event': an id of its own, of 8 to 100 characters.")
    return Asked(event=event, command=command, values=dict(values), line=line.strip())
