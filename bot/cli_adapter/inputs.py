"""What a value on the command line stands for: '-' for what is piped in, a path for a file."""

from __future__ import annotations

import asyncio
import mimetypes
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from commands.core.command import Command
from commands.core.errors import UsageError
from commands.core.params import TEXT_LIMIT, Attachment, Body

MOST = 16 * TEXT_LIMIT
"""The most bytes that are read of what is piped in; more than any text may be long."""


def resolve(command: Command, values: Mapping[str, object], *, piped: bool) -> dict[str, object]:
    """Return the values with texts read from standard input (where `piped`) and files looked up.

    Raises:
        UsageError: There is nothing to read, or it is no text; a file is not there.
    """
    found = dict(values)
    for param in command.params:
        value = found.get(param.name)
        if piped and value == "-" and param.mark(Body) is not None:
            found[param.name] = read_piped()
        elif param.kind is Attachment and isinstance(value, str):
            found[param.name] = attachment(value)
    return found


def read_piped() -> str:
    """Read the text that is piped in.

    Raises:
        UsageError: Nothing can be read, or it is no text.
    """
    if sys.stdin is None:
        raise UsageError("There is nothing to read: standard input is closed. Pipe a text in: mynah speak - < page.txt")
    if sys.stdin.isatty():
        print("Type or paste the text; Ctrl-D on a line of its own ends it.", file=sys.stderr)
    try:
        raw = sys.stdin.buffer.read(MOST)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise UsageError("What is piped in cannot be read: {why}. Give a file of text.", why=why) from error
    from engine.text.document import BadDocument, read_document  # only here: who types the text need not wait for it

    try:
        return read_document(raw, "page.txt")
    except BadDocument as error:
        raise UsageError("What is piped in cannot be read. {why}", why=error) from None


def attachment(path: str) -> Attachment:
    """Return the file of that path as something that comes with a request.

    Raises:
        UsageError: There is no such file.
    """
    file = Path(path).expanduser()
    try:
        size = file.stat().st_size
        regular = file.is_file()
    except (OSError, ValueError):
        raise UsageError("There is no file {path}.", path=path[:80]) from None
    if not regular:
        raise UsageError("{path} is not a file.", path=path[:80])
    if not os.access(file, os.R_OK):
        raise UsageError("You may not read {path}.", path=path[:80])
    kind = mimetypes.guess_type(file.name)[0] or ""
    return Attachment(name=file.name, content_type=kind, bytes=size, reference=str(file.absolute()))


async def fetch(attachment: Attachment, destination: Path) -> None:
    """Copy the file that an attachment stands for."""
    await asyncio.to_thread(shutil.copyfile, attachment.reference, destination)
