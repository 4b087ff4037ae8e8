"""Entities: the commands and mentions that Telegram finds in what somebody wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.demo.telegram.wire import Wire, units

FOUND = re.compile(r"(?<![\w/@])(?:(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)|(?P<mention>@\w{3,32}))(?!\w)")


def entities(text: str) -> list[Wire]:
    """Find commands and mentions; offset and length are in UTF-16 units."""
    return [
        {"type": found.lastgroup, "offset": units(text[: found.start()]), "length": units(found[0])}
        for found in FOUND.finditer(text)
    ]


def marked(text: str, kind: str) -> Iterator[str]:
    """Yield every 'bot_command' or 'mention' of a text, as it is written."""
    return (found[0] for found in FOUND.finditer(text) if found.lastgroup == kind)
