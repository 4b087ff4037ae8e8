"""Reading: JSON that a request brings."""

from __future__ import annotations

import json

from fastapi import Request

from bot.web_adapter.refusal import Refused
from commands.core.reply import Json

DEEPEST = 20
"""How deep values may lie within each other."""


async def read_json(request: Request) -> Json:
    """Read a request as JSON. The gate has seen to it that it is not too long.

    Raises:
        Refused: It is none.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(415, "NotJson", "That takes JSON: send it as 'Content-Type: application/json'.")
    try:
        found = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Refused(400, "BadRequest", "That is no JSON.") from None
    if _depth(found) > DEEPEST:
        raise Refused(400, "BadRequest", "Values lie too deep within each other.")
    try:  # Python reads more than JSON has, and more than can be kept or told to a browser
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise Refused(400, "BadRequest", "A text there has half a character in it.") from None
    except ValueError:
        raise Refused(400, "BadRequest", "That is no JSON: a number in it is none.") from None
    return found


def _depth(value: Json, above: int = 0) -> int:
    if above > DEEPEST or not isinstance(value, dict | list):
        return above
    inner = value.values() if isinstance(value, dict) else value
    return max((_depth(each, above + 1) for each in inner), default=above + 1)
