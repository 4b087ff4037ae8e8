"""A declaration becomes a command."""

from __future__ import annotations

import subprocess
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

import pytest

from commands.core.command import Audience, Command, Lane, command, commands, shown_to
from commands.core.context import Context
from commands.core.params import Between, Body, Text
from commands.core.reply import Reply

ROOT = Path(__file__).parents[3]


class Colour(Enum):
    RED = "red"


def declare(*path: str, audience: Audience = Audience.EVERYONE) -> Command:
    @command(*path, audience=audience)
    async def handler(ctx: Context) -> Reply:
        """Do it."""
        return Reply()

    return handler


def test_the_signature_is_the_form_and_the_docstring_the_help() -> None:
    @command("paint", lane=Lane.SOON, private=True)
    async def paint(
        ctx: Context, text: Text, colour: Colour = Colour.RED, coats: Annotated[int, Between(1, 3)] | None = None
    ) -> Reply:
        """Paint a word.

        It dries by itself.

        Args:
            text: What to paint.
            colour: In which colour,
                if any.
            coats: How often.
        """
        return Reply()

    assert (paint.name, paint.summary, paint.details) == ("paint", "Paint a word.", "It dries by itself.")
    assert (paint.lane, paint.private, paint.audience) == (Lane.SOON, True, Audience.EVERYONE)
    assert [p.name for p in paint.params] == ["text", "colour", "coats"]
    assert [p.required for p in paint.params] == [True, False, False]
    colour = paint.param("colour")
    assert colour
    assert (colour.help, colour.choices, colour.default) == ("In which colour, if any.", ("red",), Colour.RED)
    text = paint.param("text")
    assert text
    assert text.mark(Body) is not None


def test_a_parameter_that_the_docstring_does_not_explain_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not explain 'text'"):

        @command("mute")
        async def mute(ctx: Context, text: Text) -> Reply:
            """Say nothing."""
            return Reply()


def test_a_command_without_a_docstring_is_an_error() -> None:
    with pytest.raises(ValueError, match="has no docstring"):

        @command("mute")
        async def mute(ctx: Context) -> Reply:
            return Reply()


def test_a_type_that_nobody_can_be_asked_for_is_an_error() -> None:
    with pytest.raises(TypeError, match="not a type that a command can ask for"):

        @command("mute")
        async def mute(ctx: Context, what: Literal["a"]) -> Reply:
            """Say nothing.

            Args:
                what: Nothing.
            """
            return Reply()


def test_a_change_of_what_is_asked_for_changes_the_signature() -> None:
    def paint(kind: type, default: object) -> Command:
        async def handler(ctx: Context, text: object = default) -> Reply:
            """Paint.

            Args:
                text: What.
            """
            return Reply()

        handler.__annotations__["text"] = kind
        return command("paint")(handler)

    assert paint(str, "").signature == paint(str, "x").signature
    assert paint(str, "").signature != paint(int, "").signature


def test_a_group_is_shown_to_the_widest_audience_of_its_members_and_a_command_to_its_own() -> None:
    every = {
        each.name: each
        for each in (
            declare("quota", "show"),
            declare("quota", "set", audience=Audience.ADMINS),
            declare("stop", audience=Audience.OWNERS),
        )
    }
    assert shown_to(every, "quota") is Audience.EVERYONE
    assert shown_to(every, "quota", "set") is Audience.ADMINS
    assert shown_to(every, "stop") is Audience.OWNERS


def test_who_asks_for_a_command_by_name_has_no_other_file_imported() -> None:
    code = (
        "import sys; from commands.core.command import commands; every = commands(); "
        "assert every['speak'].name == 'speak' and 'speak' in every; "
        "print([name for name in ('commands.jobs', 'commands.quota') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")


def test_every_command_is_found_by_its_name_and_nothing_else_is() -> None:
    every = commands()
    assert {"speak", "jobs list", "quota set"} < set(every) and len(every) == len(list(every))
    assert all(commands()[name] is each for name, each in every.items())
    for name in ("", "speak up", "quota", "core", "nothing", "no such thing", "../speak"):
        assert commands().get(name) is None


def test_a_command_is_found_in_a_file_of_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    import commands.help as elsewhere

    monkeypatch.setattr(elsewhere, "hidden", declare("speech", "hidden"), raising=False)
    assert commands()["speech hidden"].path == ("speech", "hidden")


def test_two_commands_of_one_name_and_a_command_that_is_a_group_too_are_mistakes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import commands.help as elsewhere

    monkeypatch.setattr(elsewhere, "hidden", declare("speak"), raising=False)
    with pytest.raises(ValueError, match="'speak' is declared twice"):
        list(commands())
    monkeypatch.setattr(elsewhere, "hidden", declare("speak", "up"))
    with pytest.raises(ValueError, match="'speak' is a command and a group at once"):
        list(commands())


def test_details_are_paragraphs_without_the_line_breaks_of_the_source() -> None:
    @command("hang")
    async def hang(ctx: Context) -> Reply:
        """Hang a picture.

        It goes where there is room,
        and stays there.

        It may be
        turned around.
        """
        return Reply()

    assert hang.details == "It goes where there is room, and stays there.\n\nIt may be turned around."
