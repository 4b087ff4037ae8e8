"""Help is written from the declarations: complete, and fit to the terminal."""

from __future__ import annotations

import pytest

from bot.cli_adapter.manual import manual
from tests.bot.cli_adapter.declared import COMMANDS


def test_the_help_of_mynah_names_every_command_and_how_to_begin() -> None:
    text = manual((), COMMANDS)
    assert "speak                 Say some text in a voice." in text
    assert "voices                Its commands: list, note" in text
    assert "mynah speak - < page.txt" in text


def test_the_help_of_a_command_says_what_each_value_may_be() -> None:
    text = " ".join(manual(("speak",), COMMANDS).split())
    assert text.startswith("mynah speak TEXT [--options] Say some text in a voice. What it takes:")
    assert "TEXT, --text What to say. (- for what is piped in)" in text
    assert "(0.5 to 3; 1 unless given)" in text
    assert "[VOICE]" not in text  # behind a text nothing stands alone
    assert "--output PATH" in text and "--json" in text
    text = " ".join(manual(("quota", "set"), COMMANDS).split())
    assert "PERIOD, --period How long it counts. (day, month; day unless given)" in text
    assert "LIMIT, --limit How much of it. (or unlimited)" in text


def test_the_help_of_a_group_says_what_it_does_alone() -> None:
    assert "Alone, 'mynah voices' does what 'mynah voices list' does." in manual(("voices",), COMMANDS)


def test_the_help_of_what_the_program_does_by_itself_goes_down_to_its_words() -> None:
    text = " ".join(manual(("models",), COMMANDS).split())
    assert text.startswith("mynah models [COMMAND …] ") and " pull Bring a model" in text
    assert "Alone, 'mynah models' does what 'mynah models list' does." in text
    text = " ".join(manual(("models", "pull"), COMMANDS).split())
    assert text.startswith("mynah models pull NAME [--accept-license NAME]") and "--mirror URL Fetch it from" in text


def test_in_the_chat_a_command_begins_with_a_slash_and_nothing_is_piped() -> None:
    text = manual(("speak",), COMMANDS, chat=True)
    assert text.startswith("/speak [--options] TEXT\n")
    assert "piped" not in text and "--json" not in text


@pytest.mark.parametrize("columns", ["20", "50", "80", "300"])
def test_lines_fit_the_terminal(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for command in COMMANDS.values():
        lines = manual(command.path, COMMANDS).splitlines()
        assert max(map(len, lines[1:])) <= max(44, min(100, int(columns)))
