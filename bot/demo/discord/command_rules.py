"""What commands may be, by Discord's published limits."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.demo.discord.refusal import Refusal, bad_form, check_length, check_number
from bot.demo.discord.wire import Payload

SLASH, USER_ENTRY, MESSAGE_ENTRY = 1, 2, 3
MOST = {SLASH: 100, USER_ENTRY: 5, MESSAGE_ENTRY: 5}
"""How many of each kind there may be."""
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, MEMBER, CHANNEL, ROLE, MENTIONABLE, NUMBER, FILE = range(1, 12)
NAME = re.compile(r"[-_'\w]{1,32}")
MOST_TEXT = 8000
"""The most characters of one command: names, descriptions and values together."""


def check_commands(commands: object) -> None:
    """Check all commands of an application.

    Raises:
        Refusal: Discord would not take them.
    """
    if not isinstance(commands, list):
        raise bad_form("_root", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    seen: set[tuple[int, str]] = set()
    for number, command in enumerate(commands):
        kind = command.get("type", SLASH)
        if (kind, command.get("name")) in seen:
            raise bad_form(
                str(number), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
            )
        seen.add((kind, command["name"]))
        _check_command(str(number), command, kind)
    for kind, most in MOST.items():
        if sum(each == kind for each, _ in seen) > most:
            raise Refusal(400, 30032, f"Maximum number of application commands reached ({most}).")


def _check_command(path: str, command: Payload, kind: int) -> None:
    if kind != SLASH:
        check_length(f"{path}.name", command.get("name"), 1, 32)
        if command.get("description") or command.get("options"):
            raise bad_form(f"{path}.description", "APPLICATION_COMMAND_DESCRIPTION_FORBIDDEN", "It has no description.")
        return
    _check_naming(path, command)
    _check_options(path, command.get("options") or [], depth=0)
    if text_of(command) > MOST_TEXT:
        raise bad_form(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({MOST_TEXT})")


def text_of(node: Payload) -> int:
    """Count the characters of a command or an option that its limit is about."""
    own = len(node["name"]) + len(node.get("description") or "")
    choices = sum(len(each["name"]) + len(str(each["value"])) for each in node.get("choices") or [])
    return own + choices + sum(text_of(each) for each in node.get("options") or [])


def _check_naming(path: str, node: Payload) -> None:
    name = node.get("name") or ""
    if not NAME.fullmatch(name) or name != name.lower():
        raise bad_form(f"{path}.name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    check_length(f"{path}.description", node.get("description"), 1, 100)


def _check_options(path: str, options: Sequence[Payload], depth: int) -> None:
    check_length(f"{path}.options", list(options), 0, 25)
    if len({each.get("name") for each in options}) < len(options):
        raise bad_form(f"{path}.options", "APPLICATION_COMMAND_OPTIONS_NAME_NOT_UNIQUE", "Option name must be unique")
    parts = [each["type"] in (SUBCOMMAND, GROUP) for each in options]
    if any(parts) and not all(parts):
        raise bad_form(
            f"{path}.options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and options cannot be mixed"
        )
    optional = False
    for number, option in enumerate(options):
        here = f"{path}.options.{number}"
        _check_naming(here, option)
        if option["type"] in (SUBCOMMAND, GROUP):
            if depth >= (2 if option["type"] == SUBCOMMAND else 1):
                raise bad_form(here, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands are nested too deeply")
            _check_options(here, option.get("options") or [], depth + 1)
            continue
        if option.get("required") and optional:
            message = "Required options must be placed before non-required options"
            raise bad_form(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional = optional or not option.get("required")
        _check_option(here, option)


def _check_option(path: str, option: Payload) -> None:
    choices = option.get("choices") or []
    check_number(f"{path}.type", option["type"], STRING, FILE)
    check_length(f"{path}.choices", choices, 0, 25)
    if choices and option.get("autocomplete"):
        raise bad_form(path, "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID", "Autocomplete cannot be used with choices")
    for number, choice in enumerate(choices):
        check_length(f"{path}.choices.{number}.name", choice.get("name"), 1, 100)
        if option["type"] == STRING:
            check_length(f"{path}.choices.{number}.value", choice.get("value"), 0, 100)
    if option.get("min_length") is not None:
        check_number(f"{path}.min_length", option["min_length"], 0, 6000)
    if option.get("max_length") is not None:
        check_number(f"{path}.max_length", option["max_length"], 1, 6000)
