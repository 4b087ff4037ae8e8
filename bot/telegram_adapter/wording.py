"""Wording: how what commands say is put for a Telegram chat, where nothing in it may be taken for markup."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from commands.core.command import Command
from commands.core.params import Body, Param
from commands.core.reply import Action, Json

TEXT = 4_096
"""The longest message, in UTF-16 units."""
CAPTION = 1_024
"""The longest text under a file, in UTF-16 units."""
APART = "\u200b"
"""Takes no room, and keeps Telegram from taking '@name' for somebody to be told."""

_MENTION = re.compile(r"@(?=\w)")


def call(command: Command) -> str:
    """How a command is typed: '/quota_set'."""
    return f"/{'_'.join(command.path)}"


def said(text: str, commands: Mapping[str, Command]) -> str:
    """Put a text for a chat: '/quota set' as it is typed here, and nobody in it is called by their name."""
    pattern, calls = _calls(tuple(command.name for command in commands.values() if len(command.path) > 1))
    typed = pattern.sub(lambda found: calls[found[0]], text) if calls else text
    return _MENTION.sub(f"@{APART}", typed)


@lru_cache(maxsize=4)
def _calls(names: tuple[str, ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    calls = {f"/{name}": f"/{name.replace(' ', '_')}" for name in names}
    longest = sorted(calls, key=len, reverse=True)
    return re.compile(rf"(?<![\w/])(?:{'|'.join(map(re.escape, longest))})\b"), calls


def typed(action: Action, commands: Mapping[str, Command]) -> str:
    """Return the line that does an action, where it has no button; empty for what is only handy."""
    command = commands.get(action.command)
    if command is None or action.handy:
        return ""
    given = [p for p in command.params if action.values.get(p.name) is not None]
    words = [_given(p, action.values[p.name]) for p in sorted(given, key=lambda p: p.mark(Body) is not None)]
    return f"{action.label}: {' '.join([call(command), *words])}"


def _given(param: Param, value: Json) -> str:
    plain = str(value.get("id", "")) if isinstance(value, Mapping) else str(value)
    plain = ("yes" if value else "no") if isinstance(value, bool) else plain
    if param.mark(Body):
        return plain
    return f'{param.option}="{plain}"' if re.search(r"\s", plain) else f"{param.option}={plain}"


def units(text: str) -> int:
    """How long Telegram takes a text to be: characters beyond the first 65,536 count twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parts(text: str, most: int = TEXT) -> list[str]:
    """Cut a text into messages, between lines or words where that can be."""
    found = []
    rest = text.strip()
    while units(rest) > most:
        head = rest.encode("utf-16-le", "surrogatepass")[: most * 2].decode("utf-16-le", "ignore")
        cut = max(head.rfind("\n"), head.rfind(" ") if "\n" not in head[len(head) // 2 :] else -1)
        head = head[:cut] if cut > 0 else head
        found.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return [*found, rest] if rest else found
