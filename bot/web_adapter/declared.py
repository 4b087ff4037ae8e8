"""What can be asked, as the page is told it: a form for each command."""

from __future__ import annotations

from commands.core.command import Audience, Command
from commands.core.params import MISSING, Attachment, Between, Body, Kinds, Menu, Param, Suggest, Word, voice_names
from commands.core.reply import Json


def form(command: Command) -> Json:
    """Return a command with its parameters."""
    return {
        "name": command.name,
        "group": command.path[0] if len(command.path) > 1 else "",
        "summary": command.summary,
        "description": command.details,
        "runs": "now" if command.lane is None else "queued",
        "for_owner": command.audience is not Audience.EVERYONE,
        "params": [_field(param) for param in command.params],
    }


def _field(param: Param) -> Json:
    span, word, kinds, menu = (param.mark(kind) for kind in (Between, Word, Kinds, Menu))
    return {
        "name": param.name,
        "kind": _kind(param),
        "help": param.help,
        "required": param.required,
        "default": None if param.default is MISSING else param.encode(param.default),
        "choices": list(param.choices),
        "low": span.low if isinstance(span, Between) else None,
        "high": span.high if isinstance(span, Between) else None,
        "word": word.word if isinstance(word, Word) else "",
        "suggests": param.mark(Suggest) is not None,
        "endings": list(kinds.endings) if isinstance(kinds, Kinds) else [],
        "instead": param.instead,
        "menu": menu.title if isinstance(menu, Menu) else "",
    }


def _kind(param: Param) -> str:
    suggest = param.mark(Suggest)
    if param.kind is Attachment:
        return "file"
    if param.mark(Body) is not None:
        return "text"
    if suggest is not None and suggest.source is voice_names:
        return "voice"
    if param.choices:
        return "choice"
    return {int: "whole", float: "number", bool: "switch"}.get(param.kind, "words")
