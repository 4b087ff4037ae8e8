"""The help of `mynah`, of its groups and of each command, written from the declarations."""

from __future__ import annotations

import enum
import shutil
import textwrap
from collections.abc import Iterable, Mapping, Sequence

from bot.cli_adapter.options import Extra, default_of, extras, places
from bot.cli_adapter.own import OWN, Own, own_of
from bot.cli_adapter.render import for_shell
from commands.core.command import Audience, Command
from commands.core.params import Attachment, Between, Body, Param, Word

WHAT = "Mynah speaks text in many voices. Alone, 'mynah' starts it; on a terminal you chat with it."
EXAMPLES = (
    'mynah speak "Hello, I am Mynah." --voice en-gb --output hello.wav',
    "mynah speak - < page.txt",
    "mynah clone Ada --recording recordings/ --consent own",
    "mynah COMMAND --help",
)
FRONT = (
    ("--config FILE", "The settings file to go by."),
    ("--version", "Show Mynah's version and leave."),
    ("-h, --help", "Show this help and leave."),
)
_COLUMN = 24
"""Where the second column begins."""

Lines = Iterable[tuple[str, str]]


def manual(about: tuple[str, ...], commands: Mapping[str, Command], *, chat: bool = False) -> str:
    """Return the help of a command or of a group; of everything where `about` is empty."""
    if not about:
        return _everything(commands)
    if own := own_of(about):
        return _own(" ".join(about), own)
    if command := commands.get(" ".join(about)):
        return _command(command, True) if chat else for_shell(_command(command, False), commands)
    return _group(about, commands)


def _own(name: str, own: Own) -> str:
    """Return the help of what the program does by itself."""
    head = f"mynah {own.usage(name)}\n\n{_prose(own.help)}\n"
    if own.inner:
        alone = f"Alone, 'mynah {name}' does what 'mynah {name} {next(iter(own.inner))}' does."
        return f"{head}\n{alone}\n\nCommands:\n{_columns((word, each.help) for word, each in own.inner.items())}\n"
    return f"{head}\nWhat it takes:\n{_columns(map(_of_extra, own.options))}\n" if own.options else head


def _everything(commands: Mapping[str, Command]) -> str:
    first, *others = OWN
    tops: dict[str, str] = {first: OWN[first].help}
    for command in commands.values():
        top = command.path[0]
        if len(command.path) == 1:
            tops[top] = command.summary
        else:
            tops[top] = f"{tops[top]}, {command.path[1]}" if top in tops else f"Its commands: {command.path[1]}"
    tops.update({word: OWN[word].help for word in others})
    return "\n".join(
        (
            "mynah [--config FILE] [COMMAND …]\n",
            _prose(WHAT),
            f"\nCommands:\n{_columns(tops.items())}",
            f"\nOptions:\n{_columns(FRONT)}",
            "\nExamples:",
            *(f"  {example}" for example in EXAMPLES),
            "",
        )
    )


def _group(path: tuple[str, ...], commands: Mapping[str, Command]) -> str:
    name = " ".join(path)
    default = default_of(commands, name)
    members = [c for c in commands.values() if c.path[: len(path)] == path]
    alone = f"Alone, 'mynah {name}' does what 'mynah {default.name}' does.\n\n" if default else ""
    lines = [(" ".join(c.path[len(path) :]), c.summary) for c in members]
    return f"mynah {name} [COMMAND …]\n\n{alone}Commands:\n{_columns(lines)}\n"


def _command(command: Command, chat: bool) -> str:
    needed = "".join(f" {_value(p)}" if p.required else f" [{_value(p)}]" for p in places(command))
    front, options = ("/", " [--options]") if chat else ("mynah ", "")
    usage = f"{front}{command.name}{options}{needed}{'' if chat else ' [--options]'}"
    who = "Only for those who run this Mynah." if command.audience is Audience.OWNERS else ""
    about = "\n\n".join(_prose(part) for part in (command.summary, *command.details.split("\n\n"), who) if part)
    alone = places(command)
    lines = [
        *(_of_param(param, chat, param in alone) for param in command.params),
        *map(_of_extra, extras(command, chat=chat)),
    ]
    return f"{usage}\n\n{about}\n\nWhat it takes:\n{_columns(lines)}\n"


def _of_param(param: Param, chat: bool, alone: bool) -> tuple[str, str]:
    facts = "; ".join(_facts(param, chat))
    help = f"{param.help} ({facts})" if facts else param.help
    if param.kind is bool:
        return f"--{param.option}", help
    left = f"{_value(param)}, --{param.option}" if alone else f"--{param.option} {_value(param)}"
    return left, help


def _of_extra(extra: Extra) -> tuple[str, str]:
    left = "-h, --help" if extra.name == "help" else f"--{extra.name} {extra.value}".rstrip()
    return left, extra.help


def _facts(param: Param, chat: bool) -> list[str]:
    """Say what a value may be, and what it is where nobody gives it."""
    facts = []
    if param.choices:
        facts.append(", ".join(param.choices))
    elif span := param.mark(Between):
        if span.high < 10**9:
            facts.append(f"{span.low:g} to {span.high:g}")
    elif param.mark(Body) and not chat:
        facts.append("- for what is piped in")
    if word := param.mark(Word):
        facts.append(f"or {word.word}")
    default = param.default.value if isinstance(param.default, enum.Enum) else param.default
    if param.kind is bool:
        facts.append("--no-" + param.option + " for no" if default is True else "")
    elif not param.required and default not in (None, ""):
        facts.append(f"{default:g} unless given" if isinstance(default, float) else f"{default} unless given")
    return [fact for fact in facts if fact]


def _value(param: Param) -> str:
    return "FILE" if param.kind is Attachment else param.option.upper()


def _columns(lines: Lines) -> str:
    return "\n".join(line for left, right in lines for line in _row(left, right))


def _row(left: str, right: str) -> Sequence[str]:
    wrapped = textwrap.wrap(right, _width() - _COLUMN) or [""]
    head = f"  {left}"
    if len(head) + 2 > _COLUMN:
        return [head, *(" " * _COLUMN + part for part in wrapped)]
    return [head.ljust(_COLUMN) + wrapped[0], *(" " * _COLUMN + part for part in wrapped[1:])]


def _prose(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), _width())


def _width() -> int:
    return max(_COLUMN + 20, min(100, shutil.get_terminal_size().columns))
