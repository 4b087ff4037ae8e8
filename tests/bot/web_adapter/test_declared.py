"""Forms: the page is told of every command what it needs to show a form for it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.web_adapter.declared import form
from commands.core.command import commands

COMMANDS = commands()
KINDS = {"text", "file", "voice", "choice", "whole", "number", "switch", "words"}


def fields(name: str) -> dict[str, Any]:
    """The fields of a command's form, by name."""
    return {each["name"]: each for each in form(COMMANDS[name])["params"]}


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_a_form_that_json_can_hold(name: str) -> None:
    told = form(COMMANDS[name])
    assert json.loads(json.dumps(told)) == told
    assert {each["kind"] for each in told["params"]} <= KINDS
    assert all(bool(each["choices"]) == (each["kind"] == "choice") for each in told["params"])


def test_a_form_says_what_each_field_takes() -> None:
    speak = fields("speak")
    assert {name: speak[name]["kind"] for name in ("text", "file", "voice", "speed", "format")} == {
        **{"text": "text", "file": "file", "voice": "voice"},
        **{"speed": "number", "format": "choice"},
    }
    assert (speak["speed"]["low"], speak["speed"]["high"], speak["speed"]["default"]) == (0.5, 3.0, 1.0)
    assert speak["text"]["instead"] == "file" and speak["text"]["required"] and speak["text"]["default"] == ""
    assert speak["file"]["endings"] == ["txt", "md"] and not speak["file"]["required"]
    assert speak["format"]["default"] == "auto" and "mp3" in speak["format"]["choices"]
    assert fields("link")["confirm"]["kind"] == "switch" and fields("jobs show")["job"]["kind"] == "whole"
    assert speak["voice"]["suggests"] and not speak["format"]["suggests"]


def test_a_word_that_stands_for_a_number_and_a_menu_at_a_message_are_told() -> None:
    assert fields("quota set")["limit"]["word"] == "unlimited"
    assert any(each["menu"] for name in COMMANDS for each in form(COMMANDS[name])["params"])


def test_groups_and_whether_it_is_done_at_once_are_told() -> None:
    assert (form(COMMANDS["quota set"])["group"], form(COMMANDS["quota set"])["for_owner"]) == ("quota", True)
    assert (form(COMMANDS["speak"])["group"], form(COMMANDS["speak"])["runs"]) == ("", "queued")
    assert (form(COMMANDS["about"])["runs"], form(COMMANDS["about"])["for_owner"]) == ("now", False)
