"""A page: a text that comes as a file."""

from __future__ import annotations

import asyncio

from commands.core.context import JobContext
from commands.core.errors import UsageError
from commands.core.params import TEXT_LIMIT, Attachment
from commands.core.words import size
from engine.text.document import BadDocument, read_document

ENDINGS = ("txt", "md", "markdown", "text")
"""What the names of such files end with."""
MOST_BYTES = 4 * TEXT_LIMIT
"""The most bytes of such a file: no text that may be said has more."""


def check_file(file: Attachment) -> None:
    """Refuse a file that cannot be a text, before it is fetched.

    Raises:
        UsageError: It is of another kind, empty or too large.
    """
    if file.name.rpartition(".")[2].lower() not in ENDINGS:
        raise UsageError("{name} is no .txt or .md file; send one of those, or the text itself.", name=file.name[:60])
    if file.bytes > MOST_BYTES:
        raise UsageError(
            "{name} is {size}; {most} is the most. Send it in parts.",
            name=file.name[:60],
            size=size(file.bytes),
            most=size(MOST_BYTES),
        )


async def read_file(ctx: JobContext, file: Attachment) -> str:
    """Return the text that is in a staged file.

    Raises:
        UsageError: There is none in it, too much, or more than was told of when it was quoted.
    """

    def read() -> str:
        with (ctx.host.data / file.path).open("rb") as opened:
            found = opened.read(file.bytes + 1)
        if len(found) > file.bytes:
            raise UsageError("{name} is larger than it was said to be; send it again.", name=file.name[:60])
        return read_document(found, file.name)

    try:
        text = await asyncio.to_thread(read)
    except BadDocument as error:
        raise UsageError("{why}", why=error) from None
    if len(text) > TEXT_LIMIT:
        raise UsageError(
            "That is {length:,} characters to read; {most:,} is the most. Send it in parts.",
            length=len(text),
            most=TEXT_LIMIT,
        )
    return text
