"""What Telegram is told of the commands, and how the line after a command becomes values.

Needs no token and no connection.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from telegram import BotCommand

from commands.core.command import Audience, Command, shown_to
from commands.core.errors import UsageError
from commands.core.params import SOUNDS, Attachment, Body, Kinds, Param

QUOTES = {
    '"': '"',
    "'": "'",
    "\u201c": "\u201d",
    "\u201d": "\u201d",
    "\u201e": "\u201c\u201d",
    "\u00ab": "\u00bb",
    "\u00bb": "\u00ab",
    "\u2018": "\u2019",
    "\u2019": "\u2019",
    "\u201a": "\u2018\u2019",
}
"""What a phone makes of a quotation mark that opens, and what may close it."""
DASHES = r"\-\u2010-\u2015\u2212"
"""What a phone makes of one dash or of two; for a class of characters."""
KEY = re.compile(rf"[{DASHES}]{{0,2}}([A-Za-z][\w{DASHES}]*)=", re.ASCII)
"""'voice=', and '--voice=' as phones write it."""
SIGN = re.compile(rf"[{DASHES}](?=\d)")


def menu(commands: Mapping[str, Command], audience: Audience) -> list[BotCommand]:
    """List the commands for the menu of a chat whose members are of that audience: /quota_set for 'quota set'."""
    return [
        BotCommand("_".join(each.path), each.summary)
        for each in commands.values()
        if shown_to(commands, *each.path) <= audience
    ]


def parse(
    command: Command,
    line: str,
    *,
    attachment: Attachment | None = None,
    beside: Attachment | None = None,
    replied_to: str = "",
) -> dict[str, object]:
    """Read what follows a command: '/speak voice=anna Good morning' gives voice 'anna' and text 'Good morning'.

    Options stand first where the command takes free text, and anywhere where it takes none; words without a key
    fill the other parameters in their order. A message replied to is the free text where none is typed, and the file
    that it carries (`beside`) is for what the message's own file is not.

    Raises:
        UsageError: A word is left that belongs nowhere.
    """
    given: dict[str, object] = {}
    for file in filter(None, (attachment, beside)):
        if taking := taker(command, file, given):
            given[taking.name] = file
    rest, loose = _options(command, line, given)
    body = next((p for p in command.params if p.mark(Body)), None)
    if body is None:
        _fill(command, loose, given)
    elif body.name not in given and (text := rest or replied_to.strip()):
        given[body.name] = text
    return {name: _plain(command.param(name), value) for name, value in given.items()}


def taker(command: Command, attachment: Attachment, taken: Collection[str] = ()) -> Param | None:
    """Return the parameter that a file is for, of those that are not taken: for its kind, else for any.

    What fits nowhere goes to one for another kind, so that the command refuses it by its name; but a sound does not
    where that can be left out: so it is never taken for a text.
    """
    taking = [param for param in command.params if param.kind is Attachment and param.name not in taken]
    fitting = [param for param in taking if fits(param, attachment)]
    other = [param for param in taking if param.required or not is_sound(attachment)]
    return next(iter([param for param in fitting if param.mark(Kinds)] or fitting or other), None)


def fits(param: Param, attachment: Attachment) -> bool:
    """Whether a file is of a kind that a parameter takes, as far as its name and its type tell."""
    if param.kind is not Attachment:
        return False
    kinds = param.mark(Kinds)
    if kinds is None or _ending(attachment) in kinds.endings:
        return True
    return is_sound(attachment) and any(each in SOUNDS for each in kinds.endings)


def begins_with(command: Command, attachment: Attachment) -> bool:
    """Whether a command can begin with a file alone: one that it needs, or that will do in place of what it needs.

    What may come beside something else is none: nobody begins a voice with the words that are said in it.
    """
    needed = {name for each in command.needed for name in (each.name, each.instead)}
    return any(param.name in needed and fits(param, attachment) for param in command.params)


def is_sound(attachment: Attachment) -> bool:
    """Whether a file is one in which somebody may speak, as far as its type and its name tell."""
    return attachment.content_type.partition("/")[0] in ("audio", "video") or _ending(attachment) in SOUNDS


def _ending(attachment: Attachment) -> str:
    return attachment.name.rpartition(".")[2].lower()


def _options(command: Command, line: str, given: dict[str, object]) -> tuple[str, list[str]]:
    """Take the options off the line into `given`; return what is left of it, as it stands and as words."""
    free = any(p.mark(Body) for p in command.params)
    loose: list[str] = []
    rest = line.strip()
    while rest:
        key = KEY.match(rest)
        param = _named(command, key[1]) if key else None
        if free and param is None:
            break
        if key is None:
            word, rest = _word(rest)
            loose.append(word)
            continue
        name = param.name if param else key[1]  # an unknown key stays, for `convert` to refuse by its name
        value = rest[key.end() :]
        if param is not None and param.mark(Body) is not None:
            given[param.name] = value.strip()
            return "", loose
        given[name], rest = _word(value) if value[:1].strip() else ("", value.lstrip())
    return rest, loose


def _named(command: Command, key: str) -> Param | None:
    return command.param(re.sub(f"[{DASHES}]", "_", key).lower())


def _word(text: str) -> tuple[str, str]:
    """Split off the first word, or what stands in quotation marks, whichever a phone made of them."""
    for close in QUOTES.get(text[:1], ""):
        end = text.find(close, 1)
        if end > 0 and text[end + 1 : end + 2].strip() == "":
            return text[1:end], text[end + 1 :].lstrip()
    word, *rest = text.split(maxsplit=1)
    return word, rest[0] if rest else ""


def _fill(command: Command, words: list[str], given: dict[str, object]) -> None:
    """Give words without a key to the parameters that have nothing yet, the required ones first."""
    open_params = sorted((p for p in command.params if p.name not in given), key=lambda p: not p.required)
    for number, param in enumerate(open_params):
        if not words:
            return
        if param.kind is Attachment:
            continue
        last = number == len(open_params) - 1
        given[param.name] = " ".join(words) if last and param.kind is str else words[0]
        words = [] if last and param.kind is str else words[1:]
    if words:
        raise UsageError("/{command} does not know what to do with {word!r}.", command=command.name, word=words[0][:40])


def _plain(param: Param | None, value: object) -> object:
    """Undo what a phone made of the sign of a number."""
    if param is not None and param.kind in (int, float) and isinstance(value, str):
        return SIGN.sub("-", value)
    return value
