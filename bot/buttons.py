"""Buttons: an action as a short text that a platform keeps beside its button, so that it works after a restart too."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote

from commands.core.reply import Action, Json
from engine.value import value

ASKS = "?"
"""Stands in place of the value that is chosen when the button is pressed."""


@value
class Press:
    """What a button asks for."""

    command: str
    """The command's name, its words separated by blanks."""
    values: Mapping[str, str]
    """The values that it is given, as a person would type them."""
    asks: str = ""
    """The parameter whose value is still to be chosen."""


def write(action: Action, most: int) -> str:
    """Write an action as 'history again&job=12&voice=?'; empty where that takes more than `most` bytes.

    What a button has no room for is shown as the command to type.
    """
    given = {name: _plain(value) for name, value in action.values.items() if value is not None}
    parts = [quote(action.command, safe=" ")]
    parts += [f"{name}={quote(value, safe=' ')}" for name, value in given.items()]
    parts += [f"{action.asks}={ASKS}"] if action.asks else []
    text = "&".join(parts)
    return text if len(text.encode()) <= most else ""


def read(text: str) -> Press:
    """Read what `write` wrote; whatever else somebody sends is a command that there is not."""
    head, _, rest = text.partition("&")
    raw = [part.partition("=") for part in rest.split("&")] if rest else []
    asks = next((name for name, _, value in raw if value == ASKS), "")
    values = {name: value for name, value in parse_qsl(rest, keep_blank_values=True) if name != asks}
    return Press(command=dict(parse_qsl(f"c={head}", keep_blank_values=True)).get("c", ""), values=values, asks=asks)


def _plain(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value.get("id", "")) if isinstance(value, Mapping) else str(value)
