"""Lines: what a running Mynah and a one-shot say to each other, as JSON objects (`bot/handoff.py`)."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from commands.core.params import Attachment
from commands.core.reply import Json

SOCKET = "mynah.sock"
"""The socket's name in the data folder."""
NOTE = "mynah.port"
"""The file that tells the port and the secret, where there is no socket."""
VERSION = 1
"""Of what the two sides say; they have to be the same."""
LONGEST = 8 << 20
"""The most bytes of a line: a text of the longest, and what stands around it."""
LONGEST_PATH = 100
"""The most bytes of a path that every system takes for a socket's."""
PATIENCE = 5.0
"""Seconds in which the other side has to say who it is."""


class Gone(Exception):
    """The other side has gone, in the middle of it."""


def has_sockets(path: Path) -> bool:
    """Whether a socket can lie at a path on this system."""
    return hasattr(socket, "AF_UNIX") and os.name == "posix" and len(os.fsencode(path)) <= LONGEST_PATH


async def heard(reader: asyncio.StreamReader) -> Mapping[str, Json]:
    """Wait for a line, and return the object in it.

    Raises:
        Gone: There will be none, or it is none.
    """
    try:
        line = await reader.readuntil()
        said = json.loads(line)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, ConnectionError):
        raise Gone from None
    if not isinstance(said, dict):
        raise Gone
    return said


def say(writer: asyncio.StreamWriter, said: Mapping[str, Json]) -> None:
    """Send an object as a line, unless the other side has gone."""
    if not writer.is_closing():
        writer.write(json.dumps(said).encode() + b"\n")


def packed(value: object) -> Json:
    """Return a value of a request as JSON has it."""
    return {"attachment": asdict(value)} if isinstance(value, Attachment) else value


def unpacked(value: Json) -> object:
    """Return what `packed` has packed."""
    if isinstance(value, Mapping) and "attachment" in value:
        return Attachment(**value["attachment"])
    return value
