"""Completion of `mynah`'s commands by the shell: argcomplete asks, this answers from the declarations."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

import argcomplete
from argcomplete.shell_integration import shellcode

from bot.cli_adapter.options import extras, places
from bot.cli_adapter.own import OWN, Own
from commands.core.command import Command, commands
from commands.core.params import Attachment, Param, Suggest

Branch: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Completer = Callable[..., Iterable[str]]
"""What argcomplete asks: called with prefix=…, it returns what may go on from there."""


def script(shell: str) -> str:
    """Return what a shell has to be told once; for bash, in ~/.bashrc: eval "$(mynah completion bash)"."""
    return str(shellcode(["mynah"], shell=shell))


def complete() -> None:
    """Answer the shell, and end the program."""
    from bot.cli_adapter.glance import suggest

    every = commands()
    argcomplete.autocomplete(tree(every, suggest), default_completer=argcomplete.completers.SuppressCompleter())


def tree(
    every: Mapping[str, Command], suggest: Callable[[Command, Param, str], Iterable[str]]
) -> argparse.ArgumentParser:
    """Make the parsers that argcomplete walks; nothing is ever parsed with them but what stands before the cursor."""
    root = _parser(argparse.ArgumentParser(add_help=False), ["--version", "--help"], ["--config"])
    branches: dict[tuple[str, ...], Branch] = {(): root.add_subparsers()}
    for word, own in OWN.items():
        _own(branches, (word,), own)
    for command in every.values():
        leaf = _branch(branches, command.path[:-1]).add_parser(
            command.path[-1], help=command.summary.replace("%", "%%"), add_help=False
        )
        _fill(leaf, command, suggest)
    return root


def _own(branches: dict[tuple[str, ...], Branch], path: tuple[str, ...], own: Own) -> None:
    """Add what the program does by itself, with the words of its own."""
    if own.inner:
        for word, each in own.inner.items():
            _own(branches, (*path, word), each)
        return
    leaf = _branch(branches, path[:-1]).add_parser(path[-1], help=own.help, add_help=False)
    if own.words:
        leaf.add_argument("word", choices=own.words)
    if names := own.names:
        leaf.add_argument("word").completer = lambda prefix, **_: _known(names)  # type: ignore[attr-defined]  # as below
    flags = [f"--{option.name}" for option in own.options if not option.value]
    _parser(leaf, ["--help", *(["--json"] if own.json else []), *flags], ["--config"] if own.config else [])
    for option in own.options:
        if option.value:
            leaf.add_argument(f"--{option.name}")


def _known(names: Callable[[], Iterable[str]]) -> Iterable[str]:
    """Return what a word may be; nothing where that cannot be told, for nobody wants to read why just then."""
    try:
        return list(names())
    except Exception:  # a broken setting, a folder that cannot be read
        return []


def _parser(parser: argparse.ArgumentParser, flags: list[str], files: list[str]) -> argparse.ArgumentParser:
    for flag in flags:
        parser.add_argument(flag, action="store_true")
    for name in files:
        _with_files(parser.add_argument(name))
    return parser


def _branch(branches: dict[tuple[str, ...], Branch], path: tuple[str, ...]) -> Branch:
    """Return what the commands of a group are added to; the group is made where it is not there yet."""
    if path not in branches:
        group = _branch(branches, path[:-1]).add_parser(path[-1], add_help=False)
        branches[path] = _parser(group, ["--help"], []).add_subparsers()
    return branches[path]


def _fill(
    leaf: argparse.ArgumentParser, command: Command, suggest: Callable[[Command, Param, str], Iterable[str]]
) -> None:
    def completer(param: Param) -> Completer:
        return lambda prefix, **_: suggest(command, param, prefix)

    alone = places(command)
    for param in command.params:
        option = f"--{param.option}"
        if param.kind is bool:
            leaf.add_argument(option, action=argparse.BooleanOptionalAction)
            continue
        actions = [leaf.add_argument(option, help=param.help.replace("%", "%%"))]
        if param in alone:
            actions.append(leaf.add_argument(param.name, nargs="?"))
        for action in actions:
            if param.choices:
                action.choices = param.choices
            elif param.kind is Attachment:
                _with_files(action)
            elif param.mark(Suggest) is not None:
                action.completer = completer(param)  # type: ignore[attr-defined]  # argcomplete looks for it there
    for extra in extras(command):
        if extra.choices:
            leaf.add_argument(f"--{extra.name}", choices=extra.choices)
        elif extra.value:
            _with_files(leaf.add_argument(f"--{extra.name}"))
        else:
            leaf.add_argument(f"--{extra.name}", action="store_true")


def _with_files(action: argparse.Action) -> None:
    action.completer = argcomplete.completers.FilesCompleter()  # type: ignore[attr-defined]  # as above
