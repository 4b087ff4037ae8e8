"""From a line typed in the chat to what is asked for."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from bot.cli_adapter.options import Given, default_of, nearest, places
from bot.cli_adapter.parser import Typed, meaning
from commands.core.command import Command
from commands.core.errors import UsageError
from commands.core.params import Body, Param

SPEAK = "speak"
"""What a line without a slash asks for."""
LEAVE = ("quit", "exit")
"""What leaves the chat."""

_DASHES = str.maketrans({"\u2014": "--", "\u2013": "--"})
_QUOTES = str.maketrans({"\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2018": "'", "\u2019": "'"})
_QUOTE = re.compile("[\"'\u201c-\u201f]")
_WORD = re.compile(
    r"""\s*(
        (?: [^\s"'\u201c-\u201f]                            # what is no quotation mark,
          | ["\u201c-\u201f][^"\u201c-\u201f]*["\u201c-\u201f]  # what stands between two,
          | '[^']*'
          | ["'\u201c-\u201f]                              # or one that is alone
        )+)\s*""",
    re.VERBOSE,
)


def read_line(line: str, commands: Mapping[str, Command], *, partly: bool = False) -> Typed:
    """Understand a line of the chat: '/speak --voice en-gb Hello', '/quota show', or just what is to be said.

    Options come first, as '--voice en-gb' or 'voice=en-gb'; the rest of the line is the text, just as it stands. With
    `partly`, what is missing is for somebody else to ask for.

    Raises:
        UsageError: It makes no sense; the sentence says what would.
    """
    line = line.strip()
    if not line.startswith("/"):
        return Typed(command=commands[SPEAK], values={"text": line})
    command, rest = _find(line[1:], commands)
    given = Given(command=command, chat=True)
    _take(given, rest)
    if "help" in given.extras:
        return Typed(own="help", about=command.path)
    given.settle(partly=partly)
    return Typed(command=command, values=given.values, output=given.extras.get("output", ""))


def _find(line: str, commands: Mapping[str, Command]) -> tuple[Command, str]:
    """Find the command that the line begins with, and return what stands behind it."""
    depth = max(len(c.path) for c in commands.values())
    words = line.split(maxsplit=depth)[:depth]
    if not words:
        raise UsageError("A command goes behind the slash. /help shows them all.")
    first = words[0].lower().split("_")  # '/quota_set' is what Telegram makes of '/quota set'
    named = [*first, *(w.lower() for w in words[1:])]
    for length in range(min(depth, len(named)), 0, -1):
        if command := commands.get(" ".join(named[:length])):
            return command, _behind(line, max(1, length - len(first) + 1))
    members = [c.path[1] for c in commands.values() if len(c.path) > 1 and c.path[0] == named[0]]
    if not members:
        raise _unknown(words[0], commands)
    default = default_of(commands, named[0])
    if default and (len(named) == 1 or named[1].startswith("-") or "=" in named[1]):
        return default, _behind(line, 1)
    have = f"/{named[0]} has {', '.join(members)}."
    if len(named) == 1:
        raise UsageError(have)
    hint = nearest(named[1], members) or have
    raise UsageError("/{group} has no {word}. {hint}", group=named[0], word=repr(named[1][:40]), hint=hint)


def _unknown(word: str, commands: Mapping[str, Command]) -> UsageError:
    known = dict.fromkeys([*(c.path[0] for c in commands.values()), *LEAVE])
    meant = meaning(commands, word, "/")
    near = nearest(word, known, "/") or meant
    hint = near or "/help shows them all; without a slash in front, a line is spoken."
    return UsageError("There is no command {word}. {hint}", word=f"/{word[:40]}", hint=hint)


def _behind(line: str, words: int) -> str:
    """Return what stands behind the first words of a line; line breaks in it stay."""
    return re.sub(rf"^\s*(?:\S+\s*){{{words}}}", "", line, count=1)


def _take(given: Given, rest: str) -> None:
    """Read options and single words; where the command takes a text, it is what is left from the first other word."""
    body = next((p for p in given.command.params if p.required and p.mark(Body) is not None), None)
    most = len(places(given.command))
    while rest and len(given.placed) <= most:
        word, behind = _word(rest)
        option = _option(given, word, body)
        if option and body and option[0] == body.option:
            given.set(body, rest[len(word) - len(option[1] or "") :].strip())
            return
        if option:
            name, value = option
            if value is None and given.takes_value(name) and behind:
                value, behind = _word(behind)
            given.give(name, value)
        elif body and len(given.placed) >= _in_front(given, body):
            given.placed.append(behind if word == "--" else rest)
            return
        elif word != "--":
            given.placed.append(word)
        rest = behind


def _in_front(given: Given, body: Param) -> int:
    """How many single words the command still takes in front of its text."""
    return [p for p in given.command.params if p.required and p.name not in given.values].index(body)


def _option(given: Given, word: str, body: Param | None) -> tuple[str, str | None] | None:
    """Read '--voice', '--voice=en-gb' or 'voice=en-gb'; None where the word is no option, but text."""
    plain = word.translate(_DASHES)
    name, equals, value = plain.removeprefix("--").partition("=")
    if not re.fullmatch(r"[A-Za-z][\w-]*", name):
        return None
    name = name.lower().replace("_", "-")
    known = given.param(name) or given.extra(name)
    if not plain.startswith("--"):
        return (name, value) if equals and known else None
    meant = known or not body or nearest(name, (p.option for p in given.command.params))
    return (name, value if equals else None) if meant else None


def _word(rest: str) -> tuple[str, str]:
    """Cut the first word from a line, with what quotes hold together, and return it and what is behind it."""
    found = _WORD.match(rest)
    if not found:
        return "", ""
    word = found[1]
    try:
        parts = shlex.split(word.translate(_QUOTES)) if _QUOTE.search(word) else [word]
    except ValueError:  # a quotation mark without its other half stands for itself
        parts = [word]
    return (parts[0] if parts else ""), rest[found.end() :]
