"""`mynah doctor`: what the doctor has found out, on the terminal."""

from __future__ import annotations

import json

from bot import doctor
from bot.cli_adapter import streams
from bot.cli_adapter.clean import printable
from bot.config import Loaded

SIGNS = {"good": "ok", "bad": "BAD", "note": "-"}
"""What stands before a finding."""


async def tell(loaded: Loaded, *, for_program: bool) -> int:
    """Tell of each part as soon as it was looked at; return the exit status, 1 where something is not well."""
    items = []
    async for found in doctor.examine(loaded):
        part, state, words = found.part, found.finding.state, found.finding.words
        items.append({"part": part, "state": state, "message": words})
        if not for_program:
            streams.say(printable(f"{SIGNS[state]:4}{part:10}{words}"))
    if for_program:
        streams.say(json.dumps({"items": items}))
    return 1 if any(item["state"] == "bad" for item in items) else 0
