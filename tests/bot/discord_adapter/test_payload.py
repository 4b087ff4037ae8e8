"""What Discord is told, made by discord.py itself from small declarations."""

from __future__ import annotations

import os
import subprocess
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import discord
import pytest
from discord import app_commands

from bot.discord_adapter.payload import OPTION_LENGTH, natives, nobody_asks, nothing_fits, payload
from commands.core.command import Audience, Command, command, commands
from commands.core.context import Context
from commands.core.params import Attachment, Between, Limit, Member, Param, PlaceId, Role, Speed, Text, VoiceName
from commands.core.reply import Reply
from tests.fakes.takers import takers

ROOT = Path(__file__).parents[3]
MENU = 3
"""The type of what stands in the menu of a message."""


class Colour(Enum):
    RED = "red"
    DARK_BLUE = "dark-blue"


@command("paint")
async def paint(
    ctx: Context,
    text: Text,
    picture: Attachment,
    limit: Limit,
    voice: VoiceName = "",
    speed: Speed = 1.0,
    colour: Colour = Colour.RED,
    keep_days: Annotated[int, Between(1, 30)] | None = None,
    loud: bool = False,
    member: Member | None = None,
    role: Role | None = None,
    place: PlaceId | None = None,
) -> Reply:
    """Paint it.

    Args:
        text: What.
        picture: On what.
        limit: How much.
        voice: By whom.
        speed: How fast.
        colour: In which colour.
        keep_days: For how long.
        loud: How loud.
        member: For whom.
        role: For which role.
        place: Where.
    """
    return Reply()


def bare(*path: str, audience: Audience = Audience.EVERYONE) -> Command:
    @command(*path, audience=audience)
    async def handler(ctx: Context) -> Reply:
        """Do it."""
        return Reply()

    return handler


def by_name(*declared: Command) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in payload({c.name: c for c in declared})}


def test_types_ranges_choices_and_completion_follow_from_the_declaration() -> None:
    options = {each["name"]: each for each in by_name(paint)["paint"]["options"]}
    assert [name for name, each in options.items() if each["required"]] == ["text", "picture", "limit"]
    assert {name: each["type"] for name, each in options.items()} == {
        "text": 3,
        "picture": 11,
        "limit": 3,  # 'unlimited' has to be typed somewhere
        "voice": 3,
        "speed": 10,
        "colour": 3,
        "keep-days": 4,
        "loud": 5,
        "member": 6,
        "role": 8,
        "place": 3,
    }
    assert (options["text"]["min_length"], options["text"]["max_length"]) == (1, OPTION_LENGTH)
    assert (options["speed"]["min_value"], options["speed"]["max_value"]) == (0.5, 3.0)
    assert (options["keep-days"]["min_value"], options["keep-days"]["max_value"]) == (1, 30)
    assert options["colour"]["choices"] == [
        {"name": "red", "value": "red"},
        {"name": "dark-blue", "value": "dark-blue"},
    ]
    assert [name for name, each in options.items() if each.get("autocomplete")] == ["voice"]
    assert options["voice"]["description"] == "By whom."


def test_a_group_has_the_widest_audience_of_its_members() -> None:
    found = by_name(
        bare("quota", "show"),
        bare("quota", "set", audience=Audience.ADMINS),
        bare("server", "set", audience=Audience.ADMINS),
        bare("stop", audience=Audience.OWNERS),
        bare("help"),
    )
    assert {name: each["default_member_permissions"] for name, each in found.items()} == {
        "quota": None,
        "server": discord.Permissions(manage_guild=True).value,
        "stop": 0,
        "help": None,
    }
    assert found["quota"]["description"] == "Quota: show, set"
    assert [each["name"] for each in found["quota"]["options"]] == ["show", "set"]


def test_commands_are_for_servers_for_messages_to_the_bot_and_wherever_somebody_brings_it() -> None:
    for each in by_name(paint, bare("quota", "show")).values():
        assert each["integration_types"] == [0, 1]
        assert each["contexts"] == [0, 1, 2]


def test_a_command_that_needs_nothing_but_a_text_is_on_the_menu_of_messages() -> None:
    @command("speak")
    async def speak(ctx: Context, text: Text, speed: Speed = 1.0) -> Reply:
        """Say it.

        Args:
            text: What.
            speed: How fast.
        """
        return Reply()

    found = by_name(speak, paint)
    assert {name: each["type"] for name, each in found.items()} == {"speak": 1, "paint": 1, "Speak this": 3}


def test_a_file_parameter_that_says_so_is_on_the_menu_of_messages_under_its_own_title() -> None:
    found = by_name(*takers().values())
    assert {name for name, each in found.items() if each["type"] == MENU} == {"Clone this voice", "Give as consent"}
    assert found["Clone this voice"]["contexts"] == [0, 1, 2]


def test_a_menu_has_room_for_every_entry() -> None:
    entries = [each["name"] for each in payload(commands()) if each["type"] == MENU]
    assert 1 <= len(entries) <= 5 and len(set(entries)) == len(entries)


async def test_what_a_person_gives_comes_as_it_was_given_and_what_they_leave_out_does_not_come() -> None:
    asked: list[tuple[str, dict[str, object]]] = []

    async def ask(interaction: object, asked_for: Command, values: Any) -> None:
        asked.append((asked_for.name, dict(values)))

    (native,) = natives({"paint": paint}, ask, nothing_fits)
    assert isinstance(native, app_commands.Command)
    await native.callback(None, text="hi", speed=2.0, keep_days=None, voice="")  # type: ignore[call-arg, arg-type]  # as discord.py calls it
    assert asked == [("paint", {"text": "hi", "speed": 2.0, "voice": ""})]


async def test_completion_offers_twenty_five_names_that_discord_takes() -> None:
    async def complete(interaction: object, command: Command, param: Param, typed: str) -> list[str]:
        assert (command.name, param.name, typed) == ("paint", "voice", "an")
        return ["x" * 101, *(f"anna{n}" for n in range(30))]

    (native,) = natives({"paint": paint}, nobody_asks, complete)
    assert isinstance(native, app_commands.Command)
    autocomplete = native._params["voice"].autocomplete  # discord.py shows it nowhere else
    offered = await autocomplete(None, "an")  # type: ignore[misc]  # a callback by now
    assert [choice.value for choice in offered] == [f"anna{n}" for n in range(24)]


def test_discord_pys_own_checks_refuse_what_discord_would() -> None:
    with pytest.raises(ValueError, match="lower-case"):
        payload({"Paint": bare("Paint")})


@pytest.mark.parametrize("module", ["discord_adapter", "telegram_adapter"])
def test_the_payload_modules_need_no_token_and_the_app_does_not_import_them(module: str) -> None:
    needs = f"import bot.{module}.payload"
    apart = f"import sys, bot.app; assert 'bot.{module}.payload' not in sys.modules"
    without = {name: value for name, value in os.environ.items() if not name.startswith("MYNAH_")}
    for code in (needs, apart):
        ran = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, env=without)
        assert ran.returncode == 0, code
