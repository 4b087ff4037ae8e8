"""Commands outside Discord's published limits are refused, those within are taken."""

from __future__ import annotations

from typing import Any

import pytest

from bot.demo.discord.command_rules import check_commands
from bot.demo.discord.refusal import Refusal


def command(**more: Any) -> dict[str, Any]:
    """A command that is right but for what is said."""
    return {"name": "speak", "description": "Say it.", "type": 1, **more}


def option(name: str = "text", **more: Any) -> dict[str, Any]:
    """An option that is right but for what is said."""
    return {"name": name, "description": "What.", "type": 3, **more}


def choices(count: int, length: int = 1) -> list[dict[str, str]]:
    """So many choices."""
    return [{"name": f"{n:x}".rjust(length, "_"), "value": str(n)} for n in range(count)]


def test_commands_at_the_limits_are_taken() -> None:
    many = [command(name=f"c{n}") for n in range(100)]
    menus = [{"name": f"Menu {n}", "type": 3} for n in range(5)]
    full = command(options=[option(f"o{n}", choices=choices(25)) for n in range(25)])
    sub = option("part", type=1, options=[option()])
    check_commands([*many, *menus])
    check_commands([full, command(name="deep", options=[option("group", type=2, options=[sub])])])
    with pytest.raises(Refusal):
        check_commands([*many, *menus, command()])


@pytest.mark.parametrize(
    "wrong",
    [
        command(name="Speak"),
        command(name="two words"),
        command(name="x" * 33),
        command(description=""),
        command(description="x" * 101),
        command(options=[option(f"o{n}") for n in range(26)]),
        command(options=[option(), option()]),
        command(options=[option(), option("second", required=True)]),
        command(options=[option(choices=choices(26))]),
        command(options=[option(choices=choices(1, 101))]),
        command(options=[option(choices=choices(1), autocomplete=True)]),
        command(options=[option(max_length=6001)]),
        command(options=[option(type=12)]),
        command(options=[option(), option("part", type=1)]),
        command(options=[option("a", type=2, options=[option("b", type=2)])]),
        command(options=[option(f"o{n}", description="x" * 100, choices=choices(25, 20)) for n in range(15)]),
        {"name": "x" * 33, "type": 3},
        {"name": "Menu", "type": 3, "description": "What for?"},
    ],
)
def test_a_command_outside_the_limits_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        check_commands([wrong])
    assert (caught.value.status, caught.value.body["code"]) == (400, 50035)


@pytest.mark.parametrize(
    ("commands", "code"),
    [
        ([command(), command()], 50035),
        ([command(name=f"c{n}") for n in range(101)], 30032),
        ([{"name": f"Menu {n}", "type": 3} for n in range(6)], 30032),
        ({}, 50035),
    ],
)
def test_too_many_commands_are_refused(commands: object, code: int) -> None:
    with pytest.raises(Refusal) as caught:
        check_commands(commands)
    assert caught.value.body["code"] == code
